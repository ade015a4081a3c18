// SPDX-License-Identifier: GPL-2.0
/*
 * The VMBus backend. This file and vmbus_driver.c are the only ones that know
 * <linux/hyperv.h>.
 *
 * Owns the in-tree bus's channels of a device between probe and remove: their
 * mode, their callbacks and their rings' memory. What packets are and who reads
 * them is none of its business. Runs under the bus's sched_lock in the
 * interrupt. hvring_vmbus_lock protects the list of devices and says which of
 * them take sub-channels; nothing is called with it held.
 *
 * The bus is used for devices, memory and signals only. Its functions that
 * send, receive or iterate are never called on a channel of ours: they keep
 * cursors of their own in the same pages.
 */
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include "vmbus.h"

/* Smallest ring that an open falls back to, with its control page */
#define HVRING_VMBUS_MIN_RING	(4 * PAGE_SIZE)

/*
 * The bus keeps a bounce buffer of this size per ring for its own iterator. We
 * never use that; 0 would mean its large default.
 */
#define HVRING_VMBUS_MAX_PKT	64

static DEFINE_SPINLOCK(hvring_vmbus_lock);
static LIST_HEAD(hvring_vmbus_devices);

/* For channels that the bus cannot be asked about any more. */
static const bool hvring_vmbus_unknown;

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
	hvring_compat_own_packets(bus, ours ? HVRING_VMBUS_MAX_PKT : 0);
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

/* A failed open leaves our callback installed. */
static void hvring_vmbus_disarm(struct vmbus_channel *bus)
{
	unsigned long flags;

	spin_lock_irqsave(&bus->sched_lock, flags);
	bus->onchannel_callback = NULL;
	spin_unlock_irqrestore(&bus->sched_lock, flags);
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
		hvring_vmbus_disarm(bus);
		dev_err(ch->dev, "cannot open channel %u: %d\n", ch->index,
			err);
		return err;
	}
	if (bytes != ring_bytes)
		dev_info(ch->dev, "no memory for rings of %u bytes, using %u\n",
			 ring_bytes, bytes);

	hvring_vmbus_describe(bus, memory);
	return 0;
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

static unsigned int hvring_vmbus_cpu(const struct hvring_channel *ch)
{
	return READ_ONCE(container_of(ch, const struct hvring_vmbus,
				      ch)->bus->target_cpu);
}

/*
 * The bus closes a sub-channel together with the primary, and forgets it then
 * or whenever the host takes it back later. So this is the last moment to be
 * sure that the bus's flag is still there.
 */
static int hvring_vmbus_close_sub(struct hvring_channel *ch)
{
	WRITE_ONCE(ch->rescinded, &hvring_vmbus_unknown);
	return 0;
}

static const struct hvring_backend_ops hvring_vmbus_sub_ops = {
	.open = hvring_vmbus_open,
	.close = hvring_vmbus_close_sub,
	.notify = hvring_vmbus_notify,
	.cpu = hvring_vmbus_cpu,
};

/* One that was used before, or a new one. */
static struct hvring_vmbus *hvring_vmbus_get_sub(struct hvring_vmbus_device *dev)
{
	struct hvring_vmbus *v;

	list_for_each_entry(v, &dev->subs, node)
		if (!v->bus)
			return v;

	v = kzalloc(sizeof(*v), GFP_KERNEL);
	if (!v)
		return NULL;
	v->dev = dev;
	if (hvring_channel_init(&v->ch, &hvring_vmbus_sub_ops,
				&dev->hdev->device, &hvring_vmbus_unknown)) {
		kfree(v);
		return NULL;
	}
	list_add_tail(&v->node, &dev->subs);
	return v;
}

/* Whatever the driver says, only an open channel keeps the bus from freeing. */
static void hvring_vmbus_add_sub(struct hvring_vmbus_device *dev,
				 struct vmbus_channel *bus)
{
	struct hvring_vmbus *v = hvring_vmbus_get_sub(dev);

	if (!v)
		return;

	v->bus = bus;
	v->ch.index = bus->offermsg.offer.sub_channel_index;
	WRITE_ONCE(v->ch.rescinded, &bus->rescind);
	hvring_vmbus_adopt(bus, true);
	dev->client->sub_channel(&dev->primary.ch, &v->ch);
	if (v->ch.is_open)
		return;

	hvring_vmbus_adopt(bus, false);
	WRITE_ONCE(v->ch.rescinded, &hvring_vmbus_unknown);
	synchronize_rcu();
	v->bus = NULL;
}

/*
 * The bus calls this from a work queue whenever the host offers a sub-channel,
 * perhaps for a device that we have just let go of, and for several at once.
 */
static void hvring_vmbus_offer(struct vmbus_channel *bus)
{
	struct hv_device *hdev = bus->primary_channel->device_obj;
	struct hvring_vmbus_device *dev, *found = NULL;

	spin_lock_irq(&hvring_vmbus_lock);
	list_for_each_entry(dev, &hvring_vmbus_devices, node)
		if (dev->hdev == hdev && dev->takes_subs)
			found = dev;
	if (found)
		found->adders++;
	spin_unlock_irq(&hvring_vmbus_lock);
	if (!found)
		return;

	mutex_lock(&found->subs_lock);
	hvring_vmbus_add_sub(found, bus);
	mutex_unlock(&found->subs_lock);

	/* Under the lock, as whoever is woken frees the device. */
	spin_lock_irq(&hvring_vmbus_lock);
	found->adders--;
	wake_up(&found->idle);
	spin_unlock_irq(&hvring_vmbus_lock);
}

/*
 * When it returns no sub-channel is being added. One that is waits for the host
 * to open it; the host ends that by taking the sub-channel away, and has to do so
 * before it takes the primary, as the bus handles one rescind after the other.
 */
static void hvring_vmbus_take_subs(struct hvring_vmbus_device *dev, bool take)
{
	spin_lock_irq(&hvring_vmbus_lock);
	dev->takes_subs = take;
	wait_event_lock_irq(dev->idle, !dev->adders, hvring_vmbus_lock);
	spin_unlock_irq(&hvring_vmbus_lock);
}

static int hvring_vmbus_open_primary(struct hvring_channel *ch, u32 ring_bytes,
				     struct hvring_memory *memory)
{
	struct hvring_vmbus *v = to_vmbus(ch);
	int err;

	err = hvring_vmbus_open(ch, ring_bytes, memory);
	if (err || !v->dev->client->sub_channel)
		return err;

	hvring_vmbus_take_subs(v->dev, true);
	v->bus->sc_creation_callback = hvring_vmbus_offer;
	return 0;
}

/*
 * Whether the host has let go of a channel's pages. Disconnecting also succeeds
 * when the host could not be told to forget them; the handle is cleared when it
 * has. A host that took the channel away has forgotten everything.
 */
static bool hvring_vmbus_is_free(const struct vmbus_channel *bus)
{
	return bus->rescind || !hvring_compat_gpadl(bus);
}

static int hvring_vmbus_close(struct hvring_channel *ch)
{
	struct hvring_vmbus *v = to_vmbus(ch), *sub;
	int err;

	hvring_vmbus_take_subs(v->dev, false);
	list_for_each_entry(sub, &v->dev->subs, node)
		hvring_channel_close(&sub->ch);
	/* For those who were about to look at a flag of the bus. */
	synchronize_rcu();

	err = vmbus_disconnect_ring(v->bus);
	list_for_each_entry(sub, &v->dev->subs, node)
		sub->bus = NULL;
	if (!err && hvring_vmbus_is_free(v->bus)) {
		vmbus_free_ring(v->bus);
		return 0;
	}

	dev_err(ch->dev, "the host cannot be told to close (%d), memory is lost\n",
		err);
	return -EIO;
}

static const struct hvring_backend_ops hvring_vmbus_ops = {
	.open = hvring_vmbus_open_primary,
	.close = hvring_vmbus_close,
	.notify = hvring_vmbus_notify,
	.cpu = hvring_vmbus_cpu,
};

/* Our names for the shared page and the bus's must be the same bytes. */
#define HVRING_SAME_OFFSET(ours, theirs)			\
	static_assert(offsetof(struct hvring_control, ours) ==	\
		      offsetof(struct hv_ring_buffer, theirs))
HVRING_SAME_OFFSET(write_index, write_index);
HVRING_SAME_OFFSET(read_index, read_index);
HVRING_SAME_OFFSET(interrupt_mask, interrupt_mask);
HVRING_SAME_OFFSET(pending_send_size, pending_send_sz);
HVRING_SAME_OFFSET(feature_bits, feature_bits);

/**
 * hvring_vmbus_device_init() - take over a device's channels
 * @dev: zeroed but for @hdev and @client.
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative error.
 */
int hvring_vmbus_device_init(struct hvring_vmbus_device *dev)
{
	struct vmbus_channel *bus = dev->hdev->channel;
	int err;

	dev->primary.dev = dev;
	dev->primary.bus = bus;
	INIT_LIST_HEAD(&dev->subs);
	mutex_init(&dev->subs_lock);
	init_waitqueue_head(&dev->idle);
	err = hvring_channel_init(&dev->primary.ch, &hvring_vmbus_ops,
				  &dev->hdev->device, &bus->rescind);
	if (err)
		return err;

	hvring_compat_begin_dma(&dev->hdev->device, &dev->dma_parms);
	spin_lock_irq(&hvring_vmbus_lock);
	list_add(&dev->node, &hvring_vmbus_devices);
	spin_unlock_irq(&hvring_vmbus_lock);
	hvring_vmbus_adopt(bus, true);
	return 0;
}

/**
 * hvring_vmbus_device_destroy() - leave a device's channels to the next driver
 * @dev: the device; freed. A driver that forgot to close its channel would leave
 *	the host our freed memory.
 *
 * Context: may sleep.
 */
void hvring_vmbus_device_destroy(struct hvring_vmbus_device *dev)
{
	struct hvring_vmbus *v, *next;

	if (WARN_ON_ONCE(dev->primary.ch.is_open))
		hvring_channel_close(&dev->primary.ch);

	spin_lock_irq(&hvring_vmbus_lock);
	list_del(&dev->node);
	spin_unlock_irq(&hvring_vmbus_lock);

	hvring_vmbus_adopt(dev->primary.bus, false);
	list_for_each_entry_safe(v, next, &dev->subs, node) {
		hvring_channel_destroy(&v->ch);
		kfree(v);
	}
	hvring_channel_destroy(&dev->primary.ch);
	hvring_compat_end_dma(&dev->hdev->device, &dev->dma_parms);
	kfree(dev);
}
