// SPDX-License-Identifier: GPL-2.0
/* Runs all tests; has those of the commands that have no file of their own. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "test.h"

#define REQUEST_SENSE	0x03

static char failure[512];

void test_failed(const char *file, int line, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = snprintf(failure, sizeof(failure), "%s:%d: ", file, line);
	va_start(ap, fmt);
	vsnprintf(failure + n, sizeof(failure) - n, fmt, ap);
	va_end(ap);
}

bool test_has_failed(void)
{
	return failure[0];
}

static void simple_commands(void)
{
	static const u8 accepted[] = {
		0x00, 0x04, 0x16, 0x17, 0x1D, 0x1E, 0x35, 0x91 };
	static const u8 unknown[] = {
		0x01, 0x7F, 0x85, 0x9F, 0xA1, 0xA3, 0xFF };
	size_t i;

	console("disk add 0:0:0 size=1M");
	for (i = 0; i < sizeof(accepted); i++) {
		set_cdb(accepted[i], 0, 0);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), GOOD);
		EQUAL(io.moved, 0);
	}
	for (i = 0; i < sizeof(unknown); i++) {
		set_cdb(unknown[i], 0, 0);
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), BAD_OPCODE);
	}
	EQUAL(disk_find(0, 0, 0, 0)->stats.flushes, 2);
}

static void start_stop(void)
{
	struct disk *d;

	console("disk add 0:0:0 size=1M");
	d = disk_find(0, 0, 0, 0);
	set_cdb(0x1B, 0, 1);
	cdb[4] = 1;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	EQUAL(d->stats.flushes, 0);
	cdb[4] = 0;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
	EQUAL(d->stats.flushes, 1);
	cdb[4] = 2;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), BAD_OPCODE);
	cdb[4] = 0;
	cdb[1] = 1;
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), BAD_FIELD);
	EQUAL(d->stats.flushes, 1);
}

static void request_sense(void)
{
	console("disk add 0:0:0 size=1M");
	set_cdb(0xFF, 0, 0);
	command(0, VSTOR_DATA_NONE);
	guest_buffer(0, 252);
	set_cdb(REQUEST_SENSE, 0, 252);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 18);
	CHECK(guest_has(0, "\x70\0\5\0\0\0\0\x0A\0\0\0\0\x20\0\0\0\0\0", 18));
	CHECK(guest_clean(18));
	/* Only once. */
	command(0, VSTOR_DATA_IN);
	CHECK(guest_has(0, "\x70\0\0\0\0\0\0\x0A\0\0\0\0\0\0\0\0\0\0", 18));
	/* Nor after another command. */
	set_cdb(0xFF, 0, 0);
	command(0, VSTOR_DATA_NONE);
	set_cdb(0, 0, 0);
	command(0, VSTOR_DATA_NONE);
	set_cdb(REQUEST_SENSE, 0, 8);
	command(0, VSTOR_DATA_IN);
	EQUAL(io.moved, 8);
	EQUAL(guest_byte(2), 0);
	set_cdb(REQUEST_SENSE, 0, 7);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	set_cdb(REQUEST_SENSE, 0, 253);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
}

/* MODE SENSE of either size with as much buffer. */
static void mode_sense(u8 op, u8 page, u8 subpage, u8 len)
{
	guest_buffer(0, len);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = op;
	cdb[2] = page;
	cdb[3] = subpage;
	cdb[op == 0x1A ? 4 : 8] = len;
	command(0, VSTOR_DATA_IN);
}

static void mode_pages(void)
{
	console("disk add 0:0:0 size=1M");
	mode_sense(0x1A, 0x08, 0, 192);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 24);
	CHECK(guest_has(0, "\x17\0\x10\0\x08\x12\4\0\0\0\0\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0", 24));
	CHECK(guest_clean(24));
	mode_sense(0x5A, 0x3F, 0, 192);
	EQUAL(io.moved, 28);
	CHECK(guest_has(0, "\0\x1A\0\x10\0\0\0\0\x08\x12\4\0\0\0\0\0\0\0\0\0"
			"\0\0\0\0\0\0\0\0", 28));
	mode_sense(0x5A, 0x3F, 0xFF, 192);
	EQUAL(outcome(), GOOD);
	/* Default values are the current ones; nothing can be changed. */
	mode_sense(0x1A, 0x88, 0, 192);
	EQUAL(guest_byte(6), 4);
	mode_sense(0x1A, 0x48, 0, 192);
	EQUAL(outcome(), GOOD);
	EQUAL(guest_byte(6), 0);
	mode_sense(0x1A, 0x3F, 0, 4);
	EQUAL(io.moved, 4);
	EQUAL(guest_byte(0), 0x17);
	CHECK(guest_clean(4));
	console("disk del 0:0:0");
	console("disk add 0:0:0 size=1M readonly=on");
	mode_sense(0x1A, 0x3F, 0, 192);
	EQUAL(guest_byte(2), 0x90);
	mode_sense(0x5A, 0x3F, 0, 192);
	EQUAL(guest_byte(3), 0x90);
}

static void mode_errors(void)
{
	console("disk add 0:0:0 size=1M");
	mode_sense(0x1A, 0xC8, 0, 192);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x5A, 0xFF, 0, 192);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x1A, 0x1C, 0, 192);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x1A, 0x08, 1, 192);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x1A, 0x08, 0, 3);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x5A, 0x08, 0, 7);
	EQUAL(outcome(), BAD_FIELD);
	mode_sense(0x1A, 0x08, 0, 192);
	io.buf.len = 191;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	io.buf.len = 0;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
	mode_sense(0x1A, 0x08, 0, 0);
	io.buf.len = 64;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
	CHECK(guest_clean(0));
}

static void send_diagnostic(void)
{
	static const struct {
		u8 flags, len;
		u32 outcome;
	} forms[] = {
		{ 0x04, 0, GOOD }, { 0x10, 0, BAD_FIELD },
		{ 0x20, 0, BAD_FIELD }, { 0, 1, BAD_FIELD },
	};
	size_t i;

	console("disk add 0:0:0 size=1M");
	for (i = 0; i < ARRAY_SIZE(forms); i++) {
		set_cdb(0x1D, 0, 0);
		cdb[1] = forms[i].flags;
		cdb[4] = forms[i].len;
		command(0, VSTOR_DATA_NONE);
		EQUAL(outcome(), forms[i].outcome);
	}
}

/* MODE SELECT of either size with a list as MODE SENSE gives it. */
static void mode_select(u8 op, const char *list, u8 len)
{
	guest_buffer(4090, len);
	guest_put(0, list, len);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = op;
	cdb[1] = 0x10;
	cdb[op == 0x15 ? 4 : 8] = len;
	command(0, VSTOR_DATA_OUT);
}

#define REST	"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void mode_selected(void)
{
	console("disk add 0:0:0 size=1M");
	mode_select(0x15, "\0\0\0\0\x08\x12\4" REST, 24);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 24);
	mode_select(0x55, "\0\0\0\0\0\0\0\0\x08\x12\4" REST, 28);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 28);
	/* Behind a block descriptor. */
	mode_select(0x15, "\0\0\0\01012345678\x08\x12\4" REST, 32);
	EQUAL(outcome(), GOOD);
	mode_select(0x55, "\0\0\0\0\0\0\0\01012345678\x08\x12\4" REST,
		    36);
	EQUAL(outcome(), GOOD);
	mode_select(0x15, "", 0);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 0);
}

static void mode_select_errors(void)
{
	console("disk add 0:0:0 size=1M");
	/* The write cache stays. */
	mode_select(0x15, "\0\0\0\0\x08\x12\0" REST, 24);
	EQUAL(outcome(), BAD_PARAMETER);
	mode_select(0x55, "\0\0\0\0\0\0\0\0\x08\x12\0" REST, 28);
	EQUAL(outcome(), BAD_PARAMETER);
	/* Another page, and another length. */
	mode_select(0x15, "\0\0\0\0\x0A\x12\4" REST, 24);
	EQUAL(outcome(), BAD_PARAMETER);
	mode_select(0x15, "\0\0\0\0\x08\x0A\4" REST, 24);
	EQUAL(outcome(), BAD_PARAMETER);
	/* Too short a list, with and without a block descriptor. */
	mode_select(0x15, "\0\0\0\0\x08\x12\4" REST, 23);
	EQUAL(outcome(), BAD_LIST_LENGTH);
	mode_select(0x15, "\0\0\0\1\x08\x12\4" REST, 24);
	EQUAL(outcome(), BAD_LIST_LENGTH);
	mode_select(0x55, "\0\0\0\0\0\0\xFF\xFF\x08\x12\4" REST, 28);
	EQUAL(outcome(), BAD_LIST_LENGTH);
	mode_select(0x15, "\0\0\0\0\x08\x12\4" REST, 24);
	io.buf.len = 23;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_LIST_LENGTH);
	io.buf.len = 24;
	cdb[1] = 0x11;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
}

static const struct test command_tests[] = {
	{ "send-diagnostic", send_diagnostic },
	{ "mode-selected", mode_selected },
	{ "mode-select-errors", mode_select_errors },
	{ "simple-commands", simple_commands },
	{ "start-stop", start_stop },
	{ "request-sense", request_sense },
	{ "mode-pages", mode_pages },
	{ "mode-errors", mode_errors },
	{ NULL, NULL },
};

/* A test ends, and leaves nothing allocated once its disks are gone. */
static bool run(const struct test *t)
{
	failure[0] = '\0';
	mock_reset();
	alarm(60);
	t->run();
	mock_reset();
	if (!failure[0] && (mock_pages || mock_heap))
		test_failed(__FILE__, __LINE__, "%ld pages, %ld objects leak",
			    mock_pages, mock_heap);
	mock_pages = mock_heap = 0;
	if (failure[0])
		printf("FAIL %s: %s\n", t->name, failure);
	else
		printf("pass %s\n", t->name);
	return !failure[0];
}

int main(void)
{
	static const struct test *const lists[] = {
		command_tests, inquiry_tests, rw_tests, unmap_tests,
		store_tests, disk_tests, sector_tests,
		same_tests, capacity_tests, reserve_tests, change_tests,
		dvd_tests,
	};
	unsigned int passed = 0, failed = 0;
	const struct test *t;
	size_t i;

	/* What ran before a crash is to be seen. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	store_file_init();
	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (t = lists[i]; t->name; t++) {
			if (run(t))
				passed++;
			else
				failed++;
		}
	printf("%u passed, %u failed\n", passed, failed);
	return !!failed;
}
