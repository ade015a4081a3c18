// SPDX-License-Identifier: GPL-2.0
/*
 * Looking for devices: what the host lists is compared with what is known, and
 * only the difference is looked at. The first time everything is new.
 *
 * Must not know packets. What gives reason to look again is in topology.c.
 */
#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/bits.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* How long devices that have said all wait for those that have not. */
#define HVSCSI_SCAN_PATIENCE	(10 * HZ)

/* A list's header, and each LUN in it. */
#define HVSCSI_LIST_HEADER	8
#define HVSCSI_LIST_ENTRY	8
#define HVSCSI_LIST_BYTES	(HVSCSI_LIST_HEADER + \
				 HVSCSI_LUNS * HVSCSI_LIST_ENTRY)

static void hvscsi_scan_lun(struct hvscsi *hv, u32 target, u64 lun,
			    enum scsi_scan_mode mode)
{
	scsi_scan_target(&hv->host->shost_gendev, target / HVSCSI_MAX_TARGETS,
			 target % HVSCSI_MAX_TARGETS, lun, mode);
}

/* As many as we can do with: a host's number may be anything. */
static u32 hvscsi_list_length(const u8 *list)
{
	return min_t(u32, get_unaligned_be32(list) / HVSCSI_LIST_ENTRY,
		     HVSCSI_LUNS);
}

/* A list that is shorter than it says would have devices removed. */
static bool hvscsi_list_complete(const u8 *list, u32 bytes)
{
	return bytes >= HVSCSI_LIST_HEADER &&
	       bytes >= HVSCSI_LIST_HEADER +
			hvscsi_list_length(list) * HVSCSI_LIST_ENTRY;
}

static int hvscsi_list(struct scsi_device *sdev, u8 *list)
{
	u8 cdb[12] = { REPORT_LUNS };
	u32 bytes = HVSCSI_LIST_BYTES;
	int err;

	put_unaligned_be32(bytes, cdb + 6);
	memset(list, 0, HVSCSI_LIST_HEADER);
	err = hvscsi_compat_read(sdev, cdb, list, &bytes, HVSCSI_ASK_TIMEOUT,
				 HVSCSI_ASK_RETRIES);
	if (!err && !hvscsi_list_complete(list, bytes))
		err = -EIO;
	return err;
}

/* Nothing the host says leads out of the list or the map. */
static void hvscsi_parse_list(const u8 *list, unsigned long *there)
{
	u32 i, count = hvscsi_list_length(list);
	u64 lun;

	bitmap_zero(there, HVSCSI_LUNS);
	for (i = 0; i < count; i++) {
		list += HVSCSI_LIST_ENTRY;
		lun = scsilun_to_int((struct scsi_lun *)list);
		if (lun < HVSCSI_LUNS)
			__set_bit(lun, there);
	}
}

/*
 * Whom to ask for the list of a target: any device on it will do, but rather one
 * that is there. It stays where it is, and keeps nobody from unloading us.
 */
static struct scsi_device *hvscsi_get_speaker(struct hvscsi *hv, u32 target)
{
	struct scsi_device *sdev = NULL;
	struct hvscsi_lun *lun;

	spin_lock(&hv->luns_lock);
	list_for_each_entry(lun, &hv->luns, node) {
		if (!lun->present || hvscsi_target_of(lun->sdev) != target ||
		    lun->sdev->sdev_state != SDEV_RUNNING)
			continue;
		if (sdev && (lun->leaving || READ_ONCE(lun->missed)))
			continue;
		sdev = lun->sdev;
		if (!lun->leaving && !READ_ONCE(lun->missed))
			break;
	}
	if (sdev)
		get_device(&sdev->sdev_gendev);
	spin_unlock(&hv->luns_lock);
	return sdev;
}

/*
 * Only what was known before the host is asked can be missing in its answer.
 * Returns the targets that have a device.
 */
static u32 hvscsi_mark_known(struct hvscsi *hv)
{
	struct hvscsi_lun *lun;
	u32 targets = 0;

	spin_lock(&hv->luns_lock);
	list_for_each_entry(lun, &hv->luns, node) {
		lun->known = lun->present && !lun->leaving;
		if (lun->known)
			targets |= BIT(hvscsi_target_of(lun->sdev));
	}
	spin_unlock(&hv->luns_lock);
	return targets;
}

/* Has those removed that are gone; what is left in @there is new. */
static void hvscsi_compare(struct hvscsi *hv, u32 target, unsigned long *there)
{
	struct hvscsi_lun *lun;

	spin_lock(&hv->luns_lock);
	list_for_each_entry(lun, &hv->luns, node) {
		if (hvscsi_target_of(lun->sdev) != target)
			continue;
		if (lun->known && (READ_ONCE(lun->missed) ||
				   !test_bit(lun->sdev->lun, there))) {
			lun->leaving = true;
			hvscsi_lun_ask(lun, HVSCSI_LUN_REMOVE);
		}
		if (lun->present)
			__clear_bit(lun->sdev->lun, there);
	}
	spin_unlock(&hv->luns_lock);
}

/*
 * Who is silent is left out, or the mid-layer would have the others wait for it.
 * Without any device that could list the others the mid-layer finds them.
 */
static int hvscsi_scan_target(struct hvscsi *hv, u32 target)
{
	struct scsi_device *speaker = hvscsi_get_speaker(hv, target);
	DECLARE_BITMAP(there, HVSCSI_LUNS);
	unsigned long lun;
	u8 *list;
	int err;

	if (!speaker) {
		hvscsi_scan_lun(hv, target, SCAN_WILD_CARD, SCSI_SCAN_RESCAN);
		return 0;
	}

	list = kmalloc(HVSCSI_LIST_BYTES, GFP_KERNEL);
	err = list ? hvscsi_list(speaker, list) : -ENOMEM;
	put_device(&speaker->sdev_gendev);
	if (!err) {
		hvscsi_parse_list(list, there);
		hvscsi_compare(hv, target, there);
		hvscsi_knock(hv, target, there);
		for_each_set_bit(lun, there, HVSCSI_LUNS)
			hvscsi_scan_lun(hv, target, lun, SCSI_SCAN_RESCAN);
	}
	kfree(list);
	return err;
}

/**
 * hvscsi_scan_again() - compare what is known with what the host has
 * @hv: the controller.
 *
 * Context: may sleep, until the host has answered.
 *
 * Return: 0, or why the host did not say what it has: a negative error or a SCSI
 *	result.
 */
int hvscsi_scan_again(struct hvscsi *hv)
{
	unsigned long target, targets;
	int err = 0;

	/* Hosts put what is new on the first target. */
	targets = hvscsi_mark_known(hv) | BIT(0);
	for_each_set_bit(target, &targets, HVSCSI_TARGETS)
		err = hvscsi_scan_target(hv, target) ?: err;
	return err;
}

/* Those that have been found since the last time, and after it others at once. */
static void hvscsi_identify(struct hvscsi *hv, bool last)
{
	struct hvscsi_lun *lun;

	spin_lock(&hv->luns_lock);
	if (last)
		hv->scanning = false;
	list_for_each_entry(lun, &hv->luns, node) {
		if (!lun->unidentified)
			continue;
		lun->unidentified = false;
		atomic_inc(&hv->unidentified);
		hvscsi_lun_ask(lun, HVSCSI_LUN_IDENTIFY);
	}
	spin_unlock(&hv->luns_lock);
}

/**
 * hvscsi_scan_start() - the first scan
 * @host: the SCSI host.
 *
 * The mid-layer asks one device after the other. What it asks while others wait
 * is kept short: in a scan in the background, which shows what it has found at
 * its end only, all devices' VPD pages are asked for at once before that.
 *
 * Context: may sleep.
 */
void hvscsi_scan_start(struct Scsi_Host *host)
{
	struct hvscsi *hv = shost_priv(host);
	u32 target;

	hv->scanning = host->async_scan;
	for (target = 0; target < HVSCSI_TARGETS; target++) {
		hvscsi_scan_lun(hv, target, SCAN_WILD_CARD, SCSI_SCAN_INITIAL);
		hvscsi_identify(hv, false);
	}
	hvscsi_identify(hv, true);
	hv->scanned = jiffies;
}

/**
 * hvscsi_scan_finished() - can the devices be shown?
 * @host: the SCSI host.
 * @elapsed: jiffies since its scan began, which may have taken long by itself.
 *
 * Those that do not answer in time are shown as well, without VPD pages in sysfs;
 * what the drivers of devices want to know of these they hear when it does.
 *
 * Return: 1 if so, or 0.
 */
int hvscsi_scan_finished(struct Scsi_Host *host, unsigned long elapsed)
{
	struct hvscsi *hv = shost_priv(host);

	return !atomic_read(&hv->unidentified) ||
	       time_after(jiffies, hv->scanned + HVSCSI_SCAN_PATIENCE);
}
