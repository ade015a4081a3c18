// SPDX-License-Identifier: GPL-2.0
/*
 * Commands on their way to the host: one command, one packet, built in place
 * in the ring.
 *
 * Owns the form of a request and arms the slot of its tag. Must not know how
 * answers are read. Takes the channel's send lock from reservation to commit.
 * A command leaves here in one of three ways: in the ring, handed back to be
 * tried again, or completed with an error.
 *
 * The block layer says which command is the last of a batch, and the host is
 * given the batch then.
 */
#include <linux/blk-mq.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* Seconds that the host may spend on a command. */
#define HVSCSI_HOST_SECONDS	60

/* What a request cannot say, and what old hosts do worse to than refuse. */
static bool hvscsi_command_allowed(const struct hvscsi *hv,
				   const struct scsi_cmnd *cmd)
{
	if (cmd->cmd_len > VSTOR_CDB_SIZE ||
	    cmd->sc_data_direction == DMA_BIDIRECTIONAL)
		return false;
	if (hv->version > VSTOR_VERSION_5_1)
		return true;
	return cmd->cmnd[0] != WRITE_SAME && cmd->cmnd[0] != SET_WINDOW;
}

static void hvscsi_refuse(struct scsi_cmnd *cmd, int host_byte)
{
	cmd->result = host_byte << 16;
	scsi_set_resid(cmd, scsi_bufflen(cmd));
	scsi_done(cmd);
}

static void hvscsi_set_direction(struct vstor_srb *srb,
				 const struct scsi_cmnd *cmd)
{
	switch (cmd->sc_data_direction) {
	case DMA_TO_DEVICE:
		srb->data_in = VSTOR_DATA_OUT;
		srb->srb_flags |= VSTOR_SRB_DATA_OUT;
		break;
	case DMA_FROM_DEVICE:
		srb->data_in = VSTOR_DATA_IN;
		srb->srb_flags |= VSTOR_SRB_DATA_IN;
		break;
	default:
		srb->data_in = VSTOR_DATA_NONE;
	}
}

/**
 * hvscsi_fill_address() - what all requests to an address have in common
 * @request: to be filled.
 * @host: the SCSI host.
 * @target: number of the target, see hvscsi_target_of().
 * @lun: logical unit.
 */
void hvscsi_fill_address(struct vstor_packet *request,
			 const struct Scsi_Host *host, u32 target, u8 lun)
{
	struct vstor_srb *srb = &request->srb;

	/* All of it: the host sees every byte. */
	memset(request, 0, sizeof(*request));
	request->operation = VSTOR_OP_EXECUTE_SRB;
	request->flags = VSTOR_FLAG_COMPLETION_REQUESTED;
	srb->length = sizeof(*srb);
	srb->port = host->host_no;
	srb->path_id = target / HVSCSI_MAX_TARGETS;
	srb->target_id = target % HVSCSI_MAX_TARGETS;
	srb->lun = lun;
	srb->sense_length = VSTOR_SENSE_SIZE;
	srb->timeout = HVSCSI_HOST_SECONDS;
	srb->srb_flags = VSTOR_SRB_NO_SYNC_TRANSFER;
}

/**
 * hvscsi_fill_template() - what all requests to a device have in common
 * @request: to be copied by each request.
 * @sdev: the device. Whether it queues is known after its INQUIRY only.
 */
void hvscsi_fill_template(struct vstor_packet *request,
			  const struct scsi_device *sdev)
{
	struct vstor_srb *srb = &request->srb;

	hvscsi_fill_address(request, sdev->host, hvscsi_target_of(sdev),
			    sdev->lun);
	if (sdev->tagged_supported) {
		srb->srb_flags |= VSTOR_SRB_QUEUE_ACTION_ENABLE |
				  VSTOR_SRB_NO_QUEUE_FREEZE;
		srb->queue_tag = VSTOR_QUEUE_TAG_UNTAGGED;
		srb->queue_action = VSTOR_QUEUE_ACTION_SIMPLE;
	}
}

static void hvscsi_fill_request(struct scsi_cmnd *cmd,
				const struct hvring_slot *slot)
{
	const struct hvscsi_lun *lun = cmd->device->hostdata;
	struct vstor_packet *request = slot->payload;
	struct vstor_srb *srb = &request->srb;

	*request = lun->template;
	srb->data_length = slot->data_bytes;
	srb->cdb_length = cmd->cmd_len;
	/* What is longer was refused, and what is shorter ends with zeroes. */
	memcpy(srb->cdb, cmd->cmnd, VSTOR_CDB_SIZE);
	hvscsi_set_direction(srb, cmd);
}

static int hvscsi_build(const struct hvscsi *hv, struct scsi_cmnd *cmd,
			int segments, const struct hvring_slot *slot)
{
	int err = 0;

	if (slot->pfn_count)
		err = hvscsi_fill_pages(hv, cmd, segments, slot);
	if (!err)
		hvscsi_fill_request(cmd, slot);
	return err;
}

/*
 * Once armed the command may be completed under our hands, by an answer or by
 * the end of the channel, so arming is the last that is done with it. It is
 * done with the channel locked: whoever stops the channel and then fails what
 * is outstanding finds this command in its slot or keeps it from being sent.
 */
static int hvscsi_send(struct hvscsi_link *link, struct scsi_cmnd *cmd,
		       int segments)
{
	const struct hvscsi *hv = link->hv;
	u32 tag = scsi_cmd_to_rq(cmd)->tag;
	struct hvscsi_slot *own = &hv->slots[tag];
	struct hvring_slot slot = {
		.payload_bytes = sizeof(struct vstor_packet),
		.data_bytes = segments ? scsi_bufflen(cmd) : 0,
	};
	bool last = cmd->flags & SCMD_LAST;
	unsigned long flags;
	int err;

	/* The one before is still out: our bug, and not one to build on. */
	if (WARN_ON_ONCE(hvscsi_slot_armed(own)))
		return -EINVAL;

	own->generation++;
	slot.id = (u64)own->generation << 32 | (tag + 1);
	/* Where a buffer is mapped does not change this. */
	if (segments)
		slot.data_offset = scsi_sglist(cmd)->offset % HVRING_PAGE_SIZE;

	flags = hvring_channel_lock(link->ch);
	err = hvring_channel_reserve(link->ch, &slot);
	if (!err)
		err = hvscsi_build(hv, cmd, segments, &slot);
	if (!err) {
		hvscsi_slot_arm(own, slot.id, cmd, link);
		hvring_channel_commit(link->ch, &slot);
	}
	if (last)
		hvring_channel_publish(link->ch);
	hvring_channel_unlock(link->ch, flags);
	return err;
}

void hvscsi_publish(struct hvscsi_link *link)
{
	unsigned long flags = hvring_channel_lock(link->ch);

	hvring_channel_publish(link->ch);
	hvring_channel_unlock(link->ch, flags);
}

/* The last command of a batch did not come this way. */
void hvscsi_commit_rqs(struct Scsi_Host *host, u16 queue)
{
	struct hvscsi *hv = shost_priv(host);

	hvscsi_publish(READ_ONCE(hv->queues[queue]));
}

/*
 * A sub-channel may be gone, or broken; then there is still the primary. NULL
 * if there is nothing else to try.
 */
static struct hvscsi_link *hvscsi_other_link(struct hvscsi_link *link, int err)
{
	if (hvscsi_is_primary(link))
		return NULL;

	if (err == -EIO)
		hvscsi_bypass(link, "broken");
	else if (err == -ENODEV && hvring_channel_rescinded(link->ch))
		hvscsi_retire(link);
	else
		return NULL;
	return link->hv->links;
}

static int hvscsi_send_somewhere(struct hvscsi_link *link,
				 struct scsi_cmnd *cmd, int segments)
{
	int err;

	do {
		err = hvscsi_send(link, cmd, segments);
		if (likely(!err))
			return 0;
		link = hvscsi_other_link(link, err);
	} while (link);
	return err;
}

/* For one that ends here, with those before it that may wait for it. */
static int hvscsi_end(struct hvscsi_link *link, struct scsi_cmnd *cmd,
		      int host_byte)
{
	bool last = cmd->flags & SCMD_LAST;

	hvscsi_refuse(cmd, host_byte);
	if (last)
		hvscsi_publish(link);
	return 0;
}

HVSCSI_QUEUE_TYPE hvscsi_queuecommand(struct Scsi_Host *host,
				      struct scsi_cmnd *cmd)
{
	struct hvscsi *hv = shost_priv(host);
	u16 queue = scsi_cmd_to_rq(cmd)->mq_hctx->queue_num;
	struct hvscsi_link *link = READ_ONCE(hv->queues[queue]);
	int segments, err;

	if (READ_ONCE(hv->paused))
		return SCSI_MLQUEUE_HOST_BUSY;
	if (!hvscsi_command_allowed(hv, cmd))
		return hvscsi_end(link, cmd, DID_ERROR);

	segments = hvscsi_map_pages(hv, cmd);
	if (segments < 0)
		return SCSI_MLQUEUE_HOST_BUSY;

	err = hvscsi_send_somewhere(link, cmd, segments);
	if (!err)
		return 0;

	hvscsi_unmap_pages(hv, cmd);
	/* Its tag would find room elsewhere, but this CPU has used that up. */
	if (err == -EAGAIN || READ_ONCE(hv->paused))
		return SCSI_MLQUEUE_HOST_BUSY;

	return hvscsi_end(link, cmd, err == -ENODEV || err == -EIO ?
				     DID_NO_CONNECT : DID_ERROR);
}
