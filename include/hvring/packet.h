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

#endif /* _HVRING_PACKET_H */
