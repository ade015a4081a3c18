// SPDX-License-Identifier: GPL-2.0
/* Memory of a channel, see rings.h. */
#include <kunit/test.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "rings.h"

#define STALE	0xa5

static void *map_twice(void *area, u32 bytes)
{
	unsigned int count = bytes / PAGE_SIZE, i;
	struct page **pages;
	void *twice;

	pages = kcalloc(2 * count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < 2 * count; i++)
		pages[i] = vmalloc_to_page(area + i % count * PAGE_SIZE);
	twice = vmap(pages, 2 * count, VM_MAP, PAGE_KERNEL);
	kfree(pages);
	return twice;
}

static bool ring_alloc(struct host_ring *ring, void **twice, u32 bytes)
{
	ring->size = bytes;
	ring->control = (void *)get_zeroed_page(GFP_KERNEL);
	ring->data = vmalloc(bytes);
	*twice = ring->data ? map_twice(ring->data, bytes) : NULL;
	return ring->control && *twice;
}

static void ring_free(struct host_ring *ring, void *twice)
{
	vunmap(twice);
	vfree(ring->data);
	free_page((unsigned long)ring->control);
}

int rings_alloc(struct rings *rings, u32 data_bytes)
{
	struct hvring_memory *memory = &rings->memory;
	struct host *host = &rings->host;
	bool there;

	*rings = (struct rings){};
	there = ring_alloc(&host->requests, &memory->out_data, data_bytes) &&
		ring_alloc(&host->answers, &memory->in_data, data_bytes);
	if (!there) {
		rings_free(rings);
		return -ENOMEM;
	}

	memory->out_control = host->requests.control;
	memory->out_bytes = data_bytes;
	memory->in_control = host->answers.control;
	memory->in_bytes = data_bytes;
	rings_reset(rings);
	return 0;
}

void rings_free(struct rings *rings)
{
	ring_free(&rings->host.requests, rings->memory.out_data);
	ring_free(&rings->host.answers, rings->memory.in_data);
	*rings = (struct rings){};
}

static void ring_reset(struct host_ring *ring)
{
	memset(ring->control, 0, sizeof(*ring->control));
	ring->control->feature_bits = HVRING_FEATURE_PENDING_SEND;
	memset(ring->data, STALE, ring->size);
	ring->at = 0;
}

void rings_reset(struct rings *rings)
{
	ring_reset(&rings->host.requests);
	ring_reset(&rings->host.answers);
}

static u32 ring_bytes(const struct host_ring *ring)
{
	return sizeof(*ring->control) + ring->size;
}

static void ring_copy(const struct host_ring *ring, void *to)
{
	memcpy(to, ring->control, sizeof(*ring->control));
	memcpy(to + sizeof(*ring->control), ring->data, ring->size);
}

static bool ring_equal(const struct host_ring *ring, const void *copy)
{
	return !memcmp(copy, ring->control, sizeof(*ring->control)) &&
	       !memcmp(copy + sizeof(*ring->control), ring->data, ring->size);
}

void *rings_copy(struct kunit *test, const struct rings *rings)
{
	const struct host *host = &rings->host;
	void *copy = kunit_kmalloc(test, ring_bytes(&host->requests) +
				   ring_bytes(&host->answers), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	ring_copy(&host->requests, copy);
	ring_copy(&host->answers, copy + ring_bytes(&host->requests));
	return copy;
}

bool rings_equal(const struct rings *rings, const void *copy)
{
	const struct host *host = &rings->host;

	return ring_equal(&host->requests, copy) &&
	       ring_equal(&host->answers, copy + ring_bytes(&host->requests));
}
