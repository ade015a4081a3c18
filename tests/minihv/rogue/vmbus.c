// SPDX-License-Identifier: GPL-2.0
/* The guest's side of VMBus: contact, offers, GPADLs, open and close. */
#include "rogue.h"

#define HEADER_PAGES	((MESSAGE_MAX - sizeof(struct vmbus_gpadl_header)) / 8)
#define BODY_PAGES	((MESSAGE_MAX - sizeof(struct vmbus_gpadl_body)) / 8)
#define FIRST_GPADL	0xe1e10
#define OPEN_ID		77

struct chan chans[CHANNELS_MAX];
u32 chan_count;
u8 data[DATA_PAGES * 4096] __attribute__((aligned(4096)));

static u8 ring_memory[CHANNELS_MAX][RING_PAGES * 4096]
	__attribute__((aligned(4096)));

const char *vmbus_post(const void *message, u32 len)
{
	return post(CONNECTION_OLD, message, len) == STATUS_OK ?
	       NULL : "the host refuses a message";
}

/* Messages of other types are dropped. */
const char *vmbus_wait(u32 type, void *message, u32 len)
{
	static char missing[32];
	union {
		struct vmbus_header h;
		u8 bytes[MESSAGE_MAX];
	} m;

	do {
		if (!until(message_take(&m))) {
			snprintf(missing, sizeof(missing),
				 "message %u does not come", type);
			return missing;
		}
	} while (m.h.type != type);
	memcpy(message, &m, len);
	return NULL;
}

const char *vmbus_quiet(void)
{
	u8 m[MESSAGE_MAX];

	return message_take(m) ? "the host answers what it should not" : NULL;
}

void vmbus_contact_fill(struct vmbus_contact *m, u32 version)
{
	*m = (struct vmbus_contact){
		.h.type = VMBUS_INITIATE_CONTACT,
		.version = version,
		.sint = 2,
	};
}

static u32 contact_answer(const struct vmbus_contact *m)
{
	u32 to = m->version >= VMBUS_VERSION(5, 0) ? CONNECTION_NEW
						   : CONNECTION_OLD;
	struct vmbus_version_response r;

	chan_count = 0;
	if (post(to, m, sizeof(*m)) != STATUS_OK ||
	    vmbus_wait(VMBUS_VERSION_RESPONSE, &r, sizeof(r)))
		return ~0u;
	return r.supported;
}

u32 vmbus_contact(u32 version)
{
	struct vmbus_contact m;

	vmbus_contact_fill(&m, version);
	return contact_answer(&m);
}

/* A contact that must be answered with no. */
const char *vmbus_contact_as(const struct vmbus_contact *m)
{
	CHECK(contact_answer(m) == 0);
	return NULL;
}

const char *vmbus_disconnect(void)
{
	struct vmbus_header m = { .type = VMBUS_UNLOAD };

	TRY(vmbus_post(&m, sizeof(m)));
	return vmbus_wait(VMBUS_UNLOAD_COMPLETE, &m, sizeof(m));
}

const char *vmbus_take_offer(void)
{
	struct vmbus_offer o;
	struct chan *c = &chans[chan_count];

	TRY(vmbus_wait(VMBUS_OFFER, &o, sizeof(o)));
	CHECK(chan_count < CHANNELS_MAX);
	*c = (struct chan){
		.relid = o.relid,
		.connection = o.connection,
		.sub_index = o.sub_index,
		.gpadl = FIRST_GPADL + chan_count,
		.memory = ring_memory[chan_count],
	};
	chan_count++;
	return NULL;
}

const char *vmbus_offers(void)
{
	struct vmbus_header m = { .type = VMBUS_REQUEST_OFFERS };

	TRY(vmbus_post(&m, sizeof(m)));
	TRY(vmbus_take_offer());
	return vmbus_wait(VMBUS_OFFERS_DELIVERED, &m, sizeof(m));
}

static u32 put_pages(u8 *at, u64 first, u32 count)
{
	u32 i;

	for (i = 0; i < count; i++) {
		u64 pfn = first + i;

		memcpy(at + i * sizeof(pfn), &pfn, sizeof(pfn));
	}
	return count * (u32)sizeof(u64);
}

const char *gpadl_post(const struct gpadl *g)
{
	u32 pages = (g->offset + g->bytes + 4095) / 4096, done, n;
	u8 buf[MESSAGE_MAX];
	struct vmbus_gpadl_header h = {
		.h.type = VMBUS_GPADL_HEADER,
		.relid = g->relid,
		.gpadl = g->id,
		.range_bytes = (u16)(8 + pages * 8),
		.range_count = 1,
		.byte_count = g->bytes,
		.byte_offset = g->offset,
	};
	struct vmbus_gpadl_body b = {
		.h.type = VMBUS_GPADL_BODY,
		.gpadl = g->id,
	};

	memcpy(buf, &h, sizeof(h));
	done = MIN(pages, (u32)HEADER_PAGES);
	n = put_pages(buf + sizeof(h), g->address / 4096, done);
	TRY(vmbus_post(buf, sizeof(h) + n));
	for (; done < pages; done += n / 8) {
		b.number++;
		memcpy(buf, &b, sizeof(b));
		n = put_pages(buf + sizeof(b), g->address / 4096 + done,
			      MIN(pages - done, (u32)BODY_PAGES));
		TRY(vmbus_post(buf, sizeof(b) + n));
	}
	return NULL;
}

const char *gpadl_created(u32 *status)
{
	struct vmbus_gpadl_created r;

	TRY(vmbus_wait(VMBUS_GPADL_CREATED, &r, sizeof(r)));
	*status = r.status;
	return NULL;
}

const char *gpadl_make(const struct gpadl *g)
{
	u32 status;

	TRY(gpadl_post(g));
	TRY(gpadl_created(&status));
	CHECK(status == 0);
	return NULL;
}

const char *gpadl_teardown(u32 relid, u32 id)
{
	struct vmbus_gpadl_teardown m = {
		.h.type = VMBUS_GPADL_TEARDOWN,
		.relid = relid,
		.gpadl = id,
	};
	struct vmbus_gpadl_torndown r;

	TRY(vmbus_post(&m, sizeof(m)));
	TRY(vmbus_wait(VMBUS_GPADL_TORNDOWN, &r, sizeof(r)));
	CHECK(r.gpadl == id);
	return NULL;
}

const char *chan_gpadl(struct chan *c)
{
	struct gpadl g = {
		.relid = c->relid,
		.id = c->gpadl,
		.bytes = RING_PAGES * 4096,
		.address = (u64)c->memory,
	};

	return gpadl_make(&g);
}

void chan_open_fill(const struct chan *c, struct vmbus_open *m)
{
	*m = (struct vmbus_open){
		.h.type = VMBUS_OPEN,
		.relid = c->relid,
		.open_id = OPEN_ID,
		.gpadl = c->gpadl,
		.split = RING_SPLIT,
	};
}

const char *chan_open_as(const struct vmbus_open *m, u32 *status)
{
	struct vmbus_open_result r;

	TRY(vmbus_post(m, sizeof(*m)));
	TRY(vmbus_wait(VMBUS_OPEN_RESULT, &r, sizeof(r)));
	CHECK(r.relid == m->relid && r.open_id == OPEN_ID);
	*status = r.status;
	return NULL;
}

const char *chan_open(struct chan *c, u32 split)
{
	struct vmbus_open m;
	u32 status;

	TRY(chan_gpadl(c));
	ring_init(c, split);
	chan_open_fill(c, &m);
	m.split = split;
	TRY(chan_open_as(&m, &status));
	CHECK(status == 0);
	return NULL;
}

const char *chan_close(const struct chan *c)
{
	struct vmbus_relid m = { .h.type = VMBUS_CLOSE, .relid = c->relid };

	TRY(vmbus_post(&m, sizeof(m)));
	return gpadl_teardown(c->relid, c->gpadl);
}
