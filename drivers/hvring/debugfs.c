// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of each open channel, one read-only file per channel. One "key
 * value" pair per line: first the state, then each counter as a sum, then the
 * share of each CPU that counted anything, as "cpuN.key value". Nothing needs
 * them to work; tests compare them with what the host counted. Takes no lock:
 * numbers that change together may be seen apart.
 */
#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/seq_file.h>
#include "internal.h"

static const char *const hvring_count_names[HVRING_COUNTS] = {
	[HVRING_PACKETS_SENT]		= "packets_sent",
	[HVRING_BYTES_SENT]		= "bytes_sent",
	[HVRING_BATCHES]		= "batches",
	[HVRING_SIGNALS_DATA]		= "signals_data",
	[HVRING_SIGNALS_SAVED]		= "signals_saved",
	[HVRING_FULL]			= "ring_full",
	[HVRING_WAKES_HOST]		= "wakes_host",
	[HVRING_WAKES_TIMER]		= "wakes_timer",
	[HVRING_PACKETS_RECEIVED]	= "packets_received",
	[HVRING_BYTES_RECEIVED]		= "bytes_received",
	[HVRING_UNSOLICITED]		= "unsolicited",
	[HVRING_INTERRUPTS]		= "interrupts",
	[HVRING_POLLS]			= "polls",
	[HVRING_OVERRUNS]		= "overruns",
	[HVRING_SIGNALS_ROOM]		= "signals_room",
};

static struct dentry *hvring_debugfs_root;

static u64 hvring_count_sum(const struct hvring_channel *ch,
			    enum hvring_count what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(ch->counters, cpu)->n[what];
	return sum;
}

static void hvring_show_cpu(struct seq_file *seq,
			    const struct hvring_channel *ch, int cpu)
{
	const struct hvring_counters *counters = per_cpu_ptr(ch->counters, cpu);
	int i;

	for (i = 0; i < HVRING_COUNTS; i++)
		if (counters->n[i])
			seq_printf(seq, "cpu%d.%s %llu\n", cpu,
				   hvring_count_names[i], counters->n[i]);
}

static int hvring_counters_show(struct seq_file *seq, void *unused)
{
	struct hvring_channel *ch = seq->private;
	int i, cpu;

	seq_printf(seq, "out_ring_bytes %u\n", ch->out.size);
	seq_printf(seq, "in_ring_bytes %u\n", ch->in.size);
	seq_printf(seq, "polled %d\n", READ_ONCE(ch->polled));
	seq_printf(seq, "waiting %d\n", READ_ONCE(ch->out.awaited) != 0);
	seq_printf(seq, "broken %d\n", hvring_channel_broken(ch));
	seq_printf(seq, "violations %d\n", atomic_read(&ch->violations));

	for (i = 0; i < HVRING_COUNTS; i++)
		seq_printf(seq, "%s %llu\n", hvring_count_names[i],
			   hvring_count_sum(ch, i));
	for_each_possible_cpu(cpu)
		hvring_show_cpu(seq, ch, cpu);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hvring_counters);

/* Named after the device and, for a sub-channel, its number. */
void hvring_debugfs_add(struct hvring_channel *ch)
{
	char name[80];

	if (ch->index)
		snprintf(name, sizeof(name), "%s-%u", dev_name(ch->dev),
			 ch->index);
	else
		strscpy(name, dev_name(ch->dev), sizeof(name));
	ch->debugfs = debugfs_create_file(name, 0444, hvring_debugfs_root, ch,
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
