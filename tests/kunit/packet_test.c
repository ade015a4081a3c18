// SPDX-License-Identifier: GPL-2.0
/*
 * framing.h: what is sent, word by word as the protocol has it, and what is
 * refused, in both directions.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <hvring/framing.h>
#include "suites.h"

#define ID	0x1122334455667788ull

static void packet_measure(struct kunit *test)
{
	static const struct {
		u64 id;
		u32 payload, data, offset;
		int err;
		u32 pages, bytes;
	} table[] = {
		/* Without a buffer: 16 of header, 8 of trailer. */
		{ ID, 0, 0, 0, 0, 0, 24 },
		{ ID, 64, 0, 0, 0, 0, 88 },
		{ ID, 64, 0, 4095, 0, 0, 88 },
		/* With one: 16, 8, 8, 8 for each page, 8. */
		{ ID, 64, 1, 0, 0, 1, 112 },
		{ ID, 64, 4096, 0, 0, 1, 112 },
		{ ID, 64, 4096, 1, 0, 2, 120 },
		{ ID, 64, 4097, 0, 0, 2, 120 },
		{ ID, 64, 1, 4095, 0, 1, 112 },
		{ ID, 64, 2, 4095, 0, 2, 120 },
		{ ID, 64, 65536, 0, 0, 16, 232 },
		{ ID, 64, 262144, 512, 0, 65, 624 },
		/* No id, and no transaction 0. */
		{ 0, 64, 0, 0, -EINVAL },
		/* No multiple of 8, no offset in a page. */
		{ ID, 4, 0, 0, -EINVAL },
		{ ID, 63, 0, 0, -EINVAL },
		{ ID, 64, 4096, 4096, -EINVAL },
		{ ID, 64, 0, 4096, -EINVAL },
		/* Lengths end at 65535 times 8, sums do not wrap. */
		{ ID, 65528, 0, 0, 0, 0, 65552 },
		{ ID, 65536, 0, 0, -EINVAL },
		{ ID, 0xfffffff8, 0, 0, -EINVAL },
		{ ID, 0, 65530 * 4096u, 0, 0, 65530, 524280 },
		{ ID, 0, 65531 * 4096u, 0, -EINVAL },
		{ ID, 8, 65530 * 4096u, 0, -EINVAL },
		{ ID, 64, 0xffffffff, 0, -EINVAL },
		{ ID, 64, 0xffffffff, 4095, -EINVAL },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hvring_slot slot = {
			.id = table[i].id,
			.payload_bytes = table[i].payload,
			.data_bytes = table[i].data,
			.data_offset = table[i].offset,
		};

		KUNIT_EXPECT_EQ_MSG(test, table[i].err,
				    hvring_packet_measure(&slot), "row %d", i);
		if (table[i].err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, table[i].pages, slot.pfn_count,
				    "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, table[i].bytes, slot.packet_bytes,
				    "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, table[i].bytes,
				    hvring_packet_bytes(table[i].payload,
							table[i].pages),
				    "row %d", i);
	}
}

/* Compares a packet with the words that it should consist of. */
static void build(struct kunit *test, struct hvring_slot *slot, u64 *words,
		  const u64 *want, u32 count)
{
	u32 i;

	memset(words, 0xa5, count * 8);
	KUNIT_ASSERT_EQ(test, 0, hvring_packet_measure(slot));
	KUNIT_ASSERT_EQ(test, count * 8, slot->packet_bytes);
	hvring_packet_begin(slot, words);
	for (i = 0; i < slot->pfn_count; i++)
		slot->pfn[i] = 0x1000 + i;
	memset(slot->payload, 0x77, slot->payload_bytes);
	hvring_packet_end(slot, words, 0x1238);
	for (i = 0; i < count; i++)
		KUNIT_EXPECT_EQ_MSG(test, want[i], words[i], "word %u", i);
}

static void packet_inband(struct kunit *test)
{
	static const u64 want[] = {
		/* type 6, payload at 2 * 8, length 4 * 8, flags 1 */
		0x0001000400020006, ID,
		0x7777777777777777, 0x7777777777777777,
		0x0000123800000000,
	};
	struct hvring_slot slot = { .id = ID, .payload_bytes = 16 };
	u64 words[ARRAY_SIZE(want)];

	build(test, &slot, words, want, ARRAY_SIZE(want));
	KUNIT_EXPECT_NULL(test, slot.pfn);
}

static void packet_gpa_direct(struct kunit *test)
{
	static const u64 want[] = {
		/* type 9, payload at 7 * 8, length 8 * 8, flags 1 */
		0x0001000800070009, ID,
		0x0000000100000000,	/* reserved, one range */
		0x00000ffe00002002,	/* offset, length */
		0x1000, 0x1001, 0x1002,
		0x7777777777777777,
		0x0000123800000000,
	};
	struct hvring_slot slot = {
		.id = ID,
		.payload_bytes = 8,
		.data_bytes = 0x2002,
		.data_offset = 0xffe,
	};
	u64 words[ARRAY_SIZE(want)];

	build(test, &slot, words, want, ARRAY_SIZE(want));
}

static void packet_parse(struct kunit *test)
{
	static const struct {
		u16 type, offset8, length8;
		u32 avail;
		int result;		/* bytes of the packet, or an error */
		u32 payload;
	} table[] = {
		{ HVRING_PKT_COMPLETION, 2, 2, 24, 24, 0 },
		{ HVRING_PKT_COMPLETION, 2, 10, 88, 88, 64 },
		{ HVRING_PKT_COMPLETION, 2, 10, 4088, 88, 64 },
		{ HVRING_PKT_INBAND, 2, 3, 32, 32, 8 },
		{ HVRING_PKT_INBAND, 3, 3, 32, 32, 0 },
		/* Not even a header and a trailer. */
		{ HVRING_PKT_INBAND, 2, 2, 8, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 2, 16, -EMSGSIZE },
		/* Shorter than a header, longer than what is there. */
		{ HVRING_PKT_INBAND, 2, 0, 4088, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 1, 4088, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 3, 24, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 511, 4088, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 510, 4088, 4088, 4064 },
		{ HVRING_PKT_INBAND, 2, 0xffff, 4088, -EMSGSIZE },
		{ HVRING_PKT_INBAND, 2, 0x2001, 4088, -EMSGSIZE },
		/* The payload begins in the header or behind the end. */
		{ HVRING_PKT_INBAND, 0, 10, 88, -EINVAL },
		{ HVRING_PKT_INBAND, 1, 10, 88, -EINVAL },
		{ HVRING_PKT_INBAND, 11, 10, 88, -EINVAL },
		{ HVRING_PKT_INBAND, 0xffff, 10, 88, -EINVAL },
		{ HVRING_PKT_INBAND, 0x2002, 10, 88, -EINVAL },
		{ HVRING_PKT_INBAND, 10, 10, 88, 88, 0 },
		/* What only a guest sends, and what nobody does. */
		{ HVRING_PKT_XFER_PAGES, 2, 10, 88, -EPROTO },
		{ HVRING_PKT_GPA_DIRECT, 2, 10, 88, -EPROTO },
		{ 0, 2, 10, 88, -EPROTO },
		{ 5, 2, 10, 88, -EPROTO },
		{ 8, 2, 10, 88, -EPROTO },
		{ 10, 2, 10, 88, -EPROTO },
		{ 12, 2, 10, 88, -EPROTO },
		{ 0x0b00, 2, 10, 88, -EPROTO },
		{ 0xffff, 2, 10, 88, -EPROTO },
	};
	u64 words[11] = {};
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hvring_desc *desc = (void *)words;
		struct hvring_packet packet = {};

		*desc = (struct hvring_desc){
			.type = table[i].type,
			.data_offset8 = table[i].offset8,
			.length8 = table[i].length8,
			.flags = 0xffff,
			.transaction_id = ID + i,
		};
		KUNIT_EXPECT_EQ_MSG(test, table[i].result,
				    hvring_packet_parse(words, table[i].avail,
							&packet),
				    "row %d", i);
		if (table[i].result < 0)
			continue;
		KUNIT_EXPECT_EQ(test, ID + i, packet.id);
		KUNIT_EXPECT_EQ(test, table[i].type, packet.type);
		KUNIT_EXPECT_EQ(test, table[i].payload, packet.payload_bytes);
		KUNIT_EXPECT_PTR_EQ(test, (const void *)words +
				    table[i].offset8 * 8, packet.payload);
	}
}

static struct kunit_case packet_cases[] = {
	KUNIT_CASE(packet_measure),
	KUNIT_CASE(packet_inband),
	KUNIT_CASE(packet_gpa_direct),
	KUNIT_CASE(packet_parse),
	{}
};

struct kunit_suite hvring_packet_suite = {
	.name = "hvring_packet",
	.test_cases = packet_cases,
};
