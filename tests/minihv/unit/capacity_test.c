// SPDX-License-Identifier: GPL-2.0
/* How large a disk is, and which of its sectors take room. */
#include <string.h>

#include "test.h"

static u8 got[4096];

static void read_capacity(void)
{
	console("disk add 0:0:0 size=10G");
	console("disk add 0:0:1 size=64T unmap=off");
	guest_buffer(4092, 64);
	set_cdb(0x25, 0, 0);
	command(0, VSTOR_DATA_IN);
	EQUAL(io.moved, 8);
	guest_get(0, got, 8);
	EQUAL(get_be32(got), (10ull << 30) / 512 - 1);
	EQUAL(get_be32(got + 4), 512);
	CHECK(guest_clean(8));
	command(1, VSTOR_DATA_IN);
	guest_get(0, got, 8);
	EQUAL(get_be32(got), 0xFFFFFFFF);
	io.buf.len = 7;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), SHORT_BUFFER);

	guest_buffer(4092, 64);
	set_cdb(0x9E, 0, 32);
	cdb[1] = 0x10;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 32);
	guest_get(0, got, 32);
	EQUAL(get_be64(got), (10ull << 30) / 512 - 1);
	EQUAL(get_be32(got + 8), 512);
	EQUAL(get_be32(got + 12), 0x00038000);
	CHECK(guest_clean(32));
	command(1, VSTOR_DATA_IN);
	guest_get(0, got, 32);
	EQUAL(get_be64(got), (64ull << 40) / 512 - 1);
	EQUAL(get_be32(got + 12), 0x00030000);
	put_be32(cdb + 10, 20);
	command(0, VSTOR_DATA_IN);
	EQUAL(io.moved, 20);
	put_be32(cdb + 10, 32);
	guest_buffer(4092, 16);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 16);
	CHECK(guest_clean(16));
	io.buf.len = 11;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), SHORT_BUFFER);
	io.buf.len = 32;
	cdb[1] = 0x13;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
}

/* GET LBA STATUS with a buffer of @len and as much allocation length. */
static void lba_status(u64 lba, u32 len)
{
	guest_buffer(4090, len);
	set_cdb(0x9E, lba, len);
	cdb[1] = 0x12;
	command(0, VSTOR_DATA_IN);
	guest_get(0, got, MIN(len, sizeof(got)));
}

static void descriptor(u32 i, u64 lba, u32 count, u8 status)
{
	const u8 *p = got + 8 + i * 16;

	EQUAL(get_be64(p), lba);
	EQUAL(get_be32(p + 8), count);
	EQUAL(get_be32(p + 12), (u32)status << 24);
}

static void write_page(u64 offset)
{
	struct store *s = disk_find(0, 0, 0, 0)->store;

	CHECK(s->ops->write(s, offset, "x", 1));
}

static void allocated_and_not(void)
{
	console("disk add 0:0:0 size=1G");
	lba_status(0, 24);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 24);
	EQUAL(get_be32(got), 20);
	EQUAL(get_be32(got + 4), 0);
	descriptor(0, 0, 2 << 20, 1);
	write_page(8192);
	write_page(12288);
	write_page((1 << 30) - 4096);
	lba_status(0, 100);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8 + 4 * 16);
	EQUAL(get_be32(got), 4 + 4 * 16);
	descriptor(0, 0, 16, 1);
	descriptor(1, 16, 16, 0);
	descriptor(2, 32, (2 << 20) - 8 - 32, 1);
	descriptor(3, (2 << 20) - 8, 8, 0);
	CHECK(guest_clean(8 + 4 * 16));
	/* From inside a page, with room for less than two. */
	lba_status(19, 39);
	EQUAL(io.moved, 24);
	EQUAL(get_be32(got), 20);
	descriptor(0, 19, 13, 0);
	lba_status((2 << 20) - 1, 100);
	EQUAL(io.moved, 24);
	descriptor(0, (2 << 20) - 1, 1, 0);
	/* A hole is not taken for longer when looked at from its middle. */
	write_page(4 << 20);
	lba_status(6144, 24);
	descriptor(0, 6144, 2048, 1);
}

/* More sectors than a descriptor can count; soon found to be alike. */
static void status_of_large_disk(void)
{
	u64 sectors = (64ull << 40) / 512;

	console("disk add 0:0:0 size=64T");
	write_page((64ull << 40) - 4096);
	lba_status(0, 4096);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8 + 34 * 16);
	descriptor(0, 0, 0xFFFFFFFF, 1);
	descriptor(1, 0xFFFFFFFF, 0xFFFFFFFF, 1);
	descriptor(32, sectors - 32, 24, 1);
	descriptor(33, sectors - 8, 8, 0);
}

static void status_of_large_sectors(void)
{
	console("disk add 0:0:0 size=1M sector=4096");
	write_page(4096);
	lba_status(0, 100);
	EQUAL(io.moved, 8 + 3 * 16);
	descriptor(0, 0, 1, 1);
	descriptor(1, 1, 1, 0);
	descriptor(2, 2, 254, 1);
}

static void status_errors(void)
{
	console("disk add 0:0:0 size=1M");
	lba_status(2048, 24);
	EQUAL(outcome(), BAD_RANGE);
	lba_status(0xFFFFFFFFFFFFFFFF, 24);
	EQUAL(outcome(), BAD_RANGE);
	lba_status(0, 23);
	EQUAL(outcome(), BAD_FIELD);
	lba_status(0, 24);
	io.buf.len = 25;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	lba_status(0, 0);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
	console("disk del 0:0:0");
	console("disk add 0:0:0 file=0");
	lba_status(0, 24);
	EQUAL(outcome(), BAD_FIELD);
}

const struct test capacity_tests[] = {
	{ "read-capacity", read_capacity },
	{ "allocated-and-not", allocated_and_not },
	{ "status-of-large-disk", status_of_large_disk },
	{ "status-of-large-sectors", status_of_large_sectors },
	{ "status-errors", status_errors },
	{ NULL, NULL },
};
