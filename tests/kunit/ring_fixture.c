// SPDX-License-Identifier: GPL-2.0
/* Two rings without a channel, see ring_fixture.h. */
#include <kunit/test.h>
#include "ring_fixture.h"

static void fill(u8 *at, u32 bytes, u8 seed)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		at[i] = seed + i * 3;
}

static bool filled(const u8 *at, u32 bytes, u8 seed)
{
	u32 i;

	for (i = 0; i < bytes; i++)
		if (at[i] != (u8)(seed + i * 3))
			return false;
	return true;
}

int ring_commit(struct ring_fixture *f, u32 bytes, u8 seed)
{
	int err = hvring_out_reserve(&f->out, bytes);

	if (!err) {
		fill(hvring_out_at(&f->out), bytes, seed);
		hvring_out_commit(&f->out, bytes);
	}
	return err;
}

bool ring_answer(struct ring_fixture *f, u32 bytes, u8 seed)
{
	if (host_room(f->answers) < bytes)
		return false;
	fill(f->bytes, bytes, seed);
	host_put(f->answers, f->bytes, bytes);
	host_publish(f->answers);
	return true;
}

bool ring_accept(struct ring_fixture *f, u32 bytes, u8 seed)
{
	const void *at;

	if (hvring_in_peek(&f->in, &at) < bytes || !filled(at, bytes, seed))
		return false;
	hvring_in_advance(&f->in, bytes);
	return true;
}

bool ring_taken(struct ring_fixture *f, u32 bytes, u8 seed)
{
	if (host_readable(f->requests) < bytes)
		return false;
	host_take(f->requests, f->bytes, bytes);
	return filled(f->bytes, bytes, seed);
}

void ring_start_at(struct kunit *test, struct ring_fixture *f, u32 offset)
{
	rings_reset(&f->rings);
	hvring_out_init(&f->out, f->rings.memory.out_control,
			f->rings.memory.out_data, RING_SIZE);
	hvring_in_init(&f->in, f->rings.memory.in_control,
		       f->rings.memory.in_data, RING_SIZE);
	if (!offset)
		return;

	KUNIT_ASSERT_EQ(test, 0, ring_commit(f, offset, 0));
	KUNIT_ASSERT_TRUE(test, hvring_out_publish(&f->out));
	KUNIT_ASSERT_TRUE(test, ring_taken(f, offset, 0));
	host_release(f->requests);
	KUNIT_ASSERT_TRUE(test, ring_answer(f, offset, 0));
	KUNIT_ASSERT_TRUE(test, ring_accept(f, offset, 0));
	hvring_in_publish(&f->in);
}

int ring_init(struct kunit *test)
{
	struct ring_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	int err;

	if (!f)
		return -ENOMEM;
	err = rings_alloc(&f->rings, RING_SIZE);
	if (err)
		return err;
	f->requests = &f->rings.host.requests;
	f->answers = &f->rings.host.answers;
	test->priv = f;
	return 0;
}

void ring_exit(struct kunit *test)
{
	struct ring_fixture *f = test->priv;

	if (f)
		rings_free(&f->rings);
}
