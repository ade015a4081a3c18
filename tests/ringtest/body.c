// SPDX-License-Identifier: GPL-2.0
#include "body.h"
#include "die.h"

/* An odd number with no pattern, so that neighbours differ in many bits. */
#define MIX	0x9e3779b97f4a7c15ull

static u64 add(u64 sum, u64 word)
{
	return ((sum << 7 | sum >> 57) ^ word) * MIX;
}

void body_write(u64 *body, u32 bytes, u64 number)
{
	u64 sum = add(bytes, number);
	u32 i;

	for (i = 2; i < bytes / 8; i++) {
		body[i] = (number + i) * MIX;
		sum = add(sum, body[i]);
	}
	body[0] = number;
	body[1] = sum;
}

void body_check(const u64 *body, u32 bytes, u64 number)
{
	u64 sum = add(bytes, number);
	u32 i;

	if (bytes % 8 || bytes < BODY_SMALLEST)
		die("packet %llu has %u bytes of payload", number, bytes);
	if (body[0] != number)
		die("packet %llu is number %llu", number, body[0]);
	for (i = 2; i < bytes / 8; i++)
		sum = add(sum, body[i]);
	if (body[1] != sum)
		die("packet %llu of %u bytes: wrong checksum", number, bytes);
}

u64 body_random(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state * MIX >> 20;
}
