// SPDX-License-Identifier: GPL-2.0
/*
 * The module: its parameters, and the driver that it registers. Knows nothing
 * about commands. Takes no lock; the parameters are read once per probe.
 */
#include <linux/crash_dump.h>
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include "hvscsi.h"

/* Ends commands on which others wait, swap included: has to run without memory. */
struct workqueue_struct *hvscsi_wq;

static bool hvscsi_enable = true;
module_param_named(enable, hvscsi_enable, bool, 0444);
MODULE_PARM_DESC(enable, "Take over controllers; 0 leaves them to hv_storvsc and refuses to load (default 1)");

/**
 * struct hvscsi_range - a number that the administrator may choose
 * @value: the choice; first, so that the kernel's own function can show it.
 * @min: smallest.
 * @max: largest.
 */
struct hvscsi_range {
	unsigned int value;
	unsigned int min;
	unsigned int max;
};

static int hvscsi_set_range(const char *val, const struct kernel_param *kp)
{
	const struct hvscsi_range *range = kp->arg;
	int err = param_set_uint_minmax(val, kp, range->min, range->max);

	if (err)
		pr_err("hvscsi: %s=%s: has to be a number from %u to %u\n",
		       kp->name, val, range->min, range->max);
	return err;
}

static const struct kernel_param_ops hvscsi_range_ops = {
	.set = hvscsi_set_range,
	.get = param_get_uint,
};

/* An initramfs gives up after 120 seconds: hv_storvsc has to have had its turn by then. */
static struct hvscsi_range hvscsi_handshake_timeout = { 90, 1, 600 };
module_param_cb(handshake_timeout, &hvscsi_range_ops, &hvscsi_handshake_timeout,
		0444);
MODULE_PARM_DESC(handshake_timeout, "Seconds that the whole start-up conversation with the host may take, 1 to 600 (default 90)");

static struct hvscsi_range hvscsi_ring_size = { SZ_128K, SZ_16K, SZ_2M };
module_param_cb(ring_size, &hvscsi_range_ops, &hvscsi_ring_size, 0444);
MODULE_PARM_DESC(ring_size, "Bytes of ring per channel and direction, 16384 to 2097152, rounded up to pages (default 131072)");

static struct hvscsi_range hvscsi_max_channels = { 0, 0, 128 };
module_param_cb(channels, &hvscsi_range_ops, &hvscsi_max_channels, 0444);
MODULE_PARM_DESC(channels, "Channels that interrupt, per controller, 1 to 128, as far as host and CPUs have them; 0 for one for each CPU up to 8, then one for 4 CPUs (default 0)");

static struct hvscsi_range hvscsi_polled = { 0, 0, 128 };
module_param_cb(poll_queues, &hvscsi_range_ops, &hvscsi_polled, 0444);
MODULE_PARM_DESC(poll_queues, "Channels for polled I/O beside those, 0 to 128, as far as host and CPUs have them; of too few these come first, but one always interrupts (default 0)");

static struct hvscsi_range hvscsi_late = { 0, 0, 3600 };
module_param_cb(fail_after, &hvscsi_range_ops, &hvscsi_late, 0444);
MODULE_PARM_DESC(fail_after, "Seconds after which a command without an answer ends with an error, which resets its controller and ends all others, up to 3600; 0 to wait for as long as the host takes (default 0)");

static struct hvscsi_range hvscsi_capacity_poll = { 10, 0, 3600 };
module_param_cb(capacity_poll, &hvscsi_range_ops, &hvscsi_capacity_poll, 0444);
MODULE_PARM_DESC(capacity_poll, "Seconds after which a disk that has nothing to do is asked whether its size has changed, up to 3600; 0 for never (default 10)");

/*
 * A ring is made of the guest's pages, the first of which holds no more than the
 * control page, and its data has to hold a few requests.
 */
unsigned int hvscsi_ring_bytes(void)
{
	return max_t(unsigned int, PAGE_ALIGN(hvscsi_ring_size.value),
		     4 * PAGE_SIZE);
}

unsigned int hvscsi_handshake_seconds(void)
{
	return hvscsi_handshake_timeout.value;
}

unsigned int hvscsi_channels(void)
{
	return hvscsi_max_channels.value;
}

unsigned int hvscsi_poll_queues(void)
{
	return hvscsi_polled.value;
}

unsigned int hvscsi_fail_seconds(void)
{
	return hvscsi_late.value;
}

unsigned int hvscsi_capacity_poll_seconds(void)
{
	return hvscsi_capacity_poll.value;
}

static struct hvring_driver hvscsi_driver = {
	.name = KBUILD_MODNAME,
	.class = GUID_INIT(0xba6163d9, 0x04a1, 0x4d29,
			   0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f),
	.probe = hvscsi_probe,
	.remove = hvscsi_remove,
	.sub_channel = hvscsi_sub_channel,
	.suspend = hvscsi_suspend,
	.resume = hvscsi_resume,
	.shutdown = hvscsi_shutdown,
};

/*
 * A crash kernel has little memory and one disk to fill: each controller gets one
 * channel and the smallest ring, and by that few tags, whatever is configured for
 * the kernel that died.
 */
static void __init hvscsi_choose_little(void)
{
	hvscsi_ring_size.value = hvscsi_ring_size.min;
	hvscsi_max_channels.value = 1;
	hvscsi_polled.value = 0;
	hvscsi_capacity_poll.value = 0;
}

/*
 * Without Hyper-V there is no bus: its module refuses to load and takes along
 * all that need its symbols, or, where it is built in, registering answers
 * -ENODEV. With a bus and no controller on it we load and bind nothing.
 */
static int __init hvscsi_init(void)
{
	int err;

	if (!hvscsi_enable) {
		pr_info("hvscsi: disabled by the enable parameter\n");
		return -ENODEV;
	}

	if (is_kdump_kernel())
		hvscsi_choose_little();

	hvscsi_wq = alloc_workqueue("hvscsi", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	if (!hvscsi_wq)
		return -ENOMEM;
	err = hvring_driver_register(&hvscsi_driver);
	if (err)
		destroy_workqueue(hvscsi_wq);
	return err;
}

static void __exit hvscsi_exit(void)
{
	hvring_driver_unregister(&hvscsi_driver);
	destroy_workqueue(hvscsi_wq);
}

module_init(hvscsi_init);
module_exit(hvscsi_exit);

/* The class of hvscsi_driver, in the form that the bus announces it. */
MODULE_ALIAS("vmbus:d96361baa104294db60572e2ffb1dc7f");
MODULE_IMPORT_NS(HVRING);
MODULE_DESCRIPTION("Hyper-V synthetic SCSI host driver");
MODULE_AUTHOR("hvscsi developers");
MODULE_VERSION(HVSCSI_VERSION);
MODULE_LICENSE("GPL");
