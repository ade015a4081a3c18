/* SPDX-License-Identifier: GPL-2.0 */
/* What the packets of a test carry: a number, and words that follow from it. */
#ifndef RINGTEST_BODY_H
#define RINGTEST_BODY_H

#include <linux/types.h>

/* The number and the checksum. */
#define BODY_SMALLEST	16u

/* @bytes is a multiple of 8 and at least BODY_SMALLEST. */
void body_write(u64 *body, u32 bytes, u64 number);

/* Ends the program if these are not the bytes that were written. */
void body_check(const u64 *body, u32 bytes, u64 number);

/* Pseudo-random; @state is not 0. */
u64 body_random(u64 *state);

#endif /* RINGTEST_BODY_H */
