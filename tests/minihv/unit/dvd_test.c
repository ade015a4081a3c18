// SPDX-License-Identifier: GPL-2.0
/* DVD drives. */
#include <string.h>

#include "test.h"

#define TEST_UNIT_READY	0x00
#define INQUIRY		0x12
#define START_STOP	0x1B
#define PREVENT_ALLOW	0x1E
#define READ_CAPACITY	0x25
#define READ_10		0x28
#define READ_TOC	0x43
#define GET_CONFIG	0x46
#define EVENT_STATUS	0x4A
#define DISC_INFO	0x51
#define TRACK_INFO	0x52
#define MODE_SENSE_10	0x5A
#define READ_16		0x88
#define REPORT_LUNS	0xA0
#define READ_12		0xA8

#define NO_MEDIUM	0x10204023Aul
#define TRAY_OPEN	0x20204023Aul
#define LOCKED		0x202040553ul

/* A command whose allocation length is in bytes 7 and 8, as it is with most. */
static void ask(u8 op, u8 byte1, u8 byte2, u8 byte6, u16 len)
{
	guest_buffer(0, len);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = op;
	cdb[1] = byte1;
	cdb[2] = byte2;
	cdb[6] = byte6;
	put_be16(cdb + 7, len);
	command(0, VSTOR_DATA_IN);
}

static void order(u8 op, u8 byte4)
{
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = op;
	cdb[4] = byte4;
	command(0, VSTOR_DATA_NONE);
}

/* What the guest hears when it polls: event in the upper byte, then status. */
static u32 event(void)
{
	guest_buffer(0, 8);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = EVENT_STATUS;
	cdb[1] = 1;
	cdb[4] = 0x10;
	cdb[8] = 8;
	command(0, VSTOR_DATA_IN);
	if (outcome() != GOOD || io.moved != 8 ||
	    !guest_has(0, "\0\6\4\x10", 4))
		return 0xFFFF;
	return (u32)guest_byte(4) << 8 | guest_byte(5);
}

static void inquiry(void)
{
	CHECK(console("disk add 0:0:0 dvd=on"));
	guest_buffer(0, 96);
	set_cdb(INQUIRY, 0, 96);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	CHECK(guest_has(0, "\5\x80\5\2\x5B\0\0\0Msft    Virtual DVD-ROM 1.0 ",
			36));
	set_cdb(INQUIRY, 0, 96);
	cdb[1] = 1;
	command(0, VSTOR_DATA_IN);
	CHECK(guest_has(0, "\5\0\0\2\0\x83", 6));
}

static void without_medium(void)
{
	static const u8 commands[] = {
		TEST_UNIT_READY, READ_CAPACITY, READ_10, READ_12, READ_16,
		READ_TOC, DISC_INFO, TRACK_INFO };
	size_t i;

	CHECK(console("disk add 0:0:0 dvd=on"));
	for (i = 0; i < sizeof(commands); i++) {
		ask(commands[i], 0, 0, 0, 2048);
		EQUAL(outcome(), NO_MEDIUM);
	}
	order(START_STOP, 2);
	EQUAL(outcome(), GOOD);
	order(TEST_UNIT_READY, 0);
	EQUAL(outcome(), TRAY_OPEN);
	EQUAL(event(), 0x0001);
	order(START_STOP, 3);
	order(TEST_UNIT_READY, 0);
	EQUAL(outcome(), NO_MEDIUM);
	EQUAL(event(), 0);
}

static void other_commands(void)
{
	static const u8 unknown[] = {
		0x04, 0x08, 0x1A, 0x2A, 0x35, 0x42, 0x8A, 0x9E, 0xBE };
	size_t i;

	CHECK(console("disk add 0:0:0 dvd=on size=1M"));
	for (i = 0; i < sizeof(unknown); i++) {
		order(unknown[i], 0);
		EQUAL(outcome(), BAD_OPCODE);
	}
}

static void blocks(void)
{
	u8 data[2048];

	CHECK(console("disk add 0:0:0 dvd=on size=64K"));
	memset(data, 7, sizeof(data));
	disk_find(0, 0, 0, 0)->store->ops->write(disk_find(0, 0, 0, 0)->store,
						 31 * 2048, data, 2048);
	guest_buffer(0, 8);
	set_cdb(READ_CAPACITY, 0, 0);
	command(0, VSTOR_DATA_IN);
	CHECK(guest_has(0, "\0\0\0\x1F\0\0\x08\0", 8));
	guest_buffer(100, 2048);
	set_cdb(READ_10, 31, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 2048);
	CHECK(guest_has(0, (char *)data, 2048));
	set_cdb(READ_12, 32, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_RANGE);
	set_cdb(READ_16, 30, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
}

static void table_of_contents(void)
{
	CHECK(console("disk add 0:0:0 dvd=on size=1M"));
	ask(READ_TOC, 0, 0, 0, 100);
	EQUAL(io.moved, 20);
	CHECK(guest_has(0, "\0\x12\1\1\0\x14\1\0\0\0\0\0"
			"\0\x14\xAA\0\0\0\2\0", 20));
	ask(READ_TOC, 2, 0, 0xAA, 12);
	CHECK(guest_has(0, "\0\x0A\1\1\0\x14\xAA\0\0\0\x08\x3E", 12));
	ask(READ_TOC, 0, 0, 2, 12);
	EQUAL(outcome(), BAD_FIELD);
	ask(READ_TOC, 0, 1, 0, 12);
	CHECK(guest_has(0, "\0\x0A\1\1\0\x14\1\0\0\0\0\0", 12));
	/* Where guests of old have the format. */
	cdb[2] = 0;
	cdb[9] = 0x40;
	guest_buffer(0, 12);
	command(0, VSTOR_DATA_IN);
	EQUAL(io.moved, 12);
	CHECK(guest_has(0, "\0\x0A\1\1\0\x14\1", 7));
	ask(READ_TOC, 0, 4, 0, 12);
	EQUAL(outcome(), BAD_FIELD);
	io.buf.len = 11;
	cdb[2] = 0;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
}

/* No unit attention tells of a medium, whoever takes it out. */
static void exchange(void)
{
	mock_changes = 0;
	CHECK(console("disk add 0:0:0 dvd=on file=0"));
	EQUAL(event(), 0x0002);
	CHECK(console("disk eject 0:0:0 ask=on"));
	EQUAL(event(), 0x0102);
	EQUAL(event(), 0x0002);
	CHECK(console("disk eject 0:0:0"));
	order(TEST_UNIT_READY, 0);
	EQUAL(outcome(), NO_MEDIUM);
	EQUAL(event(), 0x0300);
	EQUAL(event(), 0x0000);
	CHECK(!console("disk eject 0:0:0"));
	CHECK(!console("disk insert 0:0:0 size=3"));
	CHECK(!console("disk insert 0:0:0 file=0 size=128K"));
	CHECK(console("disk insert 0:0:0 file=0"));
	CHECK(!console("disk insert 0:0:0 file=1"));
	order(TEST_UNIT_READY, 0);
	EQUAL(outcome(), GOOD);
	EQUAL(event(), 0x0202);
	order(PREVENT_ALLOW, 1);
	order(START_STOP, 2);
	EQUAL(outcome(), LOCKED);
	order(TEST_UNIT_READY, 0);
	EQUAL(outcome(), GOOD);
	order(PREVENT_ALLOW, 0);
	order(START_STOP, 2);
	EQUAL(outcome(), GOOD);
	EQUAL(event(), 0x0301);
	CHECK(console("disk insert 0:0:0 size=64K"));
	EQUAL(event(), 0x0202);
	EQUAL(mock_changes, 1);
}

static void configuration(void)
{
	CHECK(console("disk add 0:0:0 dvd=on size=1M"));
	ask(GET_CONFIG, 0, 0, 0, 255);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 48);
	CHECK(guest_has(0, "\0\0\0\x2C\0\0\0\x10\0\0\3\4\0\x10", 14));
	ask(GET_CONFIG, 2, 0, 0, 255);
	EQUAL(io.moved, 16);
	ask(DISC_INFO, 0, 0, 0, 34);
	EQUAL(io.moved, 34);
	CHECK(guest_has(0, "\0\x20\x0E\1\1\1\1\x20", 8));
	ask(DISC_INFO, 1, 0, 0, 34);
	EQUAL(outcome(), BAD_FIELD);
	ask(TRACK_INFO, 1, 0, 0, 36);
	EQUAL(io.moved, 36);
	CHECK(guest_has(0, "\0\x22\1\1\0\4\1", 7));
	CHECK(guest_has(24, "\0\0\2\0", 4));
	ask(MODE_SENSE_10, 0, 0x2A, 0, 128);
	EQUAL(io.moved, 34);
	CHECK(guest_has(0, "\0\x20\0\0\0\0\0\0\x2A\x18\x08\0\0\0\x29", 15));
	ask(MODE_SENSE_10, 0, 0x08, 0, 128);
	EQUAL(outcome(), BAD_FIELD);
	ask(EVENT_STATUS, 0, 0, 0, 8);
	EQUAL(outcome(), BAD_FIELD);
	ask(EVENT_STATUS, 1, 0, 0, 8);
	EQUAL(io.moved, 4);
	CHECK(guest_has(0, "\0\2\x80\x10", 4));
}

/* What a virtual machine can have at most. */
static void many(void)
{
	char line[32];
	u32 c, lun;

	for (c = 0; c < DISK_CONTROLLERS; c++)
		for (lun = 0; lun < 64; lun++) {
			snprintf(line, sizeof(line), "disk add %u:0:%u dvd=on",
				 c, lun);
			CHECK(console(line));
		}
	for (c = 0; c < DISK_CONTROLLERS; c++) {
		guest_buffer(0, 1024);
		set_cdb(REPORT_LUNS, 0, 0);
		command_to((u8)c, 0, 0, 0, VSTOR_DATA_IN);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 65 * 8);
		EQUAL(guest_byte(64 * 8 + 1), 63);
		set_cdb(TEST_UNIT_READY, 0, 0);
		command_to((u8)c, 0, 0, 63, VSTOR_DATA_NONE);
		EQUAL(outcome(), NO_MEDIUM);
	}
}

const struct test dvd_tests[] = {
	{ "dvd-inquiry", inquiry },
	{ "dvd-without-medium", without_medium },
	{ "dvd-other-commands", other_commands },
	{ "dvd-blocks", blocks },
	{ "dvd-table-of-contents", table_of_contents },
	{ "dvd-exchange", exchange },
	{ "dvd-configuration", configuration },
	{ "dvd-many", many },
	{ NULL, NULL },
};
