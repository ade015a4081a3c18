/* SPDX-License-Identifier: GPL-2.0 */
/* What the two files that know the in-tree bus share. */
#ifndef _HVRING_VMBUS_H
#define _HVRING_VMBUS_H

#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>
#include <hvring/compat.h>
#include "internal.h"

/**
 * struct hvring_vmbus - a channel
 * @ch: what drivers see of it.
 * @dev: the device that it belongs to.
 * @bus: what the bus knows of it. A sub-channel's is gone when the primary is
 *	closed, and NULL from then on.
 * @node: in the device's list of sub-channels.
 */
struct hvring_vmbus {
	struct hvring_channel ch;
	struct hvring_vmbus_device *dev;
	struct vmbus_channel *bus;
	struct list_head node;
};

/**
 * struct hvring_vmbus_device - a device and its channels
 * @hdev: the bus's device.
 * @client: its driver.
 * @primary: the channel that is always there.
 * @dma_parms: for a bus that does not give the device any.
 * @subs_lock: one sub-channel is added at a time.
 * @subs: sub-channels, those that are gone included: they are used again.
 *	Changed under @subs_lock, looked at without when there are no @adders.
 * @node: in the list of all devices. This and the next two are protected by
 *	hvring_vmbus_lock.
 * @takes_subs: offers of sub-channels are passed on.
 * @adders: offers that are being passed on.
 * @idle: for those who wait until @adders is 0.
 */
struct hvring_vmbus_device {
	struct hv_device *hdev;
	struct hvring_driver *client;
	struct hvring_vmbus primary;
	struct device_dma_parameters dma_parms;
	struct mutex subs_lock;		/* see above */
	struct list_head subs;
	struct list_head node;
	bool takes_subs;
	unsigned int adders;
	wait_queue_head_t idle;
};

/* vmbus.c */
int hvring_vmbus_device_init(struct hvring_vmbus_device *dev);
void hvring_vmbus_device_destroy(struct hvring_vmbus_device *dev);

#endif /* _HVRING_VMBUS_H */
