// SPDX-License-Identifier: GPL-2.0
/*
 * The first scan of a controller, when all of its devices are new.
 *
 * Must not know packets. What comes and goes afterwards is in topology.c.
 */
#include <linux/atomic.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* How long devices that have said all wait for those that have not. */
#define HVSCSI_SCAN_PATIENCE	(10 * HZ)

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
	u32 path, id;

	hv->scanning = host->async_scan;
	for (path = 0; path < HVSCSI_MAX_PATHS; path++) {
		for (id = 0; id < HVSCSI_MAX_TARGETS; id++) {
			scsi_scan_target(&host->shost_gendev, path, id,
					 SCAN_WILD_CARD, SCSI_SCAN_INITIAL);
			hvscsi_identify(hv, false);
		}
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
