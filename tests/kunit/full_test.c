// SPDX-License-Identifier: GPL-2.0
/*
 * send.c when there is no room: who waits, what the host is asked for, and who
 * wakes, be it the host, the timer or the end of the channel.
 */
#include <kunit/test.h>
#include "bus.h"
#include "suites.h"

#define QUARTER	(BUS_DATA_BYTES / 4)

static u32 wish(struct bus *bus)
{
	return READ_ONCE(bus->rings.host.requests.control->pending_send_size);
}

/* An open channel whose driver waits for room. */
static struct bus *full(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	host_awake(&bus->rings.host.requests);
	/* 24 + 40 = 64 bytes each, of which the gap spoils the last one. */
	KUNIT_ASSERT_EQ(test, BUS_DATA_BYTES / 64 - 1, bus_fill(bus, 40));
	KUNIT_ASSERT_EQ(test, QUARTER, wish(bus));
	KUNIT_ASSERT_EQ(test, 1, bus_count(bus, HVRING_FULL));
	KUNIT_ASSERT_EQ(test, 0, bus->wakes);
	return bus;
}

/* The same, and the timer needs no help. */
static struct bus *full_and_running(struct kunit *test)
{
	bus_timer_runs = true;
	return full(test);
}

/* The host takes some bytes. Returns whether it has to interrupt for that. */
static bool take(struct bus *bus, u32 bytes)
{
	struct host_ring *ring = &bus->rings.host.requests;

	ring->at = (ring->at + bytes) % ring->size;
	return host_release(ring);
}

static void expect_wakes(struct kunit *test, struct bus *bus, int host,
			 int timer)
{
	KUNIT_EXPECT_EQ(test, host + timer, bus->wakes);
	KUNIT_EXPECT_EQ(test, host, bus_count(bus, HVRING_WAKES_HOST));
	KUNIT_EXPECT_EQ(test, timer, bus_count(bus, HVRING_WAKES_TIMER));
}

static void full_host_signals(struct kunit *test)
{
	struct bus *bus = full(test);

	/* 56 bytes are free besides. */
	KUNIT_EXPECT_FALSE(test, take(bus, QUARTER - 64));
	bus_interrupt(bus);
	bus_fire_timer(bus);
	bus_fire_timer(bus);
	expect_wakes(test, bus, 0, 0);
	KUNIT_EXPECT_EQ(test, -EAGAIN, bus_send(bus, 1, 8));
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_FULL));

	KUNIT_EXPECT_TRUE(test, take(bus, 64));
	bus_interrupt(bus);
	expect_wakes(test, bus, 1, 0);
	KUNIT_EXPECT_EQ(test, 0, wish(bus));
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));

	/* Nobody waits any more. */
	take(bus, 64);
	bus_interrupt(bus);
	bus_fire_timer(bus);
	bus_fire_timer(bus);
	expect_wakes(test, bus, 1, 0);
}

/* Full and relieved many times, and the timer is never needed. */
static void full_host_signals_on(struct kunit *test)
{
	struct bus *bus = full(test);
	int round;

	for (round = 1; round <= 100; round++) {
		bus_fire_timer(bus);
		KUNIT_ASSERT_TRUE(test, take(bus, QUARTER));
		/* One look of the timer may fall between room and interrupt. */
		bus_fire_timer(bus);
		bus_interrupt(bus);
		expect_wakes(test, bus, round, 0);
		KUNIT_ASSERT_EQ(test, QUARTER / 64, bus_fill(bus, 40));
	}
	KUNIT_EXPECT_EQ(test, 101, bus_count(bus, HVRING_FULL));
}

/* The first look of the timer that finds room leaves it to the host. */
static void full_host_ignores(struct kunit *test)
{
	struct bus *bus = full(test);

	take(bus, BUS_DATA_BYTES / 2);
	bus_fire_timer(bus);
	expect_wakes(test, bus, 0, 0);
	bus_fire_timer(bus);
	expect_wakes(test, bus, 0, 1);
	KUNIT_EXPECT_EQ(test, 0, wish(bus));
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));
	bus_fire_timer(bus);
	expect_wakes(test, bus, 0, 1);
}

/* The same without help: the timer runs by itself. */
static void full_timer_runs(struct kunit *test)
{
	struct bus *bus = full_and_running(test);

	take(bus, BUS_DATA_BYTES / 2);
	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&bus->woken,
							     BUS_PATIENCE));
	expect_wakes(test, bus, 0, 1);
}

/* The host cannot make room by what it has not been given. */
static void full_publishes(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	unsigned long flags;
	u32 staged = 0;
	int err;

	flags = hvring_channel_lock(&bus->ch);
	do {
		err = bus_stage(bus, ++staged, 40);
	} while (!err);
	hvring_channel_unlock(&bus->ch, flags);
	KUNIT_EXPECT_EQ(test, -EAGAIN, err);
	KUNIT_EXPECT_EQ(test, 1, bus->notified[HVRING_NOTIFY_DATA]);
	KUNIT_EXPECT_EQ(test, staged - 1,
			host_take_all(&bus->rings.host.requests));
}

/* A driver that tries again by itself is not waited for. */
static void full_without_wake(struct kunit *test)
{
	static const struct hvring_client_ops silent = {};
	struct bus *bus = test->priv;

	KUNIT_ASSERT_EQ(test, 0, hvring_channel_open(&bus->ch, BUS_RING_BYTES,
						     &silent, bus));
	KUNIT_EXPECT_EQ(test, BUS_DATA_BYTES / 64 - 1, bus_fill(bus, 40));
	KUNIT_EXPECT_EQ(test, -EAGAIN, bus_send(bus, 1, 40));
	KUNIT_EXPECT_EQ(test, 0, wish(bus));
	take(bus, 64);
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 40));
}

static void full_then_stopped(struct kunit *test)
{
	struct bus *bus = full(test);

	hvring_channel_stop(&bus->ch);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 1, 8));
	KUNIT_EXPECT_EQ(test, 0, wish(bus));
	hvring_channel_stop(&bus->ch);
	bus_fire_timer(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
}

static void full_then_rescinded(struct kunit *test)
{
	struct bus *bus = full_and_running(test);

	WRITE_ONCE(bus->rescinded, true);
	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&bus->woken,
							     BUS_PATIENCE));
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 1, 8));
	bus_fire_timer(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
}

/* Broken in the other direction, so that only the timer can notice. */
static void full_then_broken(struct kunit *test)
{
	struct bus *bus = full_and_running(test);
	void *copy;

	bus->rings.host.answers.control->write_index = 4;
	bus_interrupt(bus);
	copy = rings_copy(test, &bus->rings);
	KUNIT_EXPECT_TRUE(test, hvring_channel_broken(&bus->ch));
	KUNIT_ASSERT_NE(test, 0, wait_for_completion_timeout(&bus->woken,
							     BUS_PATIENCE));
	KUNIT_EXPECT_EQ(test, -EIO, bus_send(bus, 1, 8));
	bus_fire_timer(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
	KUNIT_EXPECT_TRUE(test, rings_equal(&bus->rings, copy));
}

static struct kunit_case full_cases[] = {
	KUNIT_CASE(full_host_signals),
	KUNIT_CASE(full_host_signals_on),
	KUNIT_CASE(full_host_ignores),
	KUNIT_CASE(full_timer_runs),
	KUNIT_CASE(full_publishes),
	KUNIT_CASE(full_without_wake),
	KUNIT_CASE(full_then_stopped),
	KUNIT_CASE(full_then_rescinded),
	KUNIT_CASE(full_then_broken),
	{}
};

struct kunit_suite hvring_full_suite = {
	.name = "hvring_full",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = full_cases,
};
