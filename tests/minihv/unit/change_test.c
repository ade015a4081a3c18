// SPDX-License-Identifier: GPL-2.0
/* Disks that change while the guest uses them. */
#include <string.h>

#include "test.h"

#define TEST_UNIT_READY	0x00
#define REQUEST_SENSE	0x03
#define INQUIRY		0x12
#define READ_10		0x28
#define SERVICE_ACTION_IN 0x9E
#define REPORT_LUNS	0xA0

static void send(u8 op, u8 lba, u8 count, u8 data_in)
{
	set_cdb(op, lba, count);
	command(0, data_in);
}

static void resize_is_told_once(void)
{
	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("disk add 0:0:1 size=1M"));
	mock_changes = 0;
	CHECK(console("disk resize 0:0:0 size=2M"));
	EQUAL(mock_changes, 0);
	EQUAL(disk_sectors(disk_find(0, 0, 0, 0)), 4096);
	guest_buffer(0, 96);
	send(INQUIRY, 0, 96, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	send(REQUEST_SENSE, 0, 18, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	send(REPORT_LUNS, 0, 0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	set_cdb(TEST_UNIT_READY, 0, 0);
	command(1, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), RESIZED);
	send(REQUEST_SENSE, 0, 18, VSTOR_DATA_IN);
	CHECK(guest_has(0, "\x70\0\6\0\0\0\0\x0A\0\0\0\0\x2A\x09\0\0\0\0", 18));
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	/* A disk that goes takes what it had to tell with it. */
	CHECK(console("disk resize 0:0:0 size=1M notify=on"));
	EQUAL(mock_changes, 1);
	CHECK(console("disk del 0:0:0"));
	CHECK(console("disk add 0:0:0 size=1M"));
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
}

static void attention_is_told_once(void)
{
	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("disk attention 0:0:0 6/3f/e"));
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), 0xE0204063Ful);
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
}

static void attention_is_told_again(void)
{
	int i;

	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("disk attention 0:0:0 6/3f/e again=2"));
	for (i = 0; i < 3; i++) {
		send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
		EQUAL(outcome(), 0xE0204063Ful);
	}
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
}

static void read_after_resize(void)
{
	CHECK(console("disk add 0:0:0 size=1M"));
	guest_buffer(0, 512);
	set_cdb(READ_10, 2048, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
	CHECK(console("disk resize 0:0:0 size=2M"));
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), RESIZED);
	CHECK(guest_clean(0));
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	CHECK(console("disk resize 0:0:0 size=1M"));
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), RESIZED);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
}

static void resize_thin(void)
{
	static const u8 sector[512] = "first";

	CHECK(console("disk add 0:0:0 size=8K"));
	fill_disk(sector, sizeof(sector));
	CHECK(console("disk resize 0:0:0 size=64T"));
	CHECK(console("crc 0:0:0 lba=0 count=16"));
	EQUAL(disk_allocated(), 4096);
	CHECK(console("disk resize 0:0:0 size=512"));
	EQUAL(disk_allocated(), 4096);
	/* The one page and its table. */
	EQUAL(mock_pages, 2);
	mock_page_limit = mock_pages + 1;
	CHECK(!console("disk resize 0:0:0 size=64T"));
	CHECK(strstr(mock_error, "no room for"));
	EQUAL(disk_sectors(disk_find(0, 0, 0, 0)), 1);
	mock_page_limit = -1;
	CHECK(console("disk resize 0:0:0 size=1K"));
	EQUAL(mock_pages, 2);
}

static void resize_file(void)
{
	CHECK(console("disk add 0:0:0 file=0 size=4K"));
	CHECK(console("disk resize 0:0:0 size=64K"));
	EQUAL(disk_sectors(disk_find(0, 0, 0, 0)), 128);
	CHECK(!console("disk resize 0:0:0 size=128K"));
	CHECK(strstr(mock_error, "no room for 131072 bytes"));
	CHECK(console("disk resize 0:0:0 size=512"));
	EQUAL(disk_sectors(disk_find(0, 0, 0, 0)), 1);
}

static void limits(u32 granularity, u32 alignment, u8 provisioning, u8 capacity)
{
	u8 got[64];

	guest_buffer(0, sizeof(got));
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = INQUIRY;
	cdb[1] = 1;
	cdb[2] = 0xB0;
	cdb[4] = sizeof(got);
	command(0, VSTOR_DATA_IN);
	guest_get(0, got, sizeof(got));
	EQUAL(get_be32(got + 28), granularity);
	EQUAL(get_be32(got + 32), 0x80000000 | alignment);
	cdb[2] = 0xB2;
	command(0, VSTOR_DATA_IN);
	EQUAL(guest_byte(5), provisioning);
	set_cdb(SERVICE_ACTION_IN, 0, 32);
	cdb[1] = 0x10;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(guest_byte(14), capacity);
}

static void change_is_told_once(void)
{
	CHECK(console("disk add 0:0:0 size=1M granularity=32M"));
	limits(65536, 0, 0x80, 0x80);
	CHECK(!console("disk change 0:0:0 granularity=2M alignment=2M"));
	CHECK(!console("disk change 0:0:0 write_same=perhaps"));
	CHECK(!console("disk change 0:0:0 size=2M"));
	limits(65536, 0, 0x80, 0x80);
	CHECK(console("disk change 0:0:0 granularity=2M alignment=64K"));
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), 0x0204063Ful);
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	limits(4096, 128, 0x80, 0x80);
	/* What is not named stays. */
	CHECK(console("disk change 0:0:0 write_same=unmap"));
	send(TEST_UNIT_READY, 0, 0, VSTOR_DATA_NONE);
	limits(4096, 128, 0xE4, 0xC0);
}

const struct test change_tests[] = {
	{ "resize-is-told-once", resize_is_told_once },
	{ "attention-is-told-once", attention_is_told_once },
	{ "attention-is-told-again", attention_is_told_again },
	{ "read-after-resize", read_after_resize },
	{ "resize-thin", resize_thin },
	{ "resize-file", resize_file },
	{ "change-is-told-once", change_is_told_once },
	{ NULL, NULL },
};
