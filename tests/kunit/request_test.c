// SPDX-License-Identifier: GPL-2.0
/* submit.c: what the host is asked, byte by byte where it matters. */
#include <kunit/test.h>
#include <linux/string.h>
#include <scsi/scsi_proto.h>
#include "driver.h"
#include "suites.h"

#define STALE	0xa5
#define BYTES	4096
#define CDB	10

/* From the protocol, not from our header. */
#define NO_SYNC_TRANSFER	0x00000008
#define QUEUE_ACTION		0x00000002
#define NO_QUEUE_FREEZE		0x00000100
#define FLAG_DATA_IN		0x00000040
#define FLAG_DATA_OUT		0x00000080
#define SIMPLE_TAG		0x20
#define UNTAGGED		0xff

/* A request to 3:1:7 in a ring that held something else before. */
static struct vstor_packet request_of(struct kunit *test, bool tagged,
				      enum dma_data_direction direction)
{
	struct command *command = command_create(test, 7);
	struct vstor_packet *template = &command->lun.template;
	struct vstor_packet request;
	struct hvring_slot slot = {
		.payload = &request,
		.data_bytes = direction == DMA_NONE ? 0 : BYTES,
	};
	int i;

	command->sdev.channel = 3;
	command->sdev.id = 1;
	command->sdev.tagged_supported = tagged;
	command->cmd.sc_data_direction = direction;
	command->cmd.cmd_len = CDB;
	for (i = 1; i < CDB; i++)
		command->cmd.cmnd[i] = i;

	memset(template, STALE, sizeof(*template));
	memset(&request, STALE, sizeof(request));
	hvscsi_fill_template(template, &command->sdev);
	request_fill(&command->cmd, &slot);
	return request;
}

static void request_fields(struct kunit *test)
{
	static const u8 cdb[VSTOR_CDB_SIZE] = { READ_10, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	struct vstor_packet request = request_of(test, true, DMA_FROM_DEVICE);
	const struct vstor_srb *srb = &request.srb;

	KUNIT_EXPECT_EQ(test, request.operation, 3);
	KUNIT_EXPECT_EQ(test, request.flags, 1);
	KUNIT_EXPECT_EQ(test, request.status, 0);
	KUNIT_EXPECT_EQ(test, srb->length, 52);
	KUNIT_EXPECT_EQ(test, srb->srb_status, 0);
	KUNIT_EXPECT_EQ(test, srb->scsi_status, 0);
	KUNIT_EXPECT_EQ(test, srb->path_id, 3);
	KUNIT_EXPECT_EQ(test, srb->target_id, 1);
	KUNIT_EXPECT_EQ(test, srb->lun, 7);
	KUNIT_EXPECT_EQ(test, srb->cdb_length, CDB);
	KUNIT_EXPECT_EQ(test, srb->sense_length, 20);
	KUNIT_EXPECT_EQ(test, srb->data_length, BYTES);
	KUNIT_EXPECT_EQ(test, memcmp(srb->cdb, cdb, sizeof(cdb)), 0);
	KUNIT_EXPECT_GT(test, srb->timeout, 0);
	KUNIT_EXPECT_NULL(test, memchr(&request, STALE, sizeof(request)));
}

static void request_direction(struct kunit *test)
{
	struct vstor_packet in = request_of(test, false, DMA_FROM_DEVICE);
	struct vstor_packet out = request_of(test, false, DMA_TO_DEVICE);
	struct vstor_packet none = request_of(test, false, DMA_NONE);

	KUNIT_EXPECT_EQ(test, in.srb.data_in, 1);
	KUNIT_EXPECT_EQ(test, in.srb.srb_flags, NO_SYNC_TRANSFER | FLAG_DATA_IN);
	KUNIT_EXPECT_EQ(test, out.srb.data_in, 0);
	KUNIT_EXPECT_EQ(test, out.srb.srb_flags, NO_SYNC_TRANSFER | FLAG_DATA_OUT);
	KUNIT_EXPECT_EQ(test, none.srb.data_in, 2);
	KUNIT_EXPECT_EQ(test, none.srb.srb_flags, NO_SYNC_TRANSFER);
	KUNIT_EXPECT_EQ(test, none.srb.data_length, 0);
}

/* Whether a device queues is known after its INQUIRY. */
static void request_queued(struct kunit *test)
{
	struct vstor_packet before = request_of(test, false, DMA_FROM_DEVICE);
	struct vstor_packet after = request_of(test, true, DMA_FROM_DEVICE);

	KUNIT_EXPECT_EQ(test, before.srb.queue_tag, 0);
	KUNIT_EXPECT_EQ(test, before.srb.queue_action, 0);
	KUNIT_EXPECT_EQ(test, after.srb.queue_tag, UNTAGGED);
	KUNIT_EXPECT_EQ(test, after.srb.queue_action, SIMPLE_TAG);
	KUNIT_EXPECT_EQ(test, after.srb.srb_flags ^ before.srb.srb_flags,
			QUEUE_ACTION | NO_QUEUE_FREEZE);
}

static struct kunit_case request_cases[] = {
	KUNIT_CASE(request_fields),
	KUNIT_CASE(request_direction),
	KUNIT_CASE(request_queued),
	{}
};

struct kunit_suite hvscsi_request_suite = {
	.name = "hvscsi_request",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = request_cases,
};
