// SPDX-License-Identifier: GPL-2.0
/*
 * Receiving: one drain for interrupts, polls, the worker and whoever wants to
 * look.
 *
 * Owns in_lock and all that it protects. Must not know what packets mean (the
 * driver's callback does). No drain is endless, whatever the host keeps
 * sending: each has a budget, and what is left goes to a worker, which starts
 * afresh each time and so can be preempted.
 */
#include <linux/export.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched/clock.h>
#include <linux/time64.h>
#include <hvring/framing.h>
#include "internal.h"
#include "trace.h"

/*
 * Part of the in ring that may be consumed before the host is told. The host
 * finds the rest free even in the middle of a long drain.
 */
#define HVRING_LAG_DIVISOR	4

/* What a drain with interrupts off may take; the clock is read now and then. */
#define HVRING_BUDGET_PACKETS	256
#define HVRING_BUDGET_NS	NSEC_PER_MSEC
#define HVRING_CLOCK_PACKETS	16

#define HVRING_SMALLEST_PACKET	(sizeof(struct hvring_desc) + \
				 sizeof(struct hvring_trailer))

/**
 * struct hvring_budget - what a drain may still take
 * @packets: this many packets.
 * @deadline: and no longer than this; 0 for no limit.
 * @taken: packets taken so far.
 * @bytes: their bytes, trailers included.
 */
struct hvring_budget {
	u32 packets;
	u64 deadline;
	u32 taken;
	u64 bytes;
};

static bool hvring_budget_left(const struct hvring_budget *budget)
{
	if (budget->taken >= budget->packets)
		return false;
	if (!budget->deadline || budget->taken % HVRING_CLOCK_PACKETS)
		return true;
	return (s64)(budget->deadline - local_clock()) > 0;
}

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

/* Returns the bytes of the packet that was taken, 0 if there is none to be had. */
static u32 hvring_receive_one(struct hvring_channel *ch)
{
	struct hvring_packet packet;
	const void *at;
	u32 avail;
	int bytes, err;

	avail = hvring_in_peek(&ch->in, &at);
	if (!avail)
		return 0;

	bytes = hvring_packet_parse(at, avail, &packet);
	if (bytes < 0) {
		hvring_channel_break(ch, hvring_malformed(bytes),
				     ch->in.cursor);
		return 0;
	}

	trace_hvring_receive(ch, &packet);
	err = ch->client->receive(ch->priv, &packet);
	if (err) {
		hvring_channel_break(ch, err == -ENOENT ?
				     "transaction id is not outstanding" :
				     "unexpected packet, transaction id",
				     packet.id);
		return 0;
	}

	hvring_in_advance(&ch->in, bytes);
	if (!packet.id)
		hvring_count(ch, HVRING_UNSOLICITED, 1);
	return bytes;
}

/* Returns true if the ring was seen empty, false if the budget is used up. */
static bool hvring_receive_some(struct hvring_channel *ch,
				struct hvring_budget *budget, bool *kick)
{
	u32 lag = ch->in.size / HVRING_LAG_DIVISOR, held = 0, bytes;

	while (hvring_budget_left(budget)) {
		bytes = hvring_broken(ch) ? 0 : hvring_receive_one(ch);
		if (!bytes)
			return true;
		budget->taken++;
		budget->bytes += bytes;
		held += bytes;
		if (held >= lag) {
			*kick |= hvring_in_publish(&ch->in);
			held = 0;
		}
	}
	return false;
}

/*
 * Runs until the ring is empty and unmasked, so that every packet published
 * before it returns is either handled or announced by another interrupt; or
 * until the budget is used up, and then the ring stays masked and the worker
 * goes on. A broken channel is left masked: there is nothing that we would
 * believe. So is a polled one: there is somebody who looks.
 *
 * A signal for room waits until the end, which is near: a host that waits for
 * room cannot add to what there is to drain.
 *
 * Returns whether the host has to be signalled.
 */
static bool hvring_drain(struct hvring_channel *ch,
			 struct hvring_budget *budget)
{
	struct hvring_in *in = &ch->in;
	bool empty, kick = false;

	lockdep_assert_held(&ch->in_lock);

	do {
		hvring_in_mask(in);
		empty = hvring_receive_some(ch, budget, &kick);
		if (hvring_broken(ch))
			return kick;
		kick |= hvring_in_publish(in);
	} while (empty && !ch->polled && hvring_in_unmask(in));

	if (in->fault) {
		hvring_channel_break(ch, "write index", in->fault_value);
	} else if (!empty && !ch->polled) {
		hvring_count(ch, HVRING_OVERRUNS, 1);
		queue_work(hvring_wq, &ch->drain_work);
	}
	return kick;
}

/*
 * The drain and what follows it with no lock held, which the RCU section lets
 * hvring_channel_close() wait for. Returns how many packets there were.
 */
static u32 hvring_drain_within(struct hvring_channel *ch, u32 packets, u64 ns)
{
	struct hvring_budget budget = { .packets = packets };
	unsigned long flags;
	bool kick = false;

	rcu_read_lock();
	spin_lock_irqsave(&ch->in_lock, flags);
	/* Time spent on waiting for whoever drained before does not count. */
	if (ns)
		budget.deadline = local_clock() + ns;
	if (ch->receiving && !hvring_broken(ch))
		kick = hvring_drain(ch, &budget);
	spin_unlock_irqrestore(&ch->in_lock, flags);

	/* Once for all of them: they are many, and this is on the way of each. */
	hvring_count(ch, HVRING_PACKETS_RECEIVED, budget.taken);
	hvring_count(ch, HVRING_BYTES_RECEIVED, budget.bytes);
	if (kick) {
		hvring_count(ch, HVRING_SIGNALS_ROOM, 1);
		trace_hvring_signal(ch, true);
		ch->ops->notify(ch, HVRING_NOTIFY_ROOM);
	}
	rcu_read_unlock();
	return budget.taken;
}

static void hvring_drain_shortly(struct hvring_channel *ch)
{
	hvring_drain_within(ch, HVRING_BUDGET_PACKETS, HVRING_BUDGET_NS);
}

/* All that can be in a ring at the call, and no more. */
u32 hvring_channel_drain(struct hvring_channel *ch)
{
	return hvring_drain_within(ch, ch->in.size / HVRING_SMALLEST_PACKET, 0);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_drain, HVRING);

u32 hvring_channel_poll(struct hvring_channel *ch, u32 packets)
{
	hvring_count(ch, HVRING_POLLS, 1);
	return hvring_drain_within(ch, packets, 0);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_poll, HVRING);

/*
 * For the backend's interrupt handler, which may call as soon as its open
 * began. Until the rings are there this does nothing, and loses nothing: the
 * flag is set under in_lock and followed by a drain, so that what this
 * interrupt announced is seen by that drain at the latest.
 *
 * The same interrupt tells of packets and of room.
 */
void hvring_channel_interrupt(struct hvring_channel *ch)
{
	hvring_count(ch, HVRING_INTERRUPTS, 1);
	if (!READ_ONCE(ch->polled))
		hvring_drain_shortly(ch);
	hvring_send_wake(ch);
}

void hvring_receive_work(struct work_struct *work)
{
	hvring_drain_shortly(container_of(work, struct hvring_channel,
					  drain_work));
}

void hvring_channel_set_polled(struct hvring_channel *ch, bool polled)
{
	spin_lock_irq(&ch->in_lock);
	WRITE_ONCE(ch->polled, polled);
	if (polled && ch->receiving && !hvring_broken(ch))
		hvring_in_mask(&ch->in);
	spin_unlock_irq(&ch->in_lock);

	/* Unmasks, and finds what came while nobody polled any more. */
	if (!polled)
		hvring_channel_drain(ch);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_set_polled, HVRING);

void hvring_receive_start(struct hvring_channel *ch,
			  const struct hvring_memory *memory)
{
	spin_lock_irq(&ch->in_lock);
	hvring_in_init(&ch->in, memory->in_control, memory->in_data,
		       memory->in_bytes);
	ch->polled = false;
	ch->receiving = true;
	spin_unlock_irq(&ch->in_lock);
}

void hvring_receive_stop(struct hvring_channel *ch)
{
	spin_lock_irq(&ch->in_lock);
	ch->receiving = false;
	spin_unlock_irq(&ch->in_lock);
}

u32 hvring_channel_depth(struct hvring_channel *ch, u32 payload_bytes,
			 u32 pages)
{
	u32 request = hvring_packet_bytes(payload_bytes, pages);
	u32 answer = hvring_packet_bytes(payload_bytes, 0);
	u32 lag = ch->in.size / HVRING_LAG_DIVISOR + answer;

	if (ch->in.size < HVRING_GAP + lag)
		return 0;
	/* The host may still count answers that we consumed but not published. */
	return min((ch->out.size - HVRING_GAP) / request,
		   (ch->in.size - HVRING_GAP - lag) / answer);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_depth, HVRING);
