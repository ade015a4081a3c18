// SPDX-License-Identifier: GPL-2.0
/* UNMAP. */
#include <string.h>

#include "test.h"

#define UNMAP	0x42

static u8 data[65536], got[65536];
static u8 list[65536];

static void pattern(void)
{
	u32 i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (u8)(1 + i * 3 + i / 251);
}

/* UNMAP with @n descriptors that are in the list already. */
static void unmap(u32 offset, u32 n)
{
	u32 len = 8 + n * 16;

	put_be16(list, (u16)(len - 2));
	put_be16(list + 2, (u16)(len - 8));
	guest_buffer(offset, len);
	guest_put(0, list, len);
	set_cdb(UNMAP, 0, len);
	command(0, VSTOR_DATA_OUT);
}

static void descriptor(u32 i, u64 lba, u32 count)
{
	put_be64(list + 8 + i * 16, lba);
	put_be32(list + 16 + i * 16, count);
}

static void unmap_frees(void)
{
	struct store *s;

	pattern();
	console("disk add 0:0:0 size=1G");
	s = disk_find(0, 0, 0, 0)->store;
	fill_disk(data, 65536);
	EQUAL(disk_allocated(), 65536);
	/* Two whole pages, a part of one, none, and the rest of the disk. */
	descriptor(0, 8, 16);
	descriptor(1, 33, 2);
	descriptor(2, 100, 0);
	descriptor(3, 64, 0x200000 - 64);
	unmap(4084, 4);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
	EQUAL(disk_allocated(), 32768 - 8192);
	memset(data + 8 * 512, 0, 16 * 512);
	memset(data + 33 * 512, 0, 2 * 512);
	memset(data + 64 * 512, 0, 64 * 512);
	s->ops->read(s, 0, got, 65536);
	CHECK(!memcmp(got, data, 65536));
	EQUAL(disk_find(0, 0, 0, 0)->stats.unmaps, 1);
	/* The count has 32 bits. */
	descriptor(0, 0, 0x10000);
	unmap(0, 1);
	EQUAL(disk_allocated(), 0);
}

static void unmap_longest_list(void)
{
	u32 i;

	console("disk add 0:0:0 size=1G");
	fill_disk(data, 65536);
	for (i = 0; i < 4095; i++)
		descriptor(i, 8 + i * 8, 8);
	unmap(1, 4095);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 4096);
	unmap(0, 0);
	EQUAL(outcome(), GOOD);
}

static void unmap_errors(void)
{
	console("disk add 0:0:0 size=1M");
	fill_disk(data, 4096);
	descriptor(0, 0, 8);
	unmap(0, 1);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 0);
	fill_disk(data, 4096);
	unmap(0, 1);
	fill_disk(data, 4096);
	guest_buffer(0, 24);
	guest_put(0, list, 24);
	set_cdb(UNMAP, 0, 24);
	io.buf.len = 25;	/* not what the command says */
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	set_cdb(UNMAP, 0, 25);	/* not what the list says */
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	io.buf.len = 24;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	set_cdb(UNMAP, 0, 24);
	guest_put(2, "\0\x11", 2);	/* of the descriptors */
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	guest_put(0, "\0\x17\0\x10", 4);	/* of the list alone */
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	set_cdb(UNMAP, 0, 7);
	io.buf.len = 7;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	set_cdb(UNMAP, 0, 0);
	io.buf.len = 0;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	EQUAL(disk_allocated(), 4096);
}

static void unmap_ranges(void)
{
	static const struct {
		u64 lba;
		u32 count;
	} bad[] = {
		{ 2048, 0 }, { 2048, 1 }, { 2047, 2 }, { 0, 2049 },
		{ 0xFFFFFFFFFFFFFFFF, 1 }, { 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFF },
		{ 1ull << 55, 1 }, { 0, 0xFFFFFFFF },
	};
	size_t i;

	console("disk add 0:0:0 size=1M");
	fill_disk(data, 65536);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		/* What comes before the bad range is done, the rest is not. */
		descriptor(0, i * 8, 8);
		descriptor(1, bad[i].lba, bad[i].count);
		descriptor(2, 120, 8);
		unmap(0, 3);
		EQUAL(outcome(), BAD_RANGE);
		EQUAL(disk_allocated(), 65536 - 4096 * (i + 1));
	}
}

static void unmap_refused(void)
{
	console("disk add 0:0:0 size=1M unmap=off");
	fill_disk(data, 4096);
	descriptor(0, 0, 8);
	unmap(0, 1);
	EQUAL(outcome(), BAD_FIELD);
	EQUAL(disk_allocated(), 4096);
	console("disk del 0:0:0");
	console("disk add 0:0:0 file=0 readonly=on");
	mock_file[0][0] = 1;
	unmap(0, 1);
	EQUAL(outcome(), READ_ONLY);
	EQUAL(mock_file[0][0], 1);
}

const struct test unmap_tests[] = {
	{ "unmap-frees", unmap_frees },
	{ "unmap-longest-list", unmap_longest_list },
	{ "unmap-errors", unmap_errors },
	{ "unmap-ranges", unmap_ranges },
	{ "unmap-refused", unmap_refused },
	{ NULL, NULL },
};
