/* SPDX-License-Identifier: GPL-2.0 */
/* The two sides of one test: each is a thread and sees only its own rings. */
#ifndef RINGTEST_H
#define RINGTEST_H

#include "pages.h"

/**
 * struct plan - what both sides are told
 * @out: ring that the guest produces.
 * @in: ring that the guest consumes.
 * @packets: how many the guest sends; the host answers each.
 * @seed: where the random numbers of both sides begin.
 */
struct plan {
	struct pages out;
	struct pages in;
	u64 packets;
	u64 seed;
};

/**
 * struct tally - what one side did
 * @rings: times that it rang the other one's bell.
 * @sleeps: times that it slept.
 * @full: times that it waited for room.
 */
struct tally {
	u64 rings;
	u64 sleeps;
	u64 full;
};

/* Thread bodies; @plan is a struct plan. Return NULL. */
void *guest_run(void *plan);
void *host_run(void *plan);

/* Of the last run; meant for when it is over. */
extern struct tally guest_tally, host_tally;

/*
 * The host interrupted because of room. An interrupt does not say what for, and
 * any of them makes a guest look for room; the test does not, or one for a
 * packet would make up for a lost one.
 */
extern bool room_announced;

/* Bytes of payload: most are short, a few fill a ring of @most bytes. */
u32 some_bytes(u64 *random, u32 most);

/*
 * Before a store that matters. Time passes, from nothing to about a
 * microsecond: two sides that answer each other fall into step and would meet
 * at the same few instructions only. And a few words are written that the other
 * side writes too: a processor makes its stores visible in order and these take
 * long, so that the store that matters stays behind, and a load that passes it
 * for want of a barrier passes it by far.
 */
void loiter(u64 *random);

#endif /* RINGTEST_H */
