// SPDX-License-Identifier: GPL-2.0
/*
 * The module: its parameters, and the driver that it registers. Knows nothing
 * about commands. Takes no lock; the parameters are read once per probe.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sizes.h>
#include "hvscsi.h"

static bool hvscsi_enable = true;
module_param_named(enable, hvscsi_enable, bool, 0444);
MODULE_PARM_DESC(enable, "Take over controllers; 0 leaves them to hv_storvsc and refuses to load (default 1)");

static int hvscsi_set_handshake_timeout(const char *val,
					const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, 1, 600);
}

static const struct kernel_param_ops hvscsi_handshake_timeout_ops = {
	.set = hvscsi_set_handshake_timeout,
	.get = param_get_uint,
};

static unsigned int hvscsi_handshake_timeout = 180;
module_param_cb(handshake_timeout, &hvscsi_handshake_timeout_ops,
		&hvscsi_handshake_timeout, 0444);
MODULE_PARM_DESC(handshake_timeout, "Seconds that the whole start-up conversation with the host may take, 1 to 600 (default 180)");

static int hvscsi_set_ring_size(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, SZ_16K, SZ_2M);
}

static const struct kernel_param_ops hvscsi_ring_size_ops = {
	.set = hvscsi_set_ring_size,
	.get = param_get_uint,
};

static unsigned int hvscsi_ring_size = SZ_128K;
module_param_cb(ring_size, &hvscsi_ring_size_ops, &hvscsi_ring_size, 0444);
MODULE_PARM_DESC(ring_size, "Bytes of ring per direction, 16384 to 2097152, rounded up to pages (default 131072)");

unsigned int hvscsi_ring_bytes(void)
{
	return max_t(unsigned int, PAGE_ALIGN(hvscsi_ring_size),
		     4 * PAGE_SIZE);
}

unsigned int hvscsi_handshake_seconds(void)
{
	return hvscsi_handshake_timeout;
}

static struct hvring_driver hvscsi_driver = {
	.name = KBUILD_MODNAME,
	.class = GUID_INIT(0xba6163d9, 0x04a1, 0x4d29,
			   0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f),
	.probe = hvscsi_probe,
	.remove = hvscsi_remove,
	.suspend = hvscsi_suspend,
	.resume = hvscsi_resume,
};

/*
 * Without Hyper-V there is no bus: its module refuses to load and takes along
 * all that need its symbols, or, where it is built in, registering answers
 * -ENODEV. With a bus and no controller on it we load and bind nothing.
 */
static int __init hvscsi_init(void)
{
	if (!hvscsi_enable) {
		pr_info("hvscsi: disabled by the enable parameter\n");
		return -ENODEV;
	}
	return hvring_driver_register(&hvscsi_driver);
}

static void __exit hvscsi_exit(void)
{
	hvring_driver_unregister(&hvscsi_driver);
}

module_init(hvscsi_init);
module_exit(hvscsi_exit);

/* The class of hvscsi_driver, in the form that the bus announces it. */
MODULE_ALIAS("vmbus:d96361baa104294db60572e2ffb1dc7f");
MODULE_IMPORT_NS(HVRING);
MODULE_DESCRIPTION("Hyper-V synthetic SCSI host driver");
MODULE_AUTHOR("hvscsi developers");
MODULE_VERSION("0.1");
MODULE_LICENSE("GPL");
