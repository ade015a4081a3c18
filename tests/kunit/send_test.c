// SPDX-License-Identifier: GPL-2.0
/* send.c while there is room: batches, locks, and one signal for each need. */
#include <kunit/test.h>
#include "bus.h"
#include "suites.h"

static int signals(struct bus *bus)
{
	return bus->notified[HVRING_NOTIFY_DATA];
}

/* Whatever the size of a batch: seen by the host at once, signalled once. */
static void send_batches(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.requests;
	struct host_packet *packet;
	unsigned long flags;
	u32 size, i;

	packet = kunit_kzalloc(test, sizeof(*packet), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, packet);
	for (size = 1; size <= 256; size++) {
		int err = 0, early;
		u32 seen;

		flags = hvring_channel_lock(&bus->ch);
		for (i = 1; i <= size; i++)
			err |= bus_stage(bus, i, 8 * (i % 8));
		seen = host_readable(ring);
		hvring_channel_publish(&bus->ch);
		early = signals(bus);
		hvring_channel_unlock(&bus->ch, flags);

		KUNIT_ASSERT_EQ(test, 0, err);
		KUNIT_ASSERT_EQ(test, 0, seen);
		KUNIT_ASSERT_EQ(test, size - 1, early);
		KUNIT_ASSERT_EQ(test, size, signals(bus));
		KUNIT_ASSERT_EQ(test, size, bus_count(bus, HVRING_BATCHES));
		for (i = 1; i <= size; i++) {
			u32 payload = 8 * (i % 8);

			KUNIT_ASSERT_TRUE(test, host_take_packet(ring, packet));
			KUNIT_ASSERT_EQ(test, i, packet->desc->transaction_id);
			KUNIT_ASSERT_EQ(test, 24 + payload, packet->bytes);
			KUNIT_ASSERT_EQ(test, packet->start,
					packet->trailer->start);
			KUNIT_ASSERT_NULL(test, memchr_inv(packet->raw + 16,
							   (u8)i, payload));
		}
		KUNIT_ASSERT_FALSE(test, host_take_packet(ring, packet));
		host_release(ring);
	}
	KUNIT_EXPECT_EQ(test, 256 * 257 / 2,
			bus_count(bus, HVRING_PACKETS_SENT));
	KUNIT_EXPECT_EQ(test, 256, bus_count(bus, HVRING_SIGNALS_DATA));
	KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_SIGNALS_SAVED));
	KUNIT_EXPECT_FALSE(test, bus->notified_locked);
}

static void send_over_locks(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.requests;
	unsigned long flags;
	u64 id;

	for (id = 1; id <= 5; id++) {
		flags = hvring_channel_lock(&bus->ch);
		bus_stage(bus, id, 64);
		hvring_channel_unlock(&bus->ch, flags);
		KUNIT_EXPECT_EQ(test, 0, host_readable(ring));
		KUNIT_EXPECT_EQ(test, 0, signals(bus));
	}
	flags = hvring_channel_lock(&bus->ch);
	hvring_channel_publish(&bus->ch);
	hvring_channel_unlock(&bus->ch, flags);
	KUNIT_EXPECT_EQ(test, 5, host_take_all(ring));
	KUNIT_EXPECT_EQ(test, 1, signals(bus));
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_BATCHES));
}

/* The unlock carries out what was decided under the lock, and that only. */
static void send_signals_once(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	unsigned long flags;

	flags = hvring_channel_lock(&bus->ch);
	bus_stage(bus, 1, 8);
	hvring_channel_publish(&bus->ch);
	bus_stage(bus, 2, 8);
	hvring_channel_publish(&bus->ch);
	hvring_channel_publish(&bus->ch);
	hvring_channel_unlock(&bus->ch, flags);
	KUNIT_EXPECT_EQ(test, 1, signals(bus));
	KUNIT_EXPECT_EQ(test, 2, bus_count(bus, HVRING_BATCHES));
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_SIGNALS_SAVED));

	flags = hvring_channel_lock(&bus->ch);
	hvring_channel_unlock(&bus->ch, flags);
	KUNIT_EXPECT_EQ(test, 1, signals(bus));
	KUNIT_EXPECT_FALSE(test, bus->notified_locked);
}

static void send_to_awake_host(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.requests;

	host_awake(ring);
	bus_send(bus, 1, 8);
	KUNIT_EXPECT_EQ(test, 1, host_take_all(ring));
	host_release(ring);
	bus_send(bus, 2, 8);
	KUNIT_EXPECT_EQ(test, 0, signals(bus));
	KUNIT_EXPECT_EQ(test, 2, bus_count(bus, HVRING_SIGNALS_SAVED));

	KUNIT_EXPECT_EQ(test, 1, host_take_all(ring));
	host_release(ring);
	host_sleep(ring);
	bus_send(bus, 3, 8);
	KUNIT_EXPECT_EQ(test, 1, signals(bus));
}

/* A reservation that is not committed leaves nothing behind. */
static void send_forgets(struct kunit *test)
{
	struct hvring_slot slot = { .id = 99, .payload_bytes = 64 };
	struct bus *bus = bus_open(test);
	unsigned long flags;
	int err;

	flags = hvring_channel_lock(&bus->ch);
	err = hvring_channel_reserve(&bus->ch, &slot);
	hvring_channel_publish(&bus->ch);
	hvring_channel_unlock(&bus->ch, flags);
	KUNIT_EXPECT_EQ(test, 0, err);
	KUNIT_EXPECT_EQ(test, 0, host_readable(&bus->rings.host.requests));
	KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_PACKETS_SENT));
	KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_BATCHES));

	bus_send(bus, 1, 64);
	KUNIT_EXPECT_EQ(test, 88, host_readable(&bus->rings.host.requests));
}

static void send_refuses(struct kunit *test)
{
	static const struct {
		struct hvring_slot slot;
		int err;
	} table[] = {
		{ { .id = 0, .payload_bytes = 8 }, -EINVAL },
		{ { .id = 1, .payload_bytes = 7 }, -EINVAL },
		{ { .id = 1, .data_offset = HVRING_PAGE_SIZE }, -EINVAL },
		{ { .id = 1, .payload_bytes = BUS_DATA_BYTES - 24 }, -EMSGSIZE },
		{ { .id = 1, .payload_bytes = BUS_DATA_BYTES - 32 }, 0 },
	};
	struct bus *bus = bus_open(test);
	unsigned long flags;
	int i, err;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hvring_slot slot = table[i].slot;

		flags = hvring_channel_lock(&bus->ch);
		err = hvring_channel_reserve(&bus->ch, &slot);
		hvring_channel_unlock(&bus->ch, flags);
		KUNIT_EXPECT_EQ_MSG(test, table[i].err, err, "row %d", i);
	}
	KUNIT_EXPECT_FALSE(test, hvring_channel_broken(&bus->ch));
}

static struct kunit_case send_cases[] = {
	KUNIT_CASE(send_batches),
	KUNIT_CASE(send_over_locks),
	KUNIT_CASE(send_signals_once),
	KUNIT_CASE(send_to_awake_host),
	KUNIT_CASE(send_forgets),
	KUNIT_CASE(send_refuses),
	{}
};

struct kunit_suite hvring_send_suite = {
	.name = "hvring_send",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = send_cases,
};
