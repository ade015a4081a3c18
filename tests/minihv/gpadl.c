// SPDX-License-Identifier: GPL-2.0
/* Guest memory that the guest has described: built from messages, checked. */
#include "host.h"
#include "store.h"
#include "fault.h"
#include "vmbus.h"
#include "vmbus_proto.h"

static struct gpadl *gpadls;

struct gpadl *gpadl_find(u32 id)
{
	struct gpadl *g;

	for (g = gpadls; g; g = g->next)
		if (g->id == id)
			return g;
	return NULL;
}

static void unlink_and_free(struct gpadl *g)
{
	struct gpadl **at = &gpadls;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	heap_free(g);
}

void gpadl_free_all(void)
{
	while (gpadls)
		unlink_and_free(gpadls);
}

static void reply_created(u32 relid, u32 id, u32 status)
{
	struct vmbus_gpadl_created m = {
		.h.type = VMBUS_GPADL_CREATED,
		.relid = relid,
		.gpadl = id,
		.status = status,
	};

	if (!status && fault_silent(FAULT_GPADL))
		return;
	vmbus_send(&m, sizeof(m));
}

/* Adds page numbers; replies when the last is there or one is wrong. */
static void add_pages(struct gpadl *g, const void *list, u32 bytes)
{
	u32 relid = g->relid, id = g->id, i;
	u32 count = MIN(bytes / (u32)sizeof(u64), g->pages - g->filled);

	for (i = 0; i < count; i++) {
		u64 pfn;

		memcpy(&pfn, (const u8 *)list + i * sizeof(pfn), sizeof(pfn));
		if (!guest_page_valid(pfn)) {
			violation("GPADL 0x%x: page 0x%lx is no guest memory",
				  id, pfn);
			unlink_and_free(g);
			reply_created(relid, id, VMBUS_STATUS_FAILED);
			return;
		}
		g->pfn[g->filled++] = pfn;
	}
	if (g->filled == g->pages)
		reply_created(relid, id, 0);
}

static const char *header_problem(const struct vmbus_gpadl_header *m)
{
	u64 pages = (m->byte_offset + (u64)m->byte_count + PAGE_SIZE - 1) /
		    PAGE_SIZE;

	if (!channel_exists(m->relid))
		return "for an unknown channel";
	if (m->range_count != 1)
		return "has not exactly one range";
	if (!m->byte_count)
		return "is empty";
	if (m->byte_offset >= PAGE_SIZE)
		return "starts beyond its first page";
	if (m->range_bytes < 8 + pages * 8)
		return "names too few pages";
	if (gpadl_find(m->gpadl))
		return "has an id that is in use";
	return NULL;
}

void gpadl_header(const void *message, u32 len)
{
	const struct vmbus_gpadl_header *m = message;
	const char *problem = header_problem(m);
	struct gpadl *g;
	u32 pages;

	if (problem) {
		violation("GPADL 0x%x %s", m->gpadl, problem);
		reply_created(m->relid, m->gpadl, VMBUS_STATUS_FAILED);
		return;
	}
	pages = (u32)((m->byte_offset + (u64)m->byte_count + PAGE_SIZE - 1) /
		      PAGE_SIZE);
	g = heap_alloc(sizeof(*g) + pages * sizeof(u64));
	if (!g) {
		reply_created(m->relid, m->gpadl, VMBUS_STATUS_FAILED);
		return;
	}
	g->id = m->gpadl;
	g->relid = m->relid;
	g->pages = pages;
	g->whole_pages = !m->byte_offset && m->byte_count % PAGE_SIZE == 0;
	g->next = gpadls;
	gpadls = g;
	add_pages(g, m + 1, len - (u32)sizeof(*m));
}

void gpadl_body(const void *message, u32 len)
{
	const struct vmbus_gpadl_body *m = message;
	struct gpadl *g = gpadl_find(m->gpadl);

	if (!g || g->filled == g->pages) {
		violation("GPADL body for 0x%x, which waits for none", m->gpadl);
		return;
	}
	add_pages(g, m + 1, len - (u32)sizeof(*m));
}

void gpadl_teardown(const void *message)
{
	const struct vmbus_gpadl_teardown *m = message;
	struct gpadl *g = gpadl_find(m->gpadl);
	struct vmbus_gpadl_torndown reply = {
		.h.type = VMBUS_GPADL_TORNDOWN,
		.gpadl = m->gpadl,
	};

	if (!g || g->relid != m->relid || g->filled != g->pages) {
		violation("teardown of unknown GPADL 0x%x", m->gpadl);
		return;
	}
	if (g->in_use) {
		violation("teardown of GPADL 0x%x, the ring of an open channel",
			  m->gpadl);
		return;
	}
	unlink_and_free(g);
	vmbus_send(&reply, sizeof(reply));
}
