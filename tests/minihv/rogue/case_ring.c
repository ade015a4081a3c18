// SPDX-License-Identifier: GPL-2.0
/* Rings whose indices are wrong, packets whose framing is. */
#include "rogue.h"

/* The ring of the guest with index or mask overwritten, then a signal. */
static const char *overwrite(u32 *word, u32 value)
{
	struct chan *c = &chans[0];
	struct request rq;
	u32 written;

	WRITE_ONCE(*word, value);
	full_barrier();
	written = READ_ONCE(c->in.control->write_index);
	CHECK(signal_fast(c->connection) == STATUS_OK);
	request_tur(&rq);
	TRY(request_send(c, &rq));
	/* No completion has followed what it has sent before. */
	CHECK(READ_ONCE(c->in.control->write_index) == written);
	return NULL;
}

/* arg[0]: what to write. */
static const char *write_index(const struct test_case *t)
{
	return overwrite(&chans[0].out.control->write_index,
			 t->arg[0] ? t->arg[0] : chans[0].out.size);
}

/* It is looked at when there is something to complete. */
static const char *read_index(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;

	WRITE_ONCE(c->in.control->read_index, t->arg[0] ? t->arg[0] : c->in.size);
	full_barrier();
	request_tur(&rq);
	TRY(request_send(c, &rq));
	CHECK(ring_empty(c));
	return NULL;
}

/* The host has to be behind with reading, so its ring is a narrow one. */
static const char *write_index_back(const struct test_case *t)
{
	struct chan *c = &chans[0];
	struct request rq;
	u32 i;

	(void)t;
	TRY(chan_open(c, NARROW_SPLIT));
	TRY(storage_handshake(c));
	for (i = 0; i < NARROW_BATCH; i++) {
		request_tur(&rq);
		ring_put(c, &rq);
	}
	ring_publish(c);
	CHECK(signal_fast(c->connection) == STATUS_OK);
	CHECK(READ_ONCE(c->in.control->pending_send_size));
	return overwrite(&c->out.control->write_index, c->out.index - 88);
}

static const char *own_mask(const struct test_case *t)
{
	(void)t;
	return overwrite(&chans[0].out.control->interrupt_mask, 1);
}

static const char *own_read_index(const struct test_case *t)
{
	(void)t;
	return overwrite(&chans[0].out.control->read_index, 0);
}

static const char *own_write_index(const struct test_case *t)
{
	(void)t;
	return overwrite(&chans[0].in.control->write_index, 0);
}

SPOIL(fragment, rq->only = 8)
SPOIL(offset_small, rq->offset_by = -4)
SPOIL(offset_zero, rq->offset_by = -5)
SPOIL(length_small, rq->length_by = -9)
SPOIL(length_zero, rq->length_by = -13)
SPOIL(length_large, rq->length_by = 1)
SPOIL(length_huge, rq->length_by = 0xfff0)
SPOIL(unpublished, rq->only = 104)
SPOIL(flags, rq->flags |= 2)
SPOIL(flags_high, rq->flags |= 0x8000)
SPOIL(trailer_start, rq->trailer_by = 8)
SPOIL(trailer_reserved, rq->trailer_reserved = 1)
SPOIL(no_range, rq->range_count = 0)
SPOIL(no_room_for_range, rq->offset_by = -2)
SPOIL(type_pages, rq->type = HVRING_PKT_XFER_PAGES)
SPOIL(type_completion, rq->type = HVRING_PKT_COMPLETION)
SPOIL(type_0, rq->type = 0)

#define BROKEN(n, run_, expects_, ...)					\
	CASE(n, READY, run_, "channel 1: " expects_, __VA_ARGS__)

const struct test_case ring_cases[] = {
	BROKEN("write-index-end", write_index,
	       "write index out of range or unaligned", 0),
	BROKEN("write-index-huge", write_index,
	       "write index out of range or unaligned", -8u),
	BROKEN("write-index-unaligned", write_index,
	       "write index out of range or unaligned", 4),
	BROKEN("read-index-end", read_index,
	       "read index out of range or unaligned", 0),
	BROKEN("read-index-huge", read_index,
	       "read index out of range or unaligned", -8u),
	BROKEN("read-index-unaligned", read_index,
	       "read index out of range or unaligned", 4),
	BROKEN("read-index-ahead", read_index,
	       "read index moved back or past what was written", 4096),
	BROKEN("read-index-back", read_index,
	       "read index moved back or past what was written", 8),
	CASE("write-index-back", OFFERED, write_index_back,
	     "channel 1: write index moved back over what was not read"),
	BROKEN("own-mask", own_mask,
	       "guest wrote the mask of the ring it produces"),
	BROKEN("own-read-index", own_read_index,
	       "guest wrote the read index of the ring it produces"),
	BROKEN("own-write-index", own_write_index,
	       "guest wrote the write index of the ring it consumes"),
	SPOILED("packet-fragment", fragment, "fewer bytes than a descriptor"),
	SPOILED("packet-offset-small", offset_small,
		"data offset or length of a packet is wrong"),
	SPOILED("packet-offset-zero", offset_zero,
		"data offset or length of a packet is wrong"),
	SPOILED("packet-length-small", length_small,
		"data offset or length of a packet is wrong"),
	SPOILED("packet-length-zero", length_zero,
		"data offset or length of a packet is wrong"),
	SPOILED("packet-length-large", length_large,
		"packet longer than what was written"),
	SPOILED("packet-length-huge", length_huge,
		"packet longer than what was written"),
	SPOILED("packet-without-trailer", unpublished,
		"packet longer than what was written"),
	SPOILED("packet-flags", flags, "unknown packet flags"),
	SPOILED("packet-flags-high", flags_high, "unknown packet flags"),
	SPOILED("trailer-start", trailer_start,
		"trailer does not name the packet's start"),
	SPOILED("trailer-reserved", trailer_reserved,
		"trailer does not name the packet's start"),
	SPOILED("range-none", no_range, "GPA-direct packet without a range"),
	SPOILED("range-no-room", no_room_for_range,
		"GPA-direct packet without a range"),
	SPOILED("packet-transfer-pages", type_pages, "packet type 7"),
	SPOILED("packet-completion", type_completion,
		"completion packet from the guest"),
	SPOILED("packet-type-0", type_0, "packet type 0"),
	{ .name = NULL },
};
