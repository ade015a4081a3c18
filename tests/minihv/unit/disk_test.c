// SPDX-License-Identifier: GPL-2.0
/* The table of disks and its console commands. */
#include <string.h>

#include "test.h"

/* Lines that fail, and what has to be in the error. Disk 0:0:1 exists. */
static const struct {
	const char *line, *error;
} wrong[] = {
	{ "disk add", "CONTROLLER:TARGET:LUN is missing" },
	{ "disk add 0:0 size=1M", "\"0:0\" is no CONTROLLER:TARGET:LUN" },
	{ "disk add 0:0: size=1M", "\"0:0:\" is no" },
	{ "disk add 0::0 size=1M", "\"0::0\" is no" },
	{ "disk add 0:0:0:0 size=1M", "\"0:0:0:0\" is no" },
	{ "disk add 0:0:x size=1M", "\"0:0:x\" is no" },
	{ "disk add -1:0:0 size=1M", "\"-1:0:0\" is no" },
	{ "disk add 4:0:0 size=1M", "0:0:0 to 3:255:255" },
	{ "disk add 0:256:0 size=1M", "0:0:0 to 3:255:255" },
	{ "disk add 0:0:256 size=1M", "0:0:0 to 3:255:255" },
	{ "disk add 0:0:4294967296 size=1M", "0:0:0 to 3:255:255" },
	{ "disk add 0:0:1 size=1M", "disk 0:0:1 exists already" },
	{ "disk add 0:0:2", "size= or file= is missing" },
	{ "disk add 0:0:2 size=", "size= is no number" },
	{ "disk add 0:0:2 size=big", "size=big is no number" },
	{ "disk add 0:0:2 size=0", "size of 0" },
	{ "disk add 0:0:2 size=1000", "size=1000 is no multiple of 512" },
	{ "disk add 0:0:2 size=65T", "size=65T is more than 64T" },
	{ "disk add 0:0:2 size=1M colour=red", "unknown word colour=red" },
	{ "disk add 0:0:2 size=1M unmap=maybe", "unmap=maybe is neither" },
	{ "disk add 0:0:2 size=1M readonly=1", "readonly=1 is neither" },
	{ "disk add 0:0:2 size=1M sector=1024",
	  "sector=1024 is none of 512n|512e|4096" },
	{ "disk add 0:0:2 size=1M sector=", "sector= is none of" },
	{ "disk add 0:0:2 size=1M sector=512", "sector=512 is none of" },
	{ "disk add 0:0:2 size=512 sector=4096", "no multiple of 4096" },
	{ "disk add 0:0:2 file=1 size=512 sector=4096", "multiple of 4096" },
	{ "disk add 0:0:2 size=1M write_same=yes",
	  "write_same=yes is none of off|on|unmap" },
	{ "disk add 0:0:2 size=1M granularity=x", "granularity=x is no number" },
	{ "disk add 0:0:2 size=1M granularity=513", "is not whole sectors" },
	{ "disk add 0:0:2 size=1M granularity=512 sector=4096",
	  "granularity=512 is not whole sectors" },
	{ "disk add 0:0:2 size=1M granularity=2G", "up to 1G" },
	{ "disk add 0:0:2 size=1M granularity=0", "not less than" },
	{ "disk add 0:0:2 size=1M alignment=4K", "not less than" },
	{ "disk add 0:0:2 size=1M alignment=1", "alignment=1 is not whole" },
	{ "disk add 0:0:2 size=1M serial=", "1 to 64 characters" },
	{ "disk add 0:0:2 size=1M serial=0123456789012345678901234567890123456789012345678901234567890123x",
	  "1 to 64 characters" },
	{ "disk add 0:0:2 size=1M serial=\xC3\xA4", "plain ASCII" },
	{ "disk add 0:0:2 size=1M slow=often", "slow=often is no number" },
	{ "disk add 0:0:2 size=1M notify=1", "notify=1 is neither" },
	{ "disk add 0:0:2 file=x", "file=x is no number" },
	{ "disk add 0:0:2 file=2", "there is no file 2" },
	{ "disk add 0:0:2 file=4294967296", "there is no file 4294967296" },
	{ "disk add 0:0:2 file=0", "file 0 is disk 0:0:9 already" },
	{ "disk add 0:0:2 file=1 size=1M", "file 1 has only 65536 bytes" },
	{ "disk add 0:0:2 file=1 size=3", "no multiple of 512" },
	{ "disk del", "CONTROLLER:TARGET:LUN is missing" },
	{ "disk del 0:0:2", "there is no disk 0:0:2" },
	{ "disk del 0:0:1 notify=x", "notify=x is neither" },
	{ "disk del 0:0:1 now", "unknown word now" },
	{ "disk add 0:0:2 size=1M pr=yes", "pr=yes is none of off|on" },
	{ "disk reserve", "CONTROLLER:TARGET:LUN is missing" },
	{ "disk reserve 0:0:2 1", "there is no disk 0:0:2" },
	{ "disk reserve 0:0:1", "KEY is missing" },
	{ "disk reserve 0:0:1 0", "0 is no key" },
	{ "disk reserve 0:0:1 x", "x is no key" },
	{ "disk reserve 0:0:1 1 2", "unknown word 2" },
	{ "disk reserve 0:0:1 1 type=x", "type=x is no number" },
	{ "disk reserve 0:0:1 1 type=2", "no type of reservation 2" },
	{ "disk reserve 0:0:1 1 type=0", "no type of reservation 0" },
	{ "disk reserve 0:0:1 1 type=257", "no type of reservation 257" },
	{ "disk release 0:0:2", "there is no disk 0:0:2" },
	{ "disk release 0:0:1 now", "unknown word now" },
	{ "disk resize 0:0:2 size=1M", "there is no disk 0:0:2" },
	{ "disk resize 0:0:1", "size= is missing" },
	{ "disk resize 0:0:1 size=0", "size of 0" },
	{ "disk resize 0:0:1 size=1M notify=yes", "notify=yes is neither" },
	{ "disk resize 0:0:1 size=1M now", "unknown word now" },
	{ "disk attention 0:0:1", "KEY/ASC/ASCQ is missing" },
	{ "disk attention 0:0:1 6/3f", "\"6/3f\" is no KEY/ASC/ASCQ" },
	{ "disk attention 0:0:1 6/3f/", "\"6/3f/\" is no" },
	{ "disk attention 0:0:1 6/3g/0", "\"6/3g/0\" is no" },
	{ "disk attention 0:0:1 6/100/0", "\"6/100/0\" is no" },
	{ "disk attention 0:0:1 0/3f/0", "1/0/0 to f/ff/ff" },
	{ "disk attention 0:0:1 6/3f/0 now", "unknown word now" },
	{ "disk attention 0:0:1 6/3f/0 again=often", "again=often is no number" },
	{ "disk slow 0:0:1", "MICROSECONDS are missing" },
	{ "disk slow 0:0:1 1s", "slow=1s is no number" },
	{ "disk slow 0:0:1 1 2", "unknown word 2" },
	{ "disk insert 0:0:1 size=1M", "0:0:1 is no DVD drive" },
	{ "disk insert 0:0:8", "size= or file= is missing" },
	{ "disk insert 0:0:8 size=1K", "no multiple of 2048" },
	{ "disk insert 0:0:8 size=1M x", "unknown word x" },
	{ "disk eject 0:0:1", "0:0:1 is no DVD drive" },
	{ "disk eject 0:0:8", "no medium in it" },
	{ "disk eject 0:0:8 ask=me", "ask=me is neither" },
	{ "disk resize 0:0:8 size=1M", "exchanged, not resized" },
	{ "disk add 0:0:2 dvd=perhaps", "dvd=perhaps is neither" },
	{ "crc 0:0:8 lba=0 count=1", "no medium in it" },
	{ "disk list all", "unknown word all" },
	{ "crc", "CONTROLLER:TARGET:LUN is missing" },
	{ "crc 0:0:2 lba=0 count=1", "there is no disk 0:0:2" },
	{ "crc 0:0:1 count=1", "lba= is missing" },
	{ "crc 0:0:1 lba=0", "count= is missing" },
	{ "crc 0:0:1 lba=a count=1", "lba=a is no number" },
	{ "crc 0:0:1 lba=0 count=a", "count=a is no number" },
	{ "crc 0:0:1 lba=0 count=0", "count=0 has no checksum" },
	{ "crc 0:0:1 lba=0 count=2049", "the disk ends at sector 2048" },
	{ "crc 0:0:1 lba=2048 count=1", "the disk ends at sector 2048" },
	{ "crc 0:0:1 lba=1 count=0xffffffffffffffff", "ends at sector 2048" },
	{ "crc 0:0:1 lba=0 count=1 fast", "unknown word fast" },
};

static void console_errors(void)
{
	long heap, pages;
	size_t i;

	CHECK(console("disk add 0:0:1 size=1M"));
	CHECK(console("disk add 0:0:8 dvd=on"));
	CHECK(console("disk add 0:0:9 file=0"));
	heap = mock_heap;
	pages = mock_pages;
	mock_changes = 0;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		if (console(wrong[i].line)) {
			test_failed(__FILE__, __LINE__, "\"%s\" succeeds",
				    wrong[i].line);
			return;
		}
		if (!strstr(mock_error, wrong[i].error)) {
			test_failed(__FILE__, __LINE__, "\"%s\" says \"%s\"",
				    wrong[i].line, mock_error);
			return;
		}
	}
	EQUAL(mock_heap, heap);
	EQUAL(mock_pages, pages);
	EQUAL(mock_changes, 0);
}

static void add_and_remove(void)
{
	mock_changes = 0;
	CHECK(console("disk add 3:1:255 size=10G"));
	EQUAL(mock_changes, 1);
	EQUAL(mock_changed, 3);
	CHECK(console("disk add 3:0:255 size=512"));
	CHECK(console("disk add 3:7:255 size=64T"));
	CHECK(disk_find(3, 0, 1, 255));
	CHECK(!disk_find(3, 1, 1, 255));
	CHECK(!disk_find(3, 0, 2, 255));
	CHECK(!disk_find(2, 0, 1, 255));
	CHECK(!disk_find(4, 0, 1, 255));
	CHECK(!disk_find(255, 0, 1, 255));
	EQUAL(disk_sectors(disk_find(3, 0, 1, 255)), (10ull << 30) / 512);
	EQUAL(disk_sectors(disk_find(3, 0, 0, 255)), 1);
	CHECK(disk_any(3, 7));
	CHECK(!disk_any(3, 6));
	CHECK(console("disk del 3:7:255"));
	CHECK(!disk_any(3, 7));
	CHECK(disk_any(3, 1));
	CHECK(disk_any(3, 0));
	CHECK(console("disk del 3:1:255"));
	CHECK(console("disk del 3:0:255"));
	EQUAL(mock_changes, 6);
	EQUAL(mock_heap, 0);
}

static void silent_changes(void)
{
	mock_changes = 0;
	CHECK(console("disk add 0:0:0 size=1M notify=off slow=100"));
	EQUAL(disk_find(0, 0, 0, 0)->slow, 100);
	CHECK(console("disk slow 0:0:0 1000000"));
	EQUAL(disk_find(0, 0, 0, 0)->slow, 1000000);
	CHECK(console("disk del 0:0:0 notify=off"));
	CHECK(!disk_find(0, 0, 0, 0));
	EQUAL(mock_changes, 0);
	CHECK(console("disk add 0:0:0 size=1M notify=on"));
	EQUAL(mock_changes, 1);
}

static void iterate_in_order(void)
{
	struct disk *d;

	CHECK(console("disk add 0:0:200 size=1M"));
	CHECK(console("disk add 0:0:3 size=1M"));
	CHECK(console("disk add 0:1:100 size=1M"));
	CHECK(console("disk add 0:0:255 size=1M"));
	d = disk_next(0, 0, 0, 0);
	EQUAL(d->lun, 3);
	d = disk_next(0, 0, 0, d->lun + 1);
	EQUAL(d->lun, 200);
	d = disk_next(0, 0, 0, d->lun + 1);
	EQUAL(d->lun, 255);
	CHECK(!disk_next(0, 0, 0, d->lun + 1));
	CHECK(!disk_next(0, 1, 0, 0));
}

static void out_of_memory(void)
{
	mock_heap_limit = mock_heap;
	CHECK(!console("disk add 0:0:0 size=1M"));
	CHECK(strstr(mock_error, "out of memory"));
	mock_heap_limit = mock_heap + 1;
	CHECK(!console("disk add 0:0:0 size=1M"));
	CHECK(strstr(mock_error, "out of memory"));
	CHECK(!disk_any(0, 0));
	EQUAL(mock_heap, 0);
}

static void list(void)
{
	CHECK(console("disk list"));
	SAME(mock_lines, "");
	CHECK(console("disk add 0:1:0 file=1 size=8K unmap=off readonly=on"));
	CHECK(console("disk add 0:0:7 size=10G serial=abc"));
	CHECK(console("disk list"));
	SAME(mock_lines,
	     "0:0:7 thin size=10737418240 allocated=0 unmap=on readonly=off reads=0 writes=0 unmaps=0 write_sames=0 flushes=0 other=0 failed=0 serial=abc\n"
	     "0:1:0 file size=8192 allocated=8192 unmap=off readonly=on reads=0 writes=0 unmaps=0 write_sames=0 flushes=0 other=0 failed=0 file=1\n");
}

/* The values are those of python's zlib.crc32(). */
static void crc(void)
{
	struct store *s;
	u8 data[3 * 4096];
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (u8)(i * 7 + i / 512);
	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("crc 0:0:0 lba=0 count=1"));
	SAME(mock_answer, "b2aa7578");
	CHECK(console("crc 0:0:0 lba=0 count=2048"));
	SAME(mock_answer, "a738ea1c");
	s = disk_find(0, 0, 0, 0)->store;
	CHECK(s->ops->write(s, 512, data, sizeof(data)));
	CHECK(console("crc 0:0:0 lba=1 count=24"));
	SAME(mock_answer, "5f03c352");
	CHECK(console("crc 0:0:0 lba=2 count=1"));
	SAME(mock_answer, "5faf1107");
	CHECK(console("crc 0:0:0 lba=2047 count=1"));
	SAME(mock_answer, "b2aa7578");
}

static void totals(void)
{
	struct disk_stats before, after;

	disk_totals(&before);
	CHECK(console("disk add 0:0:0 size=1M"));
	CHECK(console("disk add 1:1:9 size=1M"));
	guest_buffer(0, 1024);
	set_cdb(0x2A, 0, 2);
	command_to(0, 0, 0, 0, VSTOR_DATA_OUT);
	set_cdb(0x28, 0, 1);
	command_to(1, 0, 1, 9, VSTOR_DATA_IN);
	set_cdb(0x28, 0, 3);
	command_to(1, 0, 1, 9, VSTOR_DATA_IN);
	set_cdb(0x00, 0, 0);
	command_to(1, 0, 1, 9, VSTOR_DATA_NONE);
	CHECK(console("disk del 1:1:9"));
	disk_totals(&after);
	EQUAL(after.writes - before.writes, 1);
	EQUAL(after.bytes_written - before.bytes_written, 1024);
	EQUAL(after.reads - before.reads, 2);
	EQUAL(after.bytes_read - before.bytes_read, 512);
	EQUAL(after.failed - before.failed, 1);
	EQUAL(after.other - before.other, 1);
}

const struct test disk_tests[] = {
	{ "console-errors", console_errors },
	{ "add-and-remove", add_and_remove },
	{ "silent-changes", silent_changes },
	{ "iterate-in-order", iterate_in_order },
	{ "out-of-memory", out_of_memory },
	{ "list", list },
	{ "crc", crc },
	{ "totals", totals },
	{ NULL, NULL },
};
