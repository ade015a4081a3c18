// SPDX-License-Identifier: GPL-2.0
/*
 * The host's end of a ring, written against the wire format alone. Nothing in
 * the control page that the guest owns is believed: a guest whose indices or
 * packets are wrong has lost its channel, as on a real host.
 */
#include "host.h"
#include "vmbus.h"

void ring_init(struct ring *r, const u64 *pfn, u32 pages)
{
	r->control = (struct hvring_control *)(pfn[0] * PAGE_SIZE);
	r->pfn = pfn + 1;
	r->size = (pages - 1) * (u32)PAGE_SIZE;
	r->index = 0;
	r->published = 0;
	r->peer = 0;
	r->masked = false;
}

static bool index_valid(const struct ring *r, u32 index, const char *what,
			const char **why)
{
	if (index < r->size && index % HVRING_ALIGN == 0)
		return true;
	*why = what;
	return false;
}

/* Bytes from one index to another, in the direction of travel. */
static u32 distance(const struct ring *r, u32 from, u32 to)
{
	return to >= from ? to - from : r->size - from + to;
}

long ring_readable(struct ring *r, const char **why)
{
	u32 write = __atomic_load_n(&r->control->write_index, __ATOMIC_ACQUIRE);

	if (!index_valid(r, write, "write index out of range or unaligned", why))
		return -1;
	/* Also what a guest looks like that has overrun its ring. */
	if (distance(r, r->index, write) < distance(r, r->index, r->peer)) {
		*why = "write index moved back over what was not read";
		return -1;
	}
	r->peer = write;
	return distance(r, r->index, write);
}

long ring_writable(struct ring *r, const char **why)
{
	u32 read = __atomic_load_n(&r->control->read_index, __ATOMIC_ACQUIRE);

	if (!index_valid(r, read, "read index out of range or unaligned", why))
		return -1;
	if (distance(r, r->peer, read) > distance(r, r->peer, r->published)) {
		*why = "read index moved back or past what was written";
		return -1;
	}
	r->peer = read;
	return r->size - distance(r, read, r->index) - HVRING_GAP;
}

static u8 *data_at(const struct ring *r, u32 at)
{
	return (u8 *)(r->pfn[at / PAGE_SIZE] * PAGE_SIZE) + at % PAGE_SIZE;
}

void ring_copy_out(const struct ring *r, u32 at, void *dst, u32 len)
{
	while (len) {
		u32 chunk = MIN(len, (u32)(PAGE_SIZE - at % PAGE_SIZE));

		memcpy(dst, data_at(r, at), chunk);
		dst = (u8 *)dst + chunk;
		len -= chunk;
		at = (at + chunk) % r->size;
	}
}

void ring_copy_in(struct ring *r, u32 at, const void *src, u32 len)
{
	while (len) {
		u32 chunk = MIN(len, (u32)(PAGE_SIZE - at % PAGE_SIZE));

		memcpy(data_at(r, at), src, chunk);
		src = (const u8 *)src + chunk;
		len -= chunk;
		at = (at + chunk) % r->size;
	}
}

/* The part of a GPA-direct packet between descriptor and payload. */
static bool parse_ranges(const u8 *buf, u32 offset, struct packet *p,
			 const char **why)
{
	const struct hvring_gpa_direct *h = (const void *)buf;
	const struct hvring_gpa_range *range = (const void *)(h + 1);

	if (offset < sizeof(*h) + sizeof(*range) || !h->range_count) {
		*why = "GPA-direct packet without a range";
		return false;
	}
	p->ranges = h->range_count;
	p->range_bytes = range->byte_count;
	p->range_offset = range->byte_offset;
	p->pfn = (const u64 *)range->pfn;
	p->pfn_count = (offset - sizeof(*h) - sizeof(*range)) / sizeof(u64);
	return true;
}

static bool check_trailer(const struct ring *r, u32 len, const char **why)
{
	struct hvring_trailer t;

	ring_copy_out(r, (r->index + len) % r->size, &t, sizeof(t));
	if (!t.reserved && t.start == r->index)
		return true;
	*why = "trailer does not name the packet's start";
	return false;
}

bool ring_take(struct ring *r, u32 readable, void *buf, u32 buf_size,
	       struct packet *p, const char **why)
{
	struct hvring_desc d;
	u32 len, offset;

	if (readable < sizeof(d)) {
		*why = "fewer bytes than a descriptor";
		return false;
	}
	ring_copy_out(r, r->index, &d, sizeof(d));
	len = d.length8 * 8u;
	offset = d.data_offset8 * 8u;
	if (offset < sizeof(d) || len < offset) {
		*why = "data offset or length of a packet is wrong";
		return false;
	}
	if (len + sizeof(struct hvring_trailer) > readable || len > buf_size) {
		*why = "packet longer than what was written";
		return false;
	}
	if (d.flags & ~HVRING_FLAG_COMPLETION_REQUESTED) {
		*why = "unknown packet flags";
		return false;
	}
	if (!check_trailer(r, len, why))
		return false;
	ring_copy_out(r, r->index, buf, len);
	*p = (struct packet){
		.type = d.type,
		.flags = d.flags,
		.id = d.transaction_id,
		.payload = (u8 *)buf + offset,
		.payload_len = len - offset,
	};
	if (d.type == HVRING_PKT_GPA_DIRECT && !parse_ranges(buf, offset, p, why))
		return false;
	r->index = (r->index + len + sizeof(struct hvring_trailer)) % r->size;
	return true;
}
