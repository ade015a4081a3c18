// SPDX-License-Identifier: GPL-2.0
/*
 * Life of one controller: probe, remove, how the SCSI host is set up, and what
 * happens to a command that is late.
 *
 * Owns struct hvscsi. Must not know packets. Takes no lock; the driver core
 * serialises probe and remove.
 *
 * One rule is behind most of this file: the host may write the pages of a
 * command until it has answered, or its channel is rescinded, or closing the
 * channel has returned. No command ends before one of these, whatever a timer
 * says; a reset would not change that, as hosts ignore it, and so there is no
 * reset handler that would pretend to.
 */
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_devinfo.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* Addresses that hosts use. */
#define HVSCSI_MAX_LUNS		255
#define HVSCSI_MAX_TARGETS	2
#define HVSCSI_MAX_CHANNELS	8

/* How long hibernation may be held up by a command. */
#define HVSCSI_SUSPEND_SECONDS	60

static const struct hvring_client_ops hvscsi_client_ops = {
	.receive = hvscsi_receive,
};

/*
 * Virtual disks claim SPC-2 and have VPD pages all the same. Optical drives
 * report an unknown type, and their REPORT LUNS works.
 */
static int hvscsi_slave_alloc(struct scsi_device *sdev)
{
	sdev->sdev_bflags = BLIST_REPORTLUN2 | BLIST_TRY_VPD_PAGES;
	return 0;
}

static int hvscsi_slave_configure(struct scsi_device *sdev)
{
	const struct hvscsi *hv = shost_priv(sdev->host);

	blk_queue_rq_timeout(sdev->request_queue, HVSCSI_TIMEOUT_SECONDS * HZ);
	sdev->no_report_opcodes = 1;
	sdev->no_write_same = 1;

	/* Older hosts understate what their own disks can do. */
	if (hv->version < VSTOR_VERSION_6_2 &&
	    !strncmp(sdev->vendor, "Msft", 4))
		sdev->scsi_level = SCSI_SPC_3;
	return 0;
}

/* The geometry that these disks have always had on Linux. */
static int hvscsi_bios_param(struct scsi_device *sdev,
			     struct block_device *bdev, sector_t capacity,
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

/*
 * Look once more, in case an interrupt was lost, and then keep waiting: Azure
 * may stall for minutes. A rescind that finds remove busy with waiting for
 * just this command is noticed here.
 *
 * The answer is always "wait". Were the command done by now, that would do no
 * harm, while 6.1 takes "done" for "not handled" and starts its error handler,
 * which would end a command that the host still owns.
 */
static HVSCSI_TIMEOUT_TYPE hvscsi_eh_timed_out(struct scsi_cmnd *cmd)
{
	struct hvscsi *hv = shost_priv(cmd->device->host);
	struct device *dev = hvring_channel_device(hv->ch);
	u32 tag = scsi_cmd_to_rq(cmd)->tag;

	/* A request that was requeued a moment ago has no tag. */
	if (tag >= hv->depth || !hvscsi_slot_armed(&hv->slots[tag]))
		return HVSCSI_TIMEOUT_WAIT;

	hvring_channel_drain(hv->ch);
	if (hvring_channel_rescinded(hv->ch)) {
		/* What was answered before the rescind but after that look. */
		hvring_channel_stop(hv->ch);
		hvring_channel_drain(hv->ch);
		hvscsi_fail_outstanding(hv);
	} else if (!hvscsi_slot_armed(&hv->slots[tag])) {
		dev_warn(dev, "tag %u: answer found without an interrupt\n",
			 tag);
	} else {
		dev_warn_ratelimited(dev, "tag %u: no answer to its command yet, waiting\n",
				     tag);
	}
	return HVSCSI_TIMEOUT_WAIT;
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
	.eh_timed_out = hvscsi_eh_timed_out,
	.slave_alloc = hvscsi_slave_alloc,
	.slave_configure = hvscsi_slave_configure,
	.change_queue_depth = scsi_change_queue_depth,
	.bios_param = hvscsi_bios_param,
	.this_id = -1,
	.virt_boundary_mask = HVRING_PAGE_SIZE - 1,
	.no_write_same = 1,
	.track_queue_depth = 1,
};

/*
 * The depth is what the rings that were really opened can hold if every
 * command is as large as it may be: a command that got a tag finds room.
 */
static u32 hvscsi_depth(const struct hvscsi *hv)
{
	/* An unaligned buffer touches one page more. */
	u32 pages = hv->max_transfer / HVRING_PAGE_SIZE + 1;

	return min_t(u32, HVSCSI_MAX_DEPTH,
		     hvring_channel_depth(hv->ch, sizeof(struct vstor_packet),
					  pages));
}

static int hvscsi_configure_host(struct hvscsi *hv)
{
	u32 pages = hv->max_transfer / HVRING_PAGE_SIZE;
	struct Scsi_Host *host = hv->host;

	hv->depth = hvscsi_depth(hv);
	if (!hv->depth)
		return -ENOMEM;

	hv->slots = kcalloc(hv->depth, sizeof(*hv->slots), GFP_KERNEL);
	if (!hv->slots)
		return -ENOMEM;

	host->can_queue = hv->depth;
	host->cmd_per_lun = hv->depth;
	host->max_lun = HVSCSI_MAX_LUNS;
	host->max_id = HVSCSI_MAX_TARGETS;
	host->max_channel = HVSCSI_MAX_CHANNELS - 1;
	host->max_cmd_len = VSTOR_CDB_SIZE;
	host->max_sectors = hv->max_transfer >> SECTOR_SHIFT;
	host->sg_tablesize = pages + 1;
	return 0;
}

static void hvscsi_announce(const struct hvscsi *hv)
{
	dev_info(hvring_channel_device(hv->ch),
		 "protocol %u.%u, 1 channel, %u commands of up to %u KiB\n",
		 hv->version >> 8, hv->version & 0xff, hv->depth,
		 hv->max_transfer / 1024);
}

static int hvscsi_connect(struct hvscsi *hv)
{
	int err;

	err = hvring_channel_open(hv->ch, hvscsi_ring_bytes(),
				  &hvscsi_client_ops, hv);
	if (err)
		return err;

	err = hvscsi_negotiate(hv);
	if (err)
		hvring_channel_close(hv->ch);
	return err;
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
	/* A bounced buffer keeps its offset in the page. */
	dma_set_min_align_mask(dev, HVRING_PAGE_SIZE - 1);

	err = hvscsi_connect(hv);
	if (err)
		goto put_host;
	err = hvscsi_configure_host(hv);
	if (err)
		goto close;

	/* Answers are looked up in the slots from here on. */
	smp_store_release(&hv->running, true);
	err = scsi_add_host(host, dev);
	if (err)
		goto close;

	hvscsi_announce(hv);
	scsi_scan_host(host);
	return 0;

close:
	hvring_channel_close(ch);
	kfree(hv->slots);
put_host:
	scsi_host_put(host);
	return err;
}

/*
 * Three cases. A live channel answers what is outstanding while the SCSI host
 * is being removed, and is closed when nothing is. A rescinded one never
 * answers, but its last answers may still be in the ring; the rest fails now.
 * A broken one is not listened to, so it has to be closed before anything can
 * fail: only then has the host let go.
 */
void hvscsi_remove(struct hvring_channel *ch)
{
	struct hvscsi *hv = hvring_channel_priv(ch);
	struct Scsi_Host *host = hv->host;

	if (hvring_channel_rescinded(ch)) {
		hvring_channel_stop(ch);
		hvring_channel_drain(ch);
		hvscsi_fail_outstanding(hv);
	} else if (hvring_channel_broken(ch)) {
		hvring_channel_close(ch);
		hvscsi_fail_outstanding(hv);
	}

	scsi_remove_host(host);
	hvring_channel_close(ch);
	kfree(hv->slots);
	scsi_host_put(host);
}

/*
 * By now every disk is suspended, so what is still outstanding is somebody's
 * direct command. Hibernating is not worth waiting for that without bound.
 */
int hvscsi_suspend(struct hvring_channel *ch)
{
	struct hvscsi *hv = hvring_channel_priv(ch);
	unsigned long deadline = jiffies + HVSCSI_SUSPEND_SECONDS * HZ;
	int err;

	while (!hvscsi_idle(hv)) {
		if (time_after(jiffies, deadline)) {
			dev_err(hvring_channel_device(ch),
				"a command is still with the host, not suspending\n");
			return -EBUSY;
		}
		msleep(20);
	}

	err = hvring_channel_close(ch);
	if (err)
		return err;

	/* One that was sent between that look and the close. */
	hvscsi_fail_outstanding(hv);
	hv->running = false;
	return 0;
}

/*
 * The SCSI host was told how much and how large; a host that allows less now
 * would be sent what it does not take.
 */
int hvscsi_resume(struct hvring_channel *ch)
{
	struct hvscsi *hv = hvring_channel_priv(ch);
	u32 max_transfer = hv->max_transfer;
	int err;

	err = hvscsi_connect(hv);
	if (err)
		return err;

	if (hv->max_transfer < max_transfer || hvscsi_depth(hv) < hv->depth) {
		dev_err(hvring_channel_device(ch),
			"the host or the ring allows less than before, not resuming\n");
		hvring_channel_close(ch);
		return -EIO;
	}

	hv->max_transfer = max_transfer;
	/* As in probe: whoever sees this sees the slots. */
	smp_store_release(&hv->running, true);
	return 0;
}
