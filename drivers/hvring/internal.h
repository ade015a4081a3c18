/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What channel, debugfs and backends share inside the transport. Drivers see
 * struct hvring_channel as a name only; what is in it stays here.
 */
#ifndef _HVRING_INTERNAL_H
#define _HVRING_INTERNAL_H

#include <linux/cache.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <hvring/channel.h>
#include <hvring/ring.h>

struct dentry;

/* Bits of hvring_channel.flags */
#define HVRING_CHANNEL_BROKEN	0

/**
 * struct hvring_channel - a pair of rings and the two ends that use them
 * @ops: the backend.
 * @dev: the device, for logging.
 * @rescinded: the backend's flag that says that the host took it away.
 * @client: the driver.
 * @priv: the driver's pointer.
 * @debugfs: the counters' file.
 * @is_open: between open and close.
 * @flags: HVRING_CHANNEL_* bits, atomic.
 * @violations: times that the host broke a rule.
 * @out_lock: protects the members from @sending to @ring_full.
 * @sending: reservations are accepted.
 * @out: the ring that we produce.
 * @out_notifies: signals because packets were published.
 * @packets_sent: packets published or about to be.
 * @bytes_sent: their bytes, trailers included.
 * @ring_full: reservations that found no room.
 * @in_lock: protects the rest. Taken in hard interrupt context. Never held
 *	together with @out_lock unless a driver sends from its receive callback,
 *	which takes @out_lock inside.
 * @receiving: the rings are mapped and may be drained.
 * @in: the ring that we consume.
 * @in_notifies: signals because the host waited for room.
 * @packets_received: packets accepted.
 * @bytes_received: their bytes, trailers included.
 * @unsolicited: accepted packets that answered nothing.
 * @interrupts: calls of the interrupt handler.
 */
struct hvring_channel {
	/* Set once by the backend. */
	const struct hvring_backend_ops *ops;
	struct device *dev;
	const bool *rescinded;

	/* Set at open, before anything can be called back. */
	const struct hvring_client_ops *client;
	void *priv;

	/* Only open and close, which do not run in parallel. */
	struct dentry *debugfs;
	bool is_open;

	unsigned long flags;
	atomic_t violations;

	spinlock_t out_lock ____cacheline_aligned_in_smp;
	bool sending;
	struct hvring_out out;
	u64 out_notifies;
	u64 packets_sent;
	u64 bytes_sent;
	u64 ring_full;

	spinlock_t in_lock ____cacheline_aligned_in_smp;
	bool receiving;
	struct hvring_in in;
	u64 in_notifies;
	u64 packets_received;
	u64 bytes_received;
	u64 unsolicited;
	u64 interrupts;
};

/* channel.c, for backends */
void hvring_channel_init(struct hvring_channel *ch,
			 const struct hvring_backend_ops *ops,
			 struct device *dev, const bool *rescinded);
void hvring_channel_interrupt(struct hvring_channel *ch);

/* debugfs.c */
void hvring_debugfs_init(void);
void hvring_debugfs_exit(void);
void hvring_debugfs_add(struct hvring_channel *ch);
void hvring_debugfs_remove(struct hvring_channel *ch);

#endif /* _HVRING_INTERNAL_H */
