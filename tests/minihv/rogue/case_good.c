// SPDX-License-Identifier: GPL-2.0
/* What a well-behaved guest does: the host has nothing to report. */
#include "rogue.h"

#define OP_INQUIRY	0x12
#define INQUIRY_LENGTH	96
#define SECTOR		512
#define BATCH		300	/* more than the host takes on at a time */
#define MANY		1500	/* more than fits the ring, twice */
#define HALF		(DATA_PAGES / 2 * 4096)

static const char *versions(const struct test_case *t)
{
	static const struct {
		u32 version, answer;
	} tries[] = {
		{ VMBUS_VERSION(6, 0), 0 }, { VMBUS_VERSION(5, 3), 1 },
		{ VMBUS_VERSION(5, 2), 1 }, { VMBUS_VERSION(5, 1), 1 },
		{ VMBUS_VERSION(5, 0), 1 }, { VMBUS_VERSION(4, 1), 1 },
		{ VMBUS_VERSION(4, 0), 1 }, { VMBUS_VERSION(3, 0), 1 },
		{ VMBUS_VERSION(2, 4), 1 }, { VMBUS_VERSION(9, 9), 0 },
	};
	u32 i;

	(void)t;
	for (i = 0; i < ARRAY_SIZE(tries); i++) {
		CHECK(vmbus_contact(tries[i].version) == tries[i].answer);
		if (tries[i].answer)
			TRY(vmbus_offers());
	}
	return NULL;
}

static const char *gpadls(const struct test_case *t)
{
	/* On both sides of where one more message is needed. */
	static const u32 pages[] = { 1, 26, 27, 54, 55, DATA_PAGES };
	u32 i;

	(void)t;
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		const struct gpadl g = { chans[0].relid, i + 1,
					 pages[i] * 4096, 0, (u64)data };

		TRY(gpadl_make(&g));
	}
	for (i = 0; i < ARRAY_SIZE(pages); i++)
		TRY(gpadl_teardown(chans[0].relid, i + 1));
	return vmbus_quiet();
}

static const char *succeed(struct chan *c, const struct request *rq, u32 moved)
{
	struct vstor_packet answer;

	TRY(request_do(c, rq, &answer));
	CHECK(answer.status == VSTOR_STATUS_SUCCESS);
	CHECK(answer.srb.srb_status == VSTOR_SRB_SUCCESS);
	CHECK(answer.srb.scsi_status == 0);
	CHECK(answer.srb.data_length == moved);
	return NULL;
}

static void fill(u32 seed, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		data[i] = (u8)(seed + i * 7 + (i >> 9));
}

/* Writes from the first half of the buffer, reads to the second, compares. */
static const char *write_and_read(struct chan *c, u32 lba, u32 blocks,
				  u32 offset)
{
	struct request rq;

	fill(lba, HALF);
	memset(data + HALF, 0xee, HALF);
	request_write(&rq, lba, blocks, 0);
	if (blocks * SECTOR > HALF)
		return "the buffer is too small";
	TRY(succeed(c, &rq, blocks * SECTOR));
	request_read(&rq, lba, blocks, HALF + offset);
	TRY(succeed(c, &rq, blocks * SECTOR));
	CHECK(!memcmp(data, data + HALF + offset, blocks * SECTOR));
	CHECK(!offset || data[HALF + offset - 1] == 0xee);
	return NULL;
}

static const char *commands(struct chan *c)
{
	static const u8 inquiry[6] = { OP_INQUIRY, 0, 0, 0, INQUIRY_LENGTH };
	struct request rq;

	request_tur(&rq);
	TRY(succeed(c, &rq, 0));
	request_scsi(&rq, inquiry, sizeof(inquiry), VSTOR_DATA_IN, 0,
		     INQUIRY_LENGTH);
	TRY(succeed(c, &rq, INQUIRY_LENGTH));
	CHECK(!memcmp(data + 8, "Msft    Virtual Disk    ", 24));
	TRY(write_and_read(c, 8, 8, 0));
	return write_and_read(c, 1000, 3, 4096 - SECTOR - 8);
}

static const char *io(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;

	(void)t;
	TRY(commands(c));
	CHECK(until(event_take(c->relid)));
	/* As much as a request may move, and as many pages as that takes. */
	memset(data, 0xaa, sizeof(u64));
	request_write(&rq, 4096, 512, 0);
	TRY(succeed(c, &rq, 512 * SECTOR));
	request_read(&rq, 4096, 512, 8);
	CHECK(rq.pfn_count == REQUEST_PAGES);
	TRY(succeed(c, &rq, 512 * SECTOR));
	CHECK(data[8] == 0xaa);
	return NULL;
}

/* Sends @n commands at once and takes their completions in any order. */
static const char *batch(struct chan *c, u32 n, u64 (*signal)(u32 connection))
{
	struct vstor_packet answer;
	struct request rq;
	u64 id, first = 0, sum = 0;
	u32 i;

	for (i = 0; i < n; i++) {
		request_tur(&rq);
		first = first ? first : rq.id;
		sum += rq.id;
		ring_put(c, &rq);
	}
	ring_publish(c);
	CHECK(signal(c->connection) == STATUS_OK);
	for (i = 0; i < n; i++) {
		/* The host may wait for what this side has taken out. */
		if (ring_empty(c)) {
			ring_consumed(c);
			if (READ_ONCE(c->in.control->pending_send_size))
				CHECK(signal(c->connection) == STATUS_OK);
		}
		TRY(ring_get(c, HVRING_PKT_COMPLETION, &id, &answer));
		CHECK(answer.srb.srb_status == VSTOR_SRB_SUCCESS);
		CHECK(id >= first && id < first + n);
		sum -= id;
	}
	ring_consumed(c);
	CHECK(!sum && ring_empty(c));
	return NULL;
}

static const char *slow_signals(const struct test_case *t)
{
	(void)t;
	TRY(batch(&chans[0], 1, signal_slow));
	return batch(&chans[0], 2, signal_slow);
}

static const char *batches(const struct test_case *t)
{
	(void)t;
	TRY(batch(&chans[0], 32, signal_fast));
	return batch(&chans[0], BATCH, signal_fast);
}

static const char *wrap(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;
	u32 i;

	(void)t;
	for (i = 0; i < MANY; i++) {
		request_read(&rq, i, 1 + i % 16, i % 7 * SECTOR);
		TRY(succeed(c, &rq, (1 + i % 16) * SECTOR));
	}
	return NULL;
}

/* The host has to wait for room in its ring. */
static const char *narrow(const struct test_case *t)
{
	struct chan *c = &chans[0];

	(void)t;
	TRY(chan_open(c, NARROW_SPLIT));
	TRY(storage_handshake(c));
	TRY(batch(c, NARROW_BATCH, signal_fast));
	return batch(c, NARROW_BATCH, signal_fast);
}

static const char *reopen(const struct test_case *t)
{
	struct chan *c = &chans[0];
	u32 i;

	(void)t;
	for (i = 0; i < 3; i++) {
		TRY(chan_close(c));
		TRY(chan_open(c, RING_SPLIT + i));
		TRY(storage_handshake(c));
		TRY(commands(c));
	}
	return vmbus_quiet();
}

static const char *relid_post(u32 type, u32 relid)
{
	struct vmbus_relid m = { .h.type = type, .relid = relid };

	return vmbus_post(&m, sizeof(m));
}

/* A guest does all this before it hears that its channel is gone. */
static const char *on_rescinded(struct chan *c)
{
	struct vmbus_modify modify = {
		.h.type = VMBUS_MODIFY_CHANNEL,
		.relid = c->relid,
	};

	signal_fast(c->connection);
	TRY(vmbus_post(&modify, sizeof(modify)));
	TRY(relid_post(VMBUS_CLOSE, c->relid));
	TRY(gpadl_teardown(c->relid, c->gpadl));
	return relid_post(VMBUS_RELID_RELEASED, c->relid);
}

static const char *sub_channels(const struct test_case *t)
{
	struct vmbus_relid rescind;
	u32 i;

	(void)t;
	TRY(storage_sub_channels(&chans[0], 2));
	for (i = 0; i < 3; i++)
		TRY(commands(&chans[i]));
	TRY(relid_post(VMBUS_CLOSE, chans[0].relid));
	for (i = 1; i < 3; i++) {
		TRY(vmbus_wait(VMBUS_RESCIND, &rescind, sizeof(rescind)));
		CHECK(rescind.relid == chans[i].relid);
	}
	for (i = 1; i < 3; i++)
		TRY(on_rescinded(&chans[i]));
	TRY(gpadl_teardown(chans[0].relid, chans[0].gpadl));
	chan_count = 1;
	TRY(chan_open(&chans[0], RING_SPLIT));
	TRY(storage_handshake(&chans[0]));
	TRY(storage_sub_channels(&chans[0], 1));
	return commands(&chans[1]);
}

static const char *modify(const struct test_case *t)
{
	struct vmbus_modify m = {
		.h.type = VMBUS_MODIFY_CHANNEL,
		.relid = chans[0].relid,
	};

	(void)t;
	TRY(vmbus_post(&m, sizeof(m)));
	TRY(vmbus_wait(VMBUS_MODIFY_RESPONSE, &m, sizeof(m)));
	CHECK(m.relid == chans[0].relid && m.vp_or_status == 0);
	return commands(&chans[0]);
}

/* Without a target, a channel is polled. */
static const char *silent(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct vmbus_open m;
	u32 status;

	(void)t;
	TRY(chan_gpadl(c));
	ring_init(c, RING_SPLIT);
	chan_open_fill(c, &m);
	m.vp = NO_VP;
	TRY(chan_open_as(&m, &status));
	CHECK(status == 0);
	TRY(storage_handshake(c));
	TRY(commands(c));
	CHECK(!event_take(c->relid));
	return NULL;
}

static const char *out_of_order(const struct test_case *t)
{
	const u32 bad = VSTOR_STATUS_INVALID_STATE;
	struct chan *c = &chans[0];

	(void)t;
	TRY(storage_operation(c, VSTOR_OP_END_INIT, bad));
	TRY(storage_operation(c, VSTOR_OP_BEGIN_INIT, 0));
	TRY(storage_operation(c, VSTOR_OP_BEGIN_INIT, bad));
	TRY(storage_operation(c, VSTOR_OP_QUERY_PROPERTIES, bad));
	TRY(storage_version(c, 0x0702, VSTOR_STATUS_REVISION_MISMATCH));
	TRY(storage_version(c, VSTOR_VERSION_6_0, VSTOR_STATUS_SUCCESS));
	TRY(storage_version(c, VSTOR_VERSION_6_2, bad));
	TRY(storage_operation(c, VSTOR_OP_QUERY_PROPERTIES, 0));
	TRY(storage_operation(c, VSTOR_OP_END_INIT, 0));
	TRY(storage_operation(c, VSTOR_OP_BEGIN_INIT, bad));
	TRY(storage_operation(c, VSTOR_OP_RESET_LUN, 0));
	TRY(storage_operation(c, VSTOR_OP_RESET_ADAPTER, 0));
	return commands(c);
}

#define GOOD(n, level_, run_)						\
	{ .name = "good-" n, .level = LEVEL_##level_, .run = run_,	\
	  .expects = NOTHING }

const struct test_case good_cases[] = {
	GOOD("versions", CONNECTED, versions),
	GOOD("gpadls", OFFERED, gpadls),
	GOOD("io", READY, io),
	GOOD("slow-signals", READY, slow_signals),
	GOOD("batches", READY, batches),
	GOOD("wrap", READY, wrap),
	GOOD("narrow-ring", OFFERED, narrow),
	GOOD("reopen", READY, reopen),
	GOOD("sub-channels", READY, sub_channels),
	GOOD("modify", READY, modify),
	GOOD("silent", OFFERED, silent),
	GOOD("out-of-order", OPEN, out_of_order),
	{ .name = NULL },
};
