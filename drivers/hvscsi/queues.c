// SPDX-License-Identifier: GPL-2.0
/*
 * The channels of a controller and the hardware queues that use them.
 *
 * Owns hvscsi.links and hvscsi.queues: how many sub-channels we ask for, which
 * of them came, which CPU sends through which. Must not know packets. Takes no
 * lock: the transport adds one sub-channel at a time, and a pointer says that
 * it is open.
 *
 * Each queue has a channel of its own, and each CPU a queue for good, so
 * nothing is searched on the way of a command. The map only changes when the
 * host takes a sub-channel away: its queue then uses the primary channel.
 */
#include <linux/blk-mq.h>
#include <linux/cpumask.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include <scsi/scsi.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/*
 * A channel for each of so many CPUs, and one for every few of the others: a
 * channel costs its rings' memory, and a few CPUs do not contend for one.
 */
#define HVSCSI_CPUS_ALONE	8
#define HVSCSI_CPUS_PER_CHANNEL	4

/* Hosts offer sub-channels at once; one that does not costs queues only. */
#define HVSCSI_COLLECT_SECONDS	10

const struct hvring_client_ops hvscsi_client_ops = {
	.receive = hvscsi_receive,
};

static u32 hvscsi_wanted(void)
{
	u32 cpus = num_online_cpus(), channels = hvscsi_channels();

	if (!channels)
		channels = max_t(u32, HVSCSI_CPUS_ALONE,
				 DIV_ROUND_UP(cpus, HVSCSI_CPUS_PER_CHANNEL));
	return min(channels, cpus);
}

/* The block layer cannot spread CPUs over more queues than there are CPUs. */
static u32 hvscsi_wanted_polled(void)
{
	return HVSCSI_CAN_POLL ? min(hvscsi_poll_queues(), num_online_cpus()) : 0;
}

int hvscsi_alloc_links(struct hvscsi *hv)
{
	u32 i;

	hv->link_count = hvscsi_wanted() + hvscsi_wanted_polled();
	hv->links = kcalloc(hv->link_count, sizeof(*hv->links), GFP_KERNEL);
	hv->queues = kcalloc(hv->link_count, sizeof(*hv->queues), GFP_KERNEL);
	if (!hv->links || !hv->queues)
		return -ENOMEM;

	for (i = 0; i < hv->link_count; i++)
		hv->links[i].hv = hv;
	hv->links[0].ch = hv->ch;
	hv->links[0].open = true;
	init_completion(&hv->collected);
	return 0;
}

void hvscsi_free_links(struct hvscsi *hv)
{
	kfree(hv->queues);
	kfree(hv->links);
}

/**
 * hvscsi_forget_sub_channels() - all that there were are closed
 * @hv: the controller, closed. Whoever sends nevertheless uses the primary.
 */
void hvscsi_forget_sub_channels(struct hvscsi *hv)
{
	u32 i;

	for (i = 0; i < hv->queue_count; i++)
		WRITE_ONCE(hv->queues[i], hv->links);
	for (i = 1; i < hv->link_count; i++)
		hv->links[i].open = false;
	hv->arrived = 0;
	hv->asked = 0;
	reinit_completion(&hv->collected);
}

/**
 * hvscsi_want_sub_channels() - how many to ask the host for
 * @hv: the controller; the answer is in hvscsi.asked.
 * @host_max: how many it gives.
 *
 * Context: sub-channels may come at any time, asked for or not.
 */
void hvscsi_want_sub_channels(struct hvscsi *hv, u32 host_max)
{
	WRITE_ONCE(hv->asked, min(host_max, hv->link_count - 1));
}

/* From the transport. A failed open is in the log, and costs a queue. */
void hvscsi_sub_channel(struct hvring_channel *primary,
			struct hvring_channel *ch)
{
	struct hvscsi_link *link = hvring_channel_priv(primary);
	struct hvscsi *hv = link->hv;

	if (hv->arrived >= READ_ONCE(hv->asked)) {
		dev_warn(hvring_channel_device(primary),
			 "more sub-channels than asked for, ignored\n");
		return;
	}

	link = &hv->links[++hv->arrived];
	link->ch = ch;
	if (!hvring_channel_open(ch, hvscsi_ring_bytes(), &hvscsi_client_ops,
				 link))
		/* Pairs with the acquire in hvscsi_is_open(). */
		smp_store_release(&link->open, true);
	if (hv->arrived == READ_ONCE(hv->asked))
		complete(&hv->collected);
}

/**
 * hvscsi_collect() - wait for the sub-channels that we asked for
 * @hv: the controller.
 *
 * Those that come later are opened and not used.
 *
 * Context: may sleep, for a bounded time.
 */
void hvscsi_collect(struct hvscsi *hv)
{
	if (!hv->asked ||
	    wait_for_completion_timeout(&hv->collected,
					HVSCSI_COLLECT_SECONDS * HZ))
		return;
	dev_warn(hvring_channel_device(hv->ch),
		 "the host has not offered all of %u sub-channels within %u s\n",
		 hv->asked, HVSCSI_COLLECT_SECONDS);
}

/* Requests of the largest size that are sure to find room in the rings. */
static u32 hvscsi_link_depth(const struct hvscsi_link *link)
{
	/* An unaligned buffer touches one page more. */
	u32 pages = link->hv->max_transfer / HVRING_PAGE_SIZE + 1;

	return min_t(u32, HVSCSI_MAX_DEPTH,
		     hvring_channel_depth(link->ch, sizeof(struct vstor_packet),
					  pages));
}

static void hvscsi_use_link(struct hvscsi *hv, u32 queue,
			    struct hvscsi_link *link)
{
	WRITE_ONCE(hv->queues[queue], link);
	if (queue >= hv->queue_count - hv->poll_count &&
	    !hvscsi_is_primary(link))
		hvring_channel_set_polled(link->ch, true);
}

static bool hvscsi_is_usable(const struct hvscsi_link *link)
{
	return hvscsi_is_open(link) && hvscsi_link_depth(link);
}

/**
 * hvscsi_choose_queues() - give each queue a channel
 * @hv: the controller, connected and not running. The first time this decides
 *	how many queues there are; later, when there are fewer channels than
 *	queues, some use the primary.
 *
 * Context: may sleep; nothing is being sent.
 */
void hvscsi_choose_queues(struct hvscsi *hv)
{
	u32 link, queue = 0, usable = 0;

	for (link = 0; link < hv->link_count; link++)
		usable += hvscsi_is_usable(&hv->links[link]);
	if (!hv->queue_count && usable) {
		hv->queue_count = usable;
		hv->poll_count = min(hvscsi_wanted_polled(), usable - 1);
	}

	for (link = 0; link < hv->link_count; link++)
		if (queue < hv->queue_count &&
		    hvscsi_is_usable(&hv->links[link]))
			hvscsi_use_link(hv, queue++, &hv->links[link]);
	while (queue < hv->queue_count)
		hvscsi_use_link(hv, queue++, hv->links);
}

/**
 * hvscsi_capacity() - commands that the channels of queues not polled hold
 * @hv: the controller.
 *
 * Return: how many of the largest size; 0 if not even one.
 */
u32 hvscsi_capacity(const struct hvscsi *hv)
{
	u32 i, sum = 0;

	for (i = 0; i < hv->queue_count - hv->poll_count; i++)
		sum += hvscsi_link_depth(hv->queues[i]);
	return sum;
}

/* The less the better: a channel nearby, then one that few CPUs use. */
static u64 hvscsi_cost(const struct hvscsi_link *link, unsigned int cpu)
{
	bool far = cpu_to_node(hvring_channel_cpu(link->ch)) !=
		   cpu_to_node(cpu);

	return (u64)far << 32 | link->cpus;
}

static u32 hvscsi_queue_for(const struct hvscsi *hv, unsigned int cpu,
			    u32 count)
{
	u32 i, best = 0;

	for (i = 1; i < count; i++)
		if (hvscsi_cost(hv->queues[i], cpu) <
		    hvscsi_cost(hv->queues[best], cpu))
			best = i;
	return best;
}

static void hvscsi_map_cpu(struct hvscsi *hv, struct blk_mq_queue_map *map,
			   unsigned int cpu, u32 queue)
{
	map->mq_map[cpu] = queue;
	hv->queues[queue]->cpus++;
}

/*
 * First each CPU that a channel interrupts, as its answers are in its cache
 * then. The others go where few are so far: no queue of a node stays without a
 * CPU as long as there are any left.
 */
static void hvscsi_map_cpus(struct hvscsi *hv, struct blk_mq_queue_map *map)
{
	u32 none = map->nr_queues, i;
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		map->mq_map[cpu] = none;

	for (i = 0; i < map->nr_queues; i++) {
		cpu = hvring_channel_cpu(hv->queues[i]->ch);
		hv->queues[i]->cpus = 0;
		if (map->mq_map[cpu] == none)
			hvscsi_map_cpu(hv, map, cpu, i);
	}

	for_each_possible_cpu(cpu)
		if (map->mq_map[cpu] == none)
			hvscsi_map_cpu(hv, map, cpu,
				       hvscsi_queue_for(hv, cpu,
							map->nr_queues));
}

HVSCSI_MAP_TYPE hvscsi_map_queues(struct Scsi_Host *host)
{
	struct hvscsi *hv = shost_priv(host);
	struct blk_mq_queue_map *map = host->tag_set.map;

	map[HCTX_TYPE_DEFAULT].nr_queues = hv->queue_count - hv->poll_count;
	hvscsi_map_cpus(hv, &map[HCTX_TYPE_DEFAULT]);
	if (!hv->poll_count)
		return HVSCSI_MAPPED;

	map[HCTX_TYPE_READ].nr_queues = 0;
	map[HCTX_TYPE_POLL].nr_queues = hv->poll_count;
	map[HCTX_TYPE_POLL].queue_offset = map[HCTX_TYPE_DEFAULT].nr_queues;
	blk_mq_map_queues(&map[HCTX_TYPE_POLL]);
	return HVSCSI_MAPPED;
}
