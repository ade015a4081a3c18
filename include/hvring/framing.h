/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Framing: builds the packets that we send and checks those that we receive.
 *
 * Owns the layout of headers, page lists and trailers. Must not know rings,
 * channels or what a payload means. Takes no lock: a packet being built is
 * private until it is published, and a received one is read once.
 *
 * Inline, because each is called in one place, for every packet.
 */
#ifndef _HVRING_FRAMING_H
#define _HVRING_FRAMING_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include <linux/types.h>
#include <hvring/packet.h>

static inline u32 hvring_packet_head_bytes(u32 pages)
{
	if (!pages)
		return sizeof(struct hvring_desc);

	return sizeof(struct hvring_gpa_direct) +
	       sizeof(struct hvring_gpa_range) + pages * sizeof(u64);
}

/**
 * hvring_packet_bytes() - room that a packet takes
 * @payload_bytes: its payload.
 * @pages: pages that its buffer touches; 0 for no buffer.
 *
 * Return: bytes in the ring, trailer included.
 */
static inline u32 hvring_packet_bytes(u32 payload_bytes, u32 pages)
{
	return hvring_packet_head_bytes(pages) + payload_bytes +
	       sizeof(struct hvring_trailer);
}

/**
 * hvring_packet_measure() - what a slot needs
 * @slot: its given fields are read; @slot.pfn_count and @slot.packet_bytes are
 *	set.
 *
 * Return: 0, or -EINVAL for a slot that no packet can express.
 */
static inline int hvring_packet_measure(struct hvring_slot *slot)
{
	u64 end = (u64)slot->data_offset + slot->data_bytes;
	u64 pages = 0;

	if (!slot->id || slot->data_offset >= HVRING_PAGE_SIZE ||
	    slot->payload_bytes % HVRING_ALIGN)
		return -EINVAL;

	if (slot->data_bytes)
		pages = (end + HVRING_PAGE_SIZE - 1) >> HVRING_PAGE_SHIFT;

	/* Lengths are 16 bits of 8-byte units. */
	if (pages > U16_MAX || slot->payload_bytes > U16_MAX ||
	    hvring_packet_bytes(slot->payload_bytes, pages) / HVRING_ALIGN >
	    U16_MAX)
		return -EINVAL;

	slot->pfn_count = pages;
	slot->packet_bytes = hvring_packet_bytes(slot->payload_bytes, pages);
	return 0;
}

/**
 * hvring_packet_begin() - write the header of a packet
 * @slot: measured; @slot.payload and @slot.pfn are set.
 * @at: first byte of the packet, with room for all of it.
 */
static inline void hvring_packet_begin(struct hvring_slot *slot, void *at)
{
	u32 head = hvring_packet_head_bytes(slot->pfn_count);
	u32 length = head + slot->payload_bytes;
	struct hvring_desc *desc = at;

	*desc = (struct hvring_desc){
		.type = slot->pfn_count ? HVRING_PKT_GPA_DIRECT :
					  HVRING_PKT_INBAND,
		.data_offset8 = head / HVRING_ALIGN,
		.length8 = length / HVRING_ALIGN,
		.flags = HVRING_FLAG_COMPLETION_REQUESTED,
		.transaction_id = slot->id,
	};
	slot->payload = at + head;
	slot->pfn = NULL;

	if (slot->pfn_count) {
		struct hvring_gpa_direct *direct = at;
		struct hvring_gpa_range *range = at + sizeof(*direct);

		direct->reserved = 0;
		direct->range_count = 1;
		range->byte_count = slot->data_bytes;
		range->byte_offset = slot->data_offset;
		slot->pfn = range->pfn;
	}
}

/**
 * hvring_packet_end() - write the trailer of a packet
 * @slot: the packet.
 * @at: its first byte.
 * @start: offset of that byte in the ring's data area.
 */
static inline void hvring_packet_end(const struct hvring_slot *slot, void *at,
				     u32 start)
{
	struct hvring_trailer *trailer;

	trailer = at + slot->packet_bytes - sizeof(*trailer);
	trailer->reserved = 0;
	trailer->start = start;
}

/**
 * hvring_packet_parse() - check the framing of a received packet
 * @at: its first byte; a multiple of 8.
 * @avail: bytes that may be read there.
 * @packet: filled in on success.
 *
 * Return: bytes that the packet takes, trailer included; -EMSGSIZE if it is
 * shorter than its header or longer than @avail, -EINVAL if the payload begins
 * outside it, -EPROTO if no host may send its type here.
 */
static inline int hvring_packet_parse(const void *at, u32 avail,
				      struct hvring_packet *packet)
{
	const struct hvring_desc *desc = at;
	u32 offset, length;

	if (avail < sizeof(*desc) + sizeof(struct hvring_trailer))
		return -EMSGSIZE;

	packet->type = READ_ONCE(desc->type);
	packet->id = READ_ONCE(desc->transaction_id);
	offset = READ_ONCE(desc->data_offset8) * HVRING_ALIGN;
	length = READ_ONCE(desc->length8) * HVRING_ALIGN;

	if (length < sizeof(*desc) ||
	    length > avail - sizeof(struct hvring_trailer))
		return -EMSGSIZE;
	if (offset < sizeof(*desc) || offset > length)
		return -EINVAL;
	if (packet->type != HVRING_PKT_INBAND &&
	    packet->type != HVRING_PKT_COMPLETION)
		return -EPROTO;

	packet->payload = at + offset;
	packet->payload_bytes = length - offset;
	return length + sizeof(struct hvring_trailer);
}

#endif /* _HVRING_FRAMING_H */
