// SPDX-License-Identifier: GPL-2.0
/* Commands on the contents of a disk. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define READ_10		0x28
#define WRITE_10	0x2A
#define READ_16		0x88
#define WRITE_16	0x8A
#define UNMAP		0x42

static const u8 read_ops[] = { 0x08, READ_10, 0xA8, READ_16 };
static const u8 write_ops[] = { 0x0A, WRITE_10, 0xAA, WRITE_16 };
static u8 data[128 * 1024], got[128 * 1024];

static void pattern(u32 len, u8 seed)
{
	u32 i;

	for (i = 0; i < len; i++)
		data[i] = (u8)(seed + i * 3 + i / 251);
}

static void store_read(u64 offset, u32 len)
{
	struct store *s = disk_find(0, 0, 0, 0)->store;

	s->ops->read(s, offset, got, len);
}

/* Written by one command, seen in the store, read by another. */
static void round_trip(u8 write, u8 read, u32 offset, u64 lba, u32 count)
{
	u32 len = count * 512;

	pattern(len, (u8)(offset + lba + write));
	guest_buffer(offset, len);
	guest_put(0, data, len);
	set_cdb(write, lba, count);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, len);
	store_read(lba * 512, len);
	CHECK(!memcmp(data, got, len));

	/* The buffer of the guest may be larger. */
	guest_buffer(offset, len + 100);
	set_cdb(read, lba, count);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, len);
	guest_get(0, got, len);
	CHECK(!memcmp(data, got, len));
	CHECK(guest_clean(len));
}

static void read_and_write(void)
{
	static const u32 offsets[] = { 0, 512, 4095, 1, 3584 };
	static const u32 counts[] = { 1, 8, 9, 100, 255 };
	size_t i, j, op;

	console("disk add 0:0:0 size=1G");
	for (op = 0; op < sizeof(read_ops); op++)
		for (i = 0; i < ARRAY_SIZE(offsets); i++)
			for (j = 0; j < ARRAY_SIZE(counts); j++) {
				round_trip(write_ops[op], read_ops[op],
					   offsets[i], j * 77, counts[j]);
				round_trip(write_ops[op], read_ops[op],
					   offsets[i], 0x1FFF00, counts[j]);
			}
}

static void sparse_end(void)
{
	u64 last = (64ull << 40) / 512 - 1;

	console("disk add 0:0:0 size=64T");
	round_trip(WRITE_16, READ_16, 512, last, 1);
	round_trip(WRITE_16, READ_16, 4095, last - 63, 64);
	EQUAL(disk_allocated(), 32768);
	guest_buffer(0, 4096);
	set_cdb(READ_16, last / 2, 8);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_get(0, got, 4096);
	memset(data, 0, 4096);
	CHECK(!memcmp(got, data, 4096));
	set_cdb(READ_16, last - 6, 8);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
}

/* Each is wrong for READ and for WRITE on a disk of 2048 sectors. */
static const struct {
	u64 lba;
	u32 count, buffer;
} bad_ranges[] = {
	{ 0, 0, 4096 },			/* no sector */
	{ 0, 0, 0 },
	{ 0, 9, 4096 },			/* more than the buffer */
	{ 0, 8, 4095 },
	{ 0, 1, 0 },
	{ 2047, 2, 4096 },		/* over the end */
	{ 2048, 1, 4096 },
	{ 2049, 1, 4096 },
	{ 0xFFFFFFFF, 1, 4096 },	/* lba + count wraps */
	{ 0xFFFFFFFFFFFFFFFF, 1, 4096 },
	{ 0xFFFFFFFFFFFFFFF8, 8, 4096 },
	{ 1ull << 55, 8, 4096 },	/* lba * 512 wraps */
	{ 0, 0x800008, 4096 },		/* count * 512 wraps 32 bits */
	{ 0, 0xFFFFFFFF, 4096 },
};

static void ranges(void)
{
	size_t i, op;

	console("disk add 0:0:0 size=1M");
	for (i = 0; i < ARRAY_SIZE(bad_ranges); i++)
		for (op = 0; op < sizeof(read_ops); op++) {
			/* Smaller commands have no room for these values. */
			if (op < 3 && bad_ranges[i].lba > 0xFFFFFFFF)
				continue;
			if (op < 2 && bad_ranges[i].count > 0xFFFF)
				continue;
			guest_buffer(0, bad_ranges[i].buffer);
			set_cdb(read_ops[op], bad_ranges[i].lba,
				bad_ranges[i].count);
			command(0, VSTOR_DATA_IN);
			EQUAL(outcome(), BAD_RANGE);
			set_cdb(write_ops[op], bad_ranges[i].lba,
				bad_ranges[i].count);
			command(0, VSTOR_DATA_OUT);
			EQUAL(outcome(), BAD_RANGE);
			CHECK(guest_clean(0));
		}
	EQUAL(disk_allocated(), 0);
	guest_buffer(0, 512);
	set_cdb(READ_10, 2047, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
}

/* Counts that fit the disk, but not the buffer; in bytes not even 32 bits. */
static void long_counts(void)
{
	static const u32 counts[] = { 0x800008, 0x800000, 0x1000008 };
	size_t i;

	console("disk add 0:0:0 size=64T");
	guest_buffer(0, 4096);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		set_cdb(READ_16, 0, counts[i]);
		command(0, VSTOR_DATA_IN);
		EQUAL(outcome(), BAD_RANGE);
		set_cdb(0xAA, 0, counts[i]);
		command(0, VSTOR_DATA_OUT);
		EQUAL(outcome(), BAD_RANGE);
	}
	CHECK(guest_clean(0));
	EQUAL(disk_allocated(), 0);
}

static void bad_flags_and_direction(void)
{
	console("disk add 0:0:0 size=1M");
	guest_buffer(0, 512);
	set_cdb(READ_10, 0, 1);
	cdb[1] = 0x20;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	cdb[1] = 0x01;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	cdb[1] = 0x18;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	guest_buffer(0, 512);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	CHECK(guest_clean(0));
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	set_cdb(WRITE_10, 0, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), BAD_FIELD);
	EQUAL(disk_allocated(), 0);
}

/* Only the range counts: no data goes either way, and none is compared. */
static void verify(void)
{
	static const u8 ops[] = { 0x2F, 0xAF, 0x8F, 0x2E, 0xAE, 0x8E };
	size_t i;

	console("disk add 0:0:0 size=1M");
	guest_buffer(0, 512);
	for (i = 0; i < sizeof(ops); i++) {
		set_cdb(ops[i], 2047, 1);
		command(0, VSTOR_DATA_OUT);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 0);
		set_cdb(ops[i], 0, 2048);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), GOOD);
		set_cdb(ops[i], 2047, 0);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), GOOD);
		set_cdb(ops[i], 0, 2049);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), BAD_RANGE);
		set_cdb(ops[i], 2048, 0);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), BAD_RANGE);
		set_cdb(ops[i], 0, 1);
		cdb[1] = 1;
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), ops[i] >> 5 == 4 ? GOOD : BAD_FIELD);
	}
	EQUAL(disk_allocated(), 0);
	EQUAL(disk_find(0, 0, 0, 0)->stats.writes, 0);
}

static unsigned int flushes;

static void count_flush(struct store *s)
{
	(void)s;
	flushes++;
}

static void flushing(void)
{
	struct store_ops ops;
	struct store *s;
	size_t op;

	console("disk add 0:0:0 size=1G");
	s = disk_find(0, 0, 0, 0)->store;
	ops = *s->ops;
	ops.flush = count_flush;
	s->ops = &ops;
	flushes = 0;
	guest_buffer(0, 512);
	for (op = 0; op < sizeof(write_ops); op++) {
		set_cdb(write_ops[op], 0, 1);
		command(0, VSTOR_DATA_OUT);
		EQUAL(flushes, op ? op - 1 : 0);
		/* The six-byte command has a part of its LBA there. */
		cdb[1] |= 0x08;
		command(0, VSTOR_DATA_OUT);
		EQUAL(outcome(), GOOD);
		EQUAL(flushes, op);
	}
	set_cdb(0x35, 0, 0);
	command(0, VSTOR_DATA_NONE);
	set_cdb(0x91, 0, 0);
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	EQUAL(flushes, 5);
	EQUAL(disk_find(0, 0, 0, 0)->stats.flushes, 5);
	/* The operations go when this function returns. */
	console("disk del 0:0:0");
}

static void read_only(void)
{
	console("disk add 0:0:0 file=0 readonly=on");
	mock_file[0][512] = 0x77;
	guest_buffer(0, 512);
	set_cdb(WRITE_10, 1, 1);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), READ_ONLY);
	EQUAL(mock_file[0][512], 0x77);
	set_cdb(WRITE_10, 128, 1);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_RANGE);
	set_cdb(READ_10, 1, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(guest_byte(0), 0x77);
}

static void write_fault(void)
{
	console("disk add 0:0:0 size=1M");
	guest_buffer(0, 8192);
	set_cdb(WRITE_10, 0, 16);
	mock_page_limit = mock_pages + 2;	/* a table and one page */
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), WRITE_FAULT);
	EQUAL(disk_allocated(), 4096);
	EQUAL(disk_find(0, 0, 0, 0)->stats.bytes_written, 0);
	mock_page_limit = -1;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
}

/* Whatever the guest sends: no byte outside its buffer, no more than it. */
static void hostile(void)
{
	static const u8 known[] = {
		0x00, 0x03, 0x08, 0x0A, 0x12, 0x15, 0x1A, 0x25, READ_10, WRITE_10,
		0x41, 0x55, 0x5A, 0x5E, 0x5F, READ_16, WRITE_16, 0x93, 0x9E, 0xA0, 0xA8, 0xAA };
	u32 i, j, n;
	u8 list[4];

	console("disk add 0:0:0 size=1M serial=x");
	console("disk add 0:0:1 size=64T");
	console("disk add 0:0:2 file=0 size=32K");
	srand(2);
	for (i = 0; i < 20000; i++) {
		n = (u32)rand() % 4 ? (u32)rand() % 300 : (u32)rand() % 9000;
		guest_buffer((u32)rand() % 4096, n);
		for (j = 0; j < sizeof(cdb); j++)
			cdb[j] = (u8)(rand() % 3 ? rand() % 4 : rand());
		if (i % 8)
			cdb[0] = known[(u32)rand() % sizeof(known)];
		if (i % 4 == 0)
			cdb[0] = UNMAP;
		if (i % 4 == 0 && n >= 8) {
			put_be16(cdb + 7, (u16)n);
			put_be16(list, (u16)(n - 2));
			put_be16(list + 2, (u16)(n - 8));
			guest_put(0, list, 4);
		}
		command((u8)(rand() % 4), (u8)(rand() % 3));
		if (cdb[0] != 0x41 && cdb[0] != 0x93)
			CHECK(io.moved <= n);
		CHECK(guest_clean(n));
	}
}

const struct test rw_tests[] = {
	{ "read-and-write", read_and_write },
	{ "sparse-end", sparse_end },
	{ "ranges", ranges },
	{ "long-counts", long_counts },
	{ "bad-flags-and-direction", bad_flags_and_direction },
	{ "verify", verify },
	{ "flushing", flushing },
	{ "read-only", read_only },
	{ "write-fault", write_fault },
	{ "hostile", hostile },
	{ NULL, NULL },
};
