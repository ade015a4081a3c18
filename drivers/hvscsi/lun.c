// SPDX-License-Identifier: GPL-2.0
/*
 * One device of a controller: what its requests have in common, and what there
 * is to do about it besides I/O. Whether it is there is decided in scan.c.
 *
 * Owns struct hvscsi_lun. Must not know packets. The list of devices is under
 * hvscsi.luns_lock; what a device's work is asked for are bits, so nothing is
 * done twice and nothing is forgotten. Each device has its own work: one that
 * does not answer holds up no other.
 */
#include <linux/bitops.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_devinfo.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* What a host's INQUIRY data are, so that nobody has to ask for the length. */
#define HVSCSI_INQUIRY_BYTES	96

/* How often a removal looks whether all commands have ended. */
#define HVSCSI_BUSY_INTERVAL	20

static void hvscsi_lun_free(struct kref *refs)
{
	kfree(container_of(refs, struct hvscsi_lun, refs));
}

static void hvscsi_lun_put(struct hvscsi_lun *lun)
{
	put_device(&lun->sdev->sdev_gendev);
	kref_put(&lun->refs, hvscsi_lun_free);
}

/**
 * hvscsi_lun_ask() - have something done about a device
 * @lun: the device; the caller has a command of it, or has found it in the list
 *	and still holds its lock.
 * @what: enum hvscsi_lun_task.
 *
 * Context: any.
 */
void hvscsi_lun_ask(struct hvscsi_lun *lun, enum hvscsi_lun_task what)
{
	struct hvscsi *hv = shost_priv(lun->sdev->host);

	set_bit(what, &lun->asked);
	kref_get(&lun->refs);
	get_device(&lun->sdev->sdev_gendev);
	if (!queue_work(hv->scan_wq, &lun->work))
		hvscsi_lun_put(lun);
}

/*
 * The mid-layer removes one device at a time, and waits for its commands
 * meanwhile. So that one whose commands the host keeps does not hold up others,
 * they end before; what is left is a flush, to a device that is not there.
 */
static void hvscsi_lun_remove(struct hvscsi_lun *lun)
{
	struct scsi_device *sdev = lun->sdev;

	sdev_printk(KERN_INFO, sdev, "the host has taken it away\n");
	mutex_lock(&sdev->state_mutex);
	scsi_device_set_state(sdev, SDEV_OFFLINE);
	mutex_unlock(&sdev->state_mutex);
	while (scsi_device_busy(sdev))
		msleep(HVSCSI_BUSY_INTERVAL);
	scsi_remove_device(sdev);
	/* Another may have its address by now. */
	hvscsi_topology_ask(shost_priv(sdev->host));
}

/* An answer that it is gone, or has changed, is noticed like any other. */
static void hvscsi_lun_poll(struct hvscsi_lun *lun)
{
	struct scsi_sense_hdr sense;

	scsi_test_unit_ready(lun->sdev, HVSCSI_ASK_TIMEOUT, HVSCSI_ASK_RETRIES,
			     &sense);
	/* It is still idle after this. */
	WRITE_ONCE(lun->requests, atomic_read(&lun->sdev->iorequest_cnt));
}

static void hvscsi_lun_rescan(struct hvscsi_lun *lun)
{
	hvscsi_traits_update(lun);
	hvscsi_compat_rescan(lun->sdev);
}

/*
 * The first scan left it out, see hvscsi_scan_start(). Who rescans holds the
 * device's lock, and with that all that are to be shown after it, so one that
 * does not answer is not rescanned.
 */
static void hvscsi_lun_identify(struct hvscsi_lun *lun)
{
	struct hvscsi *hv = shost_priv(lun->sdev->host);

	hvscsi_lun_poll(lun);
	lun->sdev->skip_vpd_pages = 0;
	lun->sdev->try_vpd_pages = 1;
	hvscsi_lun_rescan(lun);
	atomic_dec(&hv->unidentified);
}

static void hvscsi_lun_work(struct work_struct *work)
{
	struct hvscsi_lun *lun = container_of(work, struct hvscsi_lun, work);
	unsigned long asked = xchg(&lun->asked, 0);

	if (test_bit(HVSCSI_LUN_IDENTIFY, &asked))
		hvscsi_lun_identify(lun);
	if (test_bit(HVSCSI_LUN_REMOVE, &asked)) {
		hvscsi_lun_remove(lun);
	} else {
		if (test_bit(HVSCSI_LUN_RESCAN, &asked))
			hvscsi_lun_rescan(lun);
		if (test_bit(HVSCSI_LUN_RESIZED, &asked))
			sdev_evt_send_simple(lun->sdev,
					     SDEV_EVT_CAPACITY_CHANGE_REPORTED,
					     GFP_KERNEL);
		if (test_bit(HVSCSI_LUN_POLL, &asked))
			hvscsi_lun_poll(lun);
	}
	hvscsi_lun_put(lun);
}

/**
 * hvscsi_lun_poll_idle() - ask a disk whether it has changed, if nobody else does
 * @lun: the device, from the list, whose lock is held.
 *
 * Whatever command comes first after a change is told of it, so this is for disks
 * that have had none since the last time.
 */
void hvscsi_lun_poll_idle(struct hvscsi_lun *lun)
{
	int requests = atomic_read(&lun->sdev->iorequest_cnt);

	if (!lun->present || lun->sdev->type != TYPE_DISK ||
	    pm_runtime_suspended(&lun->sdev->sdev_gendev))
		return;
	if (requests == READ_ONCE(lun->requests))
		hvscsi_lun_ask(lun, HVSCSI_LUN_POLL);
	else
		WRITE_ONCE(lun->requests, requests);
}

/*
 * Virtual disks claim SPC-2 and have VPD pages all the same, which are shorter
 * than what the kernel asks for first. Optical drives report an unknown type,
 * and their REPORT LUNS works.
 */
int hvscsi_sdev_init(struct scsi_device *sdev)
{
	struct hvscsi *hv = shost_priv(sdev->host);
	struct hvscsi_lun *lun;

	lun = kzalloc(sizeof(*lun), GFP_KERNEL);
	if (!lun)
		return -ENOMEM;

	lun->sdev = sdev;
	lun->attended = jiffies - HVSCSI_ATTENTION_INTERVAL;
	kref_init(&lun->refs);
	INIT_WORK(&lun->work, hvscsi_lun_work);
	hvscsi_fill_template(&lun->template, sdev);
	sdev->hostdata = lun;
	sdev->inquiry_len = HVSCSI_INQUIRY_BYTES;
	sdev->sdev_bflags = BLIST_REPORTLUN2 | BLIST_TRY_VPD_PAGES |
			    HVSCSI_NO_VPD_SIZE;

	spin_lock(&hv->luns_lock);
	list_add_tail(&lun->node, &hv->luns);
	spin_unlock(&hv->luns_lock);
	return 0;
}

/* No command of it is left. */
void hvscsi_sdev_destroy(struct scsi_device *sdev)
{
	struct hvscsi *hv = shost_priv(sdev->host);
	struct hvscsi_lun *lun = sdev->hostdata;

	/* Also for one that was never begun with. */
	if (!lun)
		return;

	spin_lock(&hv->luns_lock);
	list_del(&lun->node);
	spin_unlock(&hv->luns_lock);
	sdev->hostdata = NULL;
	kref_put(&lun->refs, hvscsi_lun_free);
}

/**
 * hvscsi_lun_configure() - a device has said what it is
 * @sdev: the device.
 */
void hvscsi_lun_configure(struct scsi_device *sdev)
{
	struct hvscsi *hv = shost_priv(sdev->host);
	struct hvscsi_lun *lun = sdev->hostdata;
	bool later;

	/* Nothing is sent to it meanwhile. */
	hvscsi_fill_template(&lun->template, sdev);
	spin_lock(&hv->luns_lock);
	WRITE_ONCE(lun->present, true);
	later = hv->scanning;
	if (later) {
		lun->unidentified = true;
		sdev->try_vpd_pages = 0;
		sdev->skip_vpd_pages = 1;
	}
	spin_unlock(&hv->luns_lock);
	blk_queue_rq_timeout(sdev->request_queue,
			     (hvscsi_fail_seconds() ?: HVSCSI_TIMEOUT_SECONDS) * HZ);
	hvscsi_traits_configure(lun, !later);
}
