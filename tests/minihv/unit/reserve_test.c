// SPDX-License-Identifier: GPL-2.0
/* Persistent reservations. */
#include <string.h>

#include "test.h"

#define OURS		0x1122334455667788
#define THEIRS		0xABC
#define DISK_ADD	"disk add 0:0:0 size=1M"

enum { REGISTER, RESERVE, RELEASE, CLEAR, PREEMPT, ABORT, IGNORE, MOVE };
enum { KEYS, RESERVATION, CAPABILITIES, FULL_STATUS };

static u8 got[256];

static void reserve_out(u8 action, u8 type, u64 key, u64 other)
{
	u8 list[24] = { 0 };

	put_be64(list, key);
	put_be64(list + 8, other);
	guest_buffer(4090, sizeof(list));
	guest_put(0, list, sizeof(list));
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x5F;
	cdb[1] = action;
	cdb[2] = type;
	put_be32(cdb + 5, sizeof(list));
	command(0, VSTOR_DATA_OUT);
	if (outcome() == GOOD)
		EQUAL(io.moved, 24);
}

static void reserve_in(u8 action, u16 len)
{
	guest_buffer(4090, len);
	memset(cdb, 0, sizeof(cdb));
	cdb[0] = 0x5E;
	cdb[1] = action;
	put_be16(cdb + 7, len);
	command(0, VSTOR_DATA_IN);
	guest_get(0, got, MIN(len, sizeof(got)));
}

/* Who is registered; 0 for nobody. */
static void keys_are(u64 first, u64 second)
{
	u32 n = !!first + !!second;

	reserve_in(KEYS, 64);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8 + n * 8);
	EQUAL(get_be32(got + 4), n * 8);
	if (n)
		EQUAL(get_be64(got + 8), first);
	if (second)
		EQUAL(get_be64(got + 16), second);
}

static void reserved_by(u64 key, u8 type)
{
	reserve_in(RESERVATION, 64);
	EQUAL(outcome(), GOOD);
	EQUAL(get_be32(got + 4), type ? 16 : 0);
	EQUAL(io.moved, type ? 24 : 8);
	if (!type)
		return;
	EQUAL(get_be64(got + 8), key);
	EQUAL(got[21], type);
}

static void registering(void)
{
	console(DISK_ADD);
	keys_are(0, 0);
	EQUAL(get_be32(got), 0);
	reserve_out(REGISTER, 0, 1, OURS);
	EQUAL(outcome(), CONFLICT);
	EQUAL(io.sense_valid, false);
	reserve_out(REGISTER, 0, 0, OURS);
	EQUAL(outcome(), GOOD);
	keys_are(OURS, 0);
	EQUAL(get_be32(got), 1);
	reserve_out(REGISTER, 0, 0, 5);
	EQUAL(outcome(), CONFLICT);
	reserve_out(IGNORE, 0, 99, 5);
	EQUAL(outcome(), GOOD);
	keys_are(5, 0);
	reserve_out(REGISTER, 0, 5, 0);
	EQUAL(outcome(), GOOD);
	keys_are(0, 0);
	EQUAL(get_be32(got), 3);
}

static void reserving(void)
{
	static const u8 types[] = { 1, 3, 5, 6, 7, 8 };
	size_t i;

	console(DISK_ADD);
	reserve_out(RESERVE, 1, 0, 0);
	EQUAL(outcome(), CONFLICT);
	for (i = 0; i < sizeof(types); i++) {
		reserve_out(IGNORE, 0, 0, OURS);
		reserve_out(RESERVE, types[i], OURS + 1, 0);
		EQUAL(outcome(), CONFLICT);
		reserved_by(0, 0);
		reserve_out(RESERVE, types[i], OURS, 0);
		EQUAL(outcome(), GOOD);
		reserved_by(types[i] >= 7 ? 0 : OURS, types[i]);
		reserve_out(RESERVE, types[i], OURS, 0);
		EQUAL(outcome(), GOOD);
		reserve_out(RESERVE, types[i] == 1 ? 3 : 1, OURS, 0);
		EQUAL(outcome(), CONFLICT);
		reserve_out(RELEASE, types[i] == 1 ? 3 : 1, OURS, 0);
		EQUAL(outcome(), BAD_PARAMETER);
		reserve_out(RELEASE, types[i], OURS, 0);
		EQUAL(outcome(), GOOD);
		reserved_by(0, 0);
		reserve_out(RELEASE, types[i], OURS, 0);
		EQUAL(outcome(), GOOD);
		/* It goes with its key. */
		reserve_out(RESERVE, types[i], OURS, 0);
		reserve_out(REGISTER, 0, OURS, 0);
		reserved_by(0, 0);
	}
}

/* How READ, WRITE, WRITE SAME and a flush end for the guest. */
static void access_is(u32 reading, u32 writing)
{
	static const struct {
		u8 op, direction;
	} writes[] = {
		{ 0x0A, VSTOR_DATA_OUT }, { 0x2A, VSTOR_DATA_OUT },
		{ 0x8A, VSTOR_DATA_OUT }, { 0x93, VSTOR_DATA_OUT },
		{ 0x35, VSTOR_DATA_NONE }, { 0x91, VSTOR_DATA_NONE },
	};
	size_t i;

	guest_buffer(0, 512);
	set_cdb(0x28, 0, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), reading);
	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		set_cdb(writes[i].op, 0, 1);
		command(0, writes[i].direction);
		EQUAL(outcome(), writing);
	}
	/* What asks for nothing of the contents is always answered. */
	set_cdb(0x00, 0, 0);
	command(0, VSTOR_DATA_NONE);
	EQUAL(outcome(), GOOD);
}

static void conflicts(void)
{
	console(DISK_ADD);
	access_is(GOOD, GOOD);
	CHECK(console("disk reserve 0:0:0 0xABC"));
	keys_are(THEIRS, 0);
	reserved_by(THEIRS, 1);
	access_is(GOOD, CONFLICT);
	CHECK(console("disk reserve 0:0:0 0xABC type=3"));
	access_is(CONFLICT, CONFLICT);
	EQUAL(disk_find(0, 0, 0, 0)->stats.failed, 13);
	CHECK(console("disk reserve 0:0:0 0xABC type=6"));
	access_is(CONFLICT, CONFLICT);
	reserve_out(REGISTER, 0, 0, OURS);
	keys_are(OURS, THEIRS);
	access_is(GOOD, GOOD);
	CHECK(console("disk reserve 0:0:0 0xABC type=1"));
	access_is(GOOD, CONFLICT);
	reserve_out(RESERVE, 1, OURS, 0);
	EQUAL(outcome(), CONFLICT);
	/* Nothing of this guest's to release. */
	reserve_out(RELEASE, 1, OURS, 0);
	EQUAL(outcome(), GOOD);
	access_is(GOOD, CONFLICT);
	CHECK(console("disk release 0:0:0"));
	access_is(GOOD, GOOD);
	keys_are(OURS, 0);
	CHECK(console("disk reserve 0:0:0 0xABC type=8"));
	access_is(GOOD, GOOD);
	reserve_out(REGISTER, 0, OURS, 0);
	reserved_by(0, 8);
	access_is(CONFLICT, CONFLICT);
}

/* Hosts do not tell that a range was not unmapped. */
static void unmap_is_silent(void)
{
	static const u8 list[24] = { [1] = 22, [3] = 16, [19] = 8 };
	static const u8 data[4096] = { 1 };

	console(DISK_ADD);
	fill_disk(data, sizeof(data));
	CHECK(console("disk reserve 0:0:0 1"));
	guest_buffer(0, sizeof(list));
	guest_put(0, list, sizeof(list));
	set_cdb(0x42, 0, sizeof(list));
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), GOOD);
	EQUAL(disk_allocated(), 4096);
	CHECK(console("disk release 0:0:0"));
	command(0, VSTOR_DATA_OUT);
	EQUAL(disk_allocated(), 0);
}

static void preempting(void)
{
	u8 action;

	for (action = PREEMPT; action <= ABORT; action++) {
		console(DISK_ADD);
		CHECK(console("disk reserve 0:0:0 0xABC type=3"));
		reserve_out(action, 3, 0, THEIRS);
		EQUAL(outcome(), CONFLICT);
		reserve_out(REGISTER, 0, 0, OURS);
		reserve_out(action, 3, OURS, 0);
		EQUAL(outcome(), BAD_PARAMETER);
		reserve_out(action, 3, OURS, THEIRS + 1);
		EQUAL(outcome(), CONFLICT);
		reserve_out(action, 5, OURS, THEIRS);
		EQUAL(outcome(), GOOD);
		keys_are(OURS, 0);
		reserved_by(OURS, 5);
		access_is(GOOD, GOOD);
		/* Its own, to have it in another way. */
		reserve_out(action, 7, OURS, OURS);
		EQUAL(outcome(), GOOD);
		reserved_by(0, 7);
		CHECK(!console("disk reserve 0:0:0 1"));
		/* Everybody's. */
		reserve_out(action, 1, OURS, 0);
		EQUAL(outcome(), GOOD);
		reserved_by(OURS, 1);
		console("disk del 0:0:0");
	}
}

static void clearing(void)
{
	console(DISK_ADD);
	CHECK(console("disk reserve 0:0:0 0xABC type=3"));
	reserve_out(CLEAR, 0, 0, 0);
	EQUAL(outcome(), CONFLICT);
	reserve_out(REGISTER, 0, 0, OURS);
	reserve_out(CLEAR, 0, OURS, 0);
	EQUAL(outcome(), GOOD);
	keys_are(0, 0);
	reserved_by(0, 0);
	access_is(GOOD, GOOD);
}

static void reports(void)
{
	console(DISK_ADD);
	reserve_in(CAPABILITIES, 64);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8);
	CHECK(guest_has(0, "\0\x08\4\x80\xEA\1\0\0", 8));
	CHECK(console("disk reserve 0:0:0 0xABC type=5"));
	reserve_out(REGISTER, 0, 0, OURS);
	reserve_in(FULL_STATUS, 64);
	EQUAL(outcome(), GOOD);
	EQUAL(io.moved, 8 + 2 * 24);
	EQUAL(get_be32(got), 2);
	EQUAL(get_be32(got + 4), 2 * 24);
	EQUAL(get_be64(got + 8), OURS);
	EQUAL(get_be16(got + 20), 0x0200);
	EQUAL(get_be16(got + 26), 1);
	EQUAL(get_be64(got + 32), THEIRS);
	EQUAL(get_be16(got + 44), 0x0305);
	EQUAL(get_be16(got + 50), 2);
	/* Cut where the guest's room ends. */
	reserve_in(FULL_STATUS, 20);
	EQUAL(io.moved, 20);
	EQUAL(get_be32(got + 4), 2 * 24);
	CHECK(guest_clean(20));
}

static void bad_requests(void)
{
	console(DISK_ADD);
	reserve_in(KEYS, 7);
	EQUAL(outcome(), BAD_FIELD);
	reserve_in(4, 64);
	EQUAL(outcome(), BAD_FIELD);
	reserve_in(KEYS, 64);
	io.buf.len = 63;
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), BAD_FIELD);
	reserve_out(MOVE, 0, 0, OURS);
	EQUAL(outcome(), BAD_FIELD);
	reserve_out(RESERVE, 2, 0, 0);
	EQUAL(outcome(), BAD_FIELD);
	reserve_out(RESERVE, 9, 0, 0);
	EQUAL(outcome(), BAD_FIELD);
	reserve_out(RESERVE, 0x11, 0, 0);
	EQUAL(outcome(), BAD_FIELD);
	reserve_out(REGISTER, 0x11, 0, 0);
	EQUAL(outcome(), GOOD);
	guest_put(20, "\x08", 1);
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_PARAMETER);
	guest_put(20, "\0", 1);
	cdb[8] = 25;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_LIST_LENGTH);
	io.buf.len = 23;
	command(0, VSTOR_DATA_OUT);
	EQUAL(outcome(), BAD_FIELD);
}

static void reservations_unknown(void)
{
	console(DISK_ADD " pr=off");
	reserve_in(KEYS, 64);
	EQUAL(outcome(), BAD_OPCODE);
	reserve_out(REGISTER, 0, 0, OURS);
	EQUAL(outcome(), BAD_OPCODE);
}

/* A conflict has no sense, nor leaves that of the command before. */
static void conflict_has_no_sense(void)
{
	console(DISK_ADD);
	CHECK(console("disk reserve 0:0:0 1 type=3"));
	guest_buffer(0, 512);
	set_cdb(0xFF, 0, 0);
	command(0, VSTOR_DATA_NONE);
	set_cdb(0x28, 0, 1);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), CONFLICT);
	guest_buffer(0, 18);
	set_cdb(0x03, 0, 18);
	command(0, VSTOR_DATA_IN);
	EQUAL(outcome(), GOOD);
	EQUAL(guest_byte(2), 0);
}

const struct test reserve_tests[] = {
	{ "registering", registering },
	{ "reserving", reserving },
	{ "conflicts", conflicts },
	{ "unmap-is-silent", unmap_is_silent },
	{ "preempting", preempting },
	{ "clearing", clearing },
	{ "reports", reports },
	{ "bad-requests", bad_requests },
	{ "reservations-unknown", reservations_unknown },
	{ "conflict-has-no-sense", conflict_has_no_sense },
	{ NULL, NULL },
};
