/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One packet, in the two forms that framing code and drivers share: a slot to
 * be filled in and a received packet that passed every check of its framing.
 * Below channel.h, so that the framing code needs to know no channel.
 */
#ifndef _HVRING_PACKET_H
#define _HVRING_PACKET_H

#include <linux/types.h>
#include <hvring/wire.h>

/**
 * struct hvring_slot - a packet under construction, in place in the ring
 * @id: transaction id that the completion will carry; never 0. Given.
 * @payload_bytes: bytes of @payload; a multiple of 8. Given.
 * @data_bytes: length of the buffer that goes with it; 0 for none. Given.
 * @data_offset: offset of the buffer in its first page, below
 *	HVRING_PAGE_SIZE. Given.
 * @pfn_count: how many page numbers. Set by reserving.
 * @packet_bytes: length of the packet with its trailer. Set by reserving.
 * @payload: where the payload goes. It holds stale bytes: write them all.
 *	Set by reserving.
 * @pfn: where the page numbers go, NULL if there is no buffer. Write them all.
 *	Set by reserving.
 */
struct hvring_slot {
	u64 id;
	u32 payload_bytes;
	u32 data_bytes;
	u16 data_offset;

	u16 pfn_count;
	u32 packet_bytes;
	void *payload;
	u64 *pfn;
};

/**
 * struct hvring_packet - a received packet
 * @id: transaction id; 0 if the host was not asked.
 * @payload: the payload, in the ring. The host can still change it: read each
 *	field once, check the copy, use the copy.
 * @payload_bytes: bytes of @payload; at least 0, no other promise.
 * @type: HVRING_PKT_INBAND or HVRING_PKT_COMPLETION.
 */
struct hvring_packet {
	u64 id;
	const void *payload;
	u32 payload_bytes;
	u16 type;
};

/**
 * hvring_packet_bytes() - room that a packet takes
 * @payload_bytes: its payload.
 * @pages: pages that its buffer touches; 0 for no buffer.
 *
 * Return: bytes in the ring, trailer included.
 */
u32 hvring_packet_bytes(u32 payload_bytes, u32 pages);

/**
 * hvring_packet_measure() - what a slot needs
 * @slot: its given fields are read; @slot.pfn_count and @slot.packet_bytes are
 *	set.
 *
 * Return: 0, or -EINVAL for a slot that no packet can express.
 */
int hvring_packet_measure(struct hvring_slot *slot);

/**
 * hvring_packet_begin() - write the header of a packet
 * @slot: measured; @slot.payload and @slot.pfn are set.
 * @at: first byte of the packet, with room for all of it.
 */
void hvring_packet_begin(struct hvring_slot *slot, void *at);

/**
 * hvring_packet_end() - write the trailer of a packet
 * @slot: the packet.
 * @at: its first byte.
 * @start: offset of that byte in the ring's data area.
 */
void hvring_packet_end(const struct hvring_slot *slot, void *at, u32 start);

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
int hvring_packet_parse(const void *at, u32 avail,
			struct hvring_packet *packet);

#endif /* _HVRING_PACKET_H */
