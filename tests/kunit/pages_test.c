// SPDX-License-Identifier: GPL-2.0
/* pages.c: which pages the host is told of, and which lists it is not told. */
#include <kunit/test.h>
#include <linux/scatterlist.h>
#include "driver.h"
#include "suites.h"

#define MOST	4

struct segment {
	u32 offset;
	u32 bytes;
};

/* Pages of the segments, which follow one another in memory, or an error. */
static int pages_of(struct kunit *test, const struct segment *segments,
		    int count, u32 pages, u64 *pfn)
{
	struct controller *c = test->priv;
	struct scatterlist sg[MOST];
	struct scsi_cmnd cmd = {
		.sdb.table = { .sgl = sg, .nents = count },
	};
	struct hvring_slot slot = {
		.data_offset = segments[0].offset % HVRING_PAGE_SIZE,
		.pfn = pfn,
		.pfn_count = pages,
	};
	int i;

	sg_init_table(sg, count);
	for (i = 0; i < count; i++)
		sg_set_page(&sg[i], pfn_to_page(1 + i), segments[i].bytes,
			    segments[i].offset);
	c->hv->direct = true;
	KUNIT_EXPECT_EQ(test, hvscsi_map_pages(c->hv, &cmd), count);
	return hvscsi_fill_pages(c->hv, &cmd, count, &slot);
}

/* The first page of a segment, as the host counts. */
static u64 host_page(int segment)
{
	return (u64)(1 + segment) << (PAGE_SHIFT - HVRING_PAGE_SHIFT);
}

static void pages_one(struct kunit *test)
{
	const struct segment whole = { 0, HVRING_PAGE_SIZE };
	const struct segment inner = { 512, 1024 };
	const struct segment long_one = { 512, 2 * HVRING_PAGE_SIZE };
	u64 pfn[MOST] = {};

	KUNIT_EXPECT_EQ(test, pages_of(test, &whole, 1, 1, pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn[0], host_page(0));
	pfn[0] = 0;
	KUNIT_EXPECT_EQ(test, pages_of(test, &inner, 1, 1, pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn[0], host_page(0));
	KUNIT_EXPECT_EQ(test, pages_of(test, &long_one, 1, 3, pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn[0], host_page(0));
	KUNIT_EXPECT_EQ(test, pfn[1], host_page(0) + 1);
	KUNIT_EXPECT_EQ(test, pfn[2], host_page(0) + 2);
	KUNIT_EXPECT_EQ(test, pfn[3], 0);
}

static void pages_many(struct kunit *test)
{
	const struct segment segments[] = {
		{ HVRING_PAGE_SIZE - 512, 512 },
		{ 0, HVRING_PAGE_SIZE },
		{ 0, 512 },
	};
	u64 pfn[MOST] = {};

	KUNIT_EXPECT_EQ(test, pages_of(test, segments, 3, 3, pfn), 0);
	KUNIT_EXPECT_EQ(test, pfn[0], host_page(0));
	KUNIT_EXPECT_EQ(test, pfn[1], host_page(1));
	KUNIT_EXPECT_EQ(test, pfn[2], host_page(2));
	KUNIT_EXPECT_EQ(test, pfn[3], 0);
}

/* One range cannot express these, or another one than was announced. */
static void pages_refused(struct kunit *test)
{
	const struct segment gap_before[] = {
		{ 0, HVRING_PAGE_SIZE }, { 512, HVRING_PAGE_SIZE },
	};
	const struct segment gap_behind[] = {
		{ 0, 512 }, { 0, HVRING_PAGE_SIZE },
	};
	const struct segment fine[] = {
		{ 0, HVRING_PAGE_SIZE }, { 0, HVRING_PAGE_SIZE },
	};
	u64 pfn[MOST] = {};

	KUNIT_EXPECT_EQ(test, pages_of(test, gap_before, 2, 3, pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, pages_of(test, gap_behind, 2, 2, pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, pages_of(test, fine, 2, 1, pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, pages_of(test, fine, 2, 3, pfn), -EINVAL);
	KUNIT_EXPECT_EQ(test, pages_of(test, fine, 2, 2, pfn), 0);
}

static struct kunit_case pages_cases[] = {
	KUNIT_CASE(pages_one),
	KUNIT_CASE(pages_many),
	KUNIT_CASE(pages_refused),
	{}
};

struct kunit_suite hvscsi_pages_suite = {
	.name = "hvscsi_pages",
	.suite_init = bus_suite_init,
	.suite_exit = bus_suite_exit,
	.init = controller_init,
	.exit = controller_exit,
	.test_cases = pages_cases,
};
