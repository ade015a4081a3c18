// SPDX-License-Identifier: GPL-2.0
/*
 * The compiler calls these before every load and store of ring.c and signal.c,
 * and of guest.c, where the inline parts of ring.h and framing.h end up; plain
 * ones included. Checks that the access is one that the guest may make, and
 * gives the host a turn.
 *
 * Not reported by the compiler, and so not seen: copies of whole structures,
 * which the module makes only in packets that are not published yet.
 */
#include "die.h"
#include "world.h"

#define WORD(field)	(1u << offsetof(struct hvring_control, field) / 4)

/* Our own indices are private: the shared copies are never loaded. */
#define OUT_LOADS	(WORD(read_index) | WORD(interrupt_mask))
#define OUT_STORES	(WORD(write_index) | WORD(pending_send_size))
#define IN_LOADS	(WORD(write_index) | WORD(pending_send_size) | \
			 WORD(feature_bits))
#define IN_STORES	(WORD(read_index) | WORD(interrupt_mask))

static bool within(const void *p, u32 bytes, const void *start, u32 length)
{
	const u8 *at = p, *from = start;

	return at >= from && at + bytes <= from + length;
}

static void check_control(const struct hvring_control *control, const void *p,
			  u32 bytes, u32 allowed)
{
	u32 offset = (const u8 *)p - (const u8 *)control;

	if (bytes != 4 || offset % 4 || offset / 4 > 31 ||
	    !(allowed >> offset / 4 & 1))
		die("invariant: access of %u bytes to byte %u of a control page",
		    bytes, offset);
}

static bool check_out(const void *p, u32 bytes, bool stores)
{
	const struct pages *ring = world.out_pages;

	if (within(p, 1, ring->control, HVRING_PAGE_SIZE))
		check_control(ring->control, p, bytes,
			      stores ? OUT_STORES : OUT_LOADS);
	else if (!within(p, 1, ring->data, 2 * ring->size))
		return false;
	else if (!stores ||
		 !within(p, bytes, world.reserved, world.reserved_bytes))
		die("invariant: %s out's data, not where it was reserved",
		    stores ? "stores in" : "loads from");
	if (stores && world.out.fault)
		die("invariant: stores in a broken out ring");
	return true;
}

static bool check_in(const void *p, u32 bytes, bool stores)
{
	const struct pages *ring = world.in_pages;

	if (within(p, 1, ring->control, HVRING_PAGE_SIZE))
		check_control(ring->control, p, bytes,
			      stores ? IN_STORES : IN_LOADS);
	else if (!within(p, 1, ring->data, 2 * ring->size))
		return false;
	else if (stores || !within(p, bytes, world.peeked, world.peeked_bytes))
		die("invariant: %s in's data, not what was peeked",
		    stores ? "stores in" : "loads from");
	if (stores && world.in.fault)
		die("invariant: stores in a broken in ring");
	return true;
}

static void access(const void *p, u32 bytes, bool stores)
{
	if (check_out(p, bytes, stores) || check_in(p, bytes, stores))
		host_turn();
}

#define TRACED(bytes)						\
	void __sanitizer_cov_load##bytes(const void *p);	\
	void __sanitizer_cov_load##bytes(const void *p)		\
	{							\
		access(p, bytes, false);			\
	}							\
	void __sanitizer_cov_store##bytes(const void *p);	\
	void __sanitizer_cov_store##bytes(const void *p)	\
	{							\
		access(p, bytes, true);				\
	}

TRACED(1)
TRACED(2)
TRACED(4)
TRACED(8)
TRACED(16)
