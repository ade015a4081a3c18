// SPDX-License-Identifier: GPL-2.0
/*
 * receive.c against a host that never stops to send: every drain ends, the
 * worker goes on, nothing is lost, and the host stays masked meanwhile.
 */
#include <kunit/test.h>
#include <linux/time64.h>
#include "bus.h"
#include "suites.h"

#define PACKET		32
#define RING_PACKETS	((BUS_DATA_BYTES - 8) / PACKET)
#define SHORT_BUDGET	256
#define LONG_BUDGET	(BUS_DATA_BYTES / 24)

/**
 * struct flood - a host that fills up what the driver takes
 * @total: packets that it has.
 * @sent: packets that it has sent.
 * @told: times that it had to interrupt.
 * @wrong: packets that came out of order.
 * @unmasked: packets during which it could have interrupted.
 * @delay: nanoseconds that the driver takes for each.
 * @worker: holds up the worker.
 * @go_on: lets it go.
 * @wq: the workqueue that this replaces.
 */
struct flood {
	u64 total;
	u64 sent;
	u32 told;
	u32 wrong;
	u32 unmasked;
	u32 delay;
	struct work_struct worker;
	struct completion go_on;
	struct workqueue_struct *wq;
};

static void flood_send(struct bus *bus)
{
	struct host_ring *ring = &bus->rings.host.answers;
	struct flood *flood = bus->arg;

	while (flood->sent < flood->total &&
	       host_put_packet(ring, HVRING_PKT_COMPLETION, flood->sent + 1, 8))
		flood->sent++;
	flood->told += host_publish(ring);
}

static int flood_receive(struct bus *bus, const struct hvring_packet *packet)
{
	struct flood *flood = bus->arg;

	flood->wrong += packet->id != bus->received;
	flood->unmasked += !bus->rings.host.answers.control->interrupt_mask;
	bus_clock += flood->delay;
	flood_send(bus);
	return 0;
}

static void wait_to_go_on(struct work_struct *work)
{
	struct flood *flood = container_of(work, struct flood, worker);

	wait_for_completion(&flood->go_on);
}

/* A full ring, and a worker that does not begin. */
static struct bus *flood_begin(struct kunit *test, struct flood *flood,
			       u64 total)
{
	struct bus *bus = bus_open(test);
	struct workqueue_struct *wq = alloc_ordered_workqueue("hvscsi_kunit", 0);

	KUNIT_ASSERT_NOT_NULL(test, wq);
	*flood = (struct flood){ .total = total, .wq = hvring_wq };
	init_completion(&flood->go_on);
	INIT_WORK_ONSTACK(&flood->worker, wait_to_go_on);
	hvring_wq = wq;
	queue_work(hvring_wq, &flood->worker);

	bus->arg = flood;
	bus->on_packet = flood_receive;
	flood_send(bus);
	KUNIT_EXPECT_EQ(test, min_t(u64, total, RING_PACKETS), flood->sent);
	KUNIT_EXPECT_EQ(test, 1, flood->told);
	flood->told = 0;
	return bus;
}

static void flood_go_on(struct bus *bus, struct flood *flood)
{
	complete(&flood->go_on);
	bus_settle(bus);
	destroy_workqueue(hvring_wq);
	destroy_work_on_stack(&flood->worker);
	hvring_wq = flood->wq;
}

/* After a drain that was too short. */
static void expect_held(struct kunit *test, struct bus *bus)
{
	KUNIT_EXPECT_TRUE(test, work_pending(&bus->ch.drain_work));
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_OVERRUNS));
	KUNIT_EXPECT_EQ(test, 1,
			bus->rings.host.answers.control->interrupt_mask);
}

static void expect_all(struct kunit *test, struct bus *bus, struct flood *flood)
{
	KUNIT_EXPECT_EQ(test, flood->total, bus->received);
	KUNIT_EXPECT_EQ(test, 0, flood->wrong);
	KUNIT_EXPECT_EQ(test, 0, flood->unmasked);
	KUNIT_EXPECT_EQ(test, 0, flood->told);
	KUNIT_EXPECT_EQ(test, 0,
			bus->rings.host.answers.control->interrupt_mask);

	flood->total++;
	flood_send(bus);
	KUNIT_EXPECT_EQ(test, 1, flood->told);
}

static void budget_interrupt(struct kunit *test)
{
	struct flood flood;
	struct bus *bus = flood_begin(test, &flood, 5000);

	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, SHORT_BUDGET, bus->received);
	expect_held(test, bus);
	flood_go_on(bus, &flood);
	expect_all(test, bus, &flood);
	KUNIT_EXPECT_GE(test, bus_count(bus, HVRING_OVERRUNS),
			5000 / SHORT_BUDGET);
}

static void budget_drain(struct kunit *test)
{
	struct flood flood;
	struct bus *bus = flood_begin(test, &flood, 2 * LONG_BUDGET);

	hvring_channel_drain(&bus->ch);
	KUNIT_EXPECT_EQ(test, LONG_BUDGET, bus->received);
	expect_held(test, bus);
	flood_go_on(bus, &flood);
	expect_all(test, bus, &flood);
}

static void budget_poll(struct kunit *test)
{
	struct flood flood;
	struct bus *bus = flood_begin(test, &flood, 5000);

	KUNIT_EXPECT_EQ(test, 64, hvring_channel_poll(&bus->ch, 64));
	KUNIT_EXPECT_EQ(test, 64, bus->received);
	expect_held(test, bus);
	flood_go_on(bus, &flood);
	expect_all(test, bus, &flood);
}

/* Polled, nobody but the poll gets anything. */
static void budget_polled(struct kunit *test)
{
	struct flood flood;
	struct bus *bus = flood_begin(test, &flood, 5000);
	u32 polls = 0;

	hvring_channel_set_polled(&bus->ch, true);
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 0, bus->received);
	while (hvring_channel_poll(&bus->ch, 64) == 64)
		polls++;
	KUNIT_EXPECT_EQ(test, 5000 / 64, polls);
	KUNIT_EXPECT_FALSE(test, work_pending(&bus->ch.drain_work));
	KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_OVERRUNS));
	KUNIT_EXPECT_EQ(test, 1,
			bus->rings.host.answers.control->interrupt_mask);
	flood_go_on(bus, &flood);
	hvring_channel_set_polled(&bus->ch, false);
	expect_all(test, bus, &flood);
}

/* A driver that is slow: a millisecond, and the clock is read now and then. */
static void budget_time(struct kunit *test)
{
	static const struct {
		u32 delay, packets;
	} table[] = {
		{ NSEC_PER_MSEC, 16 },
		{ NSEC_PER_MSEC / 16, 16 },
		{ NSEC_PER_MSEC / 17, 32 },
		{ NSEC_PER_MSEC / 100, 112 },
	};
	struct flood flood;
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		bus = flood_begin(test, &flood, 5000);
		bus->received = 0;
		flood.delay = table[i].delay;
		bus_interrupt(bus);
		KUNIT_EXPECT_EQ_MSG(test, table[i].packets, bus->received,
				    "row %d", i);
		KUNIT_EXPECT_TRUE(test, work_pending(&bus->ch.drain_work));
		flood_go_on(bus, &flood);
		expect_all(test, bus, &flood);
		hvring_channel_close(&bus->ch);
	}
}

/* A worker that is not needed any more does nothing. */
static void budget_close(struct kunit *test)
{
	struct flood flood;
	struct bus *bus = flood_begin(test, &flood, 5000);
	u32 received;

	bus_interrupt(bus);
	received = bus->received;
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_close(&bus->ch));
	KUNIT_EXPECT_FALSE(test, work_pending(&bus->ch.drain_work));
	flood_go_on(bus, &flood);
	KUNIT_EXPECT_EQ(test, received, bus->received);
}

static struct kunit_case budget_cases[] = {
	KUNIT_CASE(budget_interrupt),
	KUNIT_CASE(budget_drain),
	KUNIT_CASE(budget_poll),
	KUNIT_CASE(budget_polled),
	KUNIT_CASE(budget_time),
	KUNIT_CASE(budget_close),
	{}
};

struct kunit_suite hvring_budget_suite = {
	.name = "hvring_budget",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = budget_cases,
};
