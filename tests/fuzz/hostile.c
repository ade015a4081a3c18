// SPDX-License-Identifier: GPL-2.0
/*
 * A host that writes anything anywhere. Some of its actions aim, since no
 * fuzzer guesses a valid index often enough to get far.
 */
#include <string.h>

#include "world.h"

static u32 host_32(void)
{
	u32 low = input_host_16();

	return low | (u32)input_host_16() << 16;
}

static u32 *control_word(u8 which)
{
	const struct pages *ring = which & 0x80 ? world.in_pages :
						  world.out_pages;

	return (u32 *)ring->control + which % 17;
}

static void any_byte(u8 where)
{
	const struct pages *ring = where & 1 ? world.in_pages :
					       world.out_pages;

	ring->data[input_host_16() % ring->size] = input_host();
}

/* The host's own index, near where the guest believes it to be. */
static void near_index(u8 which)
{
	u32 step = (input_host() - 64) * 8u;

	if (which & 1)
		world.in_pages->control->write_index =
			(world.in.produced + step) % world.in.size;
	else
		world.out_pages->control->read_index =
			(world.out.consumed + step) % world.out.size;
}

/* The header that the guest looks at next, or is looking at. */
static void header_field(u8 which)
{
	u8 *at = world.in_pages->data + world.in.cursor;
	u16 value = input_host();

	if (which & 4)
		value |= input_host() << 8;
	memcpy(at + which % 4 * sizeof(value), &value, sizeof(value));
}

/* A packet that is right, behind those that are there. */
static void good_packet(u8 blocks)
{
	struct hvring_control *control = world.in_pages->control;
	struct hvring_desc desc = {
		.type = blocks & 1 ? HVRING_PKT_INBAND : HVRING_PKT_COMPLETION,
		.data_offset8 = 2,
		.length8 = 2 + blocks,
		.transaction_id = blocks,
	};
	u32 at = control->write_index;

	if (at >= world.in.size || at % 8)
		at = world.in.produced;
	memcpy(world.in_pages->data + at, &desc, sizeof(desc));
	control->write_index = (at + desc.length8 * 8u + 8) % world.in.size;
}

void hostile_act(u8 what)
{
	switch (what % 8) {
	case 0:
		*control_word(input_host()) = host_32();
		break;
	case 1:
		*control_word(input_host()) = input_host();
		break;
	case 2:
		*control_word(input_host()) = input_host_16() * 8u;
		break;
	case 3:
		any_byte(what >> 3);
		break;
	case 4:
	case 5:
		near_index(what);
		break;
	case 6:
		header_field(what >> 3);
		break;
	case 7:
		good_packet(what >> 3);
		break;
	}
}
