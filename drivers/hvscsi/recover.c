// SPDX-License-Identifier: GPL-2.0
/*
 * When things go wrong: commands that are late, channels that the host takes
 * away or breaks, and waits that would not end because of it.
 *
 * Must not know packets. A command is claimed by one atomic exchange, so it does
 * not matter how many come to the same conclusion; connect_lock keeps apart those
 * who close and open.
 *
 * One rule is behind this file: the host may write the pages of a command until
 * it has answered, or the command's channel is rescinded, or closing the
 * controller's channels has succeeded. No command ends before one of these,
 * whatever a timer says; a reset would not change that, as hosts ignore it, and
 * so there is no reset handler that would pretend to.
 *
 *	live	 answers come; a late one is waited for
 *	broken	 nothing is believed any more, commands stay with the host
 *	gone	 the channel is rescinded, its commands end; those of a sub-channel
 *		 are sent again through the primary
 *	severed	 everything is closed, all commands end
 *
 * A channel that breaks stays so until somebody removes the controller. Closing
 * waits for the host without bound, and all of the bus waits with it, so nobody
 * does that on his own account; an administrator may, see hvscsi_host_reset(),
 * or beforehand with the parameter fail_after, and get the controller back.
 */
#include <linux/atomic.h>
#include <linux/blk-mq.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sched/mm.h>
#include <linux/workqueue.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* How often a wait for commands looks whether they can still end. */
#define HVSCSI_WATCH_INTERVAL	HZ

static void hvscsi_stop_link(struct hvscsi_link *link)
{
	hvring_channel_stop(link->ch);
	hvring_channel_drain(link->ch);
}

/**
 * hvscsi_bypass() - let the queue of a sub-channel use the primary
 * @link: the sub-channel. What it has been sent stays with it.
 * @why: for the log.
 *
 * Context: any.
 */
void hvscsi_bypass(struct hvscsi_link *link, const char *why)
{
	struct hvscsi *hv = link->hv;
	u32 i;

	for (i = 0; i < hv->queue_count; i++)
		if (cmpxchg(&hv->queues[i], link, hv->links) == link)
			dev_warn(hvring_channel_device(hv->ch),
				 "the channel of queue %u is %s\n", i, why);
}

/**
 * hvscsi_retire() - the host has taken a channel away
 * @link: the channel, rescinded: its host touches no page any more.
 *
 * What it had answered before counts. The rest ends; that of a sub-channel in
 * such a way that it is sent again, as there is another way, unless it came
 * from a program that wants to know.
 *
 * Context: any, with no lock of a channel held.
 */
void hvscsi_retire(struct hvscsi_link *link)
{
	bool primary = hvscsi_is_primary(link);

	hvscsi_stop_link(link);
	if (!primary)
		hvscsi_bypass(link, "gone");
	hvscsi_fail_outstanding(link->hv, link,
				primary ? DID_NO_CONNECT : DID_RESET);
}

/**
 * hvscsi_look() - for whoever waits for commands: what can end, ends
 * @hv: the controller.
 *
 * Nobody may be polling the queues that are polled, and nobody tells of a
 * sub-channel that is taken away.
 *
 * Context: may sleep.
 */
void hvscsi_look(struct hvscsi *hv)
{
	struct hvscsi_link *link;
	u32 i;

	for (i = 0; i < hv->link_count; i++) {
		link = &hv->links[i];
		if (!hvscsi_is_open(link))
			continue;
		hvring_channel_drain(link->ch);
		if (!hvscsi_is_primary(link) &&
		    hvring_channel_rescinded(link->ch))
			hvscsi_retire(link);
	}
}

/**
 * hvscsi_is_lost() - can commands that are outstanding never be answered?
 * @hv: the controller.
 *
 * Context: any.
 *
 * Return: true if the controller is gone, or one of its channels is broken.
 */
bool hvscsi_is_lost(const struct hvscsi *hv)
{
	u32 i;

	for (i = 0; i < hv->link_count; i++)
		if (hvscsi_is_open(&hv->links[i]) &&
		    hvring_channel_broken(hv->links[i].ch))
			return true;
	return hvring_channel_rescinded(hv->ch);
}

/**
 * hvscsi_sever() - close everything, and end what is outstanding
 * @hv: the controller, with hvscsi.connect_lock held or nobody else about.
 * @host_byte: DID_*, how the commands end.
 *
 * What has been answered still counts. If the host cannot be told to let go,
 * nothing can end.
 *
 * Context: may sleep, without bound if the host does not answer the bus.
 *
 * Return: 0 or a negative error.
 */
int hvscsi_sever(struct hvscsi *hv, int host_byte)
{
	u32 i;
	int err;

	for (i = 0; i < hv->link_count; i++)
		if (hvscsi_is_open(&hv->links[i]))
			hvscsi_stop_link(&hv->links[i]);

	err = hvring_channel_close(hv->ch);
	if (!err) {
		hvscsi_fail_outstanding(hv, NULL, host_byte);
		hvscsi_knock_forget(hv);
	} else if (!hvscsi_idle(hv)) {
		/* The watch tries again every second, in case of a rescind. */
		dev_err_once(hvring_channel_device(hv->ch),
			     "the host keeps commands for ever\n");
	}
	return err;
}

/**
 * hvscsi_hold() - from now on commands wait
 * @hv: the controller. No submission is left that has not seen it.
 *
 * Context: may sleep.
 */
void hvscsi_hold(struct hvscsi *hv)
{
	WRITE_ONCE(hv->paused, true);
	/* The block layer submits in RCU sections. */
	synchronize_rcu();
}

/**
 * hvscsi_pause() - sever a controller that is going to be connected again
 * @hv: the controller, as for hvscsi_sever().
 * @host_byte: likewise.
 *
 * Nothing is sent on channels that are open again before hvscsi_reconnect() says
 * so.
 *
 * Context: like hvscsi_sever().
 *
 * Return: 0 or a negative error, and then nothing is paused.
 */
int hvscsi_pause(struct hvscsi *hv, int host_byte)
{
	int err;

	hvscsi_hold(hv);
	err = hvscsi_sever(hv, host_byte);
	if (err)
		WRITE_ONCE(hv->paused, false);
	else
		hv->running = false;
	return err;
}

/*
 * Only ever on an administrator's request, who is told what it costs: closing
 * waits until the host has finished what it has. New commands wait meanwhile.
 */
static int hvscsi_reset(struct hvscsi *hv, int host_byte, const char *why)
{
	unsigned int noio;
	int err;

	mutex_lock(&hv->connect_lock);
	/* Memory must not wait for a disk of ours. */
	noio = memalloc_noio_save();
	scsi_block_requests(hv->host);
	err = hvscsi_pause(hv, host_byte);
	if (!err)
		err = hvscsi_reconnect(hv);
	scsi_unblock_requests(hv->host);
	memalloc_noio_restore(noio);
	mutex_unlock(&hv->connect_lock);

	dev_info(hvring_channel_device(hv->ch), "reset %s: %s\n", why,
		 err ? "failed" : "done");
	return err;
}

/* From sysfs. The commands are sent again, so that nobody notices. */
int hvscsi_host_reset(struct Scsi_Host *host, int type)
{
	if (type != SCSI_ADAPTER_RESET)
		return -EOPNOTSUPP;
	return hvscsi_reset(shost_priv(host), DID_RESET, "by hand");
}

/* For fail_after: the commands are not tried again, that is what it is for. */
void hvscsi_give_up_work(struct work_struct *work)
{
	struct hvscsi *hv = container_of(work, struct hvscsi, give_up);

	if (!test_bit(HVSCSI_NEVER_GIVE_UP, &hv->giving_up))
		hvscsi_reset(hv, DID_NO_CONNECT, "for a late command");
	clear_bit(HVSCSI_GIVING_UP, &hv->giving_up);
}

/**
 * hvscsi_give_up_stop() - from now on, no reset because of a late command
 * @hv: the controller, which somebody else is going to close.
 *
 * Context: may sleep, as long as a reset that has begun.
 */
void hvscsi_give_up_stop(struct hvscsi *hv)
{
	set_bit(HVSCSI_NEVER_GIVE_UP, &hv->giving_up);
	if (cancel_work_sync(&hv->give_up))
		clear_bit(HVSCSI_GIVING_UP, &hv->giving_up);
}

/**
 * hvscsi_give_up_start() - again as fail_after says
 * @hv: the controller.
 */
void hvscsi_give_up_start(struct hvscsi *hv)
{
	clear_bit(HVSCSI_NEVER_GIVE_UP, &hv->giving_up);
}

/* Some have timers of their own, and are not given up for that. */
static bool hvscsi_is_too_late(const struct scsi_cmnd *cmd)
{
	unsigned int seconds = hvscsi_fail_seconds();

	return seconds && time_after_eq(jiffies,
					cmd->jiffies_at_alloc + seconds * HZ);
}

/* Those that find a reset under way are ended by it, and ask for no other. */
static void hvscsi_is_late(struct hvscsi *hv, const struct scsi_cmnd *cmd,
			   u32 tag)
{
	bool enough = hvscsi_is_too_late(cmd);

	dev_warn_ratelimited(hvring_channel_device(hv->ch),
			     "tag %u: no answer to its command yet, %s\n", tag,
			     enough ? "giving up" : "waiting");
	if (enough && !test_and_set_bit(HVSCSI_GIVING_UP, &hv->giving_up))
		queue_work(hvscsi_wq, &hv->give_up);
}

/* A scan in the background outlasts probe, and keeps the driver from leaving. */
static bool hvscsi_somebody_waits(const struct hvscsi *hv)
{
	return READ_ONCE(hv->watching) || hv->host->async_scan;
}

void hvscsi_watch_work(struct work_struct *work)
{
	struct hvscsi *hv = container_of(to_delayed_work(work), struct hvscsi,
					 watch);

	if (!hvscsi_somebody_waits(hv))
		return;

	mutex_lock(&hv->connect_lock);
	hvscsi_look(hv);
	if (!hvscsi_is_lost(hv) || hvscsi_sever(hv, DID_NO_CONNECT))
		queue_delayed_work(hvscsi_wq, &hv->watch,
				   HVSCSI_WATCH_INTERVAL);
	mutex_unlock(&hv->connect_lock);
}

/**
 * hvscsi_watch_begin() - somebody is going to wait for commands
 * @hv: the controller. Until hvscsi_watch_end(), or as long as it is scanned, it
 *	is severed as soon as it is lost; without, the wait would not end.
 *
 * Context: any.
 */
void hvscsi_watch_begin(struct hvscsi *hv)
{
	WRITE_ONCE(hv->watching, true);
	queue_delayed_work(hvscsi_wq, &hv->watch, 0);
}

/**
 * hvscsi_watch_end() - the wait is over
 * @hv: the controller.
 *
 * Context: any.
 */
void hvscsi_watch_end(struct hvscsi *hv)
{
	WRITE_ONCE(hv->watching, false);
}

/*
 * Look once more, in case an interrupt was lost, and then keep waiting: Azure
 * may stall for minutes. A rescind of a sub-channel, of which the bus does not
 * tell, is noticed here.
 *
 * The answer is always "wait". Were the command done by now, that would do no
 * harm, while 6.1 takes "done" for "not handled" and starts its error handler,
 * which would end a command that the host still owns.
 */
HVSCSI_TIMEOUT_TYPE hvscsi_eh_timed_out(struct scsi_cmnd *cmd)
{
	struct hvscsi *hv = shost_priv(cmd->device->host);
	u32 tag = scsi_cmd_to_rq(cmd)->tag;
	struct hvscsi_link *link;
	u32 found;

	/* A request that was requeued a moment ago has no tag. */
	if (tag >= hv->depth || !hvscsi_slot_armed(&hv->slots[tag]))
		return HVSCSI_TIMEOUT_WAIT;

	link = READ_ONCE(hv->slots[tag].link);
	/* The mid-layer may have ended the last of a batch without telling us. */
	hvscsi_publish(link);
	found = hvring_channel_drain(link->ch);
	if (hvring_channel_rescinded(link->ch))
		hvscsi_retire(link);
	else if (hvscsi_slot_armed(&hv->slots[tag]))
		hvscsi_is_late(hv, cmd, tag);
	else if (found)
		dev_warn(hvring_channel_device(hv->ch), "tag %u: answer found without an interrupt\n",
			 tag);
	return HVSCSI_TIMEOUT_WAIT;
}
