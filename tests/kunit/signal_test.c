// SPDX-License-Identifier: GPL-2.0
/* signal.c: both decisions, as tables. */
#include <kunit/test.h>
#include <hvring/ring.h>
#include "suites.h"

static void signal_data(struct kunit *test)
{
	static const struct {
		u32 mask, read, before;
		bool signal;
	} table[] = {
		/* The host sleeps in front of what was an empty ring. */
		{ 0, 0, 0, true },
		{ 0, 8, 8, true },
		{ 0, 4088, 4088, true },
		/* It was not empty: somebody else owes the signal. */
		{ 0, 0, 8, false },
		{ 0, 8, 0, false },
		{ 0, 4088, 0, false },
		/* The host is awake. */
		{ 1, 0, 0, false },
		{ 1, 8, 0, false },
		{ 0x80000000, 16, 16, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_EQ_MSG(test, table[i].signal,
				    hvring_signal_data(table[i].mask,
						       table[i].read,
						       table[i].before),
				    "row %d", i);
}

static void signal_room(struct kunit *test)
{
	static const struct {
		u32 pending, before, after;
		bool signal;
	} table[] = {
		/* Nobody waits. */
		{ 0, 0, 4096, false },
		{ 0, 8, 16, false },
		/* Crossed: the gap is in what is free and not in the wish. */
		{ 1024, 8, 1032, true },
		{ 1024, 1024, 1032, true },
		{ 88, 88, 4096, true },
		/* Not yet: exactly what is wanted is the gap too little. */
		{ 1024, 8, 1024, false },
		{ 1024, 8, 16, false },
		/* Long since: an earlier publish has signalled. */
		{ 1024, 1032, 1040, false },
		{ 8, 16, 4096, false },
		/* Low bits count for nothing. */
		{ 1025, 1024, 1032, true },
		{ 1031, 1024, 1032, true },
		{ 1031, 8, 1024, false },
		/* More than there can ever be. */
		{ 0xffffffff, 8, 4096, false },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_EQ_MSG(test, table[i].signal,
				    hvring_signal_room(table[i].pending,
						       table[i].before,
						       table[i].after),
				    "row %d", i);
}

static struct kunit_case signal_cases[] = {
	KUNIT_CASE(signal_data),
	KUNIT_CASE(signal_room),
	{}
};

struct kunit_suite hvring_signal_suite = {
	.name = "hvring_signal",
	.test_cases = signal_cases,
};
