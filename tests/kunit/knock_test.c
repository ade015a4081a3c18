// SPDX-License-Identifier: GPL-2.0
/* knock.c: who is asked whether it answers, and what comes of it. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/workqueue.h>
#include "driver.h"
#include "suites.h"

#define TARGET		3	/* path 1, target 1 */

/* From the protocol, not from our headers. */
#define NO_DATA		2
#define INVALID_LUN	0x20

/**
 * struct knocking - a controller whose host answers while it is waited for
 * @c: the controller.
 * @work: answers.
 * @id: to what.
 * @status: how.
 */
struct knocking {
	struct controller *c;
	struct delayed_work work;
	u64 id;
	u8 status;
};

static u64 id_of(u32 lun)
{
	return 0x80000000u + TARGET * 256 + lun;
}

static int answer(struct controller *c, u32 link, u64 id, u8 status)
{
	struct vstor_packet payload = {
		.operation = VSTOR_OP_COMPLETE_IO,
		.srb.srb_status = status,
	};
	struct hvring_packet packet = {
		.id = id,
		.type = HVRING_PKT_COMPLETION,
		.payload = &payload,
		.payload_bytes = sizeof(payload),
	};

	return hvscsi_receive(&c->hv->links[link], &packet);
}

static void answer_work(struct work_struct *work)
{
	struct knocking *k = container_of(to_delayed_work(work),
					  struct knocking, work);

	answer(k->c, 0, k->id, k->status);
}

static struct controller *connect(struct kunit *test)
{
	struct controller *c = test->priv;

	KUNIT_ASSERT_EQ(test, 0,
			hvring_channel_open(c->hv->ch, BUS_RING_BYTES,
					    &hvscsi_client_ops, c->hv->links));
	c->hv->running = true;
	return c;
}

static void knock(struct controller *c, unsigned long *there)
{
	hvscsi_knock(c->hv, TARGET, there);
}

/* One that the host answers for, so, before all have lost patience. */
static void knock_answered(struct controller *c, u32 lun, u8 status,
			   unsigned long *there)
{
	struct knocking k = { .c = c, .id = id_of(lun), .status = status };

	INIT_DELAYED_WORK_ONSTACK(&k.work, answer_work);
	schedule_delayed_work(&k.work, 2);
	knock(c, there);
	flush_delayed_work(&k.work);
	destroy_delayed_work_on_stack(&k.work);
}

static void only(u32 lun, unsigned long *there)
{
	bitmap_zero(there, HVSCSI_LUNS);
	__set_bit(lun, there);
}

static u32 packets(struct controller *c)
{
	return host_take_all(&c->bus[0]->rings.host.requests);
}

static void knock_question(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);
	struct host_packet packet;
	const struct vstor_packet *request;

	only(9, there);
	knock(c, there);
	KUNIT_ASSERT_TRUE(test, host_take_packet(&c->bus[0]->rings.host.requests,
						 &packet));
	KUNIT_EXPECT_EQ(test, packet.desc->transaction_id, id_of(9));
	request = (void *)packet.raw + packet.desc->data_offset8 * 8;
	KUNIT_EXPECT_EQ(test, request->operation, 3);
	KUNIT_EXPECT_EQ(test, request->flags, 1);
	KUNIT_EXPECT_EQ(test, request->srb.path_id, 1);
	KUNIT_EXPECT_EQ(test, request->srb.target_id, 1);
	KUNIT_EXPECT_EQ(test, request->srb.lun, 9);
	KUNIT_EXPECT_EQ(test, request->srb.cdb_length, 6);
	KUNIT_EXPECT_EQ(test, request->srb.data_in, NO_DATA);
	KUNIT_EXPECT_EQ(test, request->srb.data_length, 0);
	KUNIT_EXPECT_EQ(test, request->srb.cdb[0], 0);
	KUNIT_EXPECT_EQ(test, packets(c), 0);
}

static void knock_answers(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	only(9, there);
	knock_answered(c, 9, VSTOR_SRB_SUCCESS, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));
	/* Whatever else it says, it is there. */
	knock_answered(c, 9, VSTOR_SRB_ERROR, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));

	knock_answered(c, 9, INVALID_LUN, there);
	KUNIT_EXPECT_FALSE(test, test_bit(9, there));
	KUNIT_EXPECT_EQ(test, packets(c), 3);
	KUNIT_EXPECT_EQ(test, c->hv->scan_state, 0);

	/* That nobody was there is not held against who is there next. */
	only(9, there);
	knock_answered(c, 9, VSTOR_SRB_SUCCESS, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));
}

static void knock_silent(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	only(9, there);
	__set_bit(20, there);
	knock_answered(c, 20, VSTOR_SRB_SUCCESS, there);
	KUNIT_EXPECT_FALSE(test, test_bit(9, there));
	KUNIT_EXPECT_TRUE(test, test_bit(20, there));
	KUNIT_EXPECT_TRUE(test, hvscsi_knocks_out(c->hv));
	KUNIT_EXPECT_FALSE(test, hvscsi_idle(c->hv));

	/* It has been asked, and is not asked again. */
	KUNIT_EXPECT_EQ(test, packets(c), 2);
	only(9, there);
	knock(c, there);
	KUNIT_EXPECT_EQ(test, packets(c), 0);
	KUNIT_EXPECT_FALSE(test, test_bit(9, there));
	KUNIT_EXPECT_FALSE(test, test_bit(HVSCSI_SCAN_WANTED,
					  &c->hv->scan_state));

	/* When it answers all are looked at, and it counts as answered. */
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9), VSTOR_SRB_SUCCESS), 0);
	KUNIT_EXPECT_TRUE(test, test_bit(HVSCSI_SCAN_WANTED,
					 &c->hv->scan_state));
	KUNIT_EXPECT_TRUE(test, hvscsi_idle(c->hv));
	only(9, there);
	knock(c, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));
	KUNIT_EXPECT_EQ(test, packets(c), 0);
}

/* What was too late to say that nobody was there says nothing about the next. */
static void knock_late_absent(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	only(9, there);
	knock(c, there);
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9), INVALID_LUN), 0);
	KUNIT_EXPECT_TRUE(test, test_bit(HVSCSI_SCAN_WANTED,
					 &c->hv->scan_state));
	KUNIT_EXPECT_EQ(test, packets(c), 1);
	only(9, there);
	knock_answered(c, 9, VSTOR_SRB_SUCCESS, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));
	KUNIT_EXPECT_EQ(test, packets(c), 1);
}

/* Nor what comes while somebody waits, and was not asked of who is there now. */
static void knock_absent_meanwhile(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	only(9, there);
	knock(c, there);
	only(9, there);
	__set_bit(20, there);
	knock_answered(c, 9, INVALID_LUN, there);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(there, HVSCSI_LUNS));
	KUNIT_EXPECT_TRUE(test, test_bit(HVSCSI_SCAN_WANTED,
					 &c->hv->scan_state));
}

static void knock_not_asked(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9), VSTOR_SRB_SUCCESS), -ENOENT);
	only(9, there);
	knock(c, there);
	KUNIT_EXPECT_EQ(test, answer(c, 1, id_of(9), VSTOR_SRB_SUCCESS), -ENOENT);
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(8), VSTOR_SRB_SUCCESS), -ENOENT);
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9) + (1ull << 32),
				     VSTOR_SRB_SUCCESS), -ENOENT);
	KUNIT_EXPECT_EQ(test, answer(c, 0, U32_MAX, VSTOR_SRB_SUCCESS), -ENOENT);
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9), VSTOR_SRB_SUCCESS), 0);
	KUNIT_EXPECT_EQ(test, answer(c, 0, id_of(9), VSTOR_SRB_SUCCESS), -ENOENT);
}

/* While nothing may be sent, and after a connection that was closed. */
static void knock_held(struct kunit *test)
{
	struct controller *c = connect(test);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	only(9, there);
	c->hv->paused = true;
	knock(c, there);
	KUNIT_EXPECT_TRUE(test, test_bit(9, there));
	KUNIT_EXPECT_EQ(test, packets(c), 0);

	c->hv->paused = false;
	knock(c, there);
	KUNIT_EXPECT_EQ(test, packets(c), 1);
	hvscsi_knock_forget(c->hv);
	KUNIT_EXPECT_TRUE(test, hvscsi_idle(c->hv));
	only(9, there);
	knock(c, there);
	KUNIT_EXPECT_EQ(test, packets(c), 1);
}

static struct kunit_case knock_cases[] = {
	KUNIT_CASE(knock_question),
	KUNIT_CASE(knock_answers),
	KUNIT_CASE(knock_silent),
	KUNIT_CASE(knock_late_absent),
	KUNIT_CASE(knock_absent_meanwhile),
	KUNIT_CASE(knock_not_asked),
	KUNIT_CASE(knock_held),
	{}
};

struct kunit_suite hvscsi_knock_suite = {
	.name = "hvscsi_knock",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = knock_cases,
};
