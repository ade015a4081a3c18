// SPDX-License-Identifier: GPL-2.0
/*
 * complete.c: what each outcome means. The bytes of the protocol are numbers
 * here, as its description has them, so that a wrong name cannot hide.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <scsi/scsi.h>
#include <scsi/scsi_status.h>
#include "driver.h"
#include "suites.h"

/* What the low six bits of an SRB status say. */
enum kind {
	DONE,		/* success */
	BUSY,		/* not now */
	LACKS,		/* also how hosts say that they lack a page */
	GONE,		/* nobody is there */
	FAILS,		/* and what nobody has ever seen */
	KINDS
};

static enum kind kind_of(u8 code)
{
	switch (code) {
	case 0x01:	/* success */
		return DONE;
	case 0x05:	/* busy */
		return BUSY;
	case 0x04:	/* error */
	case 0x06:	/* invalid request */
	case 0x12:	/* data overrun */
		return LACKS;
	case 0x07:	/* invalid path */
	case 0x08:	/* no device */
	case 0x11:	/* no HBA */
	case 0x20:	/* invalid LUN */
	case 0x21:	/* invalid target */
		return GONE;
	default:
		return FAILS;
	}
}

#define ERR	(DID_ERROR << 16)
#define NO	(DID_NO_CONNECT << 16)
#define PASS	(DID_PASSTHROUGH << 16 | 0x02)

/* For every SRB status, whatever its two flags. */
static void outcome_table(struct kunit *test)
{
	static const struct {
		u8 opcode, status;
		bool sense;
		int result[KINDS];
	} table[] = {
		/* GOOD: READ(10), WRITE(10), TEST UNIT READY */
		{ 0x28, 0x00, false, { 0, 0x08, ERR, NO, ERR } },
		{ 0x2a, 0x00, false, { 0, 0x08, ERR, NO, ERR } },
		{ 0x00, 0x00, false, { 0, 0x08, ERR, NO, ERR } },
		/* ... sense data or not: it belongs to CHECK CONDITION */
		{ 0x28, 0x00, true, { 0, 0x08, ERR, NO, ERR } },
		/* INQUIRY, MODE SENSE(6) and (10) of what the host lacks */
		{ 0x12, 0x00, false, { 0, 0x08, 0, NO, ERR } },
		{ 0x1a, 0x00, false, { 0, 0x08, 0, NO, ERR } },
		{ 0x5a, 0x00, false, { 0, 0x08, 0, NO, ERR } },
		{ 0x12, 0x02, false, { 0, 0x08, 0, NO, ERR } },
		{ 0x1a, 0x02, false, { 0, 0x08, 0, NO, ERR } },
		{ 0x5a, 0x02, false, { 0, 0x08, 0, NO, ERR } },
		/* ... but with sense data it says why itself */
		{ 0x12, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		{ 0x1a, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		{ 0x5a, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		/* REPORT LUNS, MODE SELECT and READ CAPACITY are no such thing */
		{ 0xa0, 0x02, false, { ERR, 0x08, ERR, NO, ERR } },
		{ 0x15, 0x02, false, { ERR, 0x08, ERR, NO, ERR } },
		{ 0x25, 0x02, false, { ERR, 0x08, ERR, NO, ERR } },
		/* CHECK CONDITION */
		{ 0x28, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		{ 0x00, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		{ 0x28, 0x02, false, { ERR, 0x08, ERR, NO, ERR } },
		/* ATA(12) and (16), whose senders want the status */
		{ 0xa1, 0x00, false, { 0, 0x08, ERR, NO, ERR } },
		{ 0x85, 0x00, false, { 0, 0x08, ERR, NO, ERR } },
		{ 0xa1, 0x02, false, { PASS, 0x08, PASS, NO, PASS } },
		{ 0x85, 0x02, false, { PASS, 0x08, PASS, NO, PASS } },
		{ 0xa1, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		{ 0x85, 0x02, true, { 0x02, 0x02, 0x02, NO, 0x02 } },
		/* BUSY, RESERVATION CONFLICT, TASK SET FULL, TASK ABORTED */
		{ 0x28, 0x08, false, { 0x08, 0x08, 0x08, NO, 0x08 } },
		{ 0x28, 0x18, false, { 0x18, 0x18, 0x18, NO, 0x18 } },
		{ 0x28, 0x28, false, { 0x28, 0x28, 0x28, NO, 0x28 } },
		{ 0x28, 0x40, false, { 0x40, 0x40, 0x40, NO, 0x40 } },
		{ 0x12, 0x18, false, { 0x18, 0x18, 0x18, NO, 0x18 } },
		{ 0x85, 0x18, false, { 0x18, 0x18, 0x18, NO, 0x18 } },
		/* CONDITION MET, the other way to succeed: PRE-FETCH */
		{ 0x34, 0x04, false, { 0x04, 0x08, ERR, NO, ERR } },
		/* INTERMEDIATE, COMMAND TERMINATED, ACA ACTIVE, no status */
		{ 0x28, 0x10, false, { ERR, 0x08, ERR, NO, ERR } },
		{ 0x28, 0x22, false, { ERR, 0x08, ERR, NO, ERR } },
		{ 0x28, 0x30, false, { ERR, 0x08, ERR, NO, ERR } },
		{ 0x28, 0xff, false, { ERR, 0x08, ERR, NO, ERR } },
	};
	unsigned int i, srb;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		for (srb = 0; srb <= U8_MAX; srb++) {
			struct hvscsi_outcome outcome = {
				.opcode = table[i].opcode,
				.srb_status = srb,
				.scsi_status = table[i].status,
				.sense_valid = table[i].sense,
			};

			KUNIT_EXPECT_EQ_MSG(test,
					    table[i].result[kind_of(srb & 0x3f)],
					    hvscsi_map_outcome(&outcome),
					    "row %u, srb %#x", i, srb);
		}
}

/*
 * Of everything that a host can say: a READ has only succeeded where it says so
 * twice; CHECK CONDITION comes with sense data, or the mid-layer starts its
 * error handler; and no host byte makes it do that.
 */
static void outcome_rules(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < 256 * 256 * 2; i++) {
		struct hvscsi_outcome outcome = {
			.opcode = 0x28,
			.srb_status = i,
			.scsi_status = i >> 8,
			.sense_valid = i >> 16,
		};
		bool done = kind_of(outcome.srb_status & 0x3f) == DONE;
		int result = hvscsi_map_outcome(&outcome);

		KUNIT_EXPECT_EQ_MSG(test, done && outcome.scsi_status == 0x00,
				    result == 0, "%#x", i);
		if ((result & 0xff) == 0x02)
			KUNIT_EXPECT_TRUE_MSG(test, outcome.sense_valid,
					      "%#x", i);
		if (result != ERR && result != NO)
			KUNIT_EXPECT_EQ_MSG(test, 0, result & ~0xff, "%#x", i);
	}
}

/* The length that the host sets: with success, and with an overrun. */
static void outcome_moved(struct kunit *test)
{
	static const struct {
		u32 asked, moved, counts;
	} table[] = {
		{ 4096, 4096, 4096 },
		{ 4096, 512, 512 },
		{ 4096, 0, 0 },
		{ 0, 0, 0 },
		/* Never more than there was room for. */
		{ 4096, 4097, 4096 },
		{ 4096, U32_MAX, 4096 },
		{ 0, 1, 0 },
	};
	unsigned int i, srb;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		for (srb = 0; srb <= U8_MAX; srb++) {
			struct hvscsi_outcome outcome = {
				.srb_status = srb,
				.asked = table[i].asked,
				.moved = table[i].moved,
			};
			u8 code = srb & 0x3f;
			u32 counts = code == 0x01 || code == 0x12 ?
				     table[i].counts : 0;

			KUNIT_EXPECT_EQ_MSG(test, counts,
					    hvscsi_moved(&outcome),
					    "row %u, srb %#x", i, srb);
		}
}

static struct kunit_case outcome_cases[] = {
	KUNIT_CASE(outcome_table),
	KUNIT_CASE(outcome_rules),
	KUNIT_CASE(outcome_moved),
	{}
};

struct kunit_suite hvscsi_outcome_suite = {
	.name = "hvscsi_outcome",
	.test_cases = outcome_cases,
};
