// SPDX-License-Identifier: GPL-2.0
/* The guest's end of the two rings, with nothing in the way of mistakes. */
#include "rogue.h"

static void half_init(struct ring *r, u8 *memory, u32 pages)
{
	r->control = (struct hvring_control *)memory;
	r->data = memory + 4096;
	r->size = (pages - 1) * 4096;
	r->index = 0;
}

void ring_init(struct chan *c, u32 split)
{
	memset(c->memory, 0, RING_PAGES * 4096);
	half_init(&c->out, c->memory, split);
	half_init(&c->in, c->memory + split * 4096, RING_PAGES - split);
	c->out.control->feature_bits = HVRING_FEATURE_PENDING_SEND;
}

static void write_bytes(struct ring *r, const void *src, u32 len)
{
	u32 first = MIN(len, r->size - r->index);

	memcpy(r->data + r->index, src, first);
	memcpy(r->data, (const u8 *)src + first, len - first);
	r->index = (r->index + len) % r->size;
}

static void read_bytes(struct ring *r, void *dst, u32 len)
{
	u32 first = MIN(len, r->size - r->index);

	memcpy(dst, r->data + r->index, first);
	memcpy((u8 *)dst + first, r->data, len - first);
	r->index = (r->index + len) % r->size;
}

static void write_ranges(struct ring *r, const struct request *rq)
{
	const u32 counts[] = { 0, rq->range_count };
	const struct hvring_gpa_range range = {
		.byte_count = rq->range_bytes,
		.byte_offset = rq->range_offset,
	};

	write_bytes(r, counts, sizeof(counts));
	write_bytes(r, &range, sizeof(range));
	write_bytes(r, rq->pfn, rq->pfn_count * 8);
}

void ring_put(struct chan *c, const struct request *rq)
{
	static const u8 zeros[512];
	struct ring *r = &c->out;
	bool direct = rq->type == HVRING_PKT_GPA_DIRECT;
	u32 start = r->index, extra = 0;
	u32 offset = sizeof(struct hvring_desc);
	struct hvring_trailer t = {
		.reserved = rq->trailer_reserved,
		.start = start + rq->trailer_by,
	};
	struct hvring_desc d = {
		.type = rq->type,
		.flags = rq->flags,
		.transaction_id = rq->id,
	};

	if (direct)
		offset += 16 + rq->pfn_count * 8;
	d.data_offset8 = (u16)((int)offset / 8 + rq->offset_by);
	d.length8 = (u16)((int)(offset + rq->payload_len) / 8 + rq->length_by);
	write_bytes(r, &d, sizeof(d));
	if (direct)
		write_ranges(r, rq);
	if (rq->payload_len > sizeof(rq->pkt))
		extra = rq->payload_len - (u32)sizeof(rq->pkt);
	write_bytes(r, &rq->pkt, rq->payload_len - extra);
	write_bytes(r, zeros, extra);
	write_bytes(r, &t, sizeof(t));
	if (rq->only)
		r->index = (start + rq->only) % r->size;
}

void ring_publish(struct chan *c)
{
	__atomic_store_n(&c->out.control->write_index, c->out.index,
			 __ATOMIC_RELEASE);
	full_barrier();
}

bool ring_empty(const struct chan *c)
{
	return __atomic_load_n(&c->in.control->write_index, __ATOMIC_ACQUIRE) ==
	       c->in.index;
}

const char *ring_get(struct chan *c, u16 type, u64 *id, struct vstor_packet *pkt)
{
	u32 start = c->in.index;
	struct hvring_trailer t;
	struct hvring_desc d;

	if (!until(!ring_empty(c)))
		return "a completion that has to come does not";
	read_bytes(&c->in, &d, sizeof(d));
	CHECK(d.type == type);
	CHECK(d.data_offset8 == 2);
	CHECK(d.length8 == (sizeof(d) + sizeof(*pkt)) / 8);
	read_bytes(&c->in, pkt, sizeof(*pkt));
	read_bytes(&c->in, &t, sizeof(t));
	CHECK(!t.reserved && t.start == start);
	*id = d.transaction_id;
	return NULL;
}

void ring_consumed(struct chan *c)
{
	__atomic_store_n(&c->in.control->read_index, c->in.index,
			 __ATOMIC_RELEASE);
	full_barrier();
}
