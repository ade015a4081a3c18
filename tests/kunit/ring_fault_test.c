// SPDX-License-Identifier: GPL-2.0
/* ring.c: which indices of the host are believed, wherever one is looked at. */
#include <kunit/test.h>
#include "ring_fixture.h"
#include "suites.h"

enum call { PUBLISH, RESERVE, WAIT, RELIEVED, PEEK, RELEASE, UNMASK };

/* Makes the guest look at the index that the host owns. */
static void look(struct ring_fixture *f, enum call call)
{
	const void *from;

	switch (call) {
	case PUBLISH:
		hvring_out_commit(&f->out, 8);
		hvring_out_publish(&f->out);
		break;
	case RESERVE:
		hvring_out_reserve(&f->out, RING_MOST);
		break;
	case WAIT:
		hvring_out_wait(&f->out, RING_MOST);
		break;
	case RELIEVED:
		f->out.awaited = RING_MOST;
		hvring_out_relieved(&f->out);
		break;
	case PEEK:
		hvring_in_advance(&f->in, 520);
		hvring_in_peek(&f->in, &from);
		break;
	case RELEASE:
		host_wait(f->answers, RING_QUARTER);
		hvring_in_advance(&f->in, 8);
		hvring_in_publish(&f->in);
		break;
	case UNMASK:
		hvring_in_unmask(&f->in);
		break;
	}
}

/* Both rings hold 520 bytes from offset 0 on; 496 before them are done with. */
static void half_done(struct kunit *test, struct ring_fixture *f)
{
	ring_start_at(test, f, 3600);
	KUNIT_ASSERT_EQ(test, 0, ring_commit(f, 1016, 0));
	hvring_out_publish(&f->out);
	host_take(f->requests, f->bytes, 496);
	host_release(f->requests);
	KUNIT_ASSERT_EQ(test, -EAGAIN, ring_commit(f, RING_MOST, 0));

	KUNIT_ASSERT_TRUE(test, ring_answer(f, 1016, 0));
	KUNIT_ASSERT_TRUE(test, ring_accept(f, 496, 0));
	hvring_in_publish(&f->in);
}

static void out_stays_silent(struct kunit *test, struct ring_fixture *f)
{
	void *copy = rings_copy(test, &f->rings);

	KUNIT_EXPECT_EQ(test, -EIO, hvring_out_reserve(&f->out, 8));
	hvring_out_commit(&f->out, 8);
	KUNIT_EXPECT_FALSE(test, hvring_out_publish(&f->out));
	KUNIT_EXPECT_FALSE(test, hvring_out_wait(&f->out, 8));
	KUNIT_EXPECT_FALSE(test, hvring_out_relieved(&f->out));
	hvring_out_resume(&f->out);
	KUNIT_EXPECT_TRUE(test, rings_equal(&f->rings, copy));
	kunit_kfree(test, copy);
}

static void in_stays_silent(struct kunit *test, struct ring_fixture *f)
{
	void *copy;
	const void *at;

	f->answers->control->interrupt_mask = 2;
	copy = rings_copy(test, &f->rings);
	hvring_in_mask(&f->in);
	KUNIT_EXPECT_EQ(test, 0, hvring_in_peek(&f->in, &at));
	hvring_in_advance(&f->in, 8);
	KUNIT_EXPECT_FALSE(test, hvring_in_publish(&f->in));
	KUNIT_EXPECT_FALSE(test, hvring_in_unmask(&f->in));
	KUNIT_EXPECT_TRUE(test, rings_equal(&f->rings, copy));
	kunit_kfree(test, copy);
}

struct index_row {
	u32 index;
	bool good;
};

static const struct index_row read_indices[] = {
	{ 0, true }, { 8, true }, { 512, true }, { 520, true },
	{ 536, false }, { 1024, false }, { 3600, false }, { 4088, false },
	{ 4, false }, { 7, false }, { RING_SIZE, false }, { RING_SIZE + 8, false },
	{ 0x80000000, false }, { 0xfffffff8, false }, { 0xffffffff, false },
};

static void ring_read_index(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	const struct index_row *row;
	enum call call;
	int i;

	for (i = 0; i < ARRAY_SIZE(read_indices) * (RELIEVED + 1); i++) {
		row = &read_indices[i / (RELIEVED + 1)];
		call = i % (RELIEVED + 1);

		half_done(test, f);
		f->requests->control->read_index = row->index;
		look(f, call);
		KUNIT_EXPECT_EQ_MSG(test, row->good ? HVRING_FAULT_NONE :
				    HVRING_FAULT_READ_INDEX, f->out.fault,
				    "index %u call %d", row->index, call);
		if (row->good)
			continue;
		KUNIT_EXPECT_EQ(test, row->index, f->out.fault_value);
		/* Nothing is mended by taking it back. */
		f->requests->control->read_index = 0;
		out_stays_silent(test, f);
	}
}

static const struct index_row write_indices[] = {
	{ 520, true }, { 528, true }, { 3600, true }, { 4088, true },
	{ 8, false }, { 16, false }, { 512, false },
	{ 524, false }, { 527, false }, { RING_SIZE, false }, { RING_SIZE + 8, false },
	{ 0x80000000, false }, { 0xfffffff8, false }, { 0xffffffff, false },
};

static void ring_write_index(struct kunit *test)
{
	const int calls = UNMASK - PEEK + 1;
	struct ring_fixture *f = test->priv;
	const struct index_row *row;
	enum call call;
	int i;

	for (i = 0; i < ARRAY_SIZE(write_indices) * calls; i++) {
		row = &write_indices[i / calls];
		call = PEEK + i % calls;

		half_done(test, f);
		f->answers->control->write_index = row->index;
		look(f, call);
		KUNIT_EXPECT_EQ_MSG(test, row->good ? HVRING_FAULT_NONE :
				    HVRING_FAULT_WRITE_INDEX, f->in.fault,
				    "index %u call %d", row->index, call);
		if (row->good)
			continue;
		KUNIT_EXPECT_EQ(test, row->index, f->in.fault_value);
		f->answers->control->write_index = 520;
		in_stays_silent(test, f);
	}
}

static struct kunit_case ring_fault_cases[] = {
	KUNIT_CASE(ring_read_index),
	KUNIT_CASE(ring_write_index),
	{}
};

struct kunit_suite hvring_ring_fault_suite = {
	.name = "hvring_ring_fault",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = ring_fault_cases,
};
