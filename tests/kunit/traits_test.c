// SPDX-License-Identifier: GPL-2.0
/* traits.c: what is believed of a device. */
#include <kunit/test.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include "driver.h"
#include "suites.h"

#define PAGE_BYTES	64

/* From the standard. */
#define LIMITS_PAGE		0xb0
#define PROVISIONING_PAGE	0xb2
#define LBPU			0x80
#define LBPWS			0x40
#define LBPWS10			0x20
#define LBPRZ			0x04

static const struct {
	u8 provisioning, flags, limits;
	u8 length[8];
	bool offers;
} offers[] = {
	/* As hosts are today: WRITE SAME writes. */
	{ PROVISIONING_PAGE, LBPU, LIMITS_PAGE, { [6] = 0x40 } },
	{ PROVISIONING_PAGE, LBPU | LBPWS | LBPWS10 | LBPRZ, LIMITS_PAGE,
	  { [6] = 0x40 }, true },
	{ PROVISIONING_PAGE, LBPWS | LBPRZ, LIMITS_PAGE, { [7] = 1 }, true },
	{ PROVISIONING_PAGE, LBPWS | LBPRZ, LIMITS_PAGE, { [0] = 1 }, true },
	/* It unmaps, and who knows what is read then. */
	{ PROVISIONING_PAGE, LBPU | LBPWS | LBPWS10, LIMITS_PAGE, { [6] = 0x40 } },
	/* Only the short command does. */
	{ PROVISIONING_PAGE, LBPU | LBPWS10 | LBPRZ, LIMITS_PAGE, { [6] = 0x40 } },
	/* Nobody knows how much. */
	{ PROVISIONING_PAGE, LBPWS | LBPRZ, LIMITS_PAGE, { 0 } },
	/* Other pages than were asked for, and none. */
	{ LIMITS_PAGE, LBPWS | LBPRZ, LIMITS_PAGE, { [6] = 0x40 } },
	{ PROVISIONING_PAGE, LBPWS | LBPRZ, PROVISIONING_PAGE, { [6] = 0x40 } },
	{ 0 },
};

static void traits_same(struct kunit *test)
{
	u8 provisioning[PAGE_BYTES], limits[PAGE_BYTES];
	int i;

	for (i = 0; i < ARRAY_SIZE(offers); i++) {
		memset(provisioning, 0, sizeof(provisioning));
		memset(limits, 0, sizeof(limits));
		provisioning[1] = offers[i].provisioning;
		provisioning[5] = offers[i].flags;
		limits[1] = offers[i].limits;
		memcpy(limits + 36, offers[i].length, sizeof(offers[i].length));
		KUNIT_EXPECT_EQ_MSG(test,
				    traits_offers_same(provisioning, limits),
				    offers[i].offers, "row %d", i);
	}
}

/* Only hosts before 6.2 and only of their own disks. */
static void traits_level(struct kunit *test)
{
	static const struct {
		u16 version;
		const char *vendor;
		int level;
	} rows[] = {
		{ VSTOR_VERSION_6_2, "Msft    Virtual", SCSI_SPC_2 },
		{ VSTOR_VERSION_6_0, "Msft    Virtual", SCSI_SPC_3 },
		{ VSTOR_VERSION_5_1, "Msft    Virtual", SCSI_SPC_3 },
		{ VSTOR_VERSION_6_0, "Msf     Virtual", SCSI_SPC_2 },
		{ VSTOR_VERSION_6_0, "ATA     Virtual", SCSI_SPC_2 },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scsi_device *sdev = &command_create(test, i)->sdev;

		sdev->scsi_level = SCSI_SPC_2;
		traits_of(test, rows[i].version, rows[i].vendor, sdev);
		KUNIT_EXPECT_EQ_MSG(test, (int)sdev->scsi_level, rows[i].level,
				    "row %d", i);
		KUNIT_EXPECT_EQ(test, (int)sdev->no_write_same, 1);
		KUNIT_EXPECT_EQ(test, (int)sdev->no_report_opcodes, 1);
	}
}

static struct kunit_case traits_cases[] = {
	KUNIT_CASE(traits_same),
	KUNIT_CASE(traits_level),
	{}
};

struct kunit_suite hvscsi_traits_suite = {
	.name = "hvscsi_traits",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = traits_cases,
};
