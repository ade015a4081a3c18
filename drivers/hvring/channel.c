// SPDX-License-Identifier: GPL-2.0
/*
 * A channel's life: opening, closing, and the state that both directions ask
 * for: taken away by the host, broken by it.
 *
 * Must not know which bus is below (it sees an ops table) nor what the packets
 * say. Takes no lock of its own; the driver opens and closes one at a time.
 */
#include <linux/bitops.h>
#include <linux/device.h>
#include <linux/export.h>
#include <linux/rcupdate.h>
#include "internal.h"
#include "trace.h"

/*
 * For what drains and stops leave over. On the path of disks that swap may be
 * on, so it has to run when there is no memory. Of normal priority: a host that
 * sends without end shares the CPU with everybody else.
 */
struct workqueue_struct *hvring_wq;

int hvring_channel_setup(void)
{
	hvring_wq = alloc_workqueue("hvring", WQ_MEM_RECLAIM | WQ_UNBOUND, 0);
	return hvring_wq ? 0 : -ENOMEM;
}

void hvring_channel_teardown(void)
{
	destroy_workqueue(hvring_wq);
}

int hvring_channel_init(struct hvring_channel *ch,
			const struct hvring_backend_ops *ops,
			struct device *dev, const bool *rescinded)
{
	ch->counters = alloc_percpu(struct hvring_counters);
	if (!ch->counters)
		return -ENOMEM;

	ch->ops = ops;
	ch->dev = dev;
	ch->rescinded = rescinded;
	spin_lock_init(&ch->out_lock);
	spin_lock_init(&ch->in_lock);
	INIT_WORK(&ch->drain_work, hvring_receive_work);
	INIT_DELAYED_WORK(&ch->room_work, hvring_send_room_work);
	return 0;
}

/* The channel is closed. */
void hvring_channel_destroy(struct hvring_channel *ch)
{
	free_percpu(ch->counters);
}

/**
 * hvring_channel_break() - the host broke a rule
 * @ch: the channel.
 * @why: which one, for the log.
 * @value: what it said.
 *
 * Needs no lock: a bit says who was first, and the first one reports.
 *
 * Context: any.
 */
void hvring_channel_break(struct hvring_channel *ch, const char *why, u64 value)
{
	if (test_and_set_bit(HVRING_CHANNEL_BROKEN, &ch->flags))
		return;

	atomic_inc(&ch->violations);
	trace_hvring_violation(ch, why, value);
	dev_err(ch->dev, "channel broken by host: %s (%#llx)\n", why, value);
}

bool hvring_channel_broken(const struct hvring_channel *ch)
{
	return hvring_broken(ch);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_broken, HVRING);

bool hvring_channel_rescinded(const struct hvring_channel *ch)
{
	bool rescinded;

	rcu_read_lock();
	rescinded = hvring_rescinded_locked(ch);
	rcu_read_unlock();
	return rescinded;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_rescinded, HVRING);

struct device *hvring_channel_device(const struct hvring_channel *ch)
{
	return ch->dev;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_device, HVRING);

unsigned int hvring_channel_cpu(const struct hvring_channel *ch)
{
	return ch->ops->cpu(ch);
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_cpu, HVRING);

void *hvring_channel_priv(const struct hvring_channel *ch)
{
	return ch->priv;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_priv, HVRING);

int hvring_channel_open(struct hvring_channel *ch, u32 ring_bytes,
			const struct hvring_client_ops *client, void *priv)
{
	struct hvring_memory memory = {};
	int err;

	if (WARN_ON_ONCE(ch->is_open))
		return -EBUSY;
	if (ch->close_err)
		return ch->close_err;

	ch->client = client;
	ch->priv = priv;
	ch->flags = 0;

	err = ch->ops->open(ch, ring_bytes, &memory);
	if (err)
		return err;

	ch->is_open = true;
	hvring_send_start(ch, &memory);
	hvring_receive_start(ch, &memory);
	hvring_debugfs_add(ch);
	hvring_channel_drain(ch);
	return 0;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_open, HVRING);

int hvring_channel_close(struct hvring_channel *ch)
{
	/* Only a rescind frees what a close could not. */
	if (!ch->is_open)
		return hvring_channel_rescinded(ch) ? 0 : ch->close_err;

	hvring_channel_stop(ch);
	hvring_receive_stop(ch);
	/* What follows a lock that was released before these two. */
	synchronize_rcu();
	cancel_delayed_work_sync(&ch->room_work);
	cancel_work_sync(&ch->drain_work);
	hvring_debugfs_remove(ch);

	ch->is_open = false;
	ch->close_err = ch->ops->close(ch);
	return ch->close_err;
}
EXPORT_SYMBOL_NS_GPL(hvring_channel_close, HVRING);
