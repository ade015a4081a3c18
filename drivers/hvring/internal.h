/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the transport share. Drivers see struct hvring_channel as
 * a name only; what is in it stays here.
 */
#ifndef _HVRING_INTERNAL_H
#define _HVRING_INTERNAL_H

#include <linux/bitops.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <hvring/channel.h>
#include <hvring/ring.h>

struct dentry;

/* Bits of hvring_channel.flags */
#define HVRING_CHANNEL_BROKEN	0

/**
 * enum hvring_count - what is counted, per channel and CPU
 * @HVRING_PACKETS_SENT: packets committed.
 * @HVRING_BYTES_SENT: their bytes, trailers included.
 * @HVRING_BATCHES: publishes that had something to publish.
 * @HVRING_SIGNALS_DATA: of these, those that had to signal the host.
 * @HVRING_SIGNALS_SAVED: of these, those that did not.
 * @HVRING_FULL: times that the ring ran full, and a wait began if the driver
 *	waits.
 * @HVRING_WAKES_HOST: waits that ended because the host interrupted.
 * @HVRING_WAKES_TIMER: waits that a timer had to end: the host made room and
 *	did not say so, or the channel came to an end.
 * @HVRING_PACKETS_RECEIVED: packets accepted.
 * @HVRING_BYTES_RECEIVED: their bytes, trailers included.
 * @HVRING_UNSOLICITED: of these, packets that answered nothing.
 * @HVRING_INTERRUPTS: calls of the interrupt handler.
 * @HVRING_POLLS: calls of hvring_channel_poll().
 * @HVRING_OVERRUNS: drains that used up their budget and left the rest to the
 *	worker.
 * @HVRING_SIGNALS_ROOM: signals because the host waited for room.
 * @HVRING_COUNTS: number of the above.
 */
enum hvring_count {
	HVRING_PACKETS_SENT,
	HVRING_BYTES_SENT,
	HVRING_BATCHES,
	HVRING_SIGNALS_DATA,
	HVRING_SIGNALS_SAVED,
	HVRING_FULL,
	HVRING_WAKES_HOST,
	HVRING_WAKES_TIMER,
	HVRING_PACKETS_RECEIVED,
	HVRING_BYTES_RECEIVED,
	HVRING_UNSOLICITED,
	HVRING_INTERRUPTS,
	HVRING_POLLS,
	HVRING_OVERRUNS,
	HVRING_SIGNALS_ROOM,
	HVRING_COUNTS,
};

/**
 * struct hvring_counters - one CPU's share of a channel's counters
 * @n: by enum hvring_count. Each CPU adds to its own, readers add them up.
 */
struct hvring_counters {
	u64 n[HVRING_COUNTS];
};

/**
 * struct hvring_channel - a pair of rings and the two ends that use them
 * @ops: the backend.
 * @dev: the device, for logging.
 * @rescinded: the backend's flag that says that the host took it away. Of a
 *	sub-channel it changes, and is looked at in an RCU section.
 * @index: 0 for the primary channel of a device, else the host's number of the
 *	sub-channel.
 * @counters: since the channel was found; not reset by an open.
 * @client: the driver.
 * @priv: the driver's pointer.
 * @debugfs: the counters' file.
 * @is_open: between open and close.
 * @close_err: the last close failed, and the host still has the old rings.
 * @flags: HVRING_CHANNEL_* bits, atomic.
 * @violations: times that the host broke a rule.
 * @drain_work: receives what a drain left behind.
 * @room_work: looks for room in case the host does not say when there is some.
 * @out_lock: protects the members from @sending to @room_seen.
 * @sending: reservations are accepted.
 * @kick: the host is to be signalled at unlock.
 * @out: the ring that we produce.
 * @room_seen: @room_work has found room that no interrupt has announced yet.
 * @in_lock: protects the rest. Taken in hard interrupt context. Never held
 *	together with @out_lock unless a driver sends from its receive callback,
 *	which takes @out_lock inside.
 * @receiving: the rings are mapped and may be drained.
 * @polled: the mask stays set; only polls and the worker receive.
 * @in: the ring that we consume.
 */
struct hvring_channel {
	/* Set once by the backend. */
	const struct hvring_backend_ops *ops;
	struct device *dev;
	const bool *rescinded;
	u16 index;
	struct hvring_counters __percpu *counters;

	/* Set at open, before anything can be called back. */
	const struct hvring_client_ops *client;
	void *priv;

	/* Only open and close, which do not run in parallel. */
	struct dentry *debugfs;
	bool is_open;
	int close_err;

	unsigned long flags;
	atomic_t violations;
	struct work_struct drain_work;
	struct delayed_work room_work;

	spinlock_t out_lock ____cacheline_aligned_in_smp;
	bool sending;
	bool kick;
	struct hvring_out out;
	bool room_seen;

	spinlock_t in_lock ____cacheline_aligned_in_smp;
	bool receiving;
	bool polled;
	struct hvring_in in;
};

/* Any context. */
static inline void hvring_count(struct hvring_channel *ch,
				enum hvring_count what, u64 amount)
{
	this_cpu_add(ch->counters->n[what], amount);
}

/*
 * Under a lock of the channel, which like every spinlock counts as an RCU
 * section.
 */
static inline bool hvring_rescinded_locked(const struct hvring_channel *ch)
{
	return READ_ONCE(*READ_ONCE(ch->rescinded));
}

/* Any context. */
static inline bool hvring_broken(const struct hvring_channel *ch)
{
	return test_bit(HVRING_CHANNEL_BROKEN, &ch->flags);
}

/* channel.c, for backends */
int hvring_channel_init(struct hvring_channel *ch,
			const struct hvring_backend_ops *ops,
			struct device *dev, const bool *rescinded);
void hvring_channel_destroy(struct hvring_channel *ch);

/* channel.c */
extern struct workqueue_struct *hvring_wq;
int hvring_channel_setup(void);
void hvring_channel_teardown(void);
void hvring_channel_break(struct hvring_channel *ch, const char *why,
			  u64 value);

/* send.c */
void hvring_send_start(struct hvring_channel *ch,
		       const struct hvring_memory *memory);
void hvring_send_wake(struct hvring_channel *ch);
void hvring_send_room_work(struct work_struct *work);

/* receive.c; the first one for backends */
void hvring_channel_interrupt(struct hvring_channel *ch);
void hvring_receive_start(struct hvring_channel *ch,
			  const struct hvring_memory *memory);
void hvring_receive_stop(struct hvring_channel *ch);
void hvring_receive_work(struct work_struct *work);

/* debugfs.c */
void hvring_debugfs_init(void);
void hvring_debugfs_exit(void);
void hvring_debugfs_add(struct hvring_channel *ch);
void hvring_debugfs_remove(struct hvring_channel *ch);

#endif /* _HVRING_INTERNAL_H */
