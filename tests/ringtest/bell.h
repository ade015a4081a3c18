/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Signals and interrupts: each side has a bell that the other one rings, and
 * sleeps until it is rung. A bell that was rung before the sleep ends it at
 * once, and ringing twice is ringing once, as with an event flag of VMBus.
 *
 * A wake-up that was lost is noticed without a clock: when both sides sleep and
 * no bell was rung, nothing will ever happen again.
 */
#ifndef RINGTEST_BELL_H
#define RINGTEST_BELL_H

enum side {
	GUEST,
	HOST,
	SIDES,
};

/* Both sides are awake. @stuck is called once both sleep; must not return. */
void bell_reset(void (*stuck)(void));

/* By the other side. */
void bell_ring(enum side whom);

/* By this side. */
void bell_sleep(enum side who);
void bell_leave(enum side who);		/* it will not ring the other one again */

#endif /* RINGTEST_BELL_H */
