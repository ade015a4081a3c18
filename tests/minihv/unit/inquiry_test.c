// SPDX-License-Identifier: GPL-2.0
/* What a guest asks to find disks, and what it hears where there are none. */
#include <stdio.h>
#include <string.h>

#include "test.h"

#define INQUIRY		0x12
#define REPORT_LUNS	0xA0

/* INQUIRY with a buffer of @len and as much allocation length. */
static void inquiry(u8 lun, bool vital, u8 page, u16 len)
{
	guest_buffer(4000, len);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = INQUIRY;
	cdb[1] = vital;
	cdb[2] = page;
	put_be16(cdb + 3, len);
	command(lun, VSTOR_DATA_IN);
}

static void standard_inquiry(void)
{
	console("disk add 0:0:5 size=1M");
	inquiry(5, false, 0, 200);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 96);
	CHECK(guest_has(0, "\0\0\5\2\x5B\0\0\2"
			"Msft    Virtual Disk    1.0 ", 36));
	CHECK(guest_clean(96));
	inquiry(5, false, 0, 36);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 36);
	EQUAL(guest_byte(4), 91);
	CHECK(guest_clean(36));
	inquiry(5, false, 0, 5);
	EQUAL(io.moved, 5);
	inquiry(5, false, 0, 4);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(5, false, 0x80, 96);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(5, false, 0, 96);
	io.buf.len = 95;
	command(5, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	io.buf.len = 96;
	cdb[1] = 2;
	command(5, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	cdb[1] = 0;
	command(5, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
}

static void vpd_pages(void)
{
	console("disk add 0:0:0 size=1M serial=S-1");
	console("disk add 0:0:1 size=1M unmap=off");
	inquiry(0, true, 0, 255);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 10);
	CHECK(guest_has(0, "\0\0\0\6\x00\x80\x83\xB0\xB1\xB2", 10));
	inquiry(1, true, 0, 255);
	EQUAL(io.moved, 6);
	CHECK(guest_has(0, "\0\0\0\2\x00\x83", 6));
	inquiry(0, true, 0x80, 255);
	EQUAL(io.moved, 7);
	CHECK(guest_has(0, "\0\x80\0\3S-1", 7));
	inquiry(0, true, 0x80, 4);
	EQUAL(io.moved, 4);
	CHECK(guest_clean(4));
	inquiry(0, true, 0x80, 3);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(1, true, 0x80, 255);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(1, true, 0xB0, 255);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(1, true, 0xB2, 255);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(0, true, 0x84, 255);
	EQUAL(outcome(), BAD_FIELD);
	EQUAL(io.moved, 0);
}

static void vpd_identification(void)
{
	console("disk add 2:1:77 size=1M");
	inquiry(77, true, 0x83, 255);
	command_to(2, 0, 1, 77, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 52);
	CHECK(guest_has(0, "\0\x83\0\x30\1\1\0\x18Msft    hvscsi", 22));
	CHECK(guest_has(22, "\0\0\0\0\0\0\0\2\1M", 10));
	CHECK(guest_has(32, "\1\3\0\x10\x60\2\x24\x80hvscsi\0\0\0\2\1M", 20));
}

static void vpd_unmap(void)
{
	u8 limits[64] = { [1] = 0xB0, [3] = 60 };

	console("disk add 0:0:0 size=1M");
	console("disk add 0:0:1 size=64T");
	put_be32(limits + 20, 0xFFFFFFFF);
	put_be32(limits + 24, 4096);
	put_be32(limits + 28, 8);
	put_be32(limits + 32, 0x80000000);
	put_be64(limits + 36, 16384);
	inquiry(0, true, 0xB0, 255);
	EQUAL(io.moved, 64);
	CHECK(guest_has(0, (char *)limits, 64));
	inquiry(0, true, 0xB1, 255);
	EQUAL(io.moved, 64);
	CHECK(guest_has(0, "\0\xB1\0\x3C\0\1\0", 7));
	inquiry(0, true, 0xB2, 255);
	EQUAL(io.moved, 8);
	CHECK(guest_has(0, "\0\xB2\0\4\1\x80\2\0", 8));
	inquiry(1, true, 0xB2, 255);
	CHECK(guest_has(0, "\0\xB2\0\4\6\x80\2\0", 8));
}

static void absent_inquiry(void)
{
	console("disk add 0:0:1 size=1M");
	inquiry(0, false, 0, 36);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 36);
	CHECK(guest_has(0, "\x7F\0\5\2\x5B\0\0\0"
			"Msft    Virtual Disk    1.0 ", 36));
	inquiry(2, false, 0, 255);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 96);
	CHECK(guest_has(0, "\x7F\0\5\2\x5B\0\0\0\0\0\0\0\0\0\0\0", 16));
	CHECK(guest_has(16, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20));
	CHECK(guest_clean(96));
	inquiry(2, true, 0, 255);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(2, false, 1, 255);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(2, false, 0, 4);
	EQUAL(outcome(), BAD_FIELD);
	inquiry(2, false, 0, 36);
	io.buf.len = 35;
	command(2, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	io.buf.len = 36;
	command(2, VSTOR_DATA_NONE);
	EQUAL(outcome(), BAD_FIELD);
	/* The disk is on path 0 only. */
	command_to(0, 1, 0, 1, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(guest_byte(0), 0x7F);
	command_to(200, 0, 0, 1, VSTOR_DATA_IN);
	EQUAL(guest_byte(0), 0x7F);
}

static void absent_others(void)
{
	unsigned int op;

	console("disk add 0:0:1 size=1M");
	guest_buffer(0, 4096);
	for (op = 0; op < 256; op++) {
		if (op == INQUIRY || op == REPORT_LUNS)
			continue;
		set_cdb((u8)op, 0, 1);
		command(2, op & 2 ? VSTOR_DATA_OUT : VSTOR_DATA_IN);
		EQUAL(outcome(), NO_LUN);
		EQUAL(io.sense_valid, false);
	}
	CHECK(guest_clean(0));
	/* A disk that has gone is absent too. */
	set_cdb(0x00, 0, 0);
	command(1, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	CHECK(console("disk del 0:0:1"));
	command(1, VSTOR_DATA_NONE);
	EQUAL(outcome(), NO_LUN);
}

static void report_luns(void)
{
	char line[40];
	int lun;

	console("disk add 0:1:9 size=1M");
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = REPORT_LUNS;
	guest_buffer(4094, 64);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8);
	CHECK(guest_has(0, "\0\0\0\0\0\0\0\0", 8));
	CHECK(guest_clean(8));
	for (lun = 255; lun >= 0; lun -= 5) {
		snprintf(line, sizeof(line), "disk add 0:0:%d size=1M", lun);
		console(line);
	}
	guest_buffer(4094, 1000);
	command(7, VSTOR_DATA_IN);
	EQUAL(io.moved, 8 + 52 * 8);
	CHECK(guest_has(0, "\0\0\1\xA0\0\0\0\0", 8));
	for (lun = 0; lun < 52; lun++) {
		EQUAL(guest_byte(8 + lun * 8), 0);
		EQUAL(guest_byte(8 + lun * 8 + 1), lun * 5);
		CHECK(guest_has(8 + lun * 8 + 2, "\0\0\0\0\0\0", 6));
	}
	CHECK(guest_clean(8 + 52 * 8));
	guest_buffer(0, 1000);
	command_to(0, 0, 1, 0, VSTOR_DATA_IN);
	EQUAL(io.moved, 16);
	EQUAL(guest_byte(9), 9);
	command_to(0, 1, 0, 0, VSTOR_DATA_IN);
	EQUAL(io.moved, 8);
	guest_buffer(0, 30);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 30);
	CHECK(guest_has(0, "\0\0\1\xA0\0\0\0\0\0\0\0\0\0\0\0\0\0\5", 18));
	CHECK(guest_clean(30));
	guest_buffer(0, 7);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
	CHECK(guest_clean(0));
	guest_buffer(0, 8);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
	CHECK(guest_clean(0));
}

const struct test inquiry_tests[] = {
	{ "standard-inquiry", standard_inquiry },
	{ "vpd-pages", vpd_pages },
	{ "vpd-identification", vpd_identification },
	{ "vpd-unmap", vpd_unmap },
	{ "absent-inquiry", absent_inquiry },
	{ "absent-others", absent_others },
	{ "report-luns", report_luns },
	{ NULL, NULL },
};
