// SPDX-License-Identifier: GPL-2.0
/*
 * The VMBus backend: the only file that knows <linux/hyperv.h>.
 *
 * Owns the in-tree bus's channel between probe and remove: its mode, its
 * callbacks and its rings' memory. What packets are and who reads them is none
 * of its business. Takes no lock; runs under the bus's sched_lock in the
 * interrupt.
 *
 * The bus is used for devices, memory and signals only. Its functions that
 * send, receive or iterate are never called on a channel of ours: they keep
 * cursors of their own in the same pages.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <hvring/compat.h>
#include "internal.h"

/* Smallest ring that an open falls back to, with its control page */
#define HVRING_VMBUS_MIN_RING	(4 * PAGE_SIZE)

/*
 * The bus keeps a bounce buffer of this size per ring for its own iterator. We
 * never use that; 0 would mean its large default.
 */
#define HVRING_VMBUS_MAX_PKT	64

struct hvring_vmbus {
	struct hvring_channel ch;
	struct vmbus_channel *bus;
};

struct hvring_vmbus_driver {
	struct hv_driver hv;
	struct hv_vmbus_device_id ids[2];	/* the second one ends the table */
	struct hvring_driver *client;
};

static struct hvring_vmbus *to_vmbus(struct hvring_channel *ch)
{
	return container_of(ch, struct hvring_vmbus, ch);
}

/*
 * Calls of the bus outlive drivers: the mode and the callbacks that one leaves
 * behind are still there when the next one is bound. Take all of them over
 * before the bus can reach our data, and leave its defaults behind.
 *
 * ISR mode is what makes the rings ours: in any other mode the bus masks and
 * unmasks around the callback and looks at the shared indices itself.
 *
 * Low latency means that a signal goes out at once instead of waiting up to
 * 100 us for the hypervisor to look at the monitor page.
 */
static void hvring_vmbus_adopt(struct vmbus_channel *bus, bool ours)
{
	bus->sc_creation_callback = NULL;
	bus->chn_rescind_callback = NULL;
	bus->change_target_cpu_callback = NULL;
	bus->next_request_id_callback = NULL;
	bus->request_addr_callback = NULL;
	bus->rqstor_size = 0;
	bus->max_pkt_size = ours ? HVRING_VMBUS_MAX_PKT : 0;
	bus->low_latency = ours;
	set_channel_read_mode(bus, ours ? HV_CALL_ISR : HV_CALL_BATCHED);
}

/* In hard interrupt context, under the bus's sched_lock. */
static void hvring_vmbus_interrupt(void *context)
{
	hvring_channel_interrupt(context);
}

static void hvring_vmbus_describe(const struct vmbus_channel *bus,
				  struct hvring_memory *memory)
{
	memory->out_control = (void *)bus->outbound.ring_buffer;
	memory->out_data = bus->outbound.ring_buffer->buffer;
	memory->out_bytes = bus->outbound.ring_datasize;
	memory->in_control = (void *)bus->inbound.ring_buffer;
	memory->in_data = bus->inbound.ring_buffer->buffer;
	memory->in_bytes = bus->inbound.ring_datasize;
}

/*
 * Both rings are one physically contiguous block, which a machine that has
 * been up for long may not have. A smaller ring means fewer commands at once,
 * which is better than no disk.
 */
static int hvring_vmbus_open(struct hvring_channel *ch, u32 ring_bytes,
			     struct hvring_memory *memory)
{
	struct vmbus_channel *bus = to_vmbus(ch)->bus;
	u32 bytes = ring_bytes;
	int err;

	for (;;) {
		err = vmbus_open(bus, bytes, bytes, NULL, 0,
				 hvring_vmbus_interrupt, ch);
		if (err != -ENOMEM || bytes / 2 < HVRING_VMBUS_MIN_RING)
			break;
		bytes = PAGE_ALIGN(bytes / 2);
	}

	if (err) {
		/*
		 * A failed open leaves our callback installed. This removes it
		 * and, as the channel is not open, does nothing else.
		 */
		vmbus_close(bus);
		dev_err(ch->dev, "cannot open the channel: %d\n", err);
		return err;
	}
	if (bytes != ring_bytes)
		dev_info(ch->dev, "no memory for rings of %u bytes, using %u\n",
			 ring_bytes, bytes);

	hvring_vmbus_describe(bus, memory);
	return 0;
}

/*
 * The bus does not say whether it could close, but it keeps the pages of a ring
 * that the host may still have.
 */
static int hvring_vmbus_close(struct hvring_channel *ch)
{
	struct vmbus_channel *bus = to_vmbus(ch)->bus;

	vmbus_close(bus);
	if (!bus->ringbuffer_page)
		return 0;

	dev_err(ch->dev, "the host cannot be told to close, memory is lost\n");
	return -EIO;
}

/* The bus counts the signals itself, but not their reasons. */
static void hvring_vmbus_notify(struct hvring_channel *ch,
				enum hvring_notify why)
{
	struct vmbus_channel *bus = to_vmbus(ch)->bus;

	if (why == HVRING_NOTIFY_DATA)
		bus->intr_out_empty++;
	else
		bus->intr_in_full++;
	vmbus_setevent(bus);
}

static const struct hvring_backend_ops hvring_vmbus_ops = {
	.open = hvring_vmbus_open,
	.close = hvring_vmbus_close,
	.notify = hvring_vmbus_notify,
};

static struct hvring_driver *hvring_vmbus_client(struct hv_device *hdev)
{
	return container_of(hdev->device.driver, struct hvring_vmbus_driver,
			    hv.driver)->client;
}

/* A driver that forgets to close would leave the host our freed memory. */
static void hvring_vmbus_release(struct hv_device *hdev, struct hvring_vmbus *v)
{
	if (WARN_ON_ONCE(v->ch.is_open))
		hvring_channel_close(&v->ch);

	hvring_vmbus_adopt(v->bus, false);
	hv_set_drvdata(hdev, NULL);
	hvring_channel_destroy(&v->ch);
	kfree(v);
}

static int hvring_vmbus_probe(struct hv_device *hdev,
			      const struct hv_vmbus_device_id *id)
{
	struct hvring_vmbus *v;
	int err;

	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return -ENOMEM;

	v->bus = hdev->channel;
	err = hvring_channel_init(&v->ch, &hvring_vmbus_ops, &hdev->device,
				  &hdev->channel->rescind);
	if (err) {
		kfree(v);
		return err;
	}
	hvring_vmbus_adopt(v->bus, true);
	hv_set_drvdata(hdev, v);

	err = hvring_vmbus_client(hdev)->probe(&v->ch);
	if (err)
		hvring_vmbus_release(hdev, v);
	return err;
}

static HVRING_REMOVE_TYPE hvring_vmbus_remove(struct hv_device *hdev)
{
	struct hvring_vmbus *v = hv_get_drvdata(hdev);

	hvring_vmbus_client(hdev)->remove(&v->ch);
	hvring_vmbus_release(hdev, v);
	return HVRING_REMOVED;
}

/*
 * The bus gives a channel new ids over a hibernation, which is why nobody here
 * keeps one; its struct stays, with the mode and callbacks that we set.
 */
static int hvring_vmbus_suspend(struct hv_device *hdev)
{
	struct hvring_vmbus *v = hv_get_drvdata(hdev);

	return hvring_vmbus_client(hdev)->suspend(&v->ch);
}

static int hvring_vmbus_resume(struct hv_device *hdev)
{
	struct hvring_vmbus *v = hv_get_drvdata(hdev);

	return hvring_vmbus_client(hdev)->resume(&v->ch);
}

int __hvring_driver_register(struct hvring_driver *driver, struct module *owner,
			     const char *mod_name)
{
	struct hvring_vmbus_driver *vd;
	int err;

	vd = kzalloc(sizeof(*vd), GFP_KERNEL);
	if (!vd)
		return -ENOMEM;

	vd->client = driver;
	vd->ids[0].guid = driver->class;
	vd->hv.name = driver->name;
	vd->hv.id_table = vd->ids;
	vd->hv.probe = hvring_vmbus_probe;
	vd->hv.remove = hvring_vmbus_remove;
	vd->hv.suspend = hvring_vmbus_suspend;
	vd->hv.resume = hvring_vmbus_resume;
	/* A slow host must not hold up the rest of the boot. */
	vd->hv.driver.probe_type = PROBE_PREFER_ASYNCHRONOUS;

	driver->backend = vd;
	err = __vmbus_driver_register(&vd->hv, owner, mod_name);
	if (err) {
		driver->backend = NULL;
		kfree(vd);
	}
	return err;
}
EXPORT_SYMBOL_NS_GPL(__hvring_driver_register, HVRING);

void hvring_driver_unregister(struct hvring_driver *driver)
{
	struct hvring_vmbus_driver *vd = driver->backend;

	vmbus_driver_unregister(&vd->hv);
	driver->backend = NULL;
	kfree(vd);
}
EXPORT_SYMBOL_NS_GPL(hvring_driver_unregister, HVRING);

/* Our names for the shared page and the bus's must be the same bytes. */
#define HVRING_SAME_OFFSET(ours, theirs)			\
	static_assert(offsetof(struct hvring_control, ours) ==	\
		      offsetof(struct hv_ring_buffer, theirs))
HVRING_SAME_OFFSET(write_index, write_index);
HVRING_SAME_OFFSET(read_index, read_index);
HVRING_SAME_OFFSET(interrupt_mask, interrupt_mask);
HVRING_SAME_OFFSET(pending_send_size, pending_send_sz);
HVRING_SAME_OFFSET(feature_bits, feature_bits);

static int __init hvring_init(void)
{
	int err;

	err = hvring_channel_setup();
	if (!err)
		hvring_debugfs_init();
	return err;
}

static void __exit hvring_exit(void)
{
	hvring_debugfs_exit();
	hvring_channel_teardown();
}

module_init(hvring_init);
module_exit(hvring_exit);

MODULE_DESCRIPTION("VMBus ring transport");
MODULE_AUTHOR("hvscsi developers");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
