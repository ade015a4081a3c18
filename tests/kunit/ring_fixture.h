/* SPDX-License-Identifier: GPL-2.0 */
/* Two rings without a channel, and bytes that go through them. */
#ifndef _HVSCSI_KUNIT_RING_FIXTURE_H
#define _HVSCSI_KUNIT_RING_FIXTURE_H

#include <hvring/ring.h>
#include "rings.h"

#define RING_SIZE	4096u
#define RING_MOST	(RING_SIZE - HVRING_GAP)
#define RING_QUARTER	(RING_SIZE / 4)

struct ring_fixture {
	struct rings rings;
	struct host_ring *requests;
	struct host_ring *answers;
	struct hvring_out out;
	struct hvring_in in;
	u8 bytes[RING_SIZE];
};

/* Bytes that the guest commits. The seed makes them differ from others. */
int ring_commit(struct ring_fixture *f, u32 bytes, u8 seed);

/* Bytes that the host takes, if they are there and as they were committed. */
bool ring_taken(struct ring_fixture *f, u32 bytes, u8 seed);

/* Bytes that the host publishes, if there is room. */
bool ring_answer(struct ring_fixture *f, u32 bytes, u8 seed);

/* Bytes that the guest takes, if they are there and as they were published. */
bool ring_accept(struct ring_fixture *f, u32 bytes, u8 seed);

/* Two empty rings whose next byte is at an offset. */
void ring_start_at(struct kunit *test, struct ring_fixture *f, u32 offset);

/* For suites: test->priv becomes a fixture. */
int ring_init(struct kunit *test);
void ring_exit(struct kunit *test);

#endif /* _HVSCSI_KUNIT_RING_FIXTURE_H */
