/* SPDX-License-Identifier: GPL-2.0 */
/* Control messages of VMBus, as they stand in a SynIC message's payload. */
#ifndef MINIHV_VMBUS_PROTO_H
#define MINIHV_VMBUS_PROTO_H

#include "lib.h"

enum vmbus_message_type {
	VMBUS_OFFER = 1,
	VMBUS_RESCIND = 2,
	VMBUS_REQUEST_OFFERS = 3,
	VMBUS_OFFERS_DELIVERED = 4,
	VMBUS_OPEN = 5,
	VMBUS_OPEN_RESULT = 6,
	VMBUS_CLOSE = 7,
	VMBUS_GPADL_HEADER = 8,
	VMBUS_GPADL_BODY = 9,
	VMBUS_GPADL_CREATED = 10,
	VMBUS_GPADL_TEARDOWN = 11,
	VMBUS_GPADL_TORNDOWN = 12,
	VMBUS_RELID_RELEASED = 13,
	VMBUS_INITIATE_CONTACT = 14,
	VMBUS_VERSION_RESPONSE = 15,
	VMBUS_UNLOAD = 16,
	VMBUS_UNLOAD_COMPLETE = 17,
	VMBUS_MODIFY_CHANNEL = 22,
	VMBUS_MODIFY_RESPONSE = 24,
};

#define VMBUS_VERSION(major, minor)	((major) << 16 | (minor))
#define VMBUS_STATUS_FAILED		0x8000ffffu

struct vmbus_header {
	u32 type, reserved;
};

struct vmbus_offer {
	struct vmbus_header h;
	u8 interface[16], instance[16];
	u8 reserved1[16];
	u16 flags, mmio_mib;
	u8 user_defined[120];
	u16 sub_index, mmio_mib_optional;
	u32 relid;
	u8 monitor_id, monitor_allocated;
	u16 dedicated;
	u32 connection;
};

/* RESCIND, CLOSE, RELID_RELEASED */
struct vmbus_relid {
	struct vmbus_header h;
	u32 relid;
};

struct vmbus_open {
	struct vmbus_header h;
	u32 relid, open_id, gpadl, vp, split;
	u8 user_data[120];
};

struct vmbus_open_result {
	struct vmbus_header h;
	u32 relid, open_id, status;
};

struct vmbus_gpadl_header {
	struct vmbus_header h;
	u32 relid, gpadl;
	u16 range_bytes, range_count;
	u32 byte_count, byte_offset;	/* of the one range */
	/* page numbers follow, 8 bytes each, unaligned */
};

struct vmbus_gpadl_body {
	struct vmbus_header h;
	u32 number, gpadl;
	/* page numbers follow */
};

struct vmbus_gpadl_created {
	struct vmbus_header h;
	u32 relid, gpadl, status;
};

struct vmbus_gpadl_teardown {
	struct vmbus_header h;
	u32 relid, gpadl;
};

struct vmbus_gpadl_torndown {
	struct vmbus_header h;
	u32 gpadl;
};

struct vmbus_contact {
	struct vmbus_header h;
	u32 version, vp;
	u8 sint, vtl, reserved[2];	/* from 5.0 on */
	u32 features;
	u64 monitor[2];
};

struct vmbus_version_response {
	struct vmbus_header h;
	u8 supported, state;
	u16 reserved;
	u32 connection_or_version;
};

/* MODIFY_CHANNEL and its response */
struct vmbus_modify {
	struct vmbus_header h;
	u32 relid, vp_or_status;
};

_Static_assert(sizeof(struct vmbus_offer) == 196, "size");
_Static_assert(sizeof(struct vmbus_open) == 148, "size");
_Static_assert(sizeof(struct vmbus_gpadl_header) == 28, "size");
_Static_assert(sizeof(struct vmbus_contact) == 40, "size");
_Static_assert(sizeof(struct vmbus_version_response) == 16, "size");

#endif /* MINIHV_VMBUS_PROTO_H */
