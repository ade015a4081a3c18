/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Bytes that a VMBus guest and its host share: the control page of a ring and
 * the framing of the packets in it.
 *
 * Types and asserts only, so that the guest's ring code, the emulated host in
 * tests/ and user-space tests can all be written against this one file.
 * VMBus exists on little-endian machines only, so fields are plain integers.
 *
 * Everything here can change under the reader's hands: the peer may write it
 * at any time. Read each field exactly once into a local, validate the local,
 * and use nothing but the local.
 */
#ifndef _HVRING_WIRE_H
#define _HVRING_WIRE_H

#include <linux/types.h>

/* The host's page: VMBus counts in units of 4 KiB whatever the guest uses. */
#define HVRING_PAGE_SHIFT	12
#define HVRING_PAGE_SIZE	4096u

/* Packets and indices are multiples of this many bytes. */
#define HVRING_ALIGN		8u

/* A full ring still has this many bytes free, or it would look empty. */
#define HVRING_GAP		8u

/**
 * struct hvring_control - first page of a ring; the data area follows it
 * @write_index: byte offset in the data area of the next byte to be written.
 *	Owner: producer.
 * @read_index: byte offset of the next byte to be consumed. Owner: consumer.
 * @interrupt_mask: non-zero while the consumer wants no empty-to-non-empty
 *	signal. Owner: consumer.
 * @pending_send_size: bytes of room that the producer waits for; 0 when it
 *	does not wait. Owner: producer.
 * @reserved: never touched.
 * @feature_bits: HVRING_FEATURE_*. Owner: producer.
 * @pad: rest of the page, never touched.
 */
struct hvring_control {
	__u32 write_index;
	__u32 read_index;
	__u32 interrupt_mask;
	__u32 pending_send_size;
	__u32 reserved[12];
	__u32 feature_bits;
	__u8 pad[HVRING_PAGE_SIZE - 68];
};

/* The producer of this ring sets and honours @pending_send_size. */
#define HVRING_FEATURE_PENDING_SEND	0x1u

/* struct hvring_desc.type */
#define HVRING_PKT_INBAND	6
#define HVRING_PKT_XFER_PAGES	7
#define HVRING_PKT_GPA_DIRECT	9
#define HVRING_PKT_COMPLETION	11

/* struct hvring_desc.flags: the only bit a host accepts */
#define HVRING_FLAG_COMPLETION_REQUESTED	0x1u

/**
 * struct hvring_desc - start of every packet
 * @type: HVRING_PKT_*.
 * @data_offset8: where the payload begins, in 8-byte units from the packet's
 *	start; at least 2.
 * @length8: packet length in 8-byte units, without the trailer.
 * @flags: HVRING_FLAG_*.
 * @transaction_id: echoed in the completion; 0 means unsolicited.
 */
struct hvring_desc {
	__u16 type;
	__u16 data_offset8;
	__u16 length8;
	__u16 flags;
	__u64 transaction_id;
};

/**
 * struct hvring_gpa_direct - header of a packet that names guest pages
 * @desc: the common start; type HVRING_PKT_GPA_DIRECT.
 * @reserved: ignored by the host.
 * @range_count: number of struct hvring_gpa_range that follow. The host side
 *	of storage takes exactly one.
 */
struct hvring_gpa_direct {
	struct hvring_desc desc;
	__u32 reserved;
	__u32 range_count;
};

/**
 * struct hvring_gpa_range - one virtually contiguous buffer
 * @byte_count: length in bytes.
 * @byte_offset: offset into the first page, below HVRING_PAGE_SIZE.
 * @pfn: guest page numbers, one for each page that the buffer touches.
 */
struct hvring_gpa_range {
	__u32 byte_count;
	__u32 byte_offset;
	__u64 pfn[];
};

/**
 * struct hvring_trailer - last 8 bytes behind every packet
 * @reserved: 0.
 * @start: byte offset in the data area at which the packet began.
 */
struct hvring_trailer {
	__u32 reserved;
	__u32 start;
};

_Static_assert(sizeof(struct hvring_control) == HVRING_PAGE_SIZE, "size");
_Static_assert(__builtin_offsetof(struct hvring_control, feature_bits) == 64,
	       "feature bits are at byte 64");
_Static_assert(sizeof(struct hvring_desc) == 16, "size");
_Static_assert(sizeof(struct hvring_gpa_direct) == 24, "size");
_Static_assert(sizeof(struct hvring_gpa_range) == 8, "size");
_Static_assert(sizeof(struct hvring_trailer) == 8, "size");

#endif /* _HVRING_WIRE_H */
