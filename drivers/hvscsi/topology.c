// SPDX-License-Identifier: GPL-2.0
/*
 * When to look which devices a controller has, and whether they have changed;
 * how that is done is in scan.c and lun.c.
 *
 * Must not know packets. Whatever gives reason to look (a notice of the host, a
 * command for a device that is not there, a connection that was closed for a
 * while) asks for the same work, which may be asked for in any context and any
 * number of times: it runs at least once after the last time.
 *
 * The work begins when the first scan has been started and ends before the
 * controller goes; a reason that comes earlier is remembered. It is frozen for
 * hibernation, with all that devices' works do, and is asked for once more when
 * the controller is connected again, since nobody was told anything meanwhile.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* A host may give reason all the time; there is something else to do. */
#define HVSCSI_SCAN_INTERVAL	(HZ / 10)

/* When the host could not list its devices it is asked again, so many times. */
#define HVSCSI_SCAN_RETRIES	5
#define HVSCSI_SCAN_DELAY	HZ

/* What "capacity has changed" and the likes are in sense data. */
#define HVSCSI_ASC_PARAMETERS	0x2a
#define HVSCSI_ASCQ_CAPACITY	0x09
#define HVSCSI_ASC_TARGET	0x3f
#define HVSCSI_ASCQ_INQUIRY	0x03
#define HVSCSI_ASCQ_IDENTIFIER	0x05
#define HVSCSI_ASCQ_LUNS	0x0e

/* At once, unless the last time was just now. */
static unsigned long hvscsi_scan_delay(const struct hvscsi *hv)
{
	long left = READ_ONCE(hv->scan_next) - jiffies;

	return clamp_t(long, left, 0, HVSCSI_SCAN_INTERVAL);
}

/**
 * hvscsi_topology_ask() - compare what is known with what the host has, soon
 * @hv: the controller.
 *
 * Context: any.
 */
void hvscsi_topology_ask(struct hvscsi *hv)
{
	set_bit(HVSCSI_SCAN_WANTED, &hv->scan_state);
	/* Either we see that it may run, or who allows it sees that it is wanted. */
	smp_mb__after_atomic();
	if (test_bit(HVSCSI_SCAN_ALLOWED, &hv->scan_state))
		queue_delayed_work(hv->scan_wq, &hv->scan,
				   hvscsi_scan_delay(hv));
}

static void hvscsi_scan_work(struct work_struct *work)
{
	struct hvscsi *hv = container_of(to_delayed_work(work), struct hvscsi,
					 scan);
	int err;

	if (!test_bit(HVSCSI_SCAN_ALLOWED, &hv->scan_state))
		return;

	WRITE_ONCE(hv->scan_next, jiffies + HVSCSI_SCAN_INTERVAL);
	clear_bit(HVSCSI_SCAN_WANTED, &hv->scan_state);
	err = hvscsi_scan_again(hv);
	if (!err) {
		hv->scan_retries = 0;
	} else if (hv->scan_retries++ < HVSCSI_SCAN_RETRIES) {
		queue_delayed_work(hv->scan_wq, &hv->scan, HVSCSI_SCAN_DELAY);
	} else {
		hv->scan_retries = 0;
		dev_warn(hvring_channel_device(hv->ch),
			 "the host does not say which devices it has, error %#x\n",
			 err);
	}
}

static void hvscsi_poll_work(struct work_struct *work)
{
	struct hvscsi *hv = container_of(to_delayed_work(work), struct hvscsi,
					 poll);
	struct hvscsi_lun *lun;

	spin_lock(&hv->luns_lock);
	list_for_each_entry(lun, &hv->luns, node)
		hvscsi_lun_poll_idle(lun);
	spin_unlock(&hv->luns_lock);
	queue_delayed_work(hv->scan_wq, &hv->poll,
			   hvscsi_capacity_poll_seconds() * HZ);
}

/**
 * hvscsi_attention() - has a device told us that something has changed?
 * @cmd: a command that ended with sense data, which are in its buffer. It was
 *	not done.
 *
 * Context: any.
 *
 * Return: true if the change will be looked at, and the command can be sent
 *	again without anybody counting. A device that has something new all the
 *	time is the mid-layer's, which counts.
 */
bool hvscsi_attention(struct scsi_cmnd *cmd)
{
	struct hvscsi_lun *lun = cmd->device->hostdata;
	struct scsi_sense_hdr sense;
	bool calm;

	if (!READ_ONCE(lun->present) ||
	    !scsi_normalize_sense(cmd->sense_buffer, SCSI_SENSE_BUFFERSIZE,
				  &sense) ||
	    sense.sense_key != UNIT_ATTENTION)
		return false;

	calm = time_after_eq(jiffies, READ_ONCE(lun->attended) +
				      HVSCSI_ATTENTION_INTERVAL);
	if (sense.asc == HVSCSI_ASC_PARAMETERS &&
	    sense.ascq == HVSCSI_ASCQ_CAPACITY) {
		WRITE_ONCE(lun->attended, jiffies);
		set_bit(HVSCSI_LUN_RESIZED, &lun->asked);
		hvscsi_lun_ask(lun, HVSCSI_LUN_RESCAN);
		return calm;
	}
	/* That it is another device, or says so, is the mid-layer's to tell. */
	if (sense.asc != HVSCSI_ASC_TARGET ||
	    sense.ascq == HVSCSI_ASCQ_INQUIRY ||
	    sense.ascq == HVSCSI_ASCQ_IDENTIFIER)
		return false;
	WRITE_ONCE(lun->attended, jiffies);
	if (sense.ascq == HVSCSI_ASCQ_LUNS)
		hvscsi_topology_ask(shost_priv(cmd->device->host));
	else
		hvscsi_lun_ask(lun, HVSCSI_LUN_RESCAN);
	return calm;
}

/**
 * hvscsi_missed() - the host does not know the device of a command
 * @cmd: the command.
 *
 * Should the host list the device all the same, it is another one.
 *
 * Context: any.
 */
void hvscsi_missed(struct scsi_cmnd *cmd)
{
	struct hvscsi_lun *lun = cmd->device->hostdata;

	if (!READ_ONCE(lun->present) || xchg(&lun->missed, true))
		return;
	hvscsi_topology_ask(shost_priv(cmd->device->host));
}

/**
 * hvscsi_topology_init() - before anything is sent or received
 * @hv: the controller.
 *
 * Return: 0 or a negative error.
 */
int hvscsi_topology_init(struct hvscsi *hv)
{
	hv->scan_next = jiffies;
	INIT_LIST_HEAD(&hv->luns);
	spin_lock_init(&hv->luns_lock);
	INIT_DELAYED_WORK(&hv->scan, hvscsi_scan_work);
	INIT_DELAYED_WORK(&hv->poll, hvscsi_poll_work);
	hv->scan_wq = alloc_workqueue("hvscsi_scan_%u",
				      WQ_UNBOUND | WQ_FREEZABLE, 0,
				      hv->host->host_no);
	return hv->scan_wq ? 0 : -ENOMEM;
}

/**
 * hvscsi_topology_start() - the SCSI host is there, and its scan has begun
 * @hv: the controller.
 */
void hvscsi_topology_start(struct hvscsi *hv)
{
	set_bit(HVSCSI_SCAN_ALLOWED, &hv->scan_state);
	/* Pairs with hvscsi_topology_ask(). */
	smp_mb__after_atomic();
	if (test_bit(HVSCSI_SCAN_WANTED, &hv->scan_state))
		hvscsi_topology_ask(hv);
	if (hvscsi_capacity_poll_seconds())
		queue_delayed_work(hv->scan_wq, &hv->poll,
				   hvscsi_capacity_poll_seconds() * HZ);
}

/**
 * hvscsi_topology_stop() - the SCSI host is going to be removed
 * @hv: the controller. Devices' works may still be about.
 *
 * Context: may sleep, until the host has answered.
 */
void hvscsi_topology_stop(struct hvscsi *hv)
{
	clear_bit(HVSCSI_SCAN_ALLOWED, &hv->scan_state);
	cancel_delayed_work_sync(&hv->poll);
	cancel_delayed_work_sync(&hv->scan);
}

/**
 * hvscsi_topology_free() - nothing is sent or received any more
 * @hv: the controller, or as much of it as there is.
 *
 * Who saw that the scan may run, and was slow, may have asked for it since.
 *
 * Context: may sleep.
 */
void hvscsi_topology_free(struct hvscsi *hv)
{
	if (!hv->scan_wq)
		return;
	flush_workqueue(hv->scan_wq);
	cancel_delayed_work_sync(&hv->scan);
	destroy_workqueue(hv->scan_wq);
}
