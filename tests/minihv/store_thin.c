// SPDX-License-Identifier: GPL-2.0
/*
 * A store in the host's memory that takes only what has been written to it.
 *
 * A radix tree of tables, each a page of pointers, leads to the data pages. It
 * is as deep as the size needs and has a node only where there is data below,
 * so an empty disk of 64T takes nothing.
 */
#include "store.h"

#define TABLE_SHIFT	9
#define TABLE_ENTRIES	(1u << TABLE_SHIFT)

_Static_assert(TABLE_ENTRIES * sizeof(void *) == PAGE_SIZE, "table is a page");

/**
 * struct store_thin - a thin store
 * @store: what others see of it.
 * @root: top table, or NULL.
 * @levels: of tables above the data pages, at least one.
 * @pages: data pages that exist.
 */
struct store_thin {
	struct store store;
	void *root;
	unsigned int levels;
	u64 pages;
};

static struct store_thin *to_thin(struct store *s)
{
	return (struct store_thin *)s;
}

/* Pages that an entry of a table at @level leads to; @level 1 is the lowest. */
static u64 entry_span(unsigned int level)
{
	return 1ull << (TABLE_SHIFT * (level - 1));
}

/* The entry for page @index in a table at @level. */
static void **entry(void *table, unsigned int level, u64 index)
{
	return (void **)table + index / entry_span(level) % TABLE_ENTRIES;
}

/*
 * Data page number @index, or NULL. So many pages from there on are seen to
 * share its lot: itself, or all below the entry that leads to none.
 */
static u8 *find_run(struct store_thin *t, u64 index, u64 *run)
{
	void *node = t->root;
	unsigned int level;
	u64 span;

	for (level = t->levels; node && level; level--)
		node = *entry(node, level, index);
	span = entry_span(level + 1);
	*run = span - index % span;
	return node;
}

static u8 *find_page(struct store_thin *t, u64 index)
{
	u64 run;

	return find_run(t, index, &run);
}

/* The same, made when it does not exist. NULL when there is no memory. */
static u8 *make_page(struct store_thin *t, u64 index)
{
	void **slot = &t->root;
	unsigned int level;

	for (level = t->levels; level; level--) {
		if (!*slot)
			*slot = page_alloc();
		if (!*slot)
			return NULL;
		slot = entry(*slot, level, index);
	}
	if (!*slot) {
		*slot = page_alloc();
		t->pages += !!*slot;
	}
	return *slot;
}

static bool table_empty(void **table)
{
	unsigned int i;

	for (i = 0; i < TABLE_ENTRIES; i++)
		if (table[i])
			return false;
	return true;
}

/*
 * Free the data pages @first to @last, counted from the first one below *slot,
 * and the tables that lead to nothing afterwards. Goes only where there is
 * something: a range without data costs next to nothing, however long it is.
 */
static void free_pages(struct store_thin *t, void **slot, unsigned int level,
		       u64 first, u64 last)
{
	u64 span, i, from, to;

	if (!*slot)
		return;
	if (!level) {
		page_free(*slot);
		*slot = NULL;
		t->pages--;
		return;
	}
	span = entry_span(level);
	for (i = first / span; i <= last / span; i++) {
		from = i == first / span ? first % span : 0;
		to = i == last / span ? last % span : span - 1;
		free_pages(t, (void **)*slot + i, level - 1, from, to);
	}
	if (table_empty(*slot)) {
		page_free(*slot);
		*slot = NULL;
	}
}

static void thin_read(struct store *s, u64 offset, void *buf, u64 len)
{
	u64 in_page, n;
	u8 *page;

	for (; len; len -= n, offset += n, buf = (u8 *)buf + n) {
		in_page = offset % PAGE_SIZE;
		n = MIN(PAGE_SIZE - in_page, len);
		page = find_page(to_thin(s), offset / PAGE_SIZE);
		if (page)
			memcpy(buf, page + in_page, n);
		else
			memset(buf, 0, n);
	}
}

static bool thin_write(struct store *s, u64 offset, const void *buf, u64 len)
{
	u64 in_page, n;
	u8 *page;

	for (; len; len -= n, offset += n, buf = (const u8 *)buf + n) {
		in_page = offset % PAGE_SIZE;
		n = MIN(PAGE_SIZE - in_page, len);
		page = make_page(to_thin(s), offset / PAGE_SIZE);
		if (!page)
			return false;
		memcpy(page + in_page, buf, n);
	}
	return true;
}

/* Zero a range inside one page, which stays. */
static void zero_part(struct store_thin *t, u64 offset, u64 len)
{
	u8 *page = find_page(t, offset / PAGE_SIZE);

	if (page)
		memset(page + offset % PAGE_SIZE, 0, len);
}

static void thin_unmap(struct store *s, u64 offset, u64 len)
{
	struct store_thin *t = to_thin(s);
	u64 n, end;

	if (offset % PAGE_SIZE) {
		n = MIN(PAGE_SIZE - offset % PAGE_SIZE, len);
		zero_part(t, offset, n);
		offset += n;
		len -= n;
	}
	end = offset + len;
	n = len % PAGE_SIZE;
	if (n)
		zero_part(t, end - n, n);
	if (len >= PAGE_SIZE)
		free_pages(t, &t->root, t->levels, offset / PAGE_SIZE,
			   (end - n) / PAGE_SIZE - 1);
}

static u64 thin_extent(struct store *s, u64 offset, bool *allocated)
{
	u64 index = offset / PAGE_SIZE, run;

	*allocated = find_run(to_thin(s), index, &run);
	do {
		index += run;
	} while (index * PAGE_SIZE < s->size &&
		 !!find_run(to_thin(s), index, &run) == *allocated);
	return MIN(index * PAGE_SIZE, s->size) - offset;
}

/* Memory is all there is: nothing could be more durable than it is already. */
static void thin_flush(struct store *s)
{
	(void)s;
}

/* How many levels of tables lead to the last page. */
static unsigned int levels_for(u64 size)
{
	unsigned int levels = 1;

	while (entry_span(levels + 1) <= (size - 1) / PAGE_SIZE)
		levels++;
	return levels;
}

/* A level more: all there is moves below the first entry of a new top table. */
static bool add_level(struct store_thin *t)
{
	void **table;

	if (t->root) {
		table = page_alloc();
		if (!table)
			return false;
		table[0] = t->root;
		t->root = table;
	}
	t->levels++;
	return true;
}

/* A level less, when nothing is left but below the first entry. */
static void remove_level(struct store_thin *t)
{
	void **table = t->root;

	if (table) {
		t->root = table[0];
		page_free(table);
	}
	t->levels--;
}

static bool thin_resize(struct store *s, u64 size)
{
	struct store_thin *t = to_thin(s);
	u64 pages = (size + PAGE_SIZE - 1) / PAGE_SIZE;
	u64 last = (s->size - 1) / PAGE_SIZE;

	/* Levels too many, after a failure, do no harm. */
	while (t->levels < levels_for(size))
		if (!add_level(t))
			return false;
	if (size < s->size && size % PAGE_SIZE)
		zero_part(t, size, PAGE_SIZE - size % PAGE_SIZE);
	if (pages <= last)
		free_pages(t, &t->root, t->levels, pages, last);
	while (t->levels > levels_for(size))
		remove_level(t);
	s->size = size;
	return true;
}

static u64 thin_allocated(struct store *s)
{
	return to_thin(s)->pages * PAGE_SIZE;
}

static void thin_destroy(struct store *s)
{
	struct store_thin *t = to_thin(s);

	free_pages(t, &t->root, t->levels, 0, (s->size - 1) / PAGE_SIZE);
	heap_free(t);
}

static const struct store_ops thin_ops = {
	.read = thin_read,
	.write = thin_write,
	.unmap = thin_unmap,
	.extent = thin_extent,
	.flush = thin_flush,
	.resize = thin_resize,
	.allocated = thin_allocated,
	.destroy = thin_destroy,
};

struct store *store_thin_create(u64 size)
{
	struct store_thin *t = heap_alloc(sizeof(*t));

	if (!t)
		return NULL;
	t->store.ops = &thin_ops;
	t->store.kind = "thin";
	t->store.size = size;
	t->levels = levels_for(size);
	return &t->store;
}
