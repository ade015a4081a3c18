// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of the host: which command one belongs to, and what it means.
 *
 * Owns the way from wire status to SCSI result and the claim of slots. Must
 * not know how requests are built. Takes no lock: answers come under the
 * channel's receive lock, and a slot is claimed by one atomic exchange.
 */
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/**
 * struct hvscsi_meaning - of one SRB status
 * @host_byte: DID_* of a command that ends so and has no sense data.
 * @busy: the device could not take the command now.
 * @final: the device is not there; sense data would not matter.
 * @moved: the host has set the length that was moved.
 * @tolerated: for commands that only ask the device about itself this is how
 *	hosts say "I do not have that"; see hvscsi_asks_only().
 */
struct hvscsi_meaning {
	u8 host_byte;
	bool busy;
	bool final;
	bool moved;
	bool tolerated;
};

/*
 * What is not in here fails: see hvscsi_meaning_of(). None of the host bytes
 * makes the mid-layer start its error handler, which could only guess while
 * the host owns pages.
 */
static const struct hvscsi_meaning hvscsi_meanings[VSTOR_SRB_STATUS_MASK + 1] = {
	[VSTOR_SRB_SUCCESS]		= { .moved = true, .tolerated = true },
	[VSTOR_SRB_BUSY]		= { DID_OK, .busy = true },
	[VSTOR_SRB_ABORTED]		= { DID_ERROR },
	[VSTOR_SRB_ABORT_FAILED]	= { DID_ERROR },
	[VSTOR_SRB_ERROR]		= { DID_ERROR, .tolerated = true },
	[VSTOR_SRB_INVALID_REQUEST]	= { DID_ERROR, .tolerated = true },
	[VSTOR_SRB_INVALID_PATH]	= { DID_NO_CONNECT, .final = true },
	[VSTOR_SRB_NO_DEVICE]		= { DID_NO_CONNECT, .final = true },
	[VSTOR_SRB_TIMEOUT]		= { DID_ERROR },
	[VSTOR_SRB_SELECTION_TIMEOUT]	= { DID_ERROR },
	[VSTOR_SRB_COMMAND_TIMEOUT]	= { DID_ERROR },
	[VSTOR_SRB_MESSAGE_REJECTED]	= { DID_ERROR },
	[VSTOR_SRB_BUS_RESET]		= { DID_ERROR },
	[VSTOR_SRB_PARITY_ERROR]	= { DID_ERROR },
	[VSTOR_SRB_REQUEST_SENSE_FAILED] = { DID_ERROR },
	[VSTOR_SRB_NO_HBA]		= { DID_NO_CONNECT, .final = true },
	[VSTOR_SRB_DATA_OVERRUN]	= { DID_ERROR, .moved = true,
					    .tolerated = true },
	[VSTOR_SRB_BUS_FREE]		= { DID_ERROR },
	[VSTOR_SRB_PHASE_ERROR]		= { DID_ERROR },
	[VSTOR_SRB_BAD_LENGTH]		= { DID_ERROR },
	[VSTOR_SRB_FLUSHED]		= { DID_ERROR },
	[VSTOR_SRB_INVALID_LUN]		= { DID_NO_CONNECT, .final = true },
	[VSTOR_SRB_INVALID_TARGET]	= { DID_NO_CONNECT, .final = true },
	[VSTOR_SRB_BAD_FUNCTION]	= { DID_ERROR },
	[VSTOR_SRB_ERROR_RECOVERY]	= { DID_ERROR },
	[VSTOR_SRB_NOT_POWERED]		= { DID_ERROR },
	[VSTOR_SRB_LINK_DOWN]		= { DID_ERROR },
	[VSTOR_SRB_INTERNAL_ERROR]	= { DID_ERROR },
};

static const struct hvscsi_meaning hvscsi_unknown = { DID_ERROR };

static const struct hvscsi_meaning *hvscsi_meaning_of(u8 srb_status)
{
	u8 code = srb_status & VSTOR_SRB_STATUS_MASK;
	const struct hvscsi_meaning *meaning = &hvscsi_meanings[code];

	if (code == VSTOR_SRB_SUCCESS || meaning->busy ||
	    meaning->host_byte != DID_OK)
		return meaning;
	return &hvscsi_unknown;
}

/*
 * Some hosts fail these for pages that they lack and attach no sense data.
 * The mid-layer copes with an empty answer; with an error it would retry and
 * then give the device up.
 */
static bool hvscsi_asks_only(u8 opcode)
{
	return opcode == INQUIRY || opcode == MODE_SENSE ||
	       opcode == MODE_SENSE_10;
}

/* Statuses that need no sense data to be understood. */
static bool hvscsi_status_speaks(u8 scsi_status)
{
	return scsi_status == SAM_STAT_BUSY ||
	       scsi_status == SAM_STAT_RESERVATION_CONFLICT ||
	       scsi_status == SAM_STAT_TASK_SET_FULL ||
	       scsi_status == SAM_STAT_TASK_ABORTED;
}

/**
 * hvscsi_map_outcome() - the SCSI result of a command
 * @outcome: what the host said.
 *
 * CHECK CONDITION is only ever reported together with valid sense data;
 * without, the mid-layer would start its error handler to fetch some.
 *
 * Return: a value for scsi_cmnd.result.
 */
int hvscsi_map_outcome(const struct hvscsi_outcome *outcome)
{
	const struct hvscsi_meaning *meaning =
		hvscsi_meaning_of(outcome->srb_status);
	bool fine = meaning->host_byte == DID_OK;
	u8 status = outcome->scsi_status;

	if (meaning->final)
		return meaning->host_byte << 16;
	if (status == SAM_STAT_CHECK_CONDITION && outcome->sense_valid)
		return SAM_STAT_CHECK_CONDITION;
	if (hvscsi_status_speaks(status))
		return status;
	if (meaning->busy)
		return SAM_STAT_BUSY;
	if (fine && (status == SAM_STAT_GOOD ||
		     status == SAM_STAT_CONDITION_MET))
		return status;

	if (meaning->tolerated && hvscsi_asks_only(outcome->opcode))
		return SAM_STAT_GOOD;
	/* Sent by user space, which wants to see the status and no retries. */
	if ((outcome->opcode == ATA_12 || outcome->opcode == ATA_16) &&
	    status == SAM_STAT_CHECK_CONDITION)
		return DID_PASSTHROUGH << 16 | status;

	return (fine ? DID_ERROR : meaning->host_byte) << 16;
}

/**
 * hvscsi_moved() - how much of its buffer a command moved
 * @outcome: what the host said.
 *
 * The host's length counts only where it is known to set it, and never for
 * more than was asked for.
 *
 * Return: bytes.
 */
u32 hvscsi_moved(const struct hvscsi_outcome *outcome)
{
	if (!hvscsi_meaning_of(outcome->srb_status)->moved)
		return 0;
	return min(outcome->moved, outcome->asked);
}

/* The host can still write in @srb: one copy, and only that is looked at. */
static bool hvscsi_copy_sense(struct scsi_cmnd *cmd,
			      const struct vstor_srb *srb, u8 length)
{
	struct scsi_sense_hdr header;

	length = min_t(u8, length, VSTOR_SENSE_SIZE);
	memcpy(cmd->sense_buffer, srb->sense, length);
	return scsi_normalize_sense(cmd->sense_buffer, length, &header);
}

/* Out of the way of the many that need no thought. */
static noinline void hvscsi_judge(const struct hvscsi *hv,
				  struct scsi_cmnd *cmd,
				  struct hvscsi_outcome outcome,
				  const struct vstor_packet *answer)
{
	if (outcome.scsi_status == SAM_STAT_CHECK_CONDITION &&
	    outcome.srb_status & VSTOR_SRB_AUTOSENSE_VALID)
		outcome.sense_valid =
			hvscsi_copy_sense(cmd, &answer->srb,
					  READ_ONCE(answer->srb.sense_length));

	cmd->result = hvscsi_map_outcome(&outcome);
	scsi_set_resid(cmd, outcome.asked - hvscsi_moved(&outcome));
	if (cmd->result == SAM_STAT_CHECK_CONDITION) {
		if (hvscsi_attention(cmd))
			cmd->result = DID_REQUEUE << 16;
		else
			hvscsi_traits_refused(cmd);
	}
	if ((outcome.srb_status & VSTOR_SRB_STATUS_MASK) ==
	    VSTOR_SRB_INVALID_LUN)
		hvscsi_missed(cmd);

	if (host_byte(cmd->result) == DID_ERROR)
		dev_warn_ratelimited(hvring_channel_device(hv->ch),
				     "%u:%u:%llu: command %#x failed: srb %#x scsi %#x status %#x\n",
				     cmd->device->channel, cmd->device->id,
				     cmd->device->lun, outcome.opcode,
				     outcome.srb_status, outcome.scsi_status,
				     READ_ONCE(answer->status));
}

static void hvscsi_finish(const struct hvscsi *hv, struct scsi_cmnd *cmd,
			  const struct vstor_packet *answer)
{
	u8 srb_status = READ_ONCE(answer->srb.srb_status);
	u8 scsi_status = READ_ONCE(answer->srb.scsi_status);
	u32 moved = READ_ONCE(answer->srb.data_length);
	u32 asked = scsi_bufflen(cmd);

	hvscsi_unmap_pages(hv, cmd);
	/* Nearly all end like this. */
	if (likely(srb_status == VSTOR_SRB_SUCCESS &&
		   scsi_status == SAM_STAT_GOOD && moved == asked)) {
		cmd->result = SAM_STAT_GOOD;
		scsi_set_resid(cmd, 0);
	} else {
		const struct hvscsi_outcome outcome = {
			.opcode = cmd->cmnd[0],
			.srb_status = srb_status,
			.scsi_status = scsi_status,
			.asked = asked,
			.moved = moved,
		};

		hvscsi_judge(hv, cmd, outcome, answer);
	}
	scsi_done(cmd);
}

static int hvscsi_take_knock(const struct hvscsi_link *link, u64 id,
			     const struct vstor_packet *answer)
{
	u8 srb_status = READ_ONCE(answer->srb.srb_status);

	if (!hvscsi_is_primary(link))
		return -ENOENT;
	return hvscsi_knock_answer(link->hv, id,
				   hvscsi_meaning_of(srb_status)->final);
}

static int hvscsi_take_answer(const struct hvscsi_link *link,
			      const struct hvring_packet *packet)
{
	struct hvscsi *hv = link->hv;
	const struct vstor_packet *answer = packet->payload;
	u32 tag = lower_32_bits(packet->id) - 1;
	struct scsi_cmnd *cmd;

	if (packet->type != HVRING_PKT_COMPLETION ||
	    packet->payload_bytes < sizeof(*answer) ||
	    READ_ONCE(answer->operation) != VSTOR_OP_COMPLETE_IO)
		return -EPROTO;
	if (unlikely(tag >= hv->depth))
		return hvscsi_take_knock(link, packet->id, answer);
	if (READ_ONCE(hv->slots[tag].link) != link)
		return -ENOENT;

	cmd = hvscsi_slot_claim(&hv->slots[tag], packet->id);
	if (!cmd)
		return -ENOENT;

	hvscsi_finish(hv, cmd, answer);
	return 0;
}

/*
 * What the host says on its own account: what devices there are has changed, of
 * all of them or of one. New kinds may come with new hosts, so only an answer in
 * disguise is an offence.
 */
static int hvscsi_take_notice(struct hvscsi *hv,
			      const struct hvring_packet *packet)
{
	const struct vstor_packet *notice = packet->payload;
	u32 operation;

	if (packet->payload_bytes < sizeof(operation))
		return -EPROTO;
	operation = READ_ONCE(notice->operation);
	if (operation == VSTOR_OP_COMPLETE_IO)
		return -EPROTO;

	if (operation == VSTOR_OP_ENUMERATE_BUS ||
	    operation == VSTOR_OP_EVENT_NOTIFICATION)
		hvscsi_topology_ask(hv);
	else
		dev_dbg(hvring_channel_device(hv->ch), "notice %u ignored\n",
			operation);
	return 0;
}

int hvscsi_receive(void *priv, const struct hvring_packet *packet)
{
	const struct hvscsi_link *link = priv;
	struct hvscsi *hv = link->hv;

	if (!packet->id && packet->type == HVRING_PKT_INBAND)
		return hvscsi_take_notice(hv, packet);

	/* Once running is seen, so are the slots. */
	if (likely(smp_load_acquire(&hv->running)))
		return hvscsi_take_answer(link, packet);
	if (!hvscsi_is_primary(link))
		return -ENOENT;
	hvscsi_negotiate_receive(hv, packet);
	return 0;
}

/**
 * hvscsi_idle() - is no command with the host?
 * @hv: the controller.
 *
 * Context: any. Only lasts while nobody submits.
 */
bool hvscsi_idle(const struct hvscsi *hv)
{
	u32 tag;

	for (tag = 0; tag < hv->depth; tag++)
		if (hvscsi_slot_armed(&hv->slots[tag]))
			return false;
	return !hvscsi_knocks_out(hv);
}

/**
 * hvscsi_fail_outstanding() - end the commands that the host still has
 * @hv: the controller.
 * @link: those that were sent here; NULL for all. The channel is stopped, and
 *	rescinded or closed: only then does the host no longer touch the pages
 *	of these commands.
 * @host_byte: DID_*, how they end.
 *
 * Context: any.
 */
void hvscsi_fail_outstanding(struct hvscsi *hv, const struct hvscsi_link *link,
			     int host_byte)
{
	struct scsi_cmnd *cmd;
	u32 tag;
	u64 id;

	for (tag = 0; tag < hv->depth; tag++) {
		struct hvscsi_slot *slot = &hv->slots[tag];

		/* Whoever sees the id sees where it was sent. */
		id = atomic64_read_acquire(&slot->id);
		if (link && READ_ONCE(slot->link) != link)
			continue;
		cmd = hvscsi_slot_claim(slot, id);
		if (!cmd)
			continue;
		hvscsi_unmap_pages(hv, cmd);
		cmd->result = host_byte << 16;
		scsi_set_resid(cmd, scsi_bufflen(cmd));
		scsi_done(cmd);
	}
}
