// SPDX-License-Identifier: GPL-2.0
/* Storage requests, well-formed unless somebody spoils them. */
#include "rogue.h"

#define OP_TEST_UNIT_READY	0x00
#define OP_READ_10		0x28
#define OP_WRITE_10		0x2A
#define SECTOR			512

static u64 last_id;

void request_operation(struct request *rq, u32 operation)
{
	*rq = (struct request){
		.type = HVRING_PKT_INBAND,
		.flags = HVRING_FLAG_COMPLETION_REQUESTED,
		.id = ++last_id,
		.payload_len = sizeof(rq->pkt),
		.pkt.operation = operation,
		.pkt.flags = VSTOR_FLAG_COMPLETION_REQUESTED,
	};
}

void request_scsi(struct request *rq, const u8 *cdb, u32 cdb_len, u8 direction,
		  u32 offset, u32 len)
{
	u32 i;

	request_operation(rq, VSTOR_OP_EXECUTE_SRB);
	rq->pkt.srb = (struct vstor_srb){
		.length = sizeof(rq->pkt.srb),
		.cdb_length = (u8)cdb_len,
		.sense_length = VSTOR_SENSE_SIZE,
		.data_in = direction,
		.data_length = len,
		.queue_tag = VSTOR_QUEUE_TAG_UNTAGGED,
		.queue_action = VSTOR_QUEUE_ACTION_SIMPLE,
		.timeout = 60,
	};
	memcpy(rq->pkt.srb.cdb, cdb, cdb_len);
	if (!len)
		return;
	rq->type = HVRING_PKT_GPA_DIRECT;
	rq->range_count = 1;
	rq->range_bytes = len;
	rq->range_offset = offset % 4096;
	rq->pfn_count = (rq->range_offset + len + 4095) / 4096;
	for (i = 0; i < rq->pfn_count; i++)
		rq->pfn[i] = ((u64)data + offset) / 4096 + i;
}

static void request_rw(struct request *rq, u8 op, u8 direction, u32 lba,
		       u32 blocks, u32 offset)
{
	u8 cdb[10] = { op };

	put_be32(cdb + 2, lba);
	put_be16(cdb + 7, (u16)blocks);
	request_scsi(rq, cdb, sizeof(cdb), direction, offset, blocks * SECTOR);
}

void request_read(struct request *rq, u32 lba, u32 blocks, u32 offset)
{
	request_rw(rq, OP_READ_10, VSTOR_DATA_IN, lba, blocks, offset);
}

void request_write(struct request *rq, u32 lba, u32 blocks, u32 offset)
{
	request_rw(rq, OP_WRITE_10, VSTOR_DATA_OUT, lba, blocks, offset);
}

void request_tur(struct request *rq)
{
	static const u8 cdb[6] = { OP_TEST_UNIT_READY };

	request_scsi(rq, cdb, sizeof(cdb), VSTOR_DATA_NONE, 0, 0);
}

const char *request_send(struct chan *c, const struct request *rq)
{
	ring_put(c, rq);
	ring_publish(c);
	CHECK(signal_fast(c->connection) == STATUS_OK);
	return NULL;
}

const char *request_do(struct chan *c, const struct request *rq,
		       struct vstor_packet *answer)
{
	u64 id;

	TRY(request_send(c, rq));
	TRY(ring_get(c, HVRING_PKT_COMPLETION, &id, answer));
	ring_consumed(c);
	CHECK(id == rq->id);
	CHECK(answer->operation == VSTOR_OP_COMPLETE_IO);
	return NULL;
}

const char *storage_operation(struct chan *c, u32 operation, u32 status)
{
	struct vstor_packet answer;
	struct request rq;

	request_operation(&rq, operation);
	TRY(request_do(c, &rq, &answer));
	CHECK(answer.status == status);
	return NULL;
}

const char *storage_version(struct chan *c, u16 version, u32 status)
{
	struct vstor_packet answer;
	struct request rq;

	request_operation(&rq, VSTOR_OP_QUERY_VERSION);
	rq.pkt.version.major_minor = version;
	TRY(request_do(c, &rq, &answer));
	CHECK(answer.status == status);
	return NULL;
}

const char *storage_handshake(struct chan *c)
{
	TRY(storage_operation(c, VSTOR_OP_BEGIN_INIT, VSTOR_STATUS_SUCCESS));
	TRY(storage_version(c, VSTOR_VERSION_6_2, VSTOR_STATUS_SUCCESS));
	TRY(storage_operation(c, VSTOR_OP_QUERY_PROPERTIES,
			      VSTOR_STATUS_SUCCESS));
	return storage_operation(c, VSTOR_OP_END_INIT, VSTOR_STATUS_SUCCESS);
}

/* Asks for them, and takes and opens what is offered. */
const char *storage_sub_channels(struct chan *c, u32 count)
{
	struct vstor_packet answer;
	struct request rq;
	u32 i;

	request_operation(&rq, VSTOR_OP_CREATE_SUB_CHANNELS);
	rq.pkt.sub_channel_count = (u16)count;
	TRY(request_do(c, &rq, &answer));
	CHECK(answer.status == VSTOR_STATUS_SUCCESS);
	for (i = 1; i <= count; i++) {
		TRY(vmbus_take_offer());
		CHECK(chans[i].sub_index == i);
	}
	for (i = 1; i <= count; i++)
		TRY(chan_open(&chans[i], RING_SPLIT));
	return NULL;
}

const char *run_spoiled(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;

	request_read(&rq, 0, 8, 0);
	t->spoil(&rq);
	TRY(request_send(c, &rq));
	/* A broken channel is silent from then on, to the next request too. */
	request_tur(&rq);
	TRY(request_send(c, &rq));
	CHECK(ring_empty(c));
	return NULL;
}
