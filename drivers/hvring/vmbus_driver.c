// SPDX-License-Identifier: GPL-2.0
/*
 * Drivers on the in-tree bus: which devices they get, and when. Also the
 * module.
 *
 * Owns struct hvring_vmbus_device from probe to remove. What is done with its
 * channels is vmbus.c's business. Takes no lock; the driver core calls one of
 * these functions at a time for a device.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/module.h>
#include <linux/slab.h>
#include "vmbus.h"

struct hvring_vmbus_driver {
	struct hv_driver hv;
	struct hv_vmbus_device_id ids[2];	/* the second one ends the table */
	struct hvring_driver *client;
};

static struct hvring_driver *hvring_vmbus_client(struct hv_device *hdev)
{
	return container_of(hdev->device.driver, struct hvring_vmbus_driver,
			    hv.driver)->client;
}

static int hvring_vmbus_probe(struct hv_device *hdev,
			      const struct hv_vmbus_device_id *id)
{
	struct hvring_vmbus_device *dev;
	int err;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;

	dev->hdev = hdev;
	dev->client = hvring_vmbus_client(hdev);
	err = hvring_vmbus_device_init(dev);
	if (err) {
		kfree(dev);
		return err;
	}

	hv_set_drvdata(hdev, dev);
	err = dev->client->probe(&dev->primary.ch);
	if (!err)
		return 0;

	hv_set_drvdata(hdev, NULL);
	hvring_vmbus_device_destroy(dev);
	return err;
}

static HVRING_REMOVE_TYPE hvring_vmbus_remove(struct hv_device *hdev)
{
	struct hvring_vmbus_device *dev = hv_get_drvdata(hdev);

	dev->client->remove(&dev->primary.ch);
	hv_set_drvdata(hdev, NULL);
	hvring_vmbus_device_destroy(dev);
	return HVRING_REMOVED;
}

/*
 * The bus gives a channel new ids over a hibernation, which is why nobody here
 * keeps one; its struct stays, with the mode and callbacks that we set.
 */
static int hvring_vmbus_suspend(struct hv_device *hdev)
{
	struct hvring_vmbus_device *dev = hv_get_drvdata(hdev);

	return dev->client->suspend(&dev->primary.ch);
}

static int hvring_vmbus_resume(struct hv_device *hdev)
{
	struct hvring_vmbus_device *dev = hv_get_drvdata(hdev);

	return dev->client->resume(&dev->primary.ch);
}

static void hvring_vmbus_shutdown(struct hv_device *hdev)
{
	struct hvring_vmbus_device *dev = hv_get_drvdata(hdev);

	dev->client->shutdown(&dev->primary.ch);
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
	/* Without, the bus refuses to hibernate. */
	if (driver->suspend)
		vd->hv.suspend = hvring_vmbus_suspend;
	if (driver->resume)
		vd->hv.resume = hvring_vmbus_resume;
	if (driver->shutdown)
		vd->hv.shutdown = hvring_vmbus_shutdown;
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

static int __init hvring_init(void)
{
	int err;

	/* The bus calls us in hard interrupts, where their locks must not sleep. */
	if (IS_ENABLED(CONFIG_PREEMPT_RT)) {
		pr_err("kernels with PREEMPT_RT are not supported, leaving the devices to others\n");
		return -ENODEV;
	}

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
MODULE_VERSION(HVSCSI_VERSION);
MODULE_LICENSE("GPL");
