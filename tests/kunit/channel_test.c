// SPDX-License-Identifier: GPL-2.0
/* channel.c: opening, closing, opening again, and what the bus may do then. */
#include <kunit/test.h>
#include "bus.h"
#include "suites.h"

static int open(struct bus *bus)
{
	return hvring_channel_open(&bus->ch, BUS_RING_BYTES, &bus_client, bus);
}

static void channel_lives(struct kunit *test)
{
	struct bus *bus = test->priv;
	int round;

	for (round = 1; round <= 3; round++) {
		KUNIT_ASSERT_EQ(test, 0, open(bus));
		KUNIT_EXPECT_EQ(test, round, bus->opens);
		KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));
		KUNIT_EXPECT_EQ(test, round,
				bus->notified[HVRING_NOTIFY_DATA]);
		bus_answer(bus, 1);
		bus_interrupt(bus);
		KUNIT_EXPECT_EQ(test, round, bus->received);

		KUNIT_EXPECT_EQ(test, 0, hvring_channel_close(&bus->ch));
		KUNIT_EXPECT_EQ(test, 0, hvring_channel_close(&bus->ch));
		KUNIT_EXPECT_EQ(test, round, bus->closes);
	}
	KUNIT_EXPECT_PTR_EQ(test, bus->dev, hvring_channel_device(&bus->ch));
	KUNIT_EXPECT_PTR_EQ(test, (void *)bus, hvring_channel_priv(&bus->ch));
	bus->cpu = 3;
	KUNIT_EXPECT_EQ(test, 3, hvring_channel_cpu(&bus->ch));
	KUNIT_EXPECT_FALSE(test, hvring_channel_broken(&bus->ch));
	KUNIT_EXPECT_FALSE(test, hvring_channel_rescinded(&bus->ch));
}

static void channel_open_fails(struct kunit *test)
{
	struct bus *bus = test->priv;

	bus->open_err = -ENOMEM;
	KUNIT_EXPECT_EQ(test, -ENOMEM, open(bus));
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 1, 8));
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_close(&bus->ch));
	KUNIT_EXPECT_EQ(test, 0, bus->closes);

	bus->open_err = 0;
	KUNIT_EXPECT_EQ(test, 0, open(bus));
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));
}

static void channel_close_fails(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	bus->close_err = -EIO;
	KUNIT_EXPECT_EQ(test, -EIO, hvring_channel_close(&bus->ch));
	KUNIT_EXPECT_EQ(test, -EIO, hvring_channel_close(&bus->ch));
	KUNIT_EXPECT_EQ(test, 1, bus->closes);
	KUNIT_EXPECT_EQ(test, -EIO, open(bus));
	/* Until the host takes the channel away, and with it all that it had. */
	WRITE_ONCE(bus->rescinded, true);
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_close(&bus->ch));
}

static void answer_at_once(struct bus *bus)
{
	bus_answer(bus, 1);
	hvring_channel_interrupt(&bus->ch);
	bus_answer(bus, 2);
}

/* An interrupt that comes before the rings are there loses nothing. */
static void channel_early_interrupt(struct kunit *test)
{
	struct bus *bus = test->priv;

	bus->during_open = answer_at_once;
	KUNIT_ASSERT_EQ(test, 0, open(bus));
	KUNIT_EXPECT_EQ(test, 2, bus->received);
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_INTERRUPTS));
	KUNIT_EXPECT_EQ(test, 0,
			bus->rings.host.answers.control->interrupt_mask);
}

/* The backend's memory is gone then, so that a late access would not pass. */
static void channel_closed_is_dead(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	bus_answer(bus, 1);
	hvring_channel_close(&bus->ch);
	KUNIT_EXPECT_EQ(test, 0, bus->received);

	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_drain(&bus->ch));
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_poll(&bus->ch, 10));
	hvring_channel_set_polled(&bus->ch, true);
	hvring_channel_set_polled(&bus->ch, false);
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 1, 8));
	hvring_channel_stop(&bus->ch);
	KUNIT_EXPECT_EQ(test, 0, bus->received);
	KUNIT_EXPECT_EQ(test, 0, bus->wakes);
	KUNIT_EXPECT_EQ(test, 0, bus->notified[HVRING_NOTIFY_DATA]);
}

/* Whoever waits for room is told, and the timer is no more. */
static void channel_close_wakes(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	host_awake(&bus->rings.host.requests);
	bus_fill(bus, 40);
	hvring_channel_close(&bus->ch);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
	KUNIT_EXPECT_FALSE(test, delayed_work_pending(&bus->ch.room_work));

	KUNIT_ASSERT_EQ(test, 0, open(bus));
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 40));
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
}

/* Sending ends, receiving goes on, and what is out may still be answered. */
static void channel_stop_half(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	bus_send(bus, 1, 8);
	hvring_channel_stop(&bus->ch);
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 2, 8));
	KUNIT_EXPECT_EQ(test, 0, bus->wakes);
	bus_answer(bus, 1);
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->received);
}

static void channel_rescind(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	bus_answer(bus, 1);
	WRITE_ONCE(bus->rescinded, true);
	KUNIT_EXPECT_TRUE(test, hvring_channel_rescinded(&bus->ch));
	KUNIT_EXPECT_EQ(test, -ENODEV, bus_send(bus, 1, 8));
	KUNIT_EXPECT_EQ(test, 0, host_readable(&bus->rings.host.requests));
	/* What was answered before may still be had. */
	KUNIT_EXPECT_EQ(test, 1, hvring_channel_drain(&bus->ch));
	KUNIT_EXPECT_EQ(test, 1, bus->received);
}

static struct kunit_case channel_cases[] = {
	KUNIT_CASE(channel_lives),
	KUNIT_CASE(channel_open_fails),
	KUNIT_CASE(channel_close_fails),
	KUNIT_CASE(channel_early_interrupt),
	KUNIT_CASE(channel_closed_is_dead),
	KUNIT_CASE(channel_close_wakes),
	KUNIT_CASE(channel_stop_half),
	KUNIT_CASE(channel_rescind),
	{}
};

struct kunit_suite hvring_channel_suite = {
	.name = "hvring_channel",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = channel_cases,
};
