// SPDX-License-Identifier: GPL-2.0
/*
 * Life of one controller: probe, remove, hibernation, and how the SCSI host is
 * set up.
 *
 * Owns struct hvscsi. Must not know packets. Takes no lock; the driver core
 * serialises probe and remove.
 */
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* What the block layer is told of one disk, whatever the controller holds. */
#define HVSCSI_MAX_LUN_DEPTH	2048

/* Answers that one look at a polled queue takes at most. */
#define HVSCSI_POLL_PACKETS	64

/* How long hibernation, or the end of the machine, may be held up by a command. */
#define HVSCSI_SETTLE_SECONDS	60

/* How often a wait for what the host has looks whether it has it still. */
#define HVSCSI_SETTLE_INTERVAL	20

static int hvscsi_sdev_configure(HVSCSI_CONFIGURE_PARAMS)
{
	hvscsi_lun_configure(sdev);
	return 0;
}

/* The geometry that these disks have always had on Linux. */
static int hvscsi_bios_param(struct scsi_device *sdev,
			     HVSCSI_DISK_TYPE *disk, sector_t capacity,
			     int geometry[])
{
	const unsigned int heads = 255, sectors = 63;
	sector_t cylinders = capacity;

	sector_div(cylinders, heads * sectors);
	if ((cylinders + 1) * heads * sectors < capacity)
		cylinders = 0xffff;

	geometry[0] = heads;
	geometry[1] = sectors;
	geometry[2] = (int)cylinders;
	return 0;
}

static int __maybe_unused hvscsi_mq_poll(struct Scsi_Host *host, unsigned int queue)
{
	struct hvscsi *hv = shost_priv(host);
	struct hvscsi_link *link = READ_ONCE(hv->queues[queue]);
	u32 found = hvring_channel_poll(link->ch, HVSCSI_POLL_PACKETS);

	if (!found && !hvscsi_is_primary(link) &&
	    hvring_channel_rescinded(link->ch))
		hvscsi_retire(link);
	return found;
}

/*
 * No private data per command: what we keep is per tag, in hvscsi.slots, where
 * an id from the host can be checked without asking the block layer.
 */
static struct scsi_host_template hvscsi_template = {
	.module = THIS_MODULE,
	.name = "Hyper-V synthetic SCSI (hvscsi)",
	.proc_name = "hvscsi",
	.queuecommand = hvscsi_queuecommand,
	.commit_rqs = hvscsi_commit_rqs,
	HVSCSI_POLL_OPS
	.map_queues = hvscsi_map_queues,
	.eh_timed_out = hvscsi_eh_timed_out,
	.host_reset = hvscsi_host_reset,
	.scan_start = hvscsi_scan_start,
	.scan_finished = hvscsi_scan_finished,
	.sdev_init = hvscsi_sdev_init,
	.sdev_configure = hvscsi_sdev_configure,
	.sdev_destroy = hvscsi_sdev_destroy,
	.change_queue_depth = scsi_change_queue_depth,
	.bios_param = hvscsi_bios_param,
	.this_id = -1,
	.virt_boundary_mask = HVRING_PAGE_SIZE - 1,
	.track_queue_depth = 1,
	.host_tagset = 1,
};

/*
 * As many tags as commands of the largest size find room in the rings of all
 * queues that ordinary I/O uses. Should one CPU take them all, its ring may run
 * full; the mid-layer then tries again when a command is done.
 */
static int hvscsi_configure_host(struct hvscsi *hv)
{
	u32 pages = hv->max_transfer / HVRING_PAGE_SIZE;
	struct Scsi_Host *host = hv->host;

	hv->depth = min_t(u32, hvscsi_capacity(hv), BLK_MQ_MAX_DEPTH);
	if (!hv->depth)
		return -ENOMEM;

	hv->slots = kvcalloc(hv->depth, sizeof(*hv->slots), GFP_KERNEL);
	if (!hv->slots)
		return -ENOMEM;

	host->can_queue = hv->depth;
	host->cmd_per_lun = min_t(u32, hv->depth, HVSCSI_MAX_LUN_DEPTH);
	host->nr_hw_queues = hv->queue_count;
	hvscsi_compat_set_maps(host, hv->poll_count ? HCTX_MAX_TYPES : 1);
	host->max_lun = HVSCSI_LUNS;
	host->max_id = HVSCSI_MAX_TARGETS;
	host->max_channel = HVSCSI_MAX_PATHS - 1;
	/*
	 * What is longer than a request has room for is refused here and not by
	 * the mid-layer, which may leave a batch without its last command.
	 */
	host->max_cmd_len = U8_MAX;
	host->max_sectors = hv->max_transfer >> SECTOR_SHIFT;
	host->sg_tablesize = pages + 1;
	return 0;
}

static void hvscsi_announce(const struct hvscsi *hv)
{
	dev_info(hvring_channel_device(hv->ch),
		 "protocol %u.%u, %u queues, %u of them polled, %u commands of up to %u KiB\n",
		 hv->version >> 8, hv->version & 0xff, hv->queue_count,
		 hv->poll_count, hv->depth, hv->max_transfer / 1024);
}

static int hvscsi_connect(struct hvscsi *hv)
{
	int err;

	hvscsi_forget_sub_channels(hv);
	err = hvring_channel_open(hv->ch, hvscsi_ring_bytes(),
				  &hvscsi_client_ops, hv->links);
	if (err)
		return err;

	err = hvscsi_negotiate(hv);
	if (err) {
		hvring_channel_close(hv->ch);
		return err;
	}
	hvscsi_collect(hv);
	hvscsi_choose_queues(hv);
	return 0;
}

static void hvscsi_free(struct hvscsi *hv)
{
	hvscsi_topology_free(hv);
	kvfree(hv->slots);
	hvscsi_free_links(hv);
	scsi_host_put(hv->host);
}

int hvscsi_probe(struct hvring_channel *ch)
{
	struct device *dev = hvring_channel_device(ch);
	struct Scsi_Host *host;
	struct hvscsi *hv;
	int err;

	host = scsi_host_alloc(&hvscsi_template, sizeof(*hv));
	if (!host)
		return -ENOMEM;

	hv = shost_priv(host);
	hv->host = host;
	hv->ch = ch;
	init_completion(&hv->handshake.answered);
	mutex_init(&hv->connect_lock);
	INIT_DELAYED_WORK(&hv->watch, hvscsi_watch_work);
	INIT_WORK(&hv->give_up, hvscsi_give_up_work);
	hvscsi_knock_init(hv);
	hvscsi_choose_pages(hv);

	err = hvscsi_topology_init(hv);
	if (err)
		goto free;
	err = hvscsi_alloc_links(hv);
	if (err)
		goto free;
	err = hvscsi_connect(hv);
	if (err)
		goto free;
	err = hvscsi_configure_host(hv);
	if (err)
		goto close;

	/* Answers are looked up in the slots from here on. */
	smp_store_release(&hv->running, true);
	err = scsi_add_host(host, dev);
	if (err)
		goto close;

	hvscsi_announce(hv);
	hvscsi_watch_begin(hv);
	scsi_scan_host(host);
	hvscsi_watch_end(hv);
	hvscsi_topology_start(hv);
	return 0;

close:
	hvring_channel_close(ch);
free:
	hvscsi_free(hv);
	return err;
}

/*
 * A live channel answers what is outstanding while the SCSI host is being
 * removed, and is closed when nothing is.
 */
void hvscsi_remove(struct hvring_channel *ch)
{
	struct hvscsi_link *link = hvring_channel_priv(ch);
	struct hvscsi *hv = link->hv;

	hvscsi_watch_begin(hv);
	hvscsi_topology_stop(hv);
	scsi_remove_host(hv->host);
	/* All of the bus would wait for it. */
	while (hvscsi_knocks_out(hv) && !hvscsi_is_lost(hv))
		msleep(HVSCSI_SETTLE_INTERVAL);
	cancel_delayed_work_sync(&hv->watch);
	cancel_work_sync(&hv->give_up);
	hvring_channel_close(ch);
	hvscsi_free(hv);
}

/* Waits until nothing is outstanding, or what is will never be answered. */
static bool hvscsi_settle(struct hvscsi *hv)
{
	unsigned long deadline = jiffies + HVSCSI_SETTLE_SECONDS * HZ;

	for (hvscsi_look(hv); !hvscsi_idle(hv) && !hvscsi_is_lost(hv);
	     hvscsi_look(hv)) {
		if (time_after(jiffies, deadline))
			return false;
		msleep(HVSCSI_SETTLE_INTERVAL);
	}
	return true;
}

/*
 * By now every disk is suspended, so what is still outstanding is somebody's
 * direct command. Hibernating is not worth waiting for that without bound.
 */
int hvscsi_suspend(struct hvring_channel *ch)
{
	struct hvscsi_link *link = hvring_channel_priv(ch);
	struct hvscsi *hv = link->hv;
	int err;

	cancel_delayed_work_sync(&hv->watch);
	hvscsi_give_up_stop(hv);
	if (!hvscsi_settle(hv)) {
		dev_err(hvring_channel_device(ch),
			"a command is still with the host, not suspending\n");
		hvscsi_give_up_start(hv);
		return -EBUSY;
	}

	err = hvscsi_pause(hv, DID_NO_CONNECT);
	if (err)
		hvscsi_give_up_start(hv);
	return err;
}

/*
 * Disks have been flushed, but programs may still run. Another kernel's memory is
 * not to be written for a command of this one.
 */
void hvscsi_shutdown(struct hvring_channel *ch)
{
	struct hvscsi_link *link = hvring_channel_priv(ch);
	struct hvscsi *hv = link->hv;

	/* Who resets it already may have to wait for ever. */
	set_bit(HVSCSI_NEVER_GIVE_UP, &hv->giving_up);
	hvscsi_hold(hv);
	if (!hvscsi_settle(hv))
		dev_err(hvring_channel_device(ch),
			"a command is still with the host, going down all the same\n");
}

/**
 * hvscsi_reconnect() - open the channels of a controller that has been closed
 * @hv: the controller. Its SCSI host was told how large a transfer may be; a
 *	host that allows less now would be sent what it does not take.
 *
 * Context: may sleep; nothing is outstanding, or never will be answered.
 *
 * Return: 0 or a negative error, with the channels closed.
 */
int hvscsi_reconnect(struct hvscsi *hv)
{
	u32 told = hv->max_transfer, allowed;
	int err;

	err = hvscsi_connect(hv);
	allowed = hv->max_transfer;
	hv->max_transfer = told;
	if (err)
		goto unpause;

	if (allowed < told || !hvscsi_capacity(hv)) {
		dev_err(hvring_channel_device(hv->ch),
			"the host or the ring allows less than before, not used\n");
		hvring_channel_close(hv->ch);
		err = -EIO;
		goto unpause;
	}

	/* As in probe: whoever sees this sees the slots. */
	smp_store_release(&hv->running, true);
	hvscsi_topology_ask(hv);
unpause:
	/* Whoever sees that it is over sees that it runs, or finds it closed. */
	smp_store_release(&hv->paused, false);
	return err;
}

int hvscsi_resume(struct hvring_channel *ch)
{
	struct hvscsi_link *link = hvring_channel_priv(ch);
	int err = hvscsi_reconnect(link->hv);

	hvscsi_give_up_start(link->hv);
	return err;
}
