// SPDX-License-Identifier: GPL-2.0
/* Opening the channel, the least handshake, and packets from the host. */
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/string.h>
#include "sender.h"

static int sender_receive(void *priv, const struct hvring_packet *packet)
{
	struct vstor_packet answer;
	struct sender *s = priv;
	bool asked;

	if (packet->type == HVRING_PKT_INBAND && !packet->id) {
		spin_lock(&s->lock);
		s->notices++;
		spin_unlock(&s->lock);
		return 0;
	}
	if (packet->type != HVRING_PKT_COMPLETION ||
	    packet->payload_bytes < sizeof(answer))
		return -EPROTO;

	memcpy(&answer, packet->payload, sizeof(answer));
	if (answer.operation != VSTOR_OP_COMPLETE_IO)
		return -EPROTO;
	if (packet->id != SENDER_QUESTION_ID)
		return sender_take_answer(s, packet->id, &answer);

	spin_lock(&s->lock);
	asked = s->asking;
	s->asking = false;
	if (asked)
		s->answer = answer;
	spin_unlock(&s->lock);
	if (!asked)
		return -ENOENT;
	complete(&s->answered);
	return 0;
}

static const struct hvring_client_ops sender_client_ops = {
	.receive = sender_receive,
	.wake = sender_wake,
};

static int sender_ask(struct sender *s, u32 operation, u16 version)
{
	struct hvring_slot slot = {
		.id = SENDER_QUESTION_ID,
		.payload_bytes = sizeof(struct vstor_packet),
	};
	struct vstor_packet question = {
		.operation = operation,
		.flags = VSTOR_FLAG_COMPLETION_REQUESTED,
	};
	unsigned long flags;
	int err;

	question.version.major_minor = version;
	reinit_completion(&s->answered);

	flags = hvring_channel_lock(s->ch);
	err = hvring_channel_reserve(s->ch, &slot);
	if (!err) {
		spin_lock(&s->lock);
		s->asking = true;
		spin_unlock(&s->lock);
		memcpy(slot.payload, &question, sizeof(question));
		hvring_channel_commit(s->ch, &slot);
		hvring_channel_publish(s->ch);
	}
	hvring_channel_unlock(s->ch, flags);
	if (err)
		return err;

	if (!wait_for_completion_timeout(&s->answered, SENDER_PATIENCE))
		return -ETIMEDOUT;
	return s->answer.status ? -EPROTO : 0;
}

static int sender_handshake(struct sender *s)
{
	int err;

	err = sender_ask(s, VSTOR_OP_BEGIN_INIT, 0);
	if (!err)
		err = sender_ask(s, VSTOR_OP_QUERY_VERSION, VSTOR_VERSION_6_2);
	if (!err)
		err = sender_ask(s, VSTOR_OP_QUERY_PROPERTIES, 0);
	if (!err) {
		s->max_transfer = s->answer.properties.max_transfer_bytes;
		err = sender_ask(s, VSTOR_OP_END_INIT, 0);
	}
	return err;
}

int sender_open(struct sender *s, u32 ring_bytes)
{
	int err;

	err = hvring_channel_open(s->ch, ring_bytes, &sender_client_ops, s);
	if (err)
		return err;

	err = sender_handshake(s);
	if (err) {
		dev_err(hvring_channel_device(s->ch), "no handshake: %d\n",
			err);
		sender_close(s);
		return err;
	}
	s->is_open = true;
	return 0;
}

void sender_close(struct sender *s)
{
	s->is_open = false;
	hvring_channel_close(s->ch);
}
