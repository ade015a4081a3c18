// SPDX-License-Identifier: GPL-2.0
/* receive.c: what the driver is given, mask and room around it, polling. */
#include <kunit/test.h>
#include "bus.h"
#include "suites.h"

/* What the driver finds in a packet, and the ring around it. */
struct seen {
	u64 id;
	u32 payload_bytes;
	u16 type;
	bool intact;
	u32 mask;
	u32 read_index;
	u32 room;
};

static int look(struct bus *bus, const struct hvring_packet *packet)
{
	struct hvring_control *control = bus->rings.host.answers.control;
	struct seen *seen = bus->arg;
	const u8 *payload = packet->payload;
	u32 i;

	seen += bus->received - 1;
	seen->id = packet->id;
	seen->payload_bytes = packet->payload_bytes;
	seen->type = packet->type;
	seen->mask = READ_ONCE(control->interrupt_mask);
	seen->read_index = READ_ONCE(control->read_index);
	seen->room = host_room(&bus->rings.host.answers);
	seen->intact = true;
	for (i = 0; i < packet->payload_bytes; i++)
		seen->intact &= payload[i] == host_pattern(packet->id, i);
	return 0;
}

static struct bus *open_to_look(struct kunit *test, struct seen **seen, int count)
{
	struct bus *bus = bus_open(test);

	*seen = kunit_kcalloc(test, count, sizeof(**seen), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, *seen);
	bus->arg = *seen;
	bus->on_packet = look;
	return bus;
}

static void receive_gives_packets(struct kunit *test)
{
	static const struct {
		u16 type;
		u64 id;
		u32 payload;
	} table[] = {
		{ HVRING_PKT_COMPLETION, 1, 64 },
		{ HVRING_PKT_COMPLETION, 0xfedcba9876543210, 0 },
		{ HVRING_PKT_INBAND, 0, 64 },
		{ HVRING_PKT_INBAND, 7, 2048 },
		{ HVRING_PKT_COMPLETION, 0, 8 },
	};
	struct seen *seen;
	struct bus *bus = open_to_look(test, &seen, ARRAY_SIZE(table));
	struct host_ring *ring = &bus->rings.host.answers;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_ASSERT_TRUE(test, host_put_packet(ring, table[i].type,
							table[i].id,
							table[i].payload));
	KUNIT_EXPECT_TRUE(test, host_publish(ring));
	bus_interrupt(bus);

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(table), bus->received);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		KUNIT_EXPECT_EQ(test, table[i].id, seen[i].id);
		KUNIT_EXPECT_EQ(test, table[i].type, seen[i].type);
		KUNIT_EXPECT_EQ(test, table[i].payload, seen[i].payload_bytes);
		KUNIT_EXPECT_TRUE(test, seen[i].intact);
	}
	KUNIT_EXPECT_EQ(test, 5, bus_count(bus, HVRING_PACKETS_RECEIVED));
	KUNIT_EXPECT_EQ(test, 2, bus_count(bus, HVRING_UNSOLICITED));
	KUNIT_EXPECT_EQ(test, 5 * 24 + 64 + 64 + 2048 + 8,
			bus_count(bus, HVRING_BYTES_RECEIVED));
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_INTERRUPTS));
}

/* Quiet while we look, room given back, and an interrupt for what follows. */
static void receive_masks(struct kunit *test)
{
	struct seen *seen;
	struct bus *bus = open_to_look(test, &seen, 1000);
	struct host_ring *ring = &bus->rings.host.answers;
	int i;

	for (i = 0; i < 1000; i++) {
		KUNIT_ASSERT_TRUE(test, host_put_packet(ring,
							HVRING_PKT_INBAND, i,
							1000));
		KUNIT_ASSERT_TRUE(test, host_publish(ring));
		bus_interrupt(bus);
		KUNIT_ASSERT_EQ(test, i + 1, bus->received);
		KUNIT_ASSERT_TRUE(test, seen[i].intact);
		KUNIT_ASSERT_EQ(test, 1, seen[i].mask);
		KUNIT_ASSERT_EQ(test, 0, ring->control->interrupt_mask);
		KUNIT_ASSERT_EQ(test, BUS_DATA_BYTES - 8, host_room(ring));
	}
	KUNIT_EXPECT_EQ(test, 0, bus->notified[HVRING_NOTIFY_ROOM]);
}

/* In the middle of a drain no more than a quarter is held back. */
static void receive_gives_room_early(struct kunit *test)
{
	struct seen *seen;
	struct bus *bus = open_to_look(test, &seen, 64);
	struct host_ring *ring = &bus->rings.host.answers;
	u32 i, count = 0;

	/* 1024 bytes each; the gap spoils the last of 64. */
	while (host_put_packet(ring, HVRING_PKT_INBAND, count, 1000))
		count++;
	KUNIT_ASSERT_EQ(test, 63, count);
	host_publish(ring);
	hvring_channel_drain(&bus->ch);
	KUNIT_ASSERT_EQ(test, count, bus->received);
	for (i = 0; i < count; i++)
		KUNIT_EXPECT_EQ_MSG(test, i / 16 * 16 * 1024,
				    seen[i].read_index, "packet %u", i);
}

/* A host that waits for room is told once, when its wish came true. */
static void receive_signals_room(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.answers;
	u32 quarter = BUS_DATA_BYTES / 4;
	int i;

	/* So that no worker goes on with what a poll leaves. */
	hvring_channel_set_polled(&bus->ch, true);
	for (i = 1; i <= 3; i++) {
		while (host_put_packet(ring, HVRING_PKT_INBAND, 0, 1000))
			;
		host_wait(ring, quarter);
		host_publish(ring);
		/* As many bytes as the wish, but the gap is not for use. */
		KUNIT_EXPECT_EQ(test, 15, hvring_channel_poll(&bus->ch, 15));
		KUNIT_EXPECT_LT(test, host_room(ring), quarter);
		KUNIT_EXPECT_EQ(test, i - 1, bus->notified[HVRING_NOTIFY_ROOM]);
		KUNIT_EXPECT_EQ(test, 1, hvring_channel_poll(&bus->ch, 1));
		KUNIT_EXPECT_GE(test, host_room(ring), quarter);
		KUNIT_EXPECT_EQ(test, i, bus->notified[HVRING_NOTIFY_ROOM]);
		KUNIT_EXPECT_EQ(test, 47, hvring_channel_poll(&bus->ch, 100));
		KUNIT_EXPECT_EQ(test, i, bus->notified[HVRING_NOTIFY_ROOM]);
		host_wait(ring, 0);
	}
	KUNIT_EXPECT_EQ(test, 3, bus_count(bus, HVRING_SIGNALS_ROOM));
	KUNIT_EXPECT_FALSE(test, bus->notified_locked);
}

static void receive_polled(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.answers;
	u64 id;

	hvring_channel_set_polled(&bus->ch, true);
	KUNIT_EXPECT_EQ(test, 1, ring->control->interrupt_mask);
	for (id = 1; id <= 10; id++)
		KUNIT_ASSERT_TRUE(test, bus_answer(bus, id));
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 0, bus->received);

	KUNIT_EXPECT_EQ(test, 4, hvring_channel_poll(&bus->ch, 4));
	KUNIT_EXPECT_EQ(test, 4, bus->received);
	KUNIT_EXPECT_EQ(test, BUS_DATA_BYTES - 8 - 6 * 32, host_room(ring));
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_poll(&bus->ch, 0));
	KUNIT_EXPECT_EQ(test, 6, hvring_channel_poll(&bus->ch, 100));
	KUNIT_EXPECT_EQ(test, 0, hvring_channel_poll(&bus->ch, 100));
	KUNIT_EXPECT_EQ(test, 1, ring->control->interrupt_mask);
	KUNIT_EXPECT_EQ(test, 4, bus_count(bus, HVRING_POLLS));
	KUNIT_EXPECT_EQ(test, 0, bus_count(bus, HVRING_OVERRUNS));

	/* Back to interrupts, and what came in between is not lost. */
	bus_answer(bus, 11);
	hvring_channel_set_polled(&bus->ch, false);
	KUNIT_EXPECT_EQ(test, 11, bus->received);
	KUNIT_EXPECT_EQ(test, 0, ring->control->interrupt_mask);
	bus_answer(bus, 12);
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 12, bus->received);
}

/* The interrupt for room is no interrupt for packets. */
static void receive_polled_wakes(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.requests;

	hvring_channel_set_polled(&bus->ch, true);
	host_awake(ring);
	bus_fill(bus, 40);
	bus_answer(bus, 1);
	host_take_all(ring);
	KUNIT_EXPECT_TRUE(test, host_release(ring));
	bus_interrupt(bus);
	KUNIT_EXPECT_EQ(test, 1, bus->wakes);
	KUNIT_EXPECT_EQ(test, 1, bus_count(bus, HVRING_WAKES_HOST));
	KUNIT_EXPECT_EQ(test, 0, bus->received);
	KUNIT_EXPECT_EQ(test, 0, bus_send(bus, 1, 40));
}

/* By hand: (size - 8) / request, (size - 8 - size / 4 - answer) / answer. */
static void receive_depth(struct kunit *test)
{
	static const struct {
		u32 data_bytes, payload, pages, depth;
	} table[] = {
		{ 65536, 64, 0, 557 },	/* 744 requests, 557 answers */
		{ 65536, 64, 1, 557 },	/* 585 requests */
		{ 65536, 64, 16, 282 },
		{ 65536, 64, 65, 105 },
		{ 65536, 8, 0, 1534 },	/* 2047 requests, 1534 answers */
		{ 126976, 64, 65, 203 },
		{ 4096, 64, 65, 6 },
		{ 16384, 12300, 0, 0 },	/* 1 request, but a quarter held back */
	};
	struct bus *bus = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		u32 ring_bytes = table[i].data_bytes + HVRING_PAGE_SIZE;

		KUNIT_ASSERT_EQ(test, 0,
				hvring_channel_open(&bus->ch, ring_bytes,
						    &bus_client, bus));
		KUNIT_EXPECT_EQ_MSG(test, table[i].depth,
				    hvring_channel_depth(&bus->ch,
							 table[i].payload,
							 table[i].pages),
				    "row %d", i);
		hvring_channel_close(&bus->ch);
	}
}

/* That many do fit, and answers also beside a quarter not yet given back. */
static void receive_depth_is_kept(struct kunit *test)
{
	struct bus *bus = bus_open(test);
	struct host_ring *ring = &bus->rings.host.answers;
	u32 depth = hvring_channel_depth(&bus->ch, 64, 0);
	u32 i;

	for (i = 1; i <= depth; i++)
		KUNIT_ASSERT_EQ(test, 0, bus_send(bus, i, 64));
	for (i = 0; i < depth + BUS_DATA_BYTES / 4 / 88; i++)
		KUNIT_ASSERT_TRUE(test, host_put_packet(ring,
							HVRING_PKT_COMPLETION,
							i, 64));
}

static struct kunit_case receive_cases[] = {
	KUNIT_CASE(receive_gives_packets),
	KUNIT_CASE(receive_masks),
	KUNIT_CASE(receive_gives_room_early),
	KUNIT_CASE(receive_signals_room),
	KUNIT_CASE(receive_polled),
	KUNIT_CASE(receive_polled_wakes),
	KUNIT_CASE(receive_depth),
	KUNIT_CASE(receive_depth_is_kept),
	{}
};

struct kunit_suite hvring_receive_suite = {
	.name = "hvring_receive",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = bus_init,
	.exit = bus_exit,
	.test_cases = receive_cases,
};
