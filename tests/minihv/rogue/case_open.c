// SPDX-License-Identifier: GPL-2.0
/* Channels opened, closed, moved and released where that is wrong. */
#include "rogue.h"

#define ID		0x5000
#define SPLIT_WRONG	"open of channel 1, with a ring that is split at the wrong page"
#define FAILED		VMBUS_STATUS_FAILED

/* Nothing is heard of an open that a real host does not answer. */
static const char *open_unheard(struct vmbus_open *m)
{
	TRY(vmbus_post(m, sizeof(*m)));
	return vmbus_quiet();
}

static const char *open_unknown(const struct test_case *t)
{
	struct vmbus_open m;

	chan_open_fill(&chans[0], &m);
	m.relid = t->arg[0];
	return open_unheard(&m);
}

static const char *open_twice(const struct test_case *t)
{
	struct vmbus_open m;

	(void)t;
	chan_open_fill(&chans[0], &m);
	return open_unheard(&m);
}

static const char *open_refused(const struct vmbus_open *m)
{
	u32 status;

	TRY(chan_open_as(m, &status));
	CHECK(status == FAILED);
	return NULL;
}

static const char *open_no_gpadl(const struct test_case *t)
{
	struct vmbus_open m;

	(void)t;
	chan_open_fill(&chans[0], &m);
	return open_refused(&m);
}

static const char *open_unfinished_gpadl(const struct test_case *t)
{
	struct vmbus_gpadl_header h = {
		.h.type = VMBUS_GPADL_HEADER,
		.relid = chans[0].relid,
		.gpadl = chans[0].gpadl,
		.range_bytes = 8 + 8 * RING_PAGES,
		.range_count = 1,
		.byte_count = RING_PAGES * 4096,
	};
	struct vmbus_open m;

	(void)t;
	TRY(vmbus_post(&h, sizeof(h)));
	chan_open_fill(&chans[0], &m);
	return open_refused(&m);
}

static const char *open_other_gpadl(const struct test_case *t)
{
	struct vmbus_open m;
	struct gpadl g;

	(void)t;
	TRY(storage_sub_channels(&chans[0], 1));
	TRY(chan_close(&chans[1]));
	g = (struct gpadl){ chans[0].relid, ID, RING_PAGES * 4096, 0,
			    (u64)chans[1].memory };
	TRY(gpadl_make(&g));
	chan_open_fill(&chans[1], &m);
	m.gpadl = ID;
	return open_refused(&m);
}

/* arg[0]: how the ring is split. */
static const char *open_split(const struct test_case *t)
{
	struct vmbus_open m;

	TRY(chan_gpadl(&chans[0]));
	chan_open_fill(&chans[0], &m);
	m.split = t->arg[0];
	return open_refused(&m);
}

/* arg[0]: bytes; arg[1]: offset of the first. */
static const char *open_odd_ring(const struct test_case *t)
{
	const struct gpadl g = { chans[0].relid, ID, t->arg[0], t->arg[1],
				 (u64)chans[0].memory };
	struct vmbus_open m;

	TRY(gpadl_make(&g));
	chan_open_fill(&chans[0], &m);
	m.gpadl = ID;
	m.split = 2;
	return open_refused(&m);
}

static const char *open_vp(const struct test_case *t)
{
	struct vmbus_open m;

	TRY(chan_gpadl(&chans[0]));
	chan_open_fill(&chans[0], &m);
	m.vp = t->arg[0];
	return open_refused(&m);
}

/* arg[0]: CLOSE or RELID_RELEASED; arg[1]: added to the relid. */
static const char *relid_message(const struct test_case *t)
{
	struct vmbus_relid m = {
		.h.type = t->arg[0],
		.relid = chans[0].relid + t->arg[1],
	};

	TRY(vmbus_post(&m, sizeof(m)));
	return vmbus_quiet();
}

static const char *close_twice(const struct test_case *t)
{
	TRY(chan_close(&chans[0]));
	return relid_message(t);
}

static const char *modify(u32 relid, u32 vp)
{
	struct vmbus_modify m = {
		.h.type = VMBUS_MODIFY_CHANNEL,
		.relid = relid,
		.vp_or_status = vp,
	};

	return vmbus_post(&m, sizeof(m));
}

static const char *modify_refused(u32 relid, u32 vp)
{
	struct vmbus_modify r;

	TRY(modify(relid, vp));
	TRY(vmbus_wait(VMBUS_MODIFY_RESPONSE, &r, sizeof(r)));
	CHECK(r.vp_or_status == FAILED && r.relid == relid);
	return NULL;
}

/* arg[0]: added to the relid; arg[1]: VP. */
static const char *modify_odd(const struct test_case *t)
{
	return modify_refused(chans[0].relid + t->arg[0], t->arg[1]);
}

/* A channel that was opened for no interrupts gets none later. */
static const char *modify_silent(const struct test_case *t)
{
	struct vmbus_open m;
	u32 status;

	(void)t;
	TRY(chan_gpadl(&chans[0]));
	chan_open_fill(&chans[0], &m);
	m.vp = NO_VP;
	TRY(chan_open_as(&m, &status));
	CHECK(status == 0);
	return modify_refused(chans[0].relid, 0);
}

static const char *modify_old(const struct test_case *t)
{
	(void)t;
	CHECK(vmbus_contact(VMBUS_VERSION(4, 0)) == 1);
	TRY(vmbus_offers());
	TRY(chan_open(&chans[0], RING_SPLIT));
	TRY(modify(chans[0].relid, 0));
	return vmbus_quiet();
}

const struct test_case open_cases[] = {
	CASE("open-unknown", OFFERED, open_unknown,
	     "open of unknown channel 99", 99),
	CASE("open-relid-0", OFFERED, open_unknown,
	     "open of unknown channel 0", 0),
	CASE("open-relid-huge", OFFERED, open_unknown,
	     "open of unknown channel 4294967295", -1u),
	CASE("open-twice", OPEN, open_twice,
	     "open of channel 1, which is open already"),
	CASE("open-no-gpadl", OFFERED, open_no_gpadl,
	     "open of channel 1, with an unknown ring GPADL"),
	CASE("open-unfinished-gpadl", OFFERED, open_unfinished_gpadl,
	     "open of channel 1, with an unknown ring GPADL"),
	CASE("open-other-gpadl", READY, open_other_gpadl,
	     "open of channel 2, with an unknown ring GPADL"),
	CASE("open-split-0", OFFERED, open_split, SPLIT_WRONG, 0),
	CASE("open-split-1", OFFERED, open_split, SPLIT_WRONG, 1),
	CASE("open-split-last", OFFERED, open_split, SPLIT_WRONG,
	     RING_PAGES - 1),
	CASE("open-split-end", OFFERED, open_split, SPLIT_WRONG,
	     RING_PAGES),
	CASE("open-split-huge", OFFERED, open_split, SPLIT_WRONG,
	     -1u),
	CASE("open-small-ring", OFFERED, open_odd_ring,
	     SPLIT_WRONG, 2 * 4096, 0),
	CASE("open-part-page", OFFERED, open_odd_ring,
	     "open of channel 1, with a ring that is not made of whole pages", 4 * 4096 - 8, 0),
	CASE("open-offset", OFFERED, open_odd_ring,
	     "open of channel 1, with a ring that is not made of whole pages", 4 * 4096, 8),
	CASE("open-vp", OFFERED, open_vp,
	     "open of channel 1, for interrupts on an unknown VP", 1),
	CASE("close-not-open", OFFERED, relid_message,
	     "close of channel 1, which is not open", VMBUS_CLOSE, 0),
	CASE("close-twice", OPEN, close_twice,
	     "close of channel 1, which is not open", VMBUS_CLOSE, 0),
	CASE("close-unknown", OFFERED, relid_message,
	     "close of channel 99, which is not open", VMBUS_CLOSE, 98),
	CASE("close-relid-huge", OFFERED, relid_message,
	     "close of channel 4294967295, which is not open", VMBUS_CLOSE,
	     -2u),
	CASE("release-offered", OFFERED, relid_message,
	     "release of channel 1, which is not rescinded",
	     VMBUS_RELID_RELEASED, 0),
	CASE("release-open", OPEN, relid_message,
	     "release of channel 1, which is not rescinded",
	     VMBUS_RELID_RELEASED, 0),
	CASE("release-unknown", OFFERED, relid_message,
	     "release of channel 99, which is not rescinded",
	     VMBUS_RELID_RELEASED, 98),
	CASE("release-relid-huge", OFFERED, relid_message,
	     "release of channel 4294967295, which is not rescinded",
	     VMBUS_RELID_RELEASED, -2u),
	CASE("modify-not-open", OFFERED, modify_odd,
	     "channel 1 cannot be moved to VP 0", 0, 0),
	CASE("modify-unknown", OPEN, modify_odd,
	     "channel 99 cannot be moved to VP 0", 98, 0),
	CASE("modify-relid-huge", OPEN, modify_odd,
	     "channel 4294967295 cannot be moved to VP 0", -2u, 0),
	CASE("modify-vp", OPEN, modify_odd,
	     "channel 1 cannot be moved to VP 1", 0, 1),
	CASE("modify-to-none", OPEN, modify_odd,
	     "channel 1 cannot be moved to VP 4294967295", 0, NO_VP),
	CASE("modify-from-none", OFFERED, modify_silent,
	     "channel 1 cannot be moved to VP 0"),
	CASE("modify-old-version", CONNECTED, modify_old,
	     "channel 1 cannot be moved to VP 0"),
	{ .name = NULL },
};
