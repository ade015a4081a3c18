// SPDX-License-Identifier: GPL-2.0
/*
 * A channel: opening, closing, the two directions, and what happens when the
 * host breaks a rule.
 *
 * Owns the locks: out_lock for senders, in_lock for the one who drains. Must
 * not know which bus is below (it sees an ops table) nor what the packets say
 * (the driver's callback does).
 */
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include "internal.h"

/*
 * Part of the in ring that may be consumed before the host is told. The host
 * finds the rest free even in the middle of a long drain.
 */
#define HVRING_LAG_DIVISOR	4

void hvring_channel_init(struct hvring_channel *ch,
			 const struct hvring_backend_ops *ops,
			 struct device *dev, const bool *rescinded)
{
	ch->ops = ops;
	ch->dev = dev;
	ch->rescinded = rescinded;
	spin_lock_init(&ch->out_lock);
	spin_lock_init(&ch->in_lock);
}

/* Needs no lock: a bit says who was first, and the first one reports. */
static void hvring_channel_break(struct hvring_channel *ch, const char *why,
				 u64 value)
{
	atomic_inc(&ch->violations);
	if (!test_and_set_bit(HVRING_CHANNEL_BROKEN, &ch->flags))
		dev_err(ch->dev, "channel broken by host: %s (%#llx)\n", why,
			value);
}

bool hvring_channel_broken(const struct hvring_channel *ch)
{
	return test_bit(HVRING_CHANNEL_BROKEN, &ch->flags);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_broken, HVRING);

bool hvring_channel_rescinded(const struct hvring_channel *ch)
{
	return READ_ONCE(*ch->rescinded);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_rescinded, HVRING);

struct device *hvring_channel_device(const struct hvring_channel *ch)
{
	return ch->dev;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_device, HVRING);

void *hvring_channel_priv(const struct hvring_channel *ch)
{
	return ch->priv;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_priv, HVRING);

/* Sending */

unsigned long hvring_channel_lock(struct hvring_channel *ch)
	__acquires(&ch->out_lock)
{
	unsigned long flags;

	spin_lock_irqsave(&ch->out_lock, flags);
	return flags;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_lock, HVRING);

int hvring_channel_reserve(struct hvring_channel *ch, struct hvring_slot *slot)
{
	void *at;
	int err;

	lockdep_assert_held(&ch->out_lock);

	if (!ch->sending || hvring_channel_rescinded(ch))
		return -ENODEV;
	if (hvring_channel_broken(ch))
		return -EIO;

	err = hvring_packet_measure(slot);
	if (err)
		return err;

	err = hvring_out_reserve(&ch->out, slot->packet_bytes, &at);
	if (err == -EAGAIN)
		ch->ring_full++;
	else if (err == -EIO)
		hvring_channel_break(ch, "read index", ch->out.fault_value);
	if (err)
		return err;

	hvring_packet_begin(slot, at);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_reserve, HVRING);

void hvring_channel_commit(struct hvring_channel *ch,
			   const struct hvring_slot *slot)
{
	lockdep_assert_held(&ch->out_lock);

	hvring_packet_end(slot, ch->out.data + ch->out.staged, ch->out.staged);
	hvring_out_commit(&ch->out, slot->packet_bytes);
	ch->packets_sent++;
	ch->bytes_sent += slot->packet_bytes;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_commit, HVRING);

bool hvring_channel_publish(struct hvring_channel *ch)
{
	bool kick;

	lockdep_assert_held(&ch->out_lock);

	kick = hvring_out_publish(&ch->out);
	if (kick)
		ch->out_notifies++;
	else if (ch->out.fault)
		hvring_channel_break(ch, "read index", ch->out.fault_value);
	return kick;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_publish, HVRING);

/*
 * The RCU section lets hvring_channel_close() wait for a signal that was
 * decided but not yet sent. By then the packet may be answered and its command
 * gone, so that nothing else would hold the channel.
 */
void hvring_channel_unlock(struct hvring_channel *ch, unsigned long flags,
			   bool kick)
	__releases(&ch->out_lock)
{
	rcu_read_lock();
	spin_unlock_irqrestore(&ch->out_lock, flags);
	if (kick)
		ch->ops->notify(ch, HVRING_NOTIFY_DATA);
	rcu_read_unlock();
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_unlock, HVRING);

/* Receiving */

static const char *hvring_malformed(int err)
{
	switch (err) {
	case -EMSGSIZE:
		return "packet length";
	case -EINVAL:
		return "payload offset";
	default:
		return "packet type";
	}
}

/* Returns true if a packet was taken, false if there is none to be had. */
static bool hvring_receive_one(struct hvring_channel *ch)
{
	struct hvring_packet packet;
	const void *at;
	u32 avail;
	int bytes, err;

	avail = hvring_in_peek(&ch->in, &at);
	if (!avail)
		return false;

	bytes = hvring_packet_parse(at, avail, &packet);
	if (bytes < 0) {
		hvring_channel_break(ch, hvring_malformed(bytes),
				     ch->in.cursor);
		return false;
	}

	err = ch->client->receive(ch->priv, &packet);
	if (err) {
		hvring_channel_break(ch, err == -ENOENT ?
				     "transaction id is not outstanding" :
				     "unexpected packet, transaction id",
				     packet.id);
		return false;
	}

	hvring_in_advance(&ch->in, bytes);
	ch->packets_received++;
	ch->bytes_received += bytes;
	if (!packet.id)
		ch->unsolicited++;
	return true;
}

/*
 * Runs until the ring is empty and unmasked, so every packet published before
 * it returns is either handled or announced by another interrupt. A broken
 * channel is left masked: there is nothing that we would believe.
 *
 * A signal for room waits until the end, which is near: a host that waits for
 * room cannot add to what there is to drain.
 */
static bool hvring_drain(struct hvring_channel *ch)
{
	struct hvring_in *in = &ch->in;
	bool kick = false;

	lockdep_assert_held(&ch->in_lock);

	do {
		hvring_in_mask(in);
		while (!hvring_channel_broken(ch) && hvring_receive_one(ch)) {
			if (hvring_in_unpublished(in) >=
			    in->size / HVRING_LAG_DIVISOR)
				kick |= hvring_in_publish(in);
		}
		if (hvring_channel_broken(ch))
			break;
		kick |= hvring_in_publish(in);
	} while (hvring_in_unmask(in));

	if (in->fault)
		hvring_channel_break(ch, "write index", in->fault_value);
	if (kick)
		ch->in_notifies++;
	return kick;
}

static void hvring_channel_drain_as(struct hvring_channel *ch, bool interrupt)
{
	unsigned long flags;
	bool kick = false;

	spin_lock_irqsave(&ch->in_lock, flags);
	if (interrupt)
		ch->interrupts++;
	if (ch->receiving && !hvring_channel_broken(ch))
		kick = hvring_drain(ch);
	spin_unlock_irqrestore(&ch->in_lock, flags);

	if (kick)
		ch->ops->notify(ch, HVRING_NOTIFY_ROOM);
}

void hvring_channel_drain(struct hvring_channel *ch)
{
	hvring_channel_drain_as(ch, false);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_drain, HVRING);

/*
 * For the backend's interrupt handler, which may call as soon as its open
 * began. Until the rings are there this does nothing, and loses nothing: the
 * flag is set under in_lock and followed by a drain, so that what this
 * interrupt announced is seen by that drain at the latest.
 */
void hvring_channel_interrupt(struct hvring_channel *ch)
{
	hvring_channel_drain_as(ch, true);
}

/* Opening and closing */

static void hvring_channel_start(struct hvring_channel *ch,
				 const struct hvring_memory *memory)
{
	spin_lock_irq(&ch->out_lock);
	hvring_out_init(&ch->out, memory->out_control, memory->out_data,
			memory->out_bytes);
	ch->out_notifies = 0;
	ch->packets_sent = 0;
	ch->bytes_sent = 0;
	ch->ring_full = 0;
	ch->sending = true;
	spin_unlock_irq(&ch->out_lock);

	spin_lock_irq(&ch->in_lock);
	hvring_in_init(&ch->in, memory->in_control, memory->in_data,
		       memory->in_bytes);
	ch->in_notifies = 0;
	ch->packets_received = 0;
	ch->bytes_received = 0;
	ch->unsolicited = 0;
	ch->receiving = true;
	spin_unlock_irq(&ch->in_lock);
}

int hvring_channel_open(struct hvring_channel *ch, u32 ring_bytes,
			const struct hvring_client_ops *client, void *priv)
{
	struct hvring_memory memory = {};
	int err;

	if (WARN_ON_ONCE(ch->is_open))
		return -EBUSY;

	ch->client = client;
	ch->priv = priv;
	ch->flags = 0;
	ch->interrupts = 0;
	atomic_set(&ch->violations, 0);

	err = ch->ops->open(ch, ring_bytes, &memory);
	if (err)
		return err;

	ch->is_open = true;
	hvring_channel_start(ch, &memory);
	hvring_debugfs_add(ch);
	hvring_channel_drain(ch);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_open, HVRING);

void hvring_channel_stop(struct hvring_channel *ch)
{
	unsigned long flags;

	spin_lock_irqsave(&ch->out_lock, flags);
	ch->sending = false;
	spin_unlock_irqrestore(&ch->out_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_stop, HVRING);

void hvring_channel_close(struct hvring_channel *ch)
{
	if (!ch->is_open)
		return;

	hvring_channel_stop(ch);
	/* Signals decided before the stop; see hvring_channel_unlock(). */
	synchronize_rcu();

	spin_lock_irq(&ch->in_lock);
	ch->receiving = false;
	spin_unlock_irq(&ch->in_lock);

	hvring_debugfs_remove(ch);
	ch->ops->close(ch);
	ch->is_open = false;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_close, HVRING);

u32 hvring_channel_depth(struct hvring_channel *ch, u32 payload_bytes,
			 u32 pages)
{
	u32 request = hvring_packet_bytes(payload_bytes, pages);
	u32 answer = hvring_packet_bytes(payload_bytes, 0);
	u32 lag = ch->in.size / HVRING_LAG_DIVISOR + answer;

	/* The host may still count answers that we consumed but not published. */
	return min((ch->out.size - HVRING_GAP) / request,
		   (ch->in.size - HVRING_GAP - lag) / answer);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_depth, HVRING);
