// SPDX-License-Identifier: GPL-2.0
#include "die.h"
#include "peer.h"

static u32 load(const u32 *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

static void store(u32 *word, u32 value)
{
	__atomic_store_n(word, value, __ATOMIC_RELEASE);
}

static void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static u32 distance(const struct pages *ring, u32 from, u32 to)
{
	return (to + ring->size - from) % ring->size;
}

/* Bytes that a producer may fill, with the ring's indices like these. */
static u32 usable(const struct pages *ring, u32 read, u32 write)
{
	return ring->size - distance(ring, read, write) - HVRING_GAP;
}

/* The guest's index lies from @from to @to, both included. */
static u32 load_index(const struct pages *ring, const u32 *word, u32 from,
		      u32 to, const char *name)
{
	u32 index = load(word);

	if (index >= ring->size || index % HVRING_ALIGN ||
	    distance(ring, from, index) > distance(ring, from, to))
		die("the guest's %s is %u, not from %u to %u", name, index,
		    from, to);
	return index;
}

void peer_consumer_init(struct peer_consumer *c, const struct pages *ring)
{
	*c = (struct peer_consumer){ .ring = ring, .masked = true };
	store(&ring->control->interrupt_mask, true);
}

static void set_mask(struct peer_consumer *c, bool masked)
{
	if (load(&c->ring->control->interrupt_mask) != c->masked)
		die("the guest wrote the host's mask");
	c->masked = masked;
	store(&c->ring->control->interrupt_mask, masked);
}

static u32 refresh_write(struct peer_consumer *c)
{
	u32 full = (c->released + c->ring->size - HVRING_GAP) % c->ring->size;

	c->write = load_index(c->ring, &c->ring->control->write_index,
			      c->write, full, "write index");
	return distance(c->ring, c->index, c->write);
}

static void parse_buffer(const u8 *at, u32 head, struct peer_packet *packet)
{
	const struct hvring_gpa_direct *direct = (const void *)at;
	const struct hvring_gpa_range *range = (const void *)(direct + 1);
	u32 most = range->byte_offset + range->byte_count;

	packet->pfn = range->pfn;
	packet->pages = (most + HVRING_PAGE_SIZE - 1) / HVRING_PAGE_SIZE;
	if (direct->range_count != 1 || range->byte_offset >= HVRING_PAGE_SIZE)
		die("%u ranges, offset %u", direct->range_count,
		    range->byte_offset);
	if (head != sizeof(*direct) + sizeof(*range) + 8 * packet->pages)
		die("%u pages and a header of %u bytes", packet->pages, head);
}

static u32 parse(const struct peer_consumer *c, u32 avail,
		 struct peer_packet *packet)
{
	const u8 *at = c->ring->data + c->index;
	const struct hvring_desc *desc = (const void *)at;
	u32 length = desc->length8 * 8, head = desc->data_offset8 * 8;
	const struct hvring_trailer *trailer = (const void *)(at + length);

	if (length + sizeof(*trailer) > avail || head < sizeof(*desc) ||
	    head > length)
		die("packet of %u, header of %u, %u there", length, head,
		    avail);
	if (trailer->reserved || trailer->start != c->index)
		die("trailer is %u, not %u", trailer->start, c->index);
	if (desc->flags != HVRING_FLAG_COMPLETION_REQUESTED)
		die("flags are %u", desc->flags);

	*packet = (struct peer_packet){
		.id = desc->transaction_id,
		.payload = at + head,
		.bytes = length - head,
	};
	if (desc->type == HVRING_PKT_GPA_DIRECT)
		parse_buffer(at, head, packet);
	else if (desc->type != HVRING_PKT_INBAND || head != sizeof(*desc))
		die("type is %u, header of %u", desc->type, head);
	return length + sizeof(*trailer);
}

bool peer_take(struct peer_consumer *c, struct peer_packet *packet)
{
	u32 avail = distance(c->ring, c->index, c->write);

	if (!avail)
		avail = refresh_write(c);
	if (!avail)
		return false;

	c->index = (c->index + parse(c, avail, packet)) % c->ring->size;
	return true;
}

/*
 * The write index is loaded after the pending size: a guest that waits has
 * published all it had before it says so, and an older index would make the
 * ring look as if there had been room.
 */
bool peer_release(struct peer_consumer *c)
{
	struct hvring_control *control = c->ring->control;
	u32 freed = distance(c->ring, c->released, c->index);
	u32 pending, after;

	if (!freed)
		return false;
	if (!c->masked)
		set_mask(c, true);
	c->released = c->index;
	store(&control->read_index, c->released);
	full_barrier();
	pending = load(&control->pending_send_size) & -HVRING_ALIGN;
	if (!pending ||
	    !(load(&control->feature_bits) & HVRING_FEATURE_PENDING_SEND))
		return false;

	refresh_write(c);
	after = usable(c->ring, c->released, c->write);
	/* Had the guest not this room it might have less than nothing. */
	return after >= pending && (after < freed || after - freed < pending);
}

bool peer_doze(struct peer_consumer *c)
{
	if (c->masked)
		set_mask(c, false);
	full_barrier();
	return !refresh_write(c);
}

void peer_producer_init(struct peer_producer *p, const struct pages *ring)
{
	*p = (struct peer_producer){ .ring = ring };
	store(&ring->control->feature_bits, HVRING_FEATURE_PENDING_SEND);
}

static u32 refresh_read(struct peer_producer *p)
{
	p->read = load_index(p->ring, &p->ring->control->read_index, p->read,
			     p->published, "read index");
	return usable(p->ring, p->read, p->staged);
}

u32 peer_answer_bytes(u32 payload_bytes)
{
	return sizeof(struct hvring_desc) + payload_bytes +
	       sizeof(struct hvring_trailer);
}

void *peer_put(struct peer_producer *p, u64 id, u32 payload_bytes)
{
	u32 bytes = peer_answer_bytes(payload_bytes);
	u32 length = bytes - sizeof(struct hvring_trailer);
	u8 *at = p->ring->data + p->staged;

	if (usable(p->ring, p->read, p->staged) < bytes &&
	    refresh_read(p) < bytes)
		return NULL;

	*(struct hvring_desc *)at = (struct hvring_desc){
		.type = HVRING_PKT_COMPLETION,
		.data_offset8 = sizeof(struct hvring_desc) / 8,
		.length8 = length / 8,
		.transaction_id = id,
	};
	*(struct hvring_trailer *)(at + length) = (struct hvring_trailer){
		.start = p->staged,
	};
	p->staged = (p->staged + bytes) % p->ring->size;
	return at + sizeof(struct hvring_desc);
}

bool peer_publish(struct peer_producer *p)
{
	struct hvring_control *control = p->ring->control;
	u32 before = p->published;

	if (p->staged == before)
		return false;
	p->published = p->staged;
	store(&control->write_index, p->published);
	full_barrier();
	if (load(&control->interrupt_mask))
		return false;
	refresh_read(p);
	return p->read == before;
}

/* Real hosts leave the low bits as the division makes them. */
bool peer_wait(struct peer_producer *p, u32 bytes)
{
	u32 quarter = (p->ring->size - 8) / 4;

	p->pending = bytes > quarter ? bytes : quarter;
	store(&p->ring->control->pending_send_size, p->pending);
	full_barrier();
	return refresh_read(p) < bytes;
}

void peer_resume(struct peer_producer *p)
{
	if (!p->pending)
		return;
	p->pending = 0;
	store(&p->ring->control->pending_send_size, 0);
}
