// SPDX-License-Identifier: GPL-2.0
/* Sectors of other sizes, and what a disk says about them and about UNMAP. */
#include <string.h>

#include "test.h"

#define INQUIRY			0x12
#define READ_CAPACITY_10	0x25
#define READ_10			0x28
#define WRITE_10		0x2A
#define UNMAP			0x42
#define READ_16			0x88
#define WRITE_16		0x8A
#define SERVICE_ACTION_IN	0x9E

static u8 got[4096];

static void limits(u8 lun)
{
	guest_buffer(0, 64);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = INQUIRY;
	cdb[1] = 1;
	cdb[2] = 0xB0;
	cdb[4] = 64;
	command(lun, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, 64);
}

/* What READ CAPACITY and page B0 say of disk 0:0:@lun. */
static void says(u8 lun, u64 sectors, u32 size, u8 exponent, u32 granularity)
{
	guest_buffer(0, 32);
	set_cdb(READ_CAPACITY_10, 0, 0);
	command(lun, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, 8);
	EQUAL(get_be32(got), MIN(sectors - 1, 0xFFFFFFFF));
	EQUAL(get_be32(got + 4), size);
	set_cdb(SERVICE_ACTION_IN, 0, 32);
	cdb[1] = 0x10;
	command(lun, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, 32);
	EQUAL(get_be64(got), sectors - 1);
	EQUAL(get_be32(got + 8), size);
	EQUAL(got[13], exponent);
	limits(lun);
	EQUAL(get_be32(got + 28), granularity);
	EQUAL(get_be32(got + 32), 0x80000000);
}

static void geometry(void)
{
	CHECK(console("disk add 0:0:0 size=1M sector=512n"));
	CHECK(console("disk add 0:0:1 size=1M sector=512e"));
	CHECK(console("disk add 0:0:2 size=1M"));
	CHECK(console("disk add 0:0:3 size=1M sector=4096"));
	CHECK(console("disk add 0:0:4 size=64T sector=4096"));
	/* The last sizes of which the number of the last sector has 32 bits. */
	CHECK(console("disk add 0:0:5 size=2T"));
	CHECK(console("disk add 0:0:6 size=16T sector=4096"));
	says(0, 2048, 512, 0, 8);
	says(1, 2048, 512, 3, 8);
	says(2, 2048, 512, 3, 8);
	says(3, 256, 4096, 0, 1);
	says(4, 1ull << 34, 4096, 0, 1);
	says(5, 1ull << 32, 512, 3, 8);
	says(6, 1ull << 32, 4096, 0, 1);
}

/* One sector of 4096 bytes there and back, seen in the store in between. */
static void round_trip(u8 write, u8 read, u64 lba)
{
	struct store *s = disk_find(0, 0, 0, 0)->store;
	u8 data[4096];

	memset(data, write ^ (u8)lba, sizeof(data));
	guest_buffer(512, sizeof(data));
	guest_put(0, data, sizeof(data));
	set_cdb(write, lba, 1);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, sizeof(data));
	s->ops->read(s, lba * sizeof(data), got, sizeof(got));
	CHECK(!memcmp(got, data, sizeof(data)));
	guest_buffer(4095, sizeof(data));
	set_cdb(read, lba, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, sizeof(got));
	CHECK(!memcmp(got, data, sizeof(data)));
}

static void large_sectors(void)
{
	u64 last = (64ull << 40) / 4096 - 1;

	CHECK(console("disk add 0:0:0 size=64T sector=4096"));
	round_trip(0x0A, 0x08, 0x1FFFFF);
	round_trip(WRITE_10, READ_10, 0xFFFFFFFF);
	round_trip(0xAA, 0xA8, 0xFFFFFFFE);
	round_trip(WRITE_16, READ_16, last);
	EQUAL(disk_allocated(), 4 * 4096);
	set_cdb(READ_16, last + 1, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
	io.buf.len = 4095;
	set_cdb(READ_16, last, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
}

static void unmap_large_sectors(void)
{
	u8 list[24] = { [1] = 22, [3] = 16 };
	u64 last = (64ull << 40) / 4096 - 1;

	CHECK(console("disk add 0:0:0 size=64T sector=4096"));
	round_trip(WRITE_16, READ_16, last);
	round_trip(WRITE_16, READ_16, last - 1);
	put_be64(list + 8, last);
	put_be32(list + 16, 1);
	guest_buffer(0, sizeof(list));
	guest_put(0, list, sizeof(list));
	set_cdb(UNMAP, 0, sizeof(list));
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 4096);
}

static void granularity(void)
{
	CHECK(console("disk add 0:0:0 size=1G granularity=1M alignment=32K"));
	CHECK(console("disk add 0:0:1 size=1G granularity=2M sector=4096"));
	CHECK(console("disk add 0:0:2 size=1G granularity=512"));
	limits(0);
	EQUAL(get_be32(got + 28), 2048);
	EQUAL(get_be32(got + 32), 0x80000040);
	limits(1);
	EQUAL(get_be32(got + 28), 512);
	EQUAL(get_be32(got + 32), 0x80000000);
	limits(2);
	EQUAL(get_be32(got + 28), 1);
}

/* The console counts sectors of 512 bytes on every disk. */
static void crc_units(void)
{
	CHECK(console("disk add 0:0:0 size=1M sector=4096"));
	CHECK(console("crc 0:0:0 lba=0 count=2048"));
	SAME(mock_answer, "a738ea1c");
	CHECK(console("crc 0:0:0 lba=2047 count=1"));
	SAME(mock_answer, "b2aa7578");
	CHECK(!console("crc 0:0:0 lba=2047 count=2"));
}

const struct test sector_tests[] = {
	{ "geometry", geometry },
	{ "large-sectors", large_sectors },
	{ "unmap-large-sectors", unmap_large_sectors },
	{ "granularity", granularity },
	{ "crc-units", crc_units },
	{ NULL, NULL },
};
