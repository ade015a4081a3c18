/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One channel as a fuzzer plays it. The input is two programs: the guest's is
 * read from the front, the host's from the back, and the run ends where they
 * meet. The host has a turn before every single access of the module's code to
 * shared memory, so whatever is read twice can be different the second time.
 */
#ifndef FUZZ_WORLD_H
#define FUZZ_WORLD_H

#include <hvring/framing.h>
#include <hvring/ring.h>

#include "pages.h"
#include "peer.h"

/**
 * struct world - all there is
 * @out_pages: memory of the ring that the guest produces.
 * @in_pages: memory of the ring that the guest consumes.
 * @hostile: the host writes anything anywhere; else it keeps every rule.
 * @acted: the host did something since this was last cleared.
 * @out: ring under test.
 * @in: ring under test.
 * @reserved: the part of out's data that the guest may write.
 * @reserved_bytes: its length.
 * @peeked: the part of in's data that the guest may read.
 * @peeked_bytes: its length.
 * @interrupted: the host interrupted and the guest has not looked yet.
 * @signalled: the guest signalled and the host has not looked yet.
 */
struct world {
	const struct pages *out_pages;
	const struct pages *in_pages;
	bool hostile;
	bool acted;

	struct hvring_out out;
	struct hvring_in in;
	const u8 *reserved;
	u32 reserved_bytes;
	const u8 *peeked;
	u32 peeked_bytes;

	bool interrupted;
	bool signalled;
};

extern struct world world;

/* The input; 0 when there is none left. */
void input_start(const u8 *bytes, size_t count);
bool input_left(void);
u8 input_guest(void);
u8 input_host(void);
u16 input_host_16(void);

/* The host's turn: as many actions as its program has for this moment. */
void host_turn(void);
void hostile_act(u8 what);

/* The host that keeps the rules. */
void behaved_reset(void);
void behaved_act(u8 what);
void behaved_check(void);	/* no wake-up is lost */
bool behaved_needs_data_signal(u32 before);
bool behaved_needs_room_signal(u32 read_before);

/* The guest. */
void guest_reset(void);
void guest_act(u8 what);
bool guest_idle(void);	/* returned with the ring empty and unmasked */
bool guest_waits(void);	/* for room */

#endif /* FUZZ_WORLD_H */
