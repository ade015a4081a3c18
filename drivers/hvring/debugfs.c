// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of each open channel, one read-only file per channel, one "key
 * value" pair per line. Nothing needs them to work; tests compare them with
 * what the host counted. Takes both locks of a channel, one after the other.
 */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/seq_file.h>
#include "internal.h"

static struct dentry *hvring_debugfs_root;

static int hvring_counters_show(struct seq_file *seq, void *unused)
{
	struct hvring_channel *ch = seq->private;
	u64 out_notifies;

	spin_lock_irq(&ch->out_lock);
	out_notifies = ch->out_notifies;
	seq_printf(seq, "packets_sent %llu\n", ch->packets_sent);
	seq_printf(seq, "bytes_sent %llu\n", ch->bytes_sent);
	seq_printf(seq, "ring_full %llu\n", ch->ring_full);
	seq_printf(seq, "out_ring_bytes %u\n", ch->out.size);
	spin_unlock_irq(&ch->out_lock);

	spin_lock_irq(&ch->in_lock);
	seq_printf(seq, "packets_received %llu\n", ch->packets_received);
	seq_printf(seq, "bytes_received %llu\n", ch->bytes_received);
	seq_printf(seq, "unsolicited %llu\n", ch->unsolicited);
	seq_printf(seq, "in_ring_bytes %u\n", ch->in.size);
	seq_printf(seq, "signals %llu\n", out_notifies + ch->in_notifies);
	seq_printf(seq, "signals_data %llu\n", out_notifies);
	seq_printf(seq, "signals_room %llu\n", ch->in_notifies);
	seq_printf(seq, "interrupts %llu\n", ch->interrupts);
	spin_unlock_irq(&ch->in_lock);

	seq_printf(seq, "violations %d\n", atomic_read(&ch->violations));
	seq_printf(seq, "broken %d\n", hvring_channel_broken(ch));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hvring_counters);

void hvring_debugfs_add(struct hvring_channel *ch)
{
	ch->debugfs = debugfs_create_file(dev_name(ch->dev), 0444,
					  hvring_debugfs_root, ch,
					  &hvring_counters_fops);
}

/* Waits for readers of the file. */
void hvring_debugfs_remove(struct hvring_channel *ch)
{
	debugfs_remove(ch->debugfs);
	ch->debugfs = NULL;
}

void hvring_debugfs_init(void)
{
	hvring_debugfs_root = debugfs_create_dir("hvring", NULL);
}

void hvring_debugfs_exit(void)
{
	debugfs_remove(hvring_debugfs_root);
}
