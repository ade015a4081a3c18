/* SPDX-License-Identifier: GPL-2.0 */
/* One device of a controller, and what lun.c does with it. */
#ifndef _HVSCSI_LUN_H
#define _HVSCSI_LUN_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <scsi/scsi_device.h>
#include <hvscsi/vstor.h>

/* A device that says more often that it has changed is not believed. */
#define HVSCSI_ATTENTION_INTERVAL	(HZ / 10)

/* How long and how often a device is asked something by us. */
#define HVSCSI_ASK_TIMEOUT	(HVSCSI_TIMEOUT_SECONDS * HZ)
#define HVSCSI_ASK_RETRIES	3

/**
 * enum hvscsi_lun_task - what a device's work can be asked for
 * @HVSCSI_LUN_REMOVE: it is gone.
 * @HVSCSI_LUN_IDENTIFY: its VPD pages have not been asked for.
 * @HVSCSI_LUN_RESCAN: something about it has changed.
 * @HVSCSI_LUN_RESIZED: user space is to hear that this was its size.
 * @HVSCSI_LUN_POLL: it may have changed.
 */
enum hvscsi_lun_task {
	HVSCSI_LUN_REMOVE,
	HVSCSI_LUN_IDENTIFY,
	HVSCSI_LUN_RESCAN,
	HVSCSI_LUN_RESIZED,
	HVSCSI_LUN_POLL,
};

/**
 * struct hvscsi_lun - one device, or an address that is tried
 * @template: what its requests have in common, copied by each.
 * @node: in hvscsi.luns.
 * @sdev: the device.
 * @refs: one for the device, one for @work while it is asked for; the latter
 *	holds @sdev, too.
 * @work: does what @asked says.
 * @asked: bits, enum hvscsi_lun_task.
 * @present: the mid-layer has found it there.
 * @unidentified: its VPD pages are still to be asked for, and the first scan has
 *	not asked for that. Under hvscsi.luns_lock, like @present.
 * @refused_same: it has refused a WRITE SAME that it had offered.
 * @missed: the host has said, to a command, that it is not there.
 * @known: it was there before the host was asked for its list. Owner: the scan.
 * @leaving: its work has been asked to remove it. Owner: the scan.
 * @attended: when it had said last that it has changed.
 * @requests: requests that it was sent until it was looked at last.
 */
struct hvscsi_lun {
	struct vstor_packet template;
	struct list_head node;
	struct scsi_device *sdev;
	struct kref refs;
	struct work_struct work;
	unsigned long asked;
	bool present;
	bool unidentified;
	bool refused_same;
	bool missed;
	bool known;
	bool leaving;
	unsigned long attended;
	int requests;
};

int hvscsi_sdev_init(struct scsi_device *sdev);
void hvscsi_sdev_destroy(struct scsi_device *sdev);
void hvscsi_lun_configure(struct scsi_device *sdev);
void hvscsi_lun_ask(struct hvscsi_lun *lun, enum hvscsi_lun_task what);
void hvscsi_lun_poll_idle(struct hvscsi_lun *lun);

#endif /* _HVSCSI_LUN_H */
