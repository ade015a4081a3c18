// SPDX-License-Identifier: GPL-2.0
/* WRITE SAME. */
#include <string.h>

#include "test.h"

#define WRITE_SAME_10	0x41
#define WRITE_SAME_16	0x93
#define UNMAP_BIT	0x08
#define NDOB_BIT	0x01

static const u8 ops[] = { WRITE_SAME_10, WRITE_SAME_16 };
static u8 got[65536], want[65536];

/* One sector of @value from the guest. */
static void write_same(u8 op, u8 flags, u64 lba, u32 count, u8 value)
{
	u32 sector = 1u << disk_find(0, 0, 0, 0)->sector_shift;

	guest_buffer(4000, sector);
	memset(got, value, sector);
	guest_put(0, got, sector);
	set_cdb(op, lba, count);
	cdb[1] = flags;
	command(0, VSTOR_DATA_OUT);
}

static bool reads_as_wanted(u64 offset, u32 len)
{
	struct store *s = disk_find(0, 0, 0, 0)->store;

	s->ops->read(s, offset, got, len);
	return !memcmp(got, want, len);
}

static void same_writes(void)
{
	u64 last = (64ull << 40) / 512 - 1;
	size_t i;

	CHECK(console("disk add 0:0:0 size=64T"));
	for (i = 0; i < sizeof(ops); i++) {
		write_same(ops[i], 0, 3, 60, 0x5A);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 60 * 512);
		memset(want, 0, sizeof(want));
		memset(want + 3 * 512, 0x5A, 60 * 512);
		CHECK(reads_as_wanted(0, 65536));
		write_same(ops[i], 0, 3, 60, 0);
		memset(want, 0, sizeof(want));
		CHECK(reads_as_wanted(0, 65536));
		/* No sector is no error. */
		write_same(ops[i], 0, 3, 0, 0x5A);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 0);
		CHECK(reads_as_wanted(0, 65536));
	}
	write_same(WRITE_SAME_16, 0, last - 7, 8, 0x33);
	EQUAL(outcome(), GOOD);
	memset(want, 0x33, 4096);
	CHECK(reads_as_wanted((last - 7) * 512, 4096));
	EQUAL(disk_find(0, 0, 0, 0)->stats.write_sames, 7);
	EQUAL(disk_find(0, 0, 0, 0)->stats.writes, 0);
}

/* All of the sector counts, not only its first byte. */
static void same_pattern(void)
{
	u32 i;

	CHECK(console("disk add 0:0:0 size=1M sector=4096 write_same=unmap"));
	for (i = 0; i < sizeof(want); i++)
		want[i] = (u8)(i % 4096 / 16);
	guest_buffer(100, 5000);
	guest_put(0, want, 4096);
	set_cdb(WRITE_SAME_16, 1, 16);
	cdb[1] = UNMAP_BIT;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 65536);
	CHECK(reads_as_wanted(4096, 65536));
}

static void same_limits(void)
{
	size_t i;

	CHECK(console("disk add 0:0:0 size=10M"));
	for (i = 0; i < sizeof(ops); i++) {
		write_same(ops[i], 0, 1, 16384, 1);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 8 << 20);
		write_same(ops[i], 0, 1, 16385, 1);
		EQUAL(outcome(), BAD_RANGE);
		write_same(ops[i], 0, 20480, 0, 1);
		EQUAL(outcome(), BAD_RANGE);
		write_same(ops[i], 0, 20479, 2, 1);
		EQUAL(outcome(), BAD_RANGE);
		write_same(ops[i], 0, 0, 1, 1);
		io.buf.len = 511;
		command(0, VSTOR_DATA_OUT);
		EQUAL(outcome(), BAD_FIELD);
		set_cdb(ops[i], 0, 0);
		io.buf.len = 0;
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), GOOD);
	}
	write_same(WRITE_SAME_16, 0, 0xFFFFFFFFFFFFFFFF, 2, 1);
	EQUAL(outcome(), BAD_RANGE);
	write_same(WRITE_SAME_16, 0, 0, 0xFFFFFFFF, 1);
	EQUAL(outcome(), BAD_RANGE);
	write_same(WRITE_SAME_10, 1, 0, 1, 1);
	EQUAL(outcome(), BAD_FIELD);
}

/* The host of today writes zeros where it is asked to unmap. */
static void same_ignores_unmap(void)
{
	CHECK(console("disk add 0:0:0 size=1M"));
	write_same(WRITE_SAME_16, UNMAP_BIT, 0, 64, 0);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 32768);
	set_cdb(WRITE_SAME_16, 0, 8);
	cdb[1] = UNMAP_BIT | NDOB_BIT;
	io.buf.len = 0;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), BAD_FIELD);
}

static void same_unmaps(void)
{
	CHECK(console("disk add 0:0:0 size=1M write_same=unmap"));
	write_same(WRITE_SAME_16, 0, 0, 64, 0);
	EQUAL(disk_allocated(), 32768);
	write_same(WRITE_SAME_10, UNMAP_BIT, 0, 8, 0);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 4096);
	EQUAL(disk_allocated(), 32768 - 4096);
	write_same(WRITE_SAME_16, UNMAP_BIT, 8, 8, 0);
	EQUAL(disk_allocated(), 32768 - 8192);
	/* What is not zero has to be written. */
	write_same(WRITE_SAME_16, UNMAP_BIT, 8, 8, 1);
	EQUAL(disk_allocated(), 32768 - 4096);
	/* Zeros that the guest does not send. */
	set_cdb(WRITE_SAME_16, 16, 16);
	cdb[1] = UNMAP_BIT | NDOB_BIT;
	io.buf.len = 0;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 32768 - 4096 - 8192);
	set_cdb(WRITE_SAME_16, 8, 8);
	cdb[1] = NDOB_BIT;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 32768 - 4096 - 8192);
	memset(want, 0, sizeof(want));
	CHECK(reads_as_wanted(0, 65536));
}

static void same_refused(void)
{
	size_t i;

	CHECK(console("disk add 0:0:0 size=1M write_same=off"));
	CHECK(console("disk add 0:0:1 size=1M write_same=refused"));
	for (i = 0; i < sizeof(ops); i++) {
		write_same(ops[i], 0, 0, 1, 1);
		EQUAL(outcome(), BAD_OPCODE);
		command(1, VSTOR_DATA_OUT);
		EQUAL(outcome(), BAD_OPCODE);
	}
	EQUAL(disk_allocated(), 0);
	console("disk del 0:0:0");
	CHECK(console("disk add 0:0:0 size=1M readonly=on"));
	write_same(WRITE_SAME_16, 0, 0, 1, 1);
	EQUAL(outcome(), READ_ONLY);
	write_same(WRITE_SAME_16, 0, 2048, 1, 1);
	EQUAL(outcome(), BAD_RANGE);
	console("disk del 0:0:0");
	CHECK(console("disk add 0:0:0 size=1M"));
	mock_page_limit = mock_pages + 2;
	write_same(WRITE_SAME_16, 0, 0, 16, 1);
	EQUAL(outcome(), WRITE_FAULT);
}

/* Page @page of disk 0:0:@lun, in got. */
static void page(u8 lun, u8 code)
{
	guest_buffer(0, 64);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x12;
	cdb[1] = 1;
	cdb[2] = code;
	cdb[4] = 64;
	command(lun, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, 64);
}

static void same_is_offered(void)
{
	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("disk add 0:0:1 size=1M sector=4096 write_same=unmap"));
	CHECK(console("disk add 0:0:2 size=1M write_same=off"));
	CHECK(console("disk add 0:0:3 size=1M write_same=refused"));
	page(0, 0xB0);
	EQUAL(get_be64(got + 36), 16384);
	page(1, 0xB0);
	EQUAL(get_be64(got + 36), 2048);
	page(3, 0xB0);
	EQUAL(get_be64(got + 36), 16384);
	page(3, 0xB2);
	EQUAL(got[5], 0xE4);
	page(2, 0xB0);
	EQUAL(get_be64(got + 36), 0);
	page(0, 0xB2);
	EQUAL(got[5], 0x80);
	page(1, 0xB2);
	EQUAL(got[5], 0xE4);
}

const struct test same_tests[] = {
	{ "same-writes", same_writes },
	{ "same-pattern", same_pattern },
	{ "same-limits", same_limits },
	{ "same-ignores-unmap", same_ignores_unmap },
	{ "same-unmaps", same_unmaps },
	{ "same-refused", same_refused },
	{ "same-is-offered", same_is_offered },
	{ NULL, NULL },
};
