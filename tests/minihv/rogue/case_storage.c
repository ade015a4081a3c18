// SPDX-License-Identifier: GPL-2.0
/* Requests that arrive whole and ask for something that is against the rules. */
#include "rogue.h"

#define MAX_TRANSFER	(256u << 10)

SPOIL(no_pages, (rq->type = HVRING_PKT_INBAND, rq->range_count = 0))
SPOIL(two_ranges, rq->range_count = 2)
SPOIL(short_range, rq->range_bytes = 4095)
SPOIL(beyond_limit, rq->range_bytes = rq->pkt.srb.data_length = MAX_TRANSFER + 512)
SPOIL(offset_beyond, rq->range_offset = 4096)
SPOIL(too_few_pages, rq->range_offset = 8)
SPOIL(page_in_host, rq->pfn[0] = HOST_PAGE / 4096)
SPOIL(page_beyond, rq->pfn[0] = GUEST_MEMORY / 4096)
SPOIL(page_huge, rq->pfn[0] = ~0ull)
SPOIL(srb_length, rq->pkt.srb.length = sizeof(rq->pkt))
SPOIL(cdb_length, rq->pkt.srb.cdb_length = VSTOR_CDB_SIZE + 1)
SPOIL(direction, rq->pkt.srb.data_in = VSTOR_DATA_NONE + 1)
SPOIL(operation_none, rq->pkt.operation = 0)
SPOIL(operation_host, rq->pkt.operation = VSTOR_OP_ENUMERATE_BUS)
SPOIL(no_completion, rq->flags = 0)
SPOIL(id_0, rq->id = 0)
SPOIL(small_payload, rq->payload_len = 56)
SPOIL(odd_payload, rq->payload_len = 72)

/* Two in one batch, so that the first is outstanding when the second comes. */
static const char *id_twice(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;

	(void)t;
	request_tur(&rq);
	ring_put(c, &rq);
	return request_send(c, &rq);
}

/* arg[0]: an operation of the start-up conversation. */
static const char *on_sub_channel(const struct test_case *t)
{
	struct request rq;

	TRY(storage_sub_channels(&chans[0], 1));
	request_operation(&rq, t->arg[0]);
	TRY(request_send(&chans[1], &rq));
	CHECK(ring_empty(&chans[1]));
	/* The other channel has nothing to do with it. */
	return storage_operation(&chans[0], VSTOR_OP_RESET_BUS,
				 VSTOR_STATUS_SUCCESS);
}

#define ON_SUB(n, operation, text)					\
	CASE("sub-channel-" n, READY, on_sub_channel,			\
	     "channel 2: operation " text " on a sub-channel", operation)

const struct test_case storage_cases[] = {
	SPOILED("transfer-without-pages", no_pages,
		"transfer of 4096 bytes without pages"),
	SPOILED("transfer-two-ranges", two_ranges,
		"2 GPA ranges instead of one"),
	SPOILED("transfer-short-range", short_range,
		"GPA range of 4095 bytes for a transfer of 4096"),
	SPOILED("transfer-too-long", beyond_limit,
		"transfer of 262656 bytes, the limit is 262144"),
	SPOILED("transfer-offset", offset_beyond,
		"GPA range starts at byte 4096 of a page"),
	SPOILED("transfer-few-pages", too_few_pages,
		"1 pages named, 2 needed"),
	SPOILED("transfer-page-in-host", page_in_host,
		"page 0x100 is no guest memory"),
	SPOILED("transfer-page-beyond", page_beyond,
		"page 0x10000 is no guest memory"),
	SPOILED("transfer-page-huge", page_huge,
		"page 0xffffffffffffffff is no guest memory"),
	SPOILED("srb-length", srb_length, "SRB length 64 instead of 52"),
	SPOILED("srb-cdb-length", cdb_length, "CDB length 17"),
	SPOILED("srb-direction", direction, "data direction 3"),
	SPOILED("operation-0", operation_none, "unknown operation 0"),
	SPOILED("operation-of-the-host", operation_host,
		"unknown operation 11"),
	SPOILED("request-no-completion", no_completion,
		"request that asks for no completion"),
	SPOILED("request-id-0", id_0, "request with transaction id 0"),
	SPOILED("request-small", small_payload, "payload of 56 bytes"),
	SPOILED("request-odd-size", odd_payload,
		"payload of 72 bytes after one of 64"),
	CASE("request-id-twice", READY, id_twice, "channel 1: transaction id 0x..."),
	ON_SUB("begin", VSTOR_OP_BEGIN_INIT, "7"),
	ON_SUB("end", VSTOR_OP_END_INIT, "8"),
	ON_SUB("version", VSTOR_OP_QUERY_VERSION, "9"),
	ON_SUB("properties", VSTOR_OP_QUERY_PROPERTIES, "10"),
	ON_SUB("create", VSTOR_OP_CREATE_SUB_CHANNELS, "13"),
	{ .name = NULL },
};
