// SPDX-License-Identifier: GPL-2.0
/* The stores, called directly. */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define MODEL_PAGES	1300	/* more than two tables of the lowest level */
#define MODEL_SIZE	(MODEL_PAGES * 4096ull)

static u8 zeros[4 * 4096], bytes[4 * 4096];

static void fill(u8 value)
{
	memset(bytes, value, sizeof(bytes));
}

static bool reads_as(struct store *s, u64 offset, u64 len, u8 value)
{
	u8 buf[4 * 4096];
	u64 i;

	memset(buf, ~value, sizeof(buf));
	s->ops->read(s, offset, buf, len);
	for (i = 0; i < len; i++)
		if (buf[i] != value)
			return false;
	return true;
}

static void thin_is_sparse(void)
{
	struct store *s = store_thin_create(64ull << 40);
	u64 end = s->size;

	EQUAL(s->ops->allocated(s), 0);
	EQUAL(mock_pages, 0);
	CHECK(reads_as(s, end - 8192, 8192, 0));
	EQUAL(mock_pages, 0);
	fill(0x5A);
	CHECK(s->ops->write(s, end - 512, bytes, 512));
	CHECK(s->ops->write(s, 0, bytes, 512));
	EQUAL(s->ops->allocated(s), 8192);
	CHECK(mock_pages <= 10);
	CHECK(reads_as(s, end - 512, 512, 0x5A));
	CHECK(reads_as(s, end - 4096, 3584, 0));
	CHECK(reads_as(s, 0, 512, 0x5A));
	CHECK(reads_as(s, 512, 4096, 0));
	s->ops->destroy(s);
}

static void thin_unmap_is_fast(void)
{
	struct store *s = store_thin_create(64ull << 40);
	int i;

	fill(1);
	CHECK(s->ops->write(s, 5ull << 40, bytes, 4096));
	CHECK(s->ops->write(s, 63ull << 40, bytes, 4096));
	/* 17 thousand million pages each time: not one by one, or never. */
	for (i = 0; i < 1000; i++)
		s->ops->unmap(s, (5ull << 40) + 4096, (58ull << 40) - 4096);
	EQUAL(s->ops->allocated(s), 8192);
	s->ops->unmap(s, 0, s->size);
	EQUAL(s->ops->allocated(s), 0);
	EQUAL(mock_pages, 0);
	s->ops->destroy(s);
}

static void thin_unmap_parts(void)
{
	struct store *s = store_thin_create(1 << 20);

	fill(7);
	CHECK(s->ops->write(s, 4096, bytes, 3 * 4096));
	s->ops->unmap(s, 4096 + 512, 1024);
	EQUAL(s->ops->allocated(s), 3 * 4096);
	CHECK(reads_as(s, 4096, 512, 7));
	CHECK(reads_as(s, 4096 + 512, 1024, 0));
	CHECK(reads_as(s, 4096 + 1536, 2560, 7));
	/* From inside the first page to inside the third. */
	s->ops->unmap(s, 4096 + 3584, 512 + 4096 + 512);
	EQUAL(s->ops->allocated(s), 2 * 4096);
	CHECK(reads_as(s, 4096 + 3072, 512, 7));
	CHECK(reads_as(s, 4096 + 3584, 512 + 4096 + 512, 0));
	CHECK(reads_as(s, 3 * 4096 + 512, 3584, 7));
	CHECK(reads_as(s, 4 * 4096, 4096, 0));
	/* Nothing is allocated to hold zeros. */
	s->ops->unmap(s, 8 * 4096 + 512, 1024);
	EQUAL(s->ops->allocated(s), 2 * 4096);
	s->ops->destroy(s);
}

static void thin_out_of_memory(void)
{
	struct store *s = store_thin_create(1ull << 40);
	long pages;

	fill(3);
	CHECK(s->ops->write(s, 0, bytes, 4096));
	mock_page_limit = pages = mock_pages;
	CHECK(!s->ops->write(s, 2048, bytes, 4096));
	CHECK(reads_as(s, 4096, 4096, 0));
	CHECK(s->ops->write(s, 0, zeros, 4096));
	for (pages++; s->ops->allocated(s) == 4096; pages++) {
		mock_page_limit = pages;
		s->ops->write(s, 1ull << 39, bytes, 512);
		CHECK(reads_as(s, 4096, 4096, 0));
	}
	EQUAL(s->ops->allocated(s), 2 * 4096);
	s->ops->unmap(s, 0, s->size);
	EQUAL(mock_pages, 0);
	s->ops->destroy(s);
	mock_heap_limit = mock_heap;
	CHECK(!store_thin_create(4096));
}

/* Random operations against an array. */
static void thin_equals_model(void)
{
	struct store *s = store_thin_create(MODEL_SIZE);
	u8 *model = calloc(1, MODEL_SIZE), *got = malloc(MODEL_SIZE);
	bool same = true;
	u64 offset, len;
	int i;

	srand(1);
	for (i = 0; i < 3000 && same; i++) {
		offset = (u64)rand() % (MODEL_SIZE / 512) * 512;
		len = (u64)rand() % (sizeof(bytes) / 512) * 512 + 512;
		if (i % 50 == 0)
			len = (u64)rand() % (MODEL_SIZE / 512) * 512;
		len = MIN(len, MODEL_SIZE - offset);
		fill((u8)i);
		if (i % 50 == 0 || i % 3 == 0) {
			s->ops->unmap(s, offset, len);
			memset(model + offset, 0, len);
		} else {
			s->ops->write(s, offset, bytes, len);
			memcpy(model + offset, bytes, len);
		}
		if (i % 20)
			continue;
		s->ops->read(s, 0, got, MODEL_SIZE);
		same = !memcmp(got, model, MODEL_SIZE);
	}
	free(model);
	free(got);
	CHECK(same);
	s->ops->destroy(s);
}

static void file_store(void)
{
	struct store *s = store_file_create(1);

	EQUAL(s->size, MOCK_FILE_SIZE);
	EQUAL(s->ops->allocated(s), MOCK_FILE_SIZE);
	SAME(s->kind, "file");
	fill(9);
	CHECK(s->ops->write(s, MOCK_FILE_SIZE - 512, bytes, 512));
	EQUAL(mock_file[1][MOCK_FILE_SIZE - 1], 9);
	EQUAL(mock_file[1][MOCK_FILE_SIZE - 513], 0);
	EQUAL(mock_file[0][MOCK_FILE_SIZE - 1], 0);
	mock_file[1][100] = 4;
	CHECK(reads_as(s, 100, 1, 4));
	s->ops->unmap(s, 0, MOCK_FILE_SIZE - 1);
	EQUAL(mock_file[1][100], 0);
	EQUAL(mock_file[1][MOCK_FILE_SIZE - 2], 0);
	EQUAL(mock_file[1][MOCK_FILE_SIZE - 1], 9);
	s->ops->flush(s);
	s->ops->destroy(s);
	CHECK(!store_file_create(MOCK_FILES));
	mock_heap_limit = mock_heap;
	CHECK(!store_file_create(0));
}

/* A thin store against an array that has its size and contents. */
static void thin_resize_random(void)
{
	static const u64 sizes[] = {
		512, 4096, 4608, 512 * 4096, 512 * 4096 + 512, MODEL_SIZE };
	struct store *s = store_thin_create(MODEL_SIZE);
	u8 *model = calloc(1, MODEL_SIZE), *buf = malloc(MODEL_SIZE);
	u64 size, at;
	int i, n;

	srand(1);
	for (i = 0; i < 300 && !test_has_failed(); i++) {
		for (n = 0; n < 4; n++) {
			at = (u64)rand() % (s->size / 512) * 512;
			memset(bytes, i, 512);
			memcpy(model + at, bytes, 512);
			s->ops->write(s, at, bytes, 512);
		}
		size = sizes[(size_t)rand() % ARRAY_SIZE(sizes)];
		if (!s->ops->resize(s, size))
			test_failed(__FILE__, __LINE__, "no resize");
		memset(model + size, 0, MODEL_SIZE - size);
		s->ops->read(s, 0, buf, s->size);
		if (s->size != size || memcmp(buf, model, size))
			test_failed(__FILE__, __LINE__, "round %d differs", i);
	}
	free(model);
	free(buf);
	s->ops->destroy(s);
}

const struct test store_tests[] = {
	{ "thin-is-sparse", thin_is_sparse },
	{ "thin-unmap-is-fast", thin_unmap_is_fast },
	{ "thin-unmap-parts", thin_unmap_parts },
	{ "thin-out-of-memory", thin_out_of_memory },
	{ "thin-equals-model", thin_equals_model },
	{ "file-store", file_store },
	{ "thin-resize-random", thin_resize_random },
	{ NULL, NULL },
};
