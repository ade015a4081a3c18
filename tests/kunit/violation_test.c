// SPDX-License-Identifier: GPL-2.0
/*
 * A host that breaks a rule: whichever it is, and wherever it is noticed, the
 * channel is broken, that is counted once, and nothing more is stored in the
 * shared memory or given to the driver.
 */
#include <kunit/test.h>
#include "bus.h"
#include "suites.h"

/* Everything that could still touch the rings. */
static void try_all(struct kunit *test, struct bus *bus)
{
	struct hvring_channel *ch = &bus->ch;
	u32 received = bus->received;
	unsigned long flags;

	KUNIT_EXPECT_EQ(test, -EIO, bus_send(bus, 1, 8));
	flags = hvring_channel_lock(ch);
	hvring_channel_publish(ch);
	hvring_channel_unlock(ch, flags);
	bus_interrupt(bus);
	hvring_channel_drain(ch);
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_poll(ch, 10));
	hvring_channel_set_polled(ch, true);
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_poll(ch, 10));
	hvring_channel_set_polled(ch, false);
	bus_interrupt(bus);
	hvring_channel_stop(ch);
	KUNIT_EXPECT_EQ(test, received, bus->received);
}

static void expect_broken(struct kunit *test, struct bus *bus)
{
	int data = bus->notified[HVRING_NOTIFY_DATA];
	int room = bus->notified[HVRING_NOTIFY_ROOM];
	void *copy = rings_copy(test, &bus->rings);

	KUNIT_EXPECT_TRUE(test, hvring_channel_broken(&bus->ch));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&bus->ch.violations));
	try_all(test, bus);
	KUNIT_EXPECT_TRUE(test, rings_equal(&bus->rings, copy));
	KUNIT_EXPECT_EQ(test, 1, atomic_read(&bus->ch.violations));
	KUNIT_EXPECT_EQ(test, data, bus->notified[HVRING_NOTIFY_DATA]);
	KUNIT_EXPECT_EQ(test, room, bus->notified[HVRING_NOTIFY_ROOM]);
	kunit_kfree(test, copy);

	/* Not for ever: the next open starts afresh. */
	hvring_channel_close(&bus->ch);
	atomic_set(&bus->ch.violations, 0);
	bus = bus_open(test);
	KUNIT_EXPECT_FALSE(test, hvring_channel_broken(&bus->ch));
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));
	hvring_channel_close(&bus->ch);
}

static const u32 impossible[] = {
	4, 8191, BUS_DATA_BYTES, BUS_DATA_BYTES + 8, 0xfffffff8, 0xffffffff,
	4096,		/* more than was published */
};

/* Noticed when a batch is published to a sleeping host. */
static void violation_read_index_publish(struct kunit *test)
{
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(impossible); i++) {
		bus = bus_open(test);
		bus->rings.host.requests.control->read_index = impossible[i];
		KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 8));
		expect_broken(test, bus);
	}
}

/* Fills the ring, and then the host has read more than all of it. */
static struct bus *full(struct kunit *test, u32 index)
{
	struct bus *bus = bus_open(test);

	host_awake(&bus->rings.host.requests);
	bus_fill(bus, 40);
	KUNIT_ASSERT_NE(test, 0, bus->ch.out.awaited);
	WRITE_ONCE(bus->rings.host.requests.control->read_index, index);
	return bus;
}

static void violation_read_index_reserve(struct kunit *test)
{
	unsigned long flags;
	struct bus *bus;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(impossible) - 1; i++) {
		bus = bus_open(test);
		flags = hvring_channel_lock(&bus->ch);
		do {
			err = bus_stage(bus, 1, 40);
			if (bus->ch.out.staged > BUS_DATA_BYTES - 128)
				bus->rings.host.requests.control->read_index =
					impossible[i];
		} while (!err);
		hvring_channel_unlock(&bus->ch, flags);
		KUNIT_EXPECT_EQ(test, -EIO, err);
		KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_FULL));
		expect_broken(test, bus);
	}
}

static void violation_read_index_wake(struct kunit *test)
{
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(impossible) - 1; i++) {
		bus = full(test, impossible[i]);
		bus_interrupt(bus);
		expect_broken(test, bus);
	}
}

static void violation_read_index_timer(struct kunit *test)
{
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(impossible) - 1; i++) {
		bus = full(test, impossible[i]);
		bus_fire_timer(bus);
		expect_broken(test, bus);
	}
}

static void violation_write_index(struct kunit *test)
{
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(impossible) - 1; i++) {
		bus = bus_open(test);
		bus->rings.host.answers.control->write_index = impossible[i];
		bus_interrupt(bus);
		KUNIT_EXPECT_EQ(test, 0, bus->received);
		expect_broken(test, bus);
	}
}

static int rewind(struct bus *bus, const struct hvring_packet *packet)
{
	bus->rings.host.answers.control->write_index = 0;
	return 0;
}

/* What was announced is taken back while the driver looks at it. */
static void violation_write_index_back(struct kunit *test)
{
	struct bus *bus = bus_open(test);

	bus->on_packet = rewind;
	bus_answer(bus, 1);
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->received);
	expect_broken(test, bus);
}

/* Every malformed packet, alone and behind a good one. */
static void violation_packet(struct kunit *test)
{
	static const struct {
		u16 type, offset8, length8;
		u32 there;
	} table[] = {
		{ HVRING_PKT_INBAND, 2, 2, 8 },
		{ HVRING_PKT_INBAND, 2, 2, 16 },
		{ HVRING_PKT_INBAND, 2, 0, 64 },
		{ HVRING_PKT_INBAND, 2, 1, 64 },
		{ HVRING_PKT_INBAND, 2, 8, 64 },
		{ HVRING_PKT_INBAND, 2, 0xffff, 64 },
		{ HVRING_PKT_INBAND, 0, 7, 64 },
		{ HVRING_PKT_INBAND, 1, 7, 64 },
		{ HVRING_PKT_INBAND, 8, 7, 64 },
		{ HVRING_PKT_INBAND, 0xffff, 7, 64 },
		{ HVRING_PKT_XFER_PAGES, 2, 7, 64 },
		{ HVRING_PKT_GPA_DIRECT, 2, 7, 64 },
		{ 0, 2, 7, 64 },
		{ 0xffff, 2, 7, 64 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(table) * 2; i++) {
		struct hvring_desc desc = {
			.type = table[i / 2].type,
			.data_offset8 = table[i / 2].offset8,
			.length8 = table[i / 2].length8,
			.transaction_id = 1,
		};
		struct bus *bus = bus_open(test);
		struct host_ring *ring = &bus->rings.host.answers;
		u8 bytes[64] = {};

		bus->received = 0;
		if (i % 2)
			host_put_packet(ring, HVRING_PKT_COMPLETION, 1, 8);
		memcpy(bytes, &desc, sizeof(desc));
		host_put(ring, bytes, table[i / 2].there);
		host_publish(ring);
		bus_interrupt(bus);
		KUNIT_EXPECT_EQ_MSG(test, i % 2, bus->received, "row %d", i / 2);
		expect_broken(test, bus);
	}
}

static int refuse(struct bus *bus, const struct hvring_packet *packet)
{
	int *err = bus->arg;

	return packet->id == 2 ? *err : 0;
}

static void violation_refused(struct kunit *test)
{
	static int errors[] = { -ENOENT, -EINVAL, -EPROTO };
	struct bus *bus;
	int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		bus = bus_open(test);
		bus->received = 0;
		bus->arg = &errors[i];
		bus->on_packet = refuse;
		bus_answer(bus, 1);
		bus_answer(bus, 2);
		bus_answer(bus, 3);
		bus_interrupt(bus);
		KUNIT_EXPECT_EQ(test, 2, bus->received);
		KUNIT_EXPECT_EQ(test, 1,
				bus_count(bus, HVRING_PACKETS_RECEIVED) - i);
		expect_broken(test, bus);
	}
}

static struct kunit_case violation_cases[] = {
	KUNIT_CASE(violation_read_index_publish),
	KUNIT_CASE(violation_read_index_reserve),
	KUNIT_CASE(violation_read_index_wake),
	KUNIT_CASE(violation_read_index_timer),
	KUNIT_CASE(violation_write_index),
	KUNIT_CASE(violation_write_index_back),
	KUNIT_CASE(violation_packet),
	KUNIT_CASE(violation_refused),
	{}
};

struct kunit_suite hvring_violation_suite = {
	.name = "hvring_violation",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = violation_cases,
};
