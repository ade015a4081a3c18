// SPDX-License-Identifier: GPL-2.0
/* Entry of libFuzzer, the two programs in its input, and what always holds. */
#include <string.h>

#include "die.h"
#include "world.h"

#define MOST_PAGES	3

struct world world;

static const u8 *front, *back;

void input_start(const u8 *bytes, size_t count)
{
	front = bytes;
	back = bytes + count;
}

bool input_left(void)
{
	return front < back;
}

u8 input_guest(void)
{
	return front < back ? *front++ : 0;
}

u8 input_host(void)
{
	return front < back ? *--back : 0;
}

u16 input_host_16(void)
{
	u16 low = input_host();

	return low | input_host() << 8;
}

/* Half of all bytes mean "nothing now". */
void host_turn(void)
{
	u8 what;

	while ((what = input_host()) & 0x80) {
		world.acted = true;
		if (world.hostile)
			hostile_act(what & 0x7f);
		else
			behaved_act(what & 0x7f);
	}
}

static const struct pages *fresh(struct pages *pages, u32 size)
{
	if (!pages->size)
		pages_map(pages, size);
	memset(pages->control, 0, sizeof(*pages->control));
	memset(pages->data, 0, size);
	return pages;
}

static void reset(u8 how)
{
	static struct pages out[MOST_PAGES], in[MOST_PAGES];
	u32 outs = how >> 1 & 0x7, ins = how >> 4;

	outs %= MOST_PAGES;
	ins %= MOST_PAGES;
	world = (struct world){
		.out_pages = fresh(&out[outs], (outs + 1) * HVRING_PAGE_SIZE),
		.in_pages = fresh(&in[ins], (ins + 1) * HVRING_PAGE_SIZE),
		.hostile = how & 1,
	};
	world.out_pages->control->feature_bits = HVRING_FEATURE_PENDING_SEND;
	behaved_reset();
	guest_reset();
}

static u32 ahead(u32 size, u32 from, u32 to)
{
	return (to + size - from) % size;
}

static void check_cursor(const char *name, u32 size, u32 index)
{
	if (index >= size || index % 8)
		die("invariant: %s is %u of %u", name, index, size);
}

static void check_order(const char *name, u32 size, u32 first, u32 middle,
			u32 last)
{
	if (ahead(size, first, middle) > ahead(size, first, last))
		die("invariant: %s: %u, %u, %u", name, first, middle, last);
}

static void check_out(const struct hvring_out *out)
{
	check_cursor("staged", out->size, out->staged);
	check_cursor("out.published", out->size, out->published);
	check_cursor("consumed", out->size, out->consumed);
	check_order("consumed, published, staged", out->size, out->consumed,
		    out->published, out->staged);
	if (ahead(out->size, out->consumed, out->staged) > out->size - 8)
		die("invariant: no gap");
}

static void check_in(const struct hvring_in *in)
{
	check_cursor("cursor", in->size, in->cursor);
	check_cursor("in.published", in->size, in->published);
	check_cursor("produced", in->size, in->produced);
	check_order("published, cursor, produced", in->size, in->published,
		    in->cursor, in->produced);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t count);

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t count)
{
	input_start(bytes, count);
	reset(input_guest());
	while (input_left()) {
		guest_act(input_guest());
		check_out(&world.out);
		check_in(&world.in);
		if (!world.hostile)
			behaved_check();
	}
	return 0;
}
