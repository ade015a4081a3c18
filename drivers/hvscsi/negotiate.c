// SPDX-License-Identifier: GPL-2.0
/*
 * The start-up conversation with the host: a table of questions, asked one
 * after the other before there is a SCSI host.
 *
 * Owns hvscsi.handshake. Must not know commands or SCSI. Takes no lock: the
 * channel's receive lock serialises answers, and one atomic exchange decides
 * between an answer and the end of our patience.
 *
 * All questions together get handshake_timeout seconds (90 by default, as
 * busy hosts have needed many). Whatever goes wrong, a refusal, a malformed
 * answer, silence or the loss of the device, ends in exactly one line in the
 * log and an error from probe, which closes the channel and so leaves the
 * device to the next driver. An answer that comes later finds nobody waiting
 * and is dropped; once the channel is closed none comes.
 */
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "hvscsi.h"

/* How often a wait looks whether the device is still there. */
#define HVSCSI_HANDSHAKE_SLICE	HZ

/**
 * struct hvscsi_step - one question
 * @name: for the log.
 * @operation: what is asked.
 * @version: the offer, for a question about the version. Offers follow each
 *	other, best first; the first one accepted makes the rest unnecessary,
 *	and only the last one's refusal counts.
 */
struct hvscsi_step {
	const char *name;
	u32 operation;
	u16 version;
};

static const struct hvscsi_step hvscsi_steps[] = {
	{ "BEGIN_INIT", VSTOR_OP_BEGIN_INIT },
	{ "QUERY_VERSION 6.2", VSTOR_OP_QUERY_VERSION, VSTOR_VERSION_6_2 },
	{ "QUERY_VERSION 6.0", VSTOR_OP_QUERY_VERSION, VSTOR_VERSION_6_0 },
	{ "QUERY_VERSION 5.1", VSTOR_OP_QUERY_VERSION, VSTOR_VERSION_5_1 },
	{ "QUERY_PROPERTIES", VSTOR_OP_QUERY_PROPERTIES },
	{ "END_INIT", VSTOR_OP_END_INIT },
	{ "CREATE_SUB_CHANNELS", VSTOR_OP_CREATE_SUB_CHANNELS },
};

/* Every answer of this phase counts, also one to a question never asked. */
void hvscsi_negotiate_receive(struct hvscsi *hv,
			      const struct hvring_packet *packet)
{
	struct hvscsi_handshake *hs = &hv->handshake;

	if (!xchg(&hs->awaiting, 0))
		return;

	hs->got_id = packet->id;
	hs->got_bytes = packet->payload_bytes;
	hs->got_type = packet->type;
	memcpy(&hs->answer, packet->payload,
	       min_t(u32, packet->payload_bytes, sizeof(hs->answer)));
	complete(&hs->answered);
}

static int hvscsi_ask(struct hvscsi *hv, const struct hvscsi_step *step, u64 id)
{
	struct hvring_slot slot = {
		.id = id,
		.payload_bytes = sizeof(struct vstor_packet),
	};
	struct vstor_packet question = {
		.operation = step->operation,
		.flags = VSTOR_FLAG_COMPLETION_REQUESTED,
	};
	unsigned long flags;
	int err;

	if (step->version)
		question.version.major_minor = step->version;
	if (step->operation == VSTOR_OP_CREATE_SUB_CHANNELS)
		question.sub_channel_count = hv->asked;

	reinit_completion(&hv->handshake.answered);
	xchg(&hv->handshake.awaiting, 1);

	flags = hvring_channel_lock(hv->ch);
	err = hvring_channel_reserve(hv->ch, &slot);
	if (!err) {
		memcpy(slot.payload, &question, sizeof(question));
		hvring_channel_commit(hv->ch, &slot);
		hvring_channel_publish(hv->ch);
	}
	hvring_channel_unlock(hv->ch, flags);
	return err;
}

/* Wait in slices: neither a rescind nor a broken ring wakes us up. */
static int hvscsi_await(struct hvscsi *hv, unsigned long deadline)
{
	struct hvscsi_handshake *hs = &hv->handshake;
	long left;
	int err;

	do {
		left = clamp_t(long, deadline - jiffies, 1,
			       HVSCSI_HANDSHAKE_SLICE);
		if (wait_for_completion_timeout(&hs->answered, left))
			return 0;
		if (hvring_channel_rescinded(hv->ch))
			err = -ENODEV;
		else if (hvring_channel_broken(hv->ch))
			err = -EIO;
		else
			err = -ETIMEDOUT;
	} while (err == -ETIMEDOUT && time_before(jiffies, deadline));

	/* An answer that won the exchange is about to be complete. */
	if (xchg(&hs->awaiting, 0))
		return err;
	wait_for_completion(&hs->answered);
	return 0;
}

static int hvscsi_lost(struct hvscsi *hv, const struct hvscsi_step *step,
		       int err)
{
	struct device *dev = hvring_channel_device(hv->ch);

	switch (err) {
	case -ETIMEDOUT:
		dev_err(dev, "handshake: %s: no answer within %u s in all\n",
			step->name, hvscsi_handshake_seconds());
		break;
	case -ENODEV:
		dev_err(dev, "handshake: %s: the host took the device away\n",
			step->name);
		break;
	case -EIO:
		dev_err(dev, "handshake: %s: broken channel\n", step->name);
		break;
	default:
		dev_err(dev, "handshake: %s: cannot be sent (%d)\n",
			step->name, err);
	}
	return err;
}

/* Framing of the answer; whether the host agrees is up to the caller. */
static int hvscsi_check_answer(struct hvscsi *hv,
			       const struct hvscsi_step *step, u64 id)
{
	const struct hvscsi_handshake *hs = &hv->handshake;
	struct device *dev = hvring_channel_device(hv->ch);

	if (hs->got_id != id) {
		dev_err(dev, "handshake: %s: answer with transaction id %#llx instead of %#llx\n",
			step->name, hs->got_id, id);
		return -EPROTO;
	}
	if (hs->got_type != HVRING_PKT_COMPLETION) {
		dev_err(dev, "handshake: %s: answer in a packet of type %u instead of %u\n",
			step->name, hs->got_type, HVRING_PKT_COMPLETION);
		return -EPROTO;
	}
	if (hs->got_bytes < sizeof(hs->answer)) {
		dev_err(dev, "handshake: %s: answer of %u bytes instead of %zu\n",
			step->name, hs->got_bytes, sizeof(hs->answer));
		return -EPROTO;
	}
	if (hs->answer.operation != VSTOR_OP_COMPLETE_IO) {
		dev_err(dev, "handshake: %s: answer with operation %u instead of %u\n",
			step->name, hs->answer.operation, VSTOR_OP_COMPLETE_IO);
		return -EPROTO;
	}
	return 0;
}

/*
 * Only whole pages can be described at both ends of a buffer, and the block
 * layer wants to be able to move one page of the guest.
 */
static int hvscsi_take_properties(struct hvscsi *hv,
				  const struct hvscsi_step *step)
{
	const struct vstor_properties *said = &hv->handshake.answer.properties;
	u32 bytes = said->max_transfer_bytes;

	hvscsi_want_sub_channels(hv, said->flags & VSTOR_PROPERTY_MULTI_CHANNEL ?
				 said->max_sub_channels : 0);
	hv->max_transfer = round_down(min_t(u32, bytes, HVSCSI_MAX_TRANSFER),
				      HVRING_PAGE_SIZE);
	if (hv->max_transfer < PAGE_SIZE) {
		dev_err(hvring_channel_device(hv->ch),
			"handshake: %s: maximum transfer of %u bytes\n",
			step->name, bytes);
		return -EPROTO;
	}
	return 0;
}

/* Whether the conversation can go on without what the host does not give. */
static bool hvscsi_may_refuse(struct hvscsi *hv, const struct hvscsi_step *step)
{
	if (step->operation == VSTOR_OP_CREATE_SUB_CHANNELS) {
		dev_warn(hvring_channel_device(hv->ch),
			 "the host refuses sub-channels, using one channel\n");
		hvscsi_want_sub_channels(hv, 0);
		return true;
	}
	/* An offer is never the last row. */
	return step->version && step[1].version;
}

static bool hvscsi_needs_step(const struct hvscsi *hv,
			      const struct hvscsi_step *step)
{
	if (step->version)
		return !hv->version;
	return step->operation != VSTOR_OP_CREATE_SUB_CHANNELS || hv->asked;
}

static int hvscsi_take_step(struct hvscsi *hv, const struct hvscsi_step *step,
			    unsigned long deadline)
{
	u64 id = (u64)(step - hvscsi_steps + 1) << 32 | HVSCSI_HANDSHAKE_SLOT;
	u32 status;
	int err;

	err = hvscsi_ask(hv, step, id);
	if (!err)
		err = hvscsi_await(hv, deadline);
	if (err)
		return hvscsi_lost(hv, step, err);

	err = hvscsi_check_answer(hv, step, id);
	if (err)
		return err;

	status = hv->handshake.answer.status;
	if (status) {
		if (hvscsi_may_refuse(hv, step))
			return 0;
		dev_err(hvring_channel_device(hv->ch),
			"handshake: %s: refused with status %#x\n",
			step->name, status);
		return -ENODEV;
	}

	if (step->version)
		hv->version = step->version;
	if (step->operation == VSTOR_OP_QUERY_PROPERTIES)
		return hvscsi_take_properties(hv, step);
	return 0;
}

int hvscsi_negotiate(struct hvscsi *hv)
{
	unsigned long deadline = jiffies + hvscsi_handshake_seconds() * HZ;
	int i, err;

	hv->version = 0;
	for (i = 0; i < ARRAY_SIZE(hvscsi_steps); i++) {
		if (!hvscsi_needs_step(hv, &hvscsi_steps[i]))
			continue;
		err = hvscsi_take_step(hv, &hvscsi_steps[i], deadline);
		if (err)
			return err;
	}
	return 0;
}
