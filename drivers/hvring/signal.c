// SPDX-License-Identifier: GPL-2.0
/*
 * Decides whether the host must be signalled, in both directions.
 *
 * Pure functions of values that ring.c loaded in the right order; they touch
 * no shared memory and take no lock. A signal too few stalls the channel for
 * good, and hosts throttle guests that send signals without need, so the rule
 * is exact in both directions.
 */
#include <hvring/ring.h>

/*
 * The host clears its mask only after it has emptied the ring. Had the ring
 * not been empty before this batch, then either an earlier publisher already
 * owes the signal or the host is still reading.
 */
bool hvring_signal_data(u32 mask, u32 read, u32 before)
{
	return !mask && read == before;
}

/*
 * "More than", because 8 free bytes are never usable. For a packet length,
 * which is a multiple of 8, that equals "at least, without the gap", and a
 * host that leaves other low bits set sees them ignored as it expects.
 */
bool hvring_signal_room(u32 pending, u32 before, u32 after)
{
	return pending && before <= pending && after > pending;
}
