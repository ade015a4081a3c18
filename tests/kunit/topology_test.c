// SPDX-License-Identifier: GPL-2.0
/* topology.c: what the host's list and its unit attentions lead to. */
#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include "driver.h"
#include "suites.h"

/* From the standard: sense data of fixed format. */
#define SENSE_FIXED	0x70
#define NOT_READY_KEY	2
#define ATTENTION_KEY	6

#define LIST_BYTES	2048

static struct hvscsi *controller_of(struct kunit *test)
{
	struct controller *c = test->priv;

	return c->hv;
}

/* A device that the driver has. */
static struct hvscsi_lun *known(struct kunit *test, u32 lun)
{
	struct command *command = command_create(test, lun);

	list_add_tail(&command->lun.node, &controller_of(test)->luns);
	return &command->lun;
}

static u8 *list_of(struct kunit *test, u32 bytes, const u8 *luns, u32 count)
{
	u8 *list = kunit_kzalloc(test, LIST_BYTES, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, list);
	list[0] = bytes >> 24;
	list[1] = bytes >> 16;
	list[2] = bytes >> 8;
	list[3] = bytes;
	for (i = 0; i < count; i++)
		list[8 + 8 * i + 1] = luns[i];
	return list;
}

static bool is_leaving(const struct hvscsi_lun *lun)
{
	return test_bit(HVSCSI_LUN_REMOVE, &lun->asked);
}

static void topology_difference(struct kunit *test)
{
	static const u8 luns[] = { 0, 2, 63, 254 };
	struct hvscsi_lun *stays = known(test, 0), *goes = known(test, 1);
	struct hvscsi_lun *tried = known(test, 3);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	tried->present = false;
	topology_compare(controller_of(test),
			 list_of(test, sizeof(luns) * 8, luns, sizeof(luns)),
			 there);
	KUNIT_EXPECT_FALSE(test, is_leaving(stays));
	KUNIT_EXPECT_TRUE(test, is_leaving(goes));
	KUNIT_EXPECT_FALSE(test, is_leaving(tried));
	KUNIT_EXPECT_EQ(test, bitmap_weight(there, HVSCSI_LUNS), 3);
	KUNIT_EXPECT_TRUE(test, test_bit(2, there));
	KUNIT_EXPECT_TRUE(test, test_bit(63, there));
	KUNIT_EXPECT_TRUE(test, test_bit(254, there));
}

/* A device that answered a command with "not here" is another one now. */
static void topology_replaced(struct kunit *test)
{
	static const u8 luns[] = { 5 };
	struct hvscsi_lun *lun = known(test, 5);
	struct hvscsi *hv = controller_of(test);
	struct command *command = container_of(lun, struct command, lun);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	hvscsi_missed(&command->cmd);
	KUNIT_EXPECT_TRUE(test, test_bit(HVSCSI_SCAN_WANTED, &hv->scan_state));
	topology_compare(hv, list_of(test, 8, luns, 1), there);
	KUNIT_EXPECT_TRUE(test, is_leaving(lun));
	/* Its place is free only when it has left. */
	KUNIT_EXPECT_TRUE(test, bitmap_empty(there, HVSCSI_LUNS));

	/* It is asked to leave once. */
	lun->asked = 0;
	topology_compare(hv, list_of(test, 0, NULL, 0), there);
	KUNIT_EXPECT_FALSE(test, is_leaving(lun));
}

static void topology_elsewhere(struct kunit *test)
{
	struct hvscsi_lun *lun = known(test, 0);
	DECLARE_BITMAP(there, HVSCSI_LUNS);

	lun->sdev->id = 1;
	topology_compare(controller_of(test), list_of(test, 0, NULL, 0), there);
	KUNIT_EXPECT_FALSE(test, is_leaving(lun));
}

/* Longer than it is, shorter than an entry, with LUNs that cannot be. */
static void topology_nonsense(struct kunit *test)
{
	static const u8 luns[] = { 255, 7 };
	DECLARE_BITMAP(there, HVSCSI_LUNS);
	u8 *list = list_of(test, U32_MAX, luns, sizeof(luns));
	struct hvscsi *hv = controller_of(test);

	list[8 + 8 * 2] = 0xff;
	topology_compare(hv, list, there);
	/* What is all zeroes is LUN 0. */
	KUNIT_EXPECT_EQ(test, bitmap_weight(there, HVSCSI_LUNS), 2);
	KUNIT_EXPECT_TRUE(test, test_bit(7, there));

	topology_compare(hv, list_of(test, 7, luns, sizeof(luns)), there);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(there, HVSCSI_LUNS));
}

/* One that ends early does not mean that devices are gone. */
static void topology_short(struct kunit *test)
{
	static const u8 luns[] = { 1, 2 };
	const u8 *list = list_of(test, 16, luns, sizeof(luns));

	KUNIT_EXPECT_FALSE(test, topology_complete(list, 0));
	KUNIT_EXPECT_FALSE(test, topology_complete(list, 7));
	KUNIT_EXPECT_FALSE(test, topology_complete(list, 8));
	KUNIT_EXPECT_FALSE(test, topology_complete(list, 23));
	KUNIT_EXPECT_TRUE(test, topology_complete(list, 24));
	KUNIT_EXPECT_TRUE(test, topology_complete(list, LIST_BYTES));
	list = list_of(test, 0, NULL, 0);
	KUNIT_EXPECT_TRUE(test, topology_complete(list, 8));
	list = list_of(test, U32_MAX, luns, sizeof(luns));
	KUNIT_EXPECT_FALSE(test, topology_complete(list, LIST_BYTES - 1));
	KUNIT_EXPECT_TRUE(test, topology_complete(list, LIST_BYTES));
}

static const struct {
	u8 key, asc, ascq;
	bool again, scan;
	unsigned long asked;
} attentions[] = {
	{ ATTENTION_KEY, 0x2a, 0x09, true, false,
	  BIT(HVSCSI_LUN_RESCAN) | BIT(HVSCSI_LUN_RESIZED) },
	{ ATTENTION_KEY, 0x3f, 0x00, true, false, BIT(HVSCSI_LUN_RESCAN) },
	{ ATTENTION_KEY, 0x3f, 0x02, true, false, BIT(HVSCSI_LUN_RESCAN) },
	{ ATTENTION_KEY, 0x3f, 0x03 },
	{ ATTENTION_KEY, 0x3f, 0x05 },
	{ ATTENTION_KEY, 0x3f, 0x0e, true, true },
	{ ATTENTION_KEY, 0x2a, 0x01 },
	{ ATTENTION_KEY, 0x29, 0x00 },
	{ ATTENTION_KEY, 0x28, 0x00 },
	{ NOT_READY_KEY, 0x2a, 0x09 },
	{ NOT_READY_KEY, 0x3f, 0x0e },
};

static void topology_attention(struct kunit *test)
{
	struct hvscsi *hv = controller_of(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(attentions); i++) {
		struct command *command = command_create(test, i);

		hv->scan_state = 0;
		command->sense[0] = SENSE_FIXED;
		command->sense[2] = attentions[i].key;
		command->sense[7] = 10;
		command->sense[12] = attentions[i].asc;
		command->sense[13] = attentions[i].ascq;
		KUNIT_EXPECT_EQ_MSG(test, hvscsi_attention(&command->cmd),
				    attentions[i].again, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, command->lun.asked,
				    attentions[i].asked, "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, hv->scan_state != 0,
				    attentions[i].scan, "row %d", i);

		/* One that goes on like that is looked at, and counted. */
		KUNIT_EXPECT_FALSE_MSG(test, hvscsi_attention(&command->cmd),
				       "row %d", i);
		KUNIT_EXPECT_EQ_MSG(test, command->lun.asked,
				    attentions[i].asked, "row %d", i);

		/* While it is tried the mid-layer sees to it. */
		command->lun.present = false;
		KUNIT_EXPECT_FALSE(test, hvscsi_attention(&command->cmd));
	}
}

static struct kunit_case topology_cases[] = {
	KUNIT_CASE(topology_difference),
	KUNIT_CASE(topology_replaced),
	KUNIT_CASE(topology_elsewhere),
	KUNIT_CASE(topology_nonsense),
	KUNIT_CASE(topology_short),
	KUNIT_CASE(topology_attention),
	{}
};

struct kunit_suite hvscsi_topology_suite = {
	.name = "hvscsi_topology",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = topology_cases,
};
