// SPDX-License-Identifier: GPL-2.0
/*
 * The ring between two real threads: a guest made of the module's own code and
 * a host made of the wire format.
 *
 *	ringtest PACKETS [SEED]
 *
 * sends that many packets in all, over pairs of rings of different sizes.
 *
 * What this cannot prove: x86 keeps all orders but one, a store may be passed
 * by a later load of another word, and a compiler that was kind this time need
 * not be so the next time.
 *
 * A release or acquire that is missing between an index and the data is found
 * by ThreadSanitizer. One that is missing between two words of the control
 * pages (C, H, I and K in ring.c) is not found at all. A full barrier that is
 * missing (B, G, J and L) costs a wake-up only if both sides meet within some
 * nanoseconds: with two idle processors that is a matter of millions of
 * packets, on a busy machine it may never happen. The model of the ring is what
 * proves these.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "bell.h"
#include "body.h"
#include "die.h"
#include "ringtest.h"

/* Pages of data. One page is full and empty all the time. */
static const struct {
	u32 out, in;
} sizes[] = { { 1, 1 }, { 1, 8 }, { 8, 1 }, { 3, 2 }, { 31, 31 } };

#define COUNT	(sizeof(sizes) / sizeof(sizes[0]))

static struct plan plan;

u32 some_bytes(u64 *random, u32 most)
{
	u64 any = body_random(random);
	u32 bytes = BODY_SMALLEST + any % 80;

	if (!(any >> 8 & 0x1ff))
		bytes = most;
	else if (!(any >> 8 & 0x7))
		bytes = BODY_SMALLEST + any % 1024;
	return bytes / 8 * 8;
}

void loiter(u64 *random)
{
	/* A cache line each. */
	static u64 contended[32][8];
	u64 any = body_random(random);
	u32 turns = any % 2 ? any >> 8 & 0x3ff : 0;
	u32 lines = any >> 1 & 1 ? any >> 20 & 0x1f : 0;

	while (turns--)
		__asm__ volatile("");
	while (lines--)
		__atomic_store_n(&contended[lines][0], any, __ATOMIC_RELAXED);
}

static void show(const char *name, const struct hvring_control *control)
{
	fprintf(stderr, "%s: write %u, read %u, mask %u, pending %u\n", name,
		control->write_index, control->read_index,
		control->interrupt_mask, control->pending_send_size);
}

static void stuck(void)
{
	show("out", plan.out.control);
	show("in", plan.in.control);
	die("lost wake-up: both sides sleep");
}

static void run(u32 out_pages, u32 in_pages)
{
	pthread_t guest, host;

	pages_map(&plan.out, out_pages * HVRING_PAGE_SIZE);
	pages_map(&plan.in, in_pages * HVRING_PAGE_SIZE);
	/* What the bus does, and a host before it opens a channel. */
	plan.out.control->feature_bits = HVRING_FEATURE_PENDING_SEND;
	plan.out.control->interrupt_mask = 1;
	room_announced = false;
	bell_reset(stuck);

	if (pthread_create(&guest, NULL, guest_run, &plan) ||
	    pthread_create(&host, NULL, host_run, &plan))
		die("no threads");
	pthread_join(guest, NULL);
	pthread_join(host, NULL);
	pages_unmap(&plan.out);
	pages_unmap(&plan.in);

	printf("pages %u+%u: %llu packets, signals %llu, interrupts %llu, sleeps %llu+%llu, full %llu+%llu\n",
	       out_pages, in_pages, plan.packets, guest_tally.rings,
	       host_tally.rings, guest_tally.sleeps, host_tally.sleeps,
	       guest_tally.full, host_tally.full);
}

int main(int argc, char **argv)
{
	u32 i;

	if (argc < 2)
		die("usage: ringtest PACKETS [SEED]");
	plan.packets = (strtoull(argv[1], NULL, 0) + COUNT - 1) / COUNT;
	plan.seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	for (i = 0; i < COUNT; i++)
		run(sizes[i].out, sizes[i].in);
	return 0;
}
