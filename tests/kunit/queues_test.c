// SPDX-License-Identifier: GPL-2.0
/* queues.c: how many channels, which queue uses which, and which CPU which. */
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include "driver.h"
#include "suites.h"

/* A ring in which there is no room for even one request of that size. */
#define SMALL_RING	(2 * HVRING_PAGE_SIZE)
#define LARGE_TRANSFER	(2 * 1024 * 1024)

/* How many channels there may be, for CPUs and parameters. */
static void queues_wanted(struct kunit *test)
{
	static const struct {
		u32 cpus, channels, polled, links;
	} table[] = {
		/* One for each CPU up to 8, then one for 4. */
		{ 1, 0, 0, 1 },
		{ 7, 0, 0, 7 },
		{ 8, 0, 0, 8 },
		{ 9, 0, 0, 8 },
		{ 32, 0, 0, 8 },
		{ 33, 0, 0, 9 },
		{ 36, 0, 0, 9 },
		{ 128, 0, 0, 32 },
		/* By hand, but never more than CPUs. */
		{ 8, 3, 0, 3 },
		{ 64, 64, 0, 64 },
		{ 4, 128, 0, 4 },
		{ 1, 2, 0, 1 },
		/* Those that are polled come on top. */
		{ 8, 0, 2, 10 },
		{ 4, 1, 4, 5 },
		{ 4, 1, 128, 5 },
		{ 1, 0, 1, 2 },
	};
	struct controller *c = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		machine.cpus = table[i].cpus;
		machine.channels = table[i].channels;
		machine.poll_queues = table[i].polled;
		hvscsi_free_links(c->hv);
		KUNIT_ASSERT_EQ(test, 0, hvscsi_alloc_links(c->hv));
		KUNIT_EXPECT_EQ_MSG(test, table[i].links, c->hv->link_count,
				    "row %d", i);
		/* The primary is one of them. */
		hvscsi_want_sub_channels(c->hv, 0xffff);
		KUNIT_EXPECT_EQ_MSG(test, table[i].links - 1, c->hv->asked,
				    "row %d", i);
		hvscsi_want_sub_channels(c->hv, 0);
		KUNIT_EXPECT_EQ_MSG(test, 0, c->hv->asked, "row %d", i);
	}
}

/* Opens the primary and has the host offer @offered sub-channels. */
static struct hvscsi *connect(struct kunit *test, u32 offered)
{
	struct controller *c = test->priv;
	u32 i;

	hvscsi_forget_sub_channels(c->hv);
	KUNIT_ASSERT_EQ(test, 0,
			hvring_channel_open(c->hv->ch, BUS_RING_BYTES,
					    &hvscsi_client_ops, c->hv->links));
	hvscsi_want_sub_channels(c->hv, offered);
	for (i = 1; i <= offered; i++)
		hvscsi_sub_channel(c->hv->ch, &c->bus[i]->ch);
	return c->hv;
}

static void disconnect(struct kunit *test)
{
	struct controller *c = test->priv;
	int i;

	for (i = 0; i < CONTROLLER_CHANNELS; i++)
		hvring_channel_close(&c->bus[i]->ch);
}

/* @links: for each queue the link that it is to use, as a digit. */
static void expect_queues(struct kunit *test, const char *links)
{
	struct controller *c = test->priv;
	struct hvscsi *hv = c->hv;
	u32 i;

	KUNIT_ASSERT_EQ(test, strlen(links), hv->queue_count);
	for (i = 0; i < hv->queue_count; i++)
		KUNIT_EXPECT_EQ_MSG(test, links[i] - '0',
				    hv->queues[i] - hv->links, "queue %u", i);
}

/* @links: those that are polled, as digits. */
static void expect_polled(struct kunit *test, const char *links)
{
	struct controller *c = test->priv;
	int i;

	KUNIT_EXPECT_EQ(test, strlen(links), c->hv->poll_count);
	for (i = 0; i < CONTROLLER_CHANNELS; i++)
		KUNIT_EXPECT_EQ_MSG(test, !!strchr(links, '0' + i),
				    c->bus[i]->ch.polled, "link %d", i);
}

static void queues_offers(struct kunit *test)
{
	struct controller *c = test->priv;
	struct hvscsi *hv = connect(test, 0);
	int i;

	hvscsi_want_sub_channels(hv, 2);
	KUNIT_EXPECT_EQ(test, 2, hv->asked);
	/* One that cannot be opened has come all the same. */
	c->bus[1]->open_err = -ENOMEM;
	hvscsi_sub_channel(hv->ch, &c->bus[1]->ch);
	KUNIT_EXPECT_FALSE(test, hvscsi_is_open(&hv->links[1]));
	KUNIT_EXPECT_FALSE(test, completion_done(&hv->collected));
	hvscsi_sub_channel(hv->ch, &c->bus[2]->ch);
	KUNIT_EXPECT_TRUE(test, hvscsi_is_open(&hv->links[2]));
	KUNIT_EXPECT_TRUE(test, completion_done(&hv->collected));
	KUNIT_EXPECT_PTR_EQ(test, &c->bus[2]->ch, hv->links[2].ch);
	KUNIT_EXPECT_PTR_EQ(test, (void *)&hv->links[2],
			    hvring_channel_priv(&c->bus[2]->ch));
	/* One more is left alone. */
	hvscsi_sub_channel(hv->ch, &c->bus[3]->ch);
	KUNIT_EXPECT_EQ(test, 0, c->bus[3]->opens);

	hvscsi_forget_sub_channels(hv);
	KUNIT_EXPECT_FALSE(test, completion_done(&hv->collected));
	KUNIT_EXPECT_TRUE(test, hvscsi_is_open(&hv->links[0]));
	for (i = 1; i < hv->link_count; i++)
		KUNIT_EXPECT_FALSE(test, hvscsi_is_open(&hv->links[i]));
	KUNIT_EXPECT_EQ(test, 0, hv->asked);
}

static void queues_chosen(struct kunit *test)
{
	struct controller *c = test->priv;

	/* Neither one that did not open nor one without room is used. */
	c->bus[1]->open_err = -ENOMEM;
	c->bus[3]->room = SMALL_RING;
	c->hv->max_transfer = LARGE_TRANSFER;
	machine.poll_queues = 2;
	hvscsi_choose_queues(connect(test, 6));
	expect_queues(test, "02456");
	expect_polled(test, "56");
}

/* One that interrupts is left, which is the primary. */
static void queues_all_polled(struct kunit *test)
{
	machine.poll_queues = 8;
	hvscsi_choose_queues(connect(test, 2));
	expect_queues(test, "012");
	expect_polled(test, "12");
}

static void queues_primary_alone(struct kunit *test)
{
	machine.poll_queues = 1;
	hvscsi_choose_queues(connect(test, 0));
	expect_queues(test, "0");
	expect_polled(test, "");
}

/* The block layer knows how many queues there are, so that stays. */
static void queues_again(struct kunit *test)
{
	struct controller *c = test->priv;

	machine.poll_queues = 1;
	hvscsi_choose_queues(connect(test, 3));
	expect_queues(test, "0123");
	expect_polled(test, "3");

	disconnect(test);
	hvscsi_choose_queues(connect(test, 1));
	expect_queues(test, "0100");
	KUNIT_EXPECT_EQ(test, 1, c->hv->poll_count);
	KUNIT_EXPECT_FALSE(test, c->bus[0]->ch.polled);
	KUNIT_EXPECT_FALSE(test, c->bus[1]->ch.polled);

	disconnect(test);
	hvscsi_choose_queues(connect(test, 6));
	expect_queues(test, "0123");
	expect_polled(test, "3");
}

static void queues_capacity(struct kunit *test)
{
	struct controller *c = test->priv;
	struct hvscsi *hv;

	machine.poll_queues = 1;
	hv = connect(test, 3);
	hvscsi_choose_queues(hv);
	/* 512 KiB touch 129 pages: 1136 bytes of 65528. Polled ones do not count. */
	KUNIT_EXPECT_EQ(test, 3 * 57, hvscsi_capacity(hv));
	/* More than a host serves at once is of no use. */
	hv->max_transfer = HVRING_PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, 3 * 256, hvscsi_capacity(hv));

	disconnect(test);
	hv->queue_count = 0;
	hv->poll_count = 0;
	hv->max_transfer = LARGE_TRANSFER;
	c->bus[0]->room = SMALL_RING;
	hvscsi_choose_queues(connect(test, 0));
	KUNIT_EXPECT_EQ(test, 0, hvscsi_capacity(hv));
}

static void map(struct kunit *test, u32 queues, u32 polled)
{
	struct controller *c = test->priv;
	struct blk_mq_queue_map *maps = c->host->tag_set.map;
	u32 i;

	for (i = 0; i < HCTX_MAX_TYPES; i++) {
		if (!maps[i].mq_map)
			maps[i].mq_map =
				kunit_kcalloc(test,
					      max_t(u32, nr_cpu_ids,
						    MACHINE_CPUS),
					      sizeof(*maps[i].mq_map),
					      GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, maps[i].mq_map);
	}

	c->hv->queue_count = queues + polled;
	c->hv->poll_count = polled;
	for (i = 0; i < c->hv->queue_count; i++) {
		c->hv->links[i].ch = &c->bus[i]->ch;
		c->hv->queues[i] = &c->hv->links[i];
	}
	hvscsi_map_queues(c->host);
}

/* A digit for each CPU, or for each channel. */
static void queues_map(struct kunit *test)
{
	static const struct {
		const char *node, *interrupts, *queue;
	} table[] = {
		{ "0", "0", "0" },
		{ "0000", "0", "0000" },
		{ "0000", "0123", "0123" },
		{ "0000", "3102", "2130" },
		/* Two for each. */
		{ "0000", "02", "0011" },
		{ "0000", "20", "1001" },
		/* Two channels interrupt one CPU: the other is not for nothing. */
		{ "0000", "0012", "0231" },
		{ "0000", "0000", "0123" },
		{ "0000", "3333", "1230" },
		{ "0000", "11", "1001" },
		/* More queues than CPUs. */
		{ "00", "0101", "01" },
		{ "0", "000", "0" },
		/* Nodes: one nearby rather than one that nobody uses. */
		{ "0011", "02", "0011" },
		{ "0101", "01", "0101" },
		{ "00001", "04", "00001" },
		{ "0011", "00", "0101" },
		{ "00111", "013", "01222" },
		{ "001111", "00245", "012234" },
		/* None nearby: any, and then the one that few use. */
		{ "0011", "01", "0101" },
		{ "0122", "01", "0101" },
	};
	struct controller *c = test->priv;
	struct blk_mq_queue_map *maps = c->host->tag_set.map;
	u32 i, j;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		machine.cpus = strlen(table[i].node);
		for (j = 0; j < machine.cpus; j++)
			machine.node[j] = table[i].node[j] - '0';
		for (j = 0; table[i].interrupts[j]; j++)
			c->bus[j]->cpu = table[i].interrupts[j] - '0';
		map(test, j, 0);

		KUNIT_EXPECT_EQ(test, j, maps[HCTX_TYPE_DEFAULT].nr_queues);
		for (j = 0; j < machine.cpus; j++)
			KUNIT_EXPECT_EQ_MSG(test, table[i].queue[j] - '0',
					    maps[HCTX_TYPE_DEFAULT].mq_map[j],
					    "row %u, CPU %u", i, j);
	}
}

/* Wherever the channels of up to 4 queues interrupt 4 CPUs of one node. */
static void queues_map_all(struct kunit *test)
{
	struct controller *c = test->priv;
	const unsigned int *to;
	u32 queues, where, i;

	machine.cpus = 4;
	for (queues = 1; queues <= 4; queues++)
		for (where = 0; where < 1 << (2 * queues); where++) {
			u32 cpus[4] = {}, interrupted = 0, own = 0;

			for (i = 0; i < queues; i++) {
				c->bus[i]->cpu = where >> 2 * i & 3;
				interrupted |= 1 << c->bus[i]->cpu;
			}
			map(test, queues, 0);
			to = c->host->tag_set.map[0].mq_map;
			for (i = 0; i < 4; i++) {
				KUNIT_ASSERT_LT(test, to[i], queues);
				cpus[to[i]]++;
				if (c->bus[to[i]]->cpu == i)
					own |= 1 << i;
			}
			/* A CPU that is interrupted is so for itself. */
			KUNIT_EXPECT_EQ_MSG(test, interrupted, own,
					    "%u queues, %#x", queues, where);
			/* The load is even: no queue is left out. */
			for (i = 0; i < queues; i++) {
				KUNIT_EXPECT_GE_MSG(test, cpus[i], 4 / queues,
						    "%u queues, %#x", queues,
						    where);
				KUNIT_EXPECT_LE_MSG(test, cpus[i],
						    DIV_ROUND_UP(4, queues),
						    "%u queues, %#x", queues,
						    where);
			}
		}
}

/*
 * Ordinary I/O goes to none of those that are polled: here one, as the block
 * layer maps these to the CPUs that there really are, and wants no more of them.
 */
static void queues_map_polled(struct kunit *test)
{
	struct controller *c = test->priv;
	struct blk_mq_queue_map *maps = c->host->tag_set.map;
	int cpu;

	machine.cpus = 4;
	map(test, 3, 1);
	KUNIT_EXPECT_EQ(test, 3, maps[HCTX_TYPE_DEFAULT].nr_queues);
	for (cpu = 0; cpu < 4; cpu++)
		KUNIT_EXPECT_EQ_MSG(test, cpu % 3,
				    maps[HCTX_TYPE_DEFAULT].mq_map[cpu],
				    "CPU %d", cpu);

	KUNIT_EXPECT_EQ(test, 0, maps[HCTX_TYPE_READ].nr_queues);
	KUNIT_EXPECT_EQ(test, 1, maps[HCTX_TYPE_POLL].nr_queues);
	KUNIT_EXPECT_EQ(test, 3, maps[HCTX_TYPE_POLL].queue_offset);
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, 3, maps[HCTX_TYPE_POLL].mq_map[cpu]);
}

static struct kunit_case queues_cases[] = {
	KUNIT_CASE(queues_wanted),
	KUNIT_CASE(queues_offers),
	KUNIT_CASE(queues_chosen),
	KUNIT_CASE(queues_all_polled),
	KUNIT_CASE(queues_primary_alone),
	KUNIT_CASE(queues_again),
	KUNIT_CASE(queues_capacity),
	KUNIT_CASE(queues_map),
	KUNIT_CASE(queues_map_all),
	KUNIT_CASE(queues_map_polled),
	{}
};

struct kunit_suite hvscsi_queues_suite = {
	.name = "hvscsi_queues",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = queues_cases,
};
