// SPDX-License-Identifier: GPL-2.0
/*
 * The host's memory: pages from the pool above the guest's, and small objects
 * made of them. Only what is used is ever touched, so a large pool costs the
 * build machine nothing.
 */
#include "host.h"
#include "store.h"

#define MIN_SHIFT	5		/* smallest object: 32 bytes */
#define MAX_SHIFT	20		/* largest: 1 MiB */
#define MAX_RANGES	4

struct free_object {
	struct free_object *next;
};

/* In front of each object: which size it has. Keeps objects 16-aligned. */
struct header {
	u32 shift;
	u32 pad[3];
};

static struct {
	u64 next, end;
} ranges[MAX_RANGES];
static u32 range_count;
static struct free_object *free_pages;
static struct free_object *free_objects[MAX_SHIFT + 1];
static struct spinlock lock;		/* innermost */

void mem_add(u64 start, u64 end)
{
	if (range_count == MAX_RANGES)
		return;
	ranges[range_count].next = start;
	ranges[range_count++].end = end;
}

/* Fresh memory, never used before; it is not zeroed. */
static void *take_fresh(u64 bytes)
{
	u32 i;

	for (i = 0; i < range_count; i++) {
		u64 at = ranges[i].next;

		if (ranges[i].end - at < bytes)
			continue;
		ranges[i].next += bytes;
		return (void *)at;
	}
	return NULL;
}

void *mem_take(u64 bytes)
{
	void *p;

	spin_lock(&lock);
	p = take_fresh(bytes);
	spin_unlock(&lock);
	return p;
}

void *page_alloc(void)
{
	void *page;

	spin_lock(&lock);
	page = free_pages;
	if (page)
		free_pages = free_pages->next;
	else
		page = take_fresh(PAGE_SIZE);
	spin_unlock(&lock);
	if (page)
		memset(page, 0, PAGE_SIZE);
	return page;
}

void page_free(void *page)
{
	struct free_object *f = page;

	spin_lock(&lock);
	f->next = free_pages;
	free_pages = f;
	spin_unlock(&lock);
}

/* Cuts fresh memory of at least a page into objects of one size. */
static void refill(u32 shift)
{
	u64 bytes = MAX(1ull << shift, PAGE_SIZE), at;
	u8 *p = take_fresh(bytes);

	for (at = 0; p && at < bytes; at += 1ull << shift) {
		struct free_object *f = (struct free_object *)(p + at);

		f->next = free_objects[shift];
		free_objects[shift] = f;
	}
}

void *heap_alloc(size_t size)
{
	struct header *h;
	u32 shift = MIN_SHIFT;

	size += sizeof(*h);
	while (shift <= MAX_SHIFT && 1ull << shift < size)
		shift++;
	if (shift > MAX_SHIFT)
		return NULL;
	spin_lock(&lock);
	if (!free_objects[shift])
		refill(shift);
	h = (struct header *)free_objects[shift];
	if (h)
		free_objects[shift] = free_objects[shift]->next;
	spin_unlock(&lock);
	if (!h)
		return NULL;
	memset(h, 0, size);
	h->shift = shift;
	return h + 1;
}

void heap_free(void *p)
{
	struct header *h = (struct header *)p - 1;
	u32 shift;

	if (!p)
		return;
	shift = h->shift;
	spin_lock(&lock);
	((struct free_object *)h)->next = free_objects[shift];
	free_objects[shift] = (struct free_object *)h;
	spin_unlock(&lock);
}
