// SPDX-License-Identifier: GPL-2.0
/* complete.c: which command an answer ends, and what is no answer. */
#include <kunit/test.h>
#include <linux/limits.h>
#include <scsi/scsi.h>
#include "driver.h"
#include "suites.h"

#define BUFFER	8192

static u64 id_of(u32 generation, u32 tag)
{
	return (u64)generation << 32 | (tag + 1);
}

/* A READ(10) that was sent. */
static struct command *send(struct kunit *test, u32 link, u64 id)
{
	struct controller *c = test->priv;
	struct command *command = command_create(test, 0);

	command->cmd.sdb.length = BUFFER;
	hvscsi_slot_arm(&c->hv->slots[lower_32_bits(id) - 1], id,
			&command->cmd, &c->hv->links[link]);
	return command;
}

static struct vstor_packet success(void)
{
	return (struct vstor_packet){
		.operation = VSTOR_OP_COMPLETE_IO,
		.srb.srb_status = VSTOR_SRB_SUCCESS,
		.srb.data_length = BUFFER,
	};
}

static int receive(struct kunit *test, u32 link, u16 type, u64 id,
		   const struct vstor_packet *payload, u32 bytes)
{
	struct controller *c = test->priv;
	struct hvring_packet packet = {
		.id = id,
		.type = type,
		.payload = payload,
		.payload_bytes = bytes,
	};

	return hvscsi_receive(&c->hv->links[link], &packet);
}

static int answer(struct kunit *test, u32 link, u64 id)
{
	struct vstor_packet payload = success();

	return receive(test, link, HVRING_PKT_COMPLETION, id, &payload,
		       sizeof(payload));
}

static void answer_slot(struct kunit *test)
{
	struct controller *c = test->priv;
	struct hvscsi_slot *slot = &c->hv->slots[1];
	u64 id = id_of(7, 1);
	struct command *command;

	KUNIT_EXPECT_FALSE(test, hvscsi_slot_armed(slot));
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, id));
	command = send(test, 0, id);
	KUNIT_EXPECT_TRUE(test, hvscsi_slot_armed(slot));
	/* Another use of the tag, another tag, none. */
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, id_of(6, 1)));
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, id_of(8, 1)));
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, id_of(7, 2)));
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, 0));
	KUNIT_EXPECT_TRUE(test, hvscsi_slot_armed(slot));

	KUNIT_EXPECT_PTR_EQ(test, &command->cmd, hvscsi_slot_claim(slot, id));
	KUNIT_EXPECT_FALSE(test, hvscsi_slot_armed(slot));
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, id));
	/* What a free slot holds is no id. */
	KUNIT_EXPECT_NULL(test, hvscsi_slot_claim(slot, 0));
}

static void answer_ends(struct kunit *test)
{
	struct controller *c = test->priv;
	struct command *first = send(test, 0, id_of(1, 0));
	struct command *last = send(test, 2, id_of(1, CONTROLLER_DEPTH - 1));
	struct vstor_packet payload = success();

	payload.srb.data_length = 512;
	KUNIT_EXPECT_FALSE(test, hvscsi_idle(c->hv));
	KUNIT_EXPECT_EQ(test, 0,
			receive(test, 0, HVRING_PKT_COMPLETION, id_of(1, 0),
				&payload, sizeof(payload)));
	KUNIT_EXPECT_EQ(test, 1, first->done);
	KUNIT_EXPECT_EQ(test, 0, first->cmd.result);
	KUNIT_EXPECT_EQ(test, BUFFER - 512, scsi_get_resid(&first->cmd));
	KUNIT_EXPECT_EQ(test, 0, last->done);
	KUNIT_EXPECT_FALSE(test, hvscsi_idle(c->hv));

	KUNIT_EXPECT_EQ(test, 0, answer(test, 2, id_of(1, 3)));
	KUNIT_EXPECT_EQ(test, 1, last->done);
	KUNIT_EXPECT_EQ(test, 0, scsi_get_resid(&last->cmd));
	KUNIT_EXPECT_TRUE(test, hvscsi_idle(c->hv));
	KUNIT_EXPECT_EQ(test, 0, controller_negotiated);
}

static void answer_sense(struct kunit *test)
{
	static const struct {
		u8 srb_status, response, length;
		int result;
		u32 copied;
	} table[] = {
		{ 0x84, 0x70, 18, SAM_STAT_CHECK_CONDITION, 18 },
		{ 0x81, 0x72, 8, SAM_STAT_CHECK_CONDITION, 8 },
		/* All that there is room for, whatever the host says. */
		{ 0x84, 0x70, 20, SAM_STAT_CHECK_CONDITION, 20 },
		{ 0x84, 0x70, 21, SAM_STAT_CHECK_CONDITION, 20 },
		{ 0x84, 0x70, 255, SAM_STAT_CHECK_CONDITION, 20 },
		/* No flag, no length, no sense data. */
		{ 0x04, 0x70, 18, DID_ERROR << 16, 0 },
		{ 0x44, 0x70, 18, DID_ERROR << 16, 0 },
		{ 0x84, 0x70, 0, DID_ERROR << 16, 0 },
		{ 0x84, 0x00, 18, DID_ERROR << 16, 18 },
	};
	u32 i, copied;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		struct command *command = send(test, 0, id_of(i + 1, 0));
		struct vstor_packet payload;

		memset(&payload, 0x11, sizeof(payload));
		payload.operation = VSTOR_OP_COMPLETE_IO;
		payload.srb.srb_status = table[i].srb_status;
		payload.srb.scsi_status = SAM_STAT_CHECK_CONDITION;
		payload.srb.sense_length = table[i].length;
		payload.srb.sense[0] = table[i].response;
		memset(command->sense, 0xee, sizeof(command->sense));

		KUNIT_EXPECT_EQ(test, 0,
				receive(test, 0, HVRING_PKT_COMPLETION,
					id_of(i + 1, 0), &payload,
					sizeof(payload)));
		KUNIT_EXPECT_EQ_MSG(test, table[i].result,
				    command->cmd.result, "row %u", i);
		for (copied = 0; copied < sizeof(command->sense); copied++)
			if (command->sense[copied] == 0xee)
				break;
		KUNIT_EXPECT_EQ_MSG(test, table[i].copied, copied, "row %u", i);
	}
}

/* After a refusal everything is as it was. */
static void answer_not_ours(struct kunit *test)
{
	struct controller *c = test->priv;
	struct command *command = send(test, 0, id_of(2, 1));

	/* An earlier use of the tag, or a later one. */
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, id_of(1, 1)));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, id_of(3, 1)));
	/* Tags that are free, or do not exist. */
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, id_of(2, 0)));
	KUNIT_EXPECT_EQ(test, -ENOENT,
			answer(test, 0, id_of(2, CONTROLLER_DEPTH)));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, id_of(2, U32_MAX - 1)));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, U64_MAX));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, 2ull << 32));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, 0));
	/* Sent elsewhere. */
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 1, id_of(2, 1)));
	KUNIT_EXPECT_EQ(test, 0, command->done);
	KUNIT_EXPECT_FALSE(test, hvscsi_idle(c->hv));

	KUNIT_EXPECT_EQ(test, 0, answer(test, 0, id_of(2, 1)));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 0, id_of(2, 1)));
	KUNIT_EXPECT_EQ(test, 1, command->done);
}

static void answer_malformed(struct kunit *test)
{
	struct command *command = send(test, 0, id_of(1, 0));
	struct vstor_packet payload = success();
	u64 id = id_of(1, 0);

	KUNIT_EXPECT_EQ(test, -EPROTO,
			receive(test, 0, HVRING_PKT_INBAND, id, &payload,
				sizeof(payload)));
	KUNIT_EXPECT_EQ(test, -EPROTO,
			receive(test, 0, HVRING_PKT_COMPLETION, id, &payload,
				sizeof(payload) - 8));
	KUNIT_EXPECT_EQ(test, -EPROTO,
			receive(test, 0, HVRING_PKT_COMPLETION, id, &payload,
				0));
	payload.operation = VSTOR_OP_EXECUTE_SRB;
	KUNIT_EXPECT_EQ(test, -EPROTO,
			receive(test, 0, HVRING_PKT_COMPLETION, id, &payload,
				sizeof(payload)));
	KUNIT_EXPECT_EQ(test, 0, command->done);
	/* Longer ones may come with new hosts. */
	payload.operation = VSTOR_OP_COMPLETE_IO;
	KUNIT_EXPECT_EQ(test, 0,
			receive(test, 0, HVRING_PKT_COMPLETION, id, &payload,
				sizeof(payload) + 8));
	KUNIT_EXPECT_EQ(test, 1, command->done);
}

static void answer_notice(struct kunit *test)
{
	struct controller *c = test->priv;
	struct vstor_packet payload = {};
	u32 running, operation;

	for (running = 0; running < 2; running++) {
		c->hv->running = running;
		for (operation = 0; operation < 20; operation++) {
			payload.operation = operation;
			c->hv->scan_state = 0;
			/* Of COMPLETE IO there is none without a command. */
			KUNIT_EXPECT_EQ_MSG(test, operation == 1 ? -EPROTO : 0,
					    receive(test, 0, HVRING_PKT_INBAND,
						    0, &payload,
						    sizeof(payload)),
					    "operation %u", operation);
			/* ENUMERATE BUS and EVENT NOTIFICATION */
			KUNIT_EXPECT_EQ_MSG(test, operation == 11 || operation == 14,
					    test_bit(HVSCSI_SCAN_WANTED,
						     &c->hv->scan_state),
					    "operation %u", operation);
		}
		KUNIT_EXPECT_EQ(test, 0, receive(test, 0, HVRING_PKT_INBAND, 0,
						 &payload, 8));
		KUNIT_EXPECT_EQ(test, -EPROTO,
				receive(test, 0, HVRING_PKT_INBAND, 0, &payload,
					0));
	}
	KUNIT_EXPECT_EQ(test, 0, controller_negotiated);
}

/* Before the slots are there, the primary channel negotiates. */
static void answer_early(struct kunit *test)
{
	struct controller *c = test->priv;

	c->hv->running = false;
	KUNIT_EXPECT_EQ(test, 0, answer(test, 0, 1));
	KUNIT_EXPECT_EQ(test, 1, controller_negotiated);
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 1, 1));
	KUNIT_EXPECT_EQ(test, 1, controller_negotiated);
}

static void answer_never(struct kunit *test)
{
	struct controller *c = test->priv;
	struct command *command[] = {
		send(test, 0, id_of(1, 0)),
		send(test, 1, id_of(1, 1)),
		send(test, 0, id_of(1, 3)),
	};

	hvscsi_fail_outstanding(c->hv, &c->hv->links[1], DID_RESET);
	KUNIT_EXPECT_EQ(test, 0, command[0]->done);
	KUNIT_EXPECT_EQ(test, 1, command[1]->done);
	KUNIT_EXPECT_EQ(test, 0, command[2]->done);
	KUNIT_EXPECT_EQ(test, DID_RESET << 16, command[1]->cmd.result);
	KUNIT_EXPECT_EQ(test, BUFFER, scsi_get_resid(&command[1]->cmd));
	KUNIT_EXPECT_EQ(test, -ENOENT, answer(test, 1, id_of(1, 1)));

	hvscsi_fail_outstanding(c->hv, NULL, DID_NO_CONNECT);
	KUNIT_EXPECT_EQ(test, 1, command[0]->done);
	KUNIT_EXPECT_EQ(test, 1, command[1]->done);
	KUNIT_EXPECT_EQ(test, 1, command[2]->done);
	KUNIT_EXPECT_EQ(test, DID_NO_CONNECT << 16, command[2]->cmd.result);
	KUNIT_EXPECT_TRUE(test, hvscsi_idle(c->hv));
}

static int answer_init(struct kunit *test)
{
	int err = controller_init(test);
	struct controller *c = test->priv;

	if (!err)
		c->hv->running = true;
	return err;
}

static struct kunit_case answer_cases[] = {
	KUNIT_CASE(answer_slot),
	KUNIT_CASE(answer_ends),
	KUNIT_CASE(answer_sense),
	KUNIT_CASE(answer_not_ours),
	KUNIT_CASE(answer_malformed),
	KUNIT_CASE(answer_notice),
	KUNIT_CASE(answer_early),
	KUNIT_CASE(answer_never),
	{}
};

struct kunit_suite hvscsi_answer_suite = {
	.name = "hvscsi_answer",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = answer_init,
	.exit = controller_exit,
	.test_cases = answer_cases,
};
