// SPDX-License-Identifier: GPL-2.0
/*
 * Sending: reservation to signal, and what happens when the ring is full.
 *
 * Owns out_lock and all that it protects. Must not know how anything is
 * received, except that an interrupt may mean room. Tells the driver to go on,
 * and signals the host, with no lock held.
 */
#include <linux/bitops.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <hvring/framing.h>
#include "internal.h"
#include "trace.h"

/*
 * A host that makes room says so at once. One that does not is found out at
 * the second look that finds room, so that a host that is about to say so is
 * not taken for one that never does.
 */
#define HVRING_ROOM_LOOK	msecs_to_jiffies(20)

void hvring_send_start(struct hvring_channel *ch,
		       const struct hvring_memory *memory)
{
	spin_lock_irq(&ch->out_lock);
	hvring_out_init(&ch->out, memory->out_control, memory->out_data,
			memory->out_bytes);
	ch->kick = false;
	ch->room_seen = false;
	ch->sending = true;
	spin_unlock_irq(&ch->out_lock);
}

unsigned long hvring_channel_lock(struct hvring_channel *ch)
	__acquires(&ch->out_lock)
{
	unsigned long flags;

	spin_lock_irqsave(&ch->out_lock, flags);
	return flags;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_lock, HVRING);

/*
 * The host cannot make room before it has been given all there is, and it may
 * have made some by now. Without the second, room that came between the failed
 * reservation and the wait would be announced to nobody.
 */
static noinline int hvring_reserve_full(struct hvring_channel *ch, u32 bytes)
{
	if (ch->out.awaited)
		return -EAGAIN;

	hvring_channel_publish(ch);
	if (ch->client->wake) {
		if (!hvring_out_wait(&ch->out, bytes))
			return hvring_out_reserve(&ch->out, bytes);
		ch->room_seen = false;
		queue_delayed_work(hvring_wq, &ch->room_work,
				   HVRING_ROOM_LOOK);
	}

	hvring_count(ch, HVRING_FULL, 1);
	trace_hvring_full(ch, bytes);
	return -EAGAIN;
}

int hvring_channel_reserve(struct hvring_channel *ch, struct hvring_slot *slot)
{
	int err;

	lockdep_assert_held(&ch->out_lock);

	if (!ch->sending || hvring_rescinded_locked(ch))
		return -ENODEV;
	if (hvring_broken(ch))
		return -EIO;

	err = hvring_packet_measure(slot);
	if (err)
		return err;

	err = hvring_out_reserve(&ch->out, slot->packet_bytes);
	if (err == -EAGAIN)
		err = hvring_reserve_full(ch, slot->packet_bytes);
	if (err == -EIO)
		hvring_channel_break(ch, "read index", ch->out.fault_value);
	if (err)
		return err;

	hvring_packet_begin(slot, hvring_out_at(&ch->out));
	return 0;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_reserve, HVRING);

void hvring_channel_commit(struct hvring_channel *ch,
			   const struct hvring_slot *slot)
{
	lockdep_assert_held(&ch->out_lock);

	hvring_packet_end(slot, hvring_out_at(&ch->out), ch->out.staged);
	hvring_out_commit(&ch->out, slot->packet_bytes);
	hvring_count(ch, HVRING_PACKETS_SENT, 1);
	hvring_count(ch, HVRING_BYTES_SENT, slot->packet_bytes);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_commit, HVRING);

void hvring_channel_publish(struct hvring_channel *ch)
{
	u32 bytes;
	bool kick;

	lockdep_assert_held(&ch->out_lock);

	bytes = hvring_out_unpublished(&ch->out);
	if (!ch->sending || !bytes || hvring_broken(ch))
		return;

	kick = hvring_out_publish(&ch->out);
	if (ch->out.fault)
		hvring_channel_break(ch, "read index", ch->out.fault_value);

	ch->kick |= kick;
	hvring_count(ch, HVRING_BATCHES, 1);
	hvring_count(ch, kick ? HVRING_SIGNALS_DATA : HVRING_SIGNALS_SAVED, 1);
	trace_hvring_publish(ch, bytes, kick);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_publish, HVRING);

/*
 * The RCU section lets hvring_channel_close() wait for a signal that was
 * decided but not yet sent. By then the packet may be answered and its command
 * gone, so that nothing else would hold the channel.
 */
static noinline void hvring_unlock_and_signal(struct hvring_channel *ch,
					      unsigned long flags)
	__releases(&ch->out_lock)
{
	ch->kick = false;
	rcu_read_lock();
	spin_unlock_irqrestore(&ch->out_lock, flags);
	trace_hvring_signal(ch, false);
	ch->ops->notify(ch, HVRING_NOTIFY_DATA);
	rcu_read_unlock();
}

/* Most have nothing to signal. */
void hvring_channel_unlock(struct hvring_channel *ch, unsigned long flags)
	__releases(&ch->out_lock)
{
	if (ch->kick)
		hvring_unlock_and_signal(ch, flags);
	else
		spin_unlock_irqrestore(&ch->out_lock, flags);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_unlock, HVRING);

/*
 * Nobody waits any more; whoever broke the channel is not told. Returns whether
 * somebody did.
 */
static bool hvring_send_resume(struct hvring_channel *ch)
{
	bool waited = ch->out.awaited;

	if (!hvring_broken(ch))
		return hvring_out_resume(&ch->out);

	WRITE_ONCE(ch->out.awaited, 0);
	return waited;
}

/* With no lock held: the driver may send at once. */
static void hvring_send_tell(struct hvring_channel *ch, bool timer)
{
	hvring_count(ch, timer ? HVRING_WAKES_TIMER : HVRING_WAKES_HOST, 1);
	trace_hvring_wake(ch, timer);
	ch->client->wake(ch->priv);
}

/**
 * hvring_send_wake() - the host interrupted, perhaps because there is room
 * @ch: the channel.
 *
 * Context: any but with a lock of the channel held.
 */
void hvring_send_wake(struct hvring_channel *ch)
{
	unsigned long flags;
	bool woken;

	/* K: whoever was interrupted for room finds this set. */
	if (!READ_ONCE(ch->out.awaited))
		return;

	spin_lock_irqsave(&ch->out_lock, flags);
	woken = hvring_out_relieved(&ch->out) && hvring_send_resume(ch);
	if (ch->out.fault)
		hvring_channel_break(ch, "read index", ch->out.fault_value);
	spin_unlock_irqrestore(&ch->out_lock, flags);

	if (woken)
		hvring_send_tell(ch, false);
}

/* Whether whoever waits cannot be helped by room any more. */
static bool hvring_send_hopeless(const struct hvring_channel *ch)
{
	return !ch->sending || hvring_broken(ch) ||
	       hvring_rescinded_locked(ch);
}

/* For hosts that ignore the pending size, and for channels that end. */
void hvring_send_room_work(struct work_struct *work)
{
	struct hvring_channel *ch = container_of(to_delayed_work(work),
						 struct hvring_channel,
						 room_work);
	bool woken = false, again;
	unsigned long flags;

	spin_lock_irqsave(&ch->out_lock, flags);
	if (hvring_send_hopeless(ch)) {
		woken = hvring_send_resume(ch);
	} else if (hvring_out_relieved(&ch->out)) {
		woken = ch->room_seen && hvring_send_resume(ch);
		ch->room_seen = true;
	}
	if (ch->out.fault)
		hvring_channel_break(ch, "read index", ch->out.fault_value);
	again = ch->out.awaited;
	spin_unlock_irqrestore(&ch->out_lock, flags);

	if (woken)
		hvring_send_tell(ch, true);
	if (again)
		queue_delayed_work(hvring_wq, &ch->room_work, HVRING_ROOM_LOOK);
}

void hvring_channel_stop(struct hvring_channel *ch)
{
	unsigned long flags;
	bool woken;

	/* As in hvring_channel_unlock(). */
	rcu_read_lock();
	spin_lock_irqsave(&ch->out_lock, flags);
	ch->sending = false;
	woken = hvring_send_resume(ch);
	spin_unlock_irqrestore(&ch->out_lock, flags);

	if (woken)
		ch->client->wake(ch->priv);
	rcu_read_unlock();
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_stop, HVRING);
