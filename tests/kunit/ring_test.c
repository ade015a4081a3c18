// SPDX-License-Identifier: GPL-2.0
/*
 * ring.c: cursors, room, masks and wishes, against the host of host.c, from
 * every offset that a packet can begin at.
 */
#include <kunit/test.h>
#include "ring_fixture.h"
#include "suites.h"

static const u32 lengths[] = { 8, 16, 24, 112, 1000, 2048, RING_MOST };

static void ring_out_wraps(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	u32 offset;
	int i;

	for (offset = 0; offset < RING_SIZE; offset += HVRING_ALIGN) {
		ring_start_at(test, f, offset);
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			KUNIT_ASSERT_EQ(test, 0, ring_commit(f, lengths[i], i));
			KUNIT_ASSERT_EQ(test, 0, host_readable(f->requests));
			KUNIT_ASSERT_TRUE(test, hvring_out_publish(&f->out));
			KUNIT_ASSERT_EQ(test, lengths[i],
					host_readable(f->requests));
			KUNIT_ASSERT_TRUE_MSG(test, ring_taken(f, lengths[i], i),
					      "%u bytes from %u", lengths[i],
					      offset);
			host_release(f->requests);
		}
	}
}

static void ring_in_wraps(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	const void *at;
	u32 offset;
	int i;

	for (offset = 0; offset < RING_SIZE; offset += HVRING_ALIGN) {
		ring_start_at(test, f, offset);
		for (i = 0; i < ARRAY_SIZE(lengths); i++) {
			KUNIT_ASSERT_TRUE(test, ring_answer(f, lengths[i], i));
			KUNIT_ASSERT_EQ(test, lengths[i],
					hvring_in_peek(&f->in, &at));
			KUNIT_ASSERT_TRUE_MSG(test, ring_accept(f, lengths[i], i),
					      "%u bytes from %u", lengths[i],
					      offset);
			KUNIT_ASSERT_EQ(test, lengths[i],
					hvring_in_unpublished(&f->in));
			KUNIT_ASSERT_EQ(test, RING_MOST - lengths[i],
					host_room(f->answers));
			hvring_in_publish(&f->in);
			KUNIT_ASSERT_EQ(test, RING_MOST, host_room(f->answers));
			KUNIT_ASSERT_EQ(test, 0, hvring_in_peek(&f->in, &at));
		}
	}
}

/* All but the gap can be used, in one packet or in many, and not a byte more. */
static void ring_exactly_full(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	u32 offset, sum;

	for (offset = 0; offset < RING_SIZE; offset += HVRING_ALIGN) {
		ring_start_at(test, f, offset);
		for (sum = 0; sum < RING_MOST; sum += 8)
			KUNIT_ASSERT_EQ(test, 0, ring_commit(f, 8, sum));
		KUNIT_ASSERT_EQ(test, -EAGAIN, ring_commit(f, 8, 0));
		KUNIT_ASSERT_EQ(test, RING_MOST, hvring_out_unpublished(&f->out));
		KUNIT_ASSERT_TRUE(test, hvring_out_publish(&f->out));
		KUNIT_ASSERT_EQ(test, RING_MOST, host_readable(f->requests));

		KUNIT_ASSERT_TRUE(test, ring_taken(f, 8, 0));
		host_release(f->requests);
		KUNIT_ASSERT_EQ(test, -EAGAIN, ring_commit(f, 16, 0));
		KUNIT_ASSERT_EQ(test, 0, ring_commit(f, 8, 1));
		KUNIT_ASSERT_EQ(test, -EAGAIN, ring_commit(f, 8, 2));

		for (sum = 0; sum < RING_MOST; sum += 8)
			KUNIT_ASSERT_TRUE(test, ring_answer(f, 8, sum));
		KUNIT_ASSERT_FALSE(test, ring_answer(f, 8, 0));
		for (sum = 0; sum < RING_MOST; sum += 8)
			KUNIT_ASSERT_TRUE(test, ring_accept(f, 8, sum));
		KUNIT_ASSERT_FALSE(test, ring_accept(f, 8, 0));
	}
}

static void ring_gap(struct kunit *test)
{
	static const struct {
		u32 used, bytes;
		int err;
	} table[] = {
		{ 0, RING_MOST - 8, 0 },
		{ 0, RING_MOST, 0 },
		{ 0, RING_SIZE, -EMSGSIZE },
		{ 0, RING_SIZE + 8, -EMSGSIZE },
		{ 8, RING_MOST - 8, 0 },
		{ 8, RING_MOST, -EAGAIN },
		{ 8, RING_SIZE, -EMSGSIZE },
		{ 2048, 2040, 0 },
		{ 2048, 2048, -EAGAIN },
		{ RING_MOST - 8, 8, 0 },
		{ RING_MOST - 8, 16, -EAGAIN },
		{ RING_MOST, 8, -EAGAIN },
	};
	struct ring_fixture *f = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		ring_start_at(test, f, 24);
		if (table[i].used)
			KUNIT_ASSERT_EQ(test, 0, ring_commit(f, table[i].used, 0));
		KUNIT_EXPECT_EQ_MSG(test, table[i].err,
				    ring_commit(f, table[i].bytes, 0), "row %d", i);
	}
}

/* One store of the index and one decision, however much there is. */
static void ring_batches(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	u32 count, i;

	for (count = 1; count <= 256; count++) {
		ring_start_at(test, f, count * 8);
		for (i = 0; i < count; i++) {
			KUNIT_ASSERT_EQ(test, 0, ring_commit(f, 8, i));
			KUNIT_ASSERT_EQ(test, 0, host_readable(f->requests));
		}
		KUNIT_ASSERT_TRUE(test, hvring_out_publish(&f->out));
		KUNIT_ASSERT_FALSE(test, hvring_out_publish(&f->out));
		KUNIT_ASSERT_EQ(test, 8 * count, host_readable(f->requests));
		for (i = 0; i < count; i++)
			KUNIT_ASSERT_TRUE(test, ring_taken(f, 8, i));
	}
}

/* Signal a host that sleeps in front of an empty ring, and no other. */
static void ring_host_mask(struct kunit *test)
{
	struct ring_fixture *f = test->priv;

	ring_start_at(test, f, RING_SIZE - 16);
	host_awake(f->requests);
	ring_commit(f, 8, 0);
	KUNIT_EXPECT_FALSE(test, hvring_out_publish(&f->out));
	/* Asleep without having read: whoever published before owes that. */
	host_sleep(f->requests);
	ring_commit(f, 8, 0);
	KUNIT_EXPECT_FALSE(test, hvring_out_publish(&f->out));
	host_take(f->requests, f->bytes, 16);
	host_release(f->requests);
	ring_commit(f, 8, 0);
	KUNIT_EXPECT_TRUE(test, hvring_out_publish(&f->out));
	ring_commit(f, 8, 0);
	KUNIT_EXPECT_FALSE(test, hvring_out_publish(&f->out));
}

/* Ours keeps the host quiet until we have seen the ring empty. */
static void ring_guest_mask(struct kunit *test)
{
	struct ring_fixture *f = test->priv;

	ring_start_at(test, f, RING_SIZE - 16);
	hvring_in_mask(&f->in);
	KUNIT_EXPECT_EQ(test, 1, f->answers->control->interrupt_mask);
	host_put(f->answers, f->bytes, 8);
	KUNIT_EXPECT_FALSE(test, host_publish(f->answers));

	KUNIT_EXPECT_TRUE(test, hvring_in_unmask(&f->in));
	KUNIT_EXPECT_EQ(test, 0, f->answers->control->interrupt_mask);
	hvring_in_mask(&f->in);
	hvring_in_advance(&f->in, 8);
	hvring_in_publish(&f->in);
	KUNIT_EXPECT_FALSE(test, hvring_in_unmask(&f->in));
	host_put(f->answers, f->bytes, 8);
	KUNIT_EXPECT_TRUE(test, host_publish(f->answers));
}

/* The wish, and that both sides agree on when it has come true. */
static void ring_guest_waits(struct kunit *test)
{
	static const struct {
		u32 packet, wish;
	} table[] = {
		{ 8, RING_QUARTER },
		{ RING_QUARTER - 8, RING_QUARTER },
		{ RING_QUARTER, RING_QUARTER },
		{ RING_QUARTER + 8, RING_QUARTER + 8 },
		{ RING_MOST, RING_MOST },
	};
	struct ring_fixture *f = test->priv;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct hvring_control *control = f->requests->control;
		u32 wish = table[i].wish;

		ring_start_at(test, f, 80);
		KUNIT_ASSERT_EQ(test, 0, ring_commit(f, RING_MOST, 0));
		hvring_out_publish(&f->out);
		KUNIT_EXPECT_FALSE(test, hvring_out_relieved(&f->out));
		KUNIT_EXPECT_TRUE(test, hvring_out_wait(&f->out,
							table[i].packet));
		KUNIT_EXPECT_EQ(test, wish, control->pending_send_size);

		host_take(f->requests, f->bytes, wish - 8);
		KUNIT_EXPECT_FALSE(test, host_release(f->requests));
		KUNIT_EXPECT_FALSE(test, hvring_out_relieved(&f->out));
		host_take(f->requests, f->bytes, 8);
		KUNIT_EXPECT_TRUE(test, host_release(f->requests));
		KUNIT_EXPECT_TRUE(test, hvring_out_relieved(&f->out));

		/* Others stay behind who waits. */
		KUNIT_EXPECT_EQ(test, -EAGAIN, ring_commit(f, 8, 0));
		KUNIT_EXPECT_TRUE(test, hvring_out_resume(&f->out));
		KUNIT_EXPECT_EQ(test, 0, control->pending_send_size);
		KUNIT_EXPECT_FALSE(test, hvring_out_resume(&f->out));
		KUNIT_EXPECT_FALSE(test, hvring_out_relieved(&f->out));
		KUNIT_EXPECT_EQ(test, 0, ring_commit(f, table[i].packet, 0));
	}
}

/* Room that came before the host could know that it is wanted. */
static void ring_room_comes_first(struct kunit *test)
{
	struct ring_fixture *f = test->priv;

	ring_start_at(test, f, 0);
	ring_commit(f, RING_MOST, 0);
	hvring_out_publish(&f->out);
	KUNIT_ASSERT_EQ(test, -EAGAIN, ring_commit(f, 16, 0));
	host_take(f->requests, f->bytes, 16);
	KUNIT_EXPECT_FALSE(test, host_release(f->requests));

	KUNIT_EXPECT_FALSE(test, hvring_out_wait(&f->out, 16));
	KUNIT_EXPECT_EQ(test, 0, f->requests->control->pending_send_size);
	KUNIT_EXPECT_EQ(test, 0, ring_commit(f, 16, 0));
}

/* The host is told when its wish comes true, once, and only if it can wait. */
static void ring_host_waits(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < RING_SIZE; i += HVRING_ALIGN) {
		ring_start_at(test, f, i);
		KUNIT_ASSERT_TRUE(test, ring_answer(f, RING_MOST, 0));
		host_wait(f->answers, RING_QUARTER);
		KUNIT_ASSERT_TRUE(test, ring_accept(f, 8, 0));
		KUNIT_ASSERT_FALSE(test, hvring_in_publish(&f->in));
		KUNIT_ASSERT_FALSE(test, hvring_in_publish(&f->in));
		hvring_in_advance(&f->in, RING_QUARTER - 16);
		KUNIT_ASSERT_FALSE(test, hvring_in_publish(&f->in));
		hvring_in_advance(&f->in, 8);
		KUNIT_ASSERT_TRUE(test, hvring_in_publish(&f->in));
		KUNIT_ASSERT_EQ(test, RING_QUARTER, host_room(f->answers));
		hvring_in_advance(&f->in, 8);
		KUNIT_ASSERT_FALSE(test, hvring_in_publish(&f->in));
	}

	ring_start_at(test, f, 0);
	f->answers->control->feature_bits = 0;
	ring_answer(f, RING_MOST, 0);
	host_wait(f->answers, RING_QUARTER);
	KUNIT_EXPECT_TRUE(test, ring_accept(f, 8, 0));
	hvring_in_advance(&f->in, RING_MOST - 8);
	KUNIT_EXPECT_FALSE(test, hvring_in_publish(&f->in));
	KUNIT_EXPECT_FALSE(test, f->in.fault);
}

/* A host that waits with a large packet may meanwhile let small ones pass. */
static void ring_host_adds(struct kunit *test)
{
	struct ring_fixture *f = test->priv;
	struct hvring_control *control = f->answers->control;

	ring_start_at(test, f, 0);
	KUNIT_ASSERT_TRUE(test, ring_answer(f, RING_MOST, 0));
	host_wait(f->answers, RING_QUARTER);
	KUNIT_ASSERT_TRUE(test, ring_accept(f, 64, 0));
	hvring_in_advance(&f->in, RING_QUARTER);
	/* As it would be between our two looks: more than was free before. */
	control->write_index = (control->write_index + 16) % RING_SIZE;
	KUNIT_EXPECT_TRUE(test, hvring_in_publish(&f->in));
}

/* What we own in the shared pages is stored and never believed. */
static void ring_own_words(struct kunit *test)
{
	struct ring_fixture *f = test->priv;

	ring_start_at(test, f, 16);
	f->requests->control->write_index = 12345;
	f->answers->control->read_index = 54321;
	KUNIT_EXPECT_EQ(test, 0, ring_commit(f, 8, 7));
	KUNIT_EXPECT_TRUE(test, hvring_out_publish(&f->out));
	KUNIT_EXPECT_EQ(test, 24, f->requests->control->write_index);
	KUNIT_EXPECT_TRUE(test, ring_answer(f, 8, 7));
	KUNIT_EXPECT_TRUE(test, ring_accept(f, 8, 7));
	hvring_in_publish(&f->in);
	KUNIT_EXPECT_EQ(test, 24, f->answers->control->read_index);
}

static struct kunit_case ring_cases[] = {
	KUNIT_CASE(ring_out_wraps),
	KUNIT_CASE(ring_in_wraps),
	KUNIT_CASE(ring_exactly_full),
	KUNIT_CASE(ring_gap),
	KUNIT_CASE(ring_batches),
	KUNIT_CASE(ring_host_mask),
	KUNIT_CASE(ring_guest_mask),
	KUNIT_CASE(ring_guest_waits),
	KUNIT_CASE(ring_room_comes_first),
	KUNIT_CASE(ring_host_waits),
	KUNIT_CASE(ring_host_adds),
	KUNIT_CASE(ring_own_words),
	{}
};

struct kunit_suite hvring_ring_suite = {
	.name = "hvring_ring",
	.init = ring_init,
	.exit = ring_exit,
	.test_cases = ring_cases,
};
