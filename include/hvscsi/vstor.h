/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The synthetic SCSI protocol: the payload of the packets that a virtual
 * storage client (VSC) and the host's provider (VSP) exchange over a VMBus
 * channel. Types and asserts only, like hvring/wire.h, and for the same
 * reason: guest, emulated host and tests share nothing else.
 */
#ifndef _HVSCSI_VSTOR_H
#define _HVSCSI_VSTOR_H

#include <linux/types.h>

/* struct vstor_packet.operation */
#define VSTOR_OP_COMPLETE_IO		1
#define VSTOR_OP_REMOVE_DEVICE		2
#define VSTOR_OP_EXECUTE_SRB		3
#define VSTOR_OP_RESET_LUN		4
#define VSTOR_OP_RESET_ADAPTER		5
#define VSTOR_OP_RESET_BUS		6
#define VSTOR_OP_BEGIN_INIT		7
#define VSTOR_OP_END_INIT		8
#define VSTOR_OP_QUERY_VERSION		9
#define VSTOR_OP_QUERY_PROPERTIES	10
#define VSTOR_OP_ENUMERATE_BUS		11
#define VSTOR_OP_CREATE_SUB_CHANNELS	13
#define VSTOR_OP_EVENT_NOTIFICATION	14

/* struct vstor_packet.flags */
#define VSTOR_FLAG_COMPLETION_REQUESTED	0x1u

/* Protocol versions, as sent in struct vstor_version */
#define VSTOR_VERSION_5_1	0x0501	/* Windows Server 2012 */
#define VSTOR_VERSION_6_0	0x0600	/* Windows Server 2012 R2 */
#define VSTOR_VERSION_6_2	0x0602	/* Windows Server 2016 and newer */

/* struct vstor_packet.status: the NT status codes that hosts are known to send */
#define VSTOR_STATUS_SUCCESS		0x00000000u
#define VSTOR_STATUS_OVERFLOW		0x80000005u
#define VSTOR_STATUS_BUSY		0x80000011u
#define VSTOR_STATUS_UNSUCCESSFUL	0xC0000001u
#define VSTOR_STATUS_INVALID_PARAMETER	0xC000000Du
#define VSTOR_STATUS_INVALID_REQUEST	0xC0000010u
#define VSTOR_STATUS_REVISION_MISMATCH	0xC0000059u
#define VSTOR_STATUS_NOT_CONNECTED	0xC000009Du
#define VSTOR_STATUS_IO_TIMEOUT		0xC00000B5u
#define VSTOR_STATUS_NO_DEVICE		0xC00000C0u
#define VSTOR_STATUS_CANCELLED		0xC0000120u
#define VSTOR_STATUS_INVALID_STATE	0xC0000184u
#define VSTOR_STATUS_IO_DEVICE_ERROR	0xC0000185u

/* struct vstor_srb.data_in */
#define VSTOR_DATA_OUT		0	/* guest to device */
#define VSTOR_DATA_IN		1	/* device to guest */
#define VSTOR_DATA_NONE		2

/* struct vstor_srb.srb_flags */
#define VSTOR_SRB_QUEUE_ACTION_ENABLE	0x00000002u
#define VSTOR_SRB_NO_SYNC_TRANSFER	0x00000008u
#define VSTOR_SRB_DATA_IN		0x00000040u
#define VSTOR_SRB_DATA_OUT		0x00000080u
#define VSTOR_SRB_NO_QUEUE_FREEZE	0x00000100u

/* struct vstor_srb.queue_tag, .queue_action */
#define VSTOR_QUEUE_TAG_UNTAGGED	0xFF
#define VSTOR_QUEUE_ACTION_SIMPLE	0x20

/* struct vstor_srb.srb_status: a six-bit number and two flags */
#define VSTOR_SRB_STATUS_MASK		0x3F
#define VSTOR_SRB_QUEUE_FROZEN		0x40
#define VSTOR_SRB_AUTOSENSE_VALID	0x80

#define VSTOR_SRB_PENDING		0x00
#define VSTOR_SRB_SUCCESS		0x01
#define VSTOR_SRB_ABORTED		0x02
#define VSTOR_SRB_ABORT_FAILED		0x03
#define VSTOR_SRB_ERROR			0x04
#define VSTOR_SRB_BUSY			0x05
#define VSTOR_SRB_INVALID_REQUEST	0x06
#define VSTOR_SRB_INVALID_PATH		0x07
#define VSTOR_SRB_NO_DEVICE		0x08
#define VSTOR_SRB_TIMEOUT		0x09
#define VSTOR_SRB_SELECTION_TIMEOUT	0x0A
#define VSTOR_SRB_COMMAND_TIMEOUT	0x0B
#define VSTOR_SRB_MESSAGE_REJECTED	0x0D
#define VSTOR_SRB_BUS_RESET		0x0E
#define VSTOR_SRB_PARITY_ERROR		0x0F
#define VSTOR_SRB_REQUEST_SENSE_FAILED	0x10
#define VSTOR_SRB_NO_HBA		0x11
#define VSTOR_SRB_DATA_OVERRUN		0x12
#define VSTOR_SRB_BUS_FREE		0x13
#define VSTOR_SRB_PHASE_ERROR		0x14
#define VSTOR_SRB_BAD_LENGTH		0x15
#define VSTOR_SRB_FLUSHED		0x16
#define VSTOR_SRB_INVALID_LUN		0x20
#define VSTOR_SRB_INVALID_TARGET	0x21
#define VSTOR_SRB_BAD_FUNCTION		0x22
#define VSTOR_SRB_ERROR_RECOVERY	0x23
#define VSTOR_SRB_NOT_POWERED		0x24
#define VSTOR_SRB_LINK_DOWN		0x25
#define VSTOR_SRB_INTERNAL_ERROR	0x30

#define VSTOR_CDB_SIZE		16
#define VSTOR_SENSE_SIZE	20

/**
 * struct vstor_srb - one SCSI request block (SRB), or its outcome
 * @length: size of this structure.
 * @srb_status: VSTOR_SRB_* of the outcome; 0 in a request.
 * @scsi_status: SCSI status byte of the outcome; 0 in a request.
 * @port: host number; ignored by the host.
 * @path_id: SCSI channel.
 * @target_id: SCSI target.
 * @lun: logical unit number (LUN).
 * @cdb_length: valid bytes in @cdb, at most VSTOR_CDB_SIZE.
 * @sense_length: room for, or valid bytes of, @sense.
 * @data_in: VSTOR_DATA_*.
 * @properties: 0.
 * @data_length: bytes to move; in the outcome the bytes moved.
 * @cdb: the command, in a request.
 * @sense: fixed-format sense data, in an outcome with AUTOSENSE_VALID.
 * @reserved: 0.
 * @queue_tag: VSTOR_QUEUE_TAG_UNTAGGED.
 * @queue_action: VSTOR_QUEUE_ACTION_SIMPLE.
 * @srb_flags: VSTOR_SRB_* flags.
 * @timeout: seconds that the host may take.
 * @sort_key: 0.
 */
struct vstor_srb {
	__u16 length;
	__u8 srb_status;
	__u8 scsi_status;
	__u8 port;
	__u8 path_id;
	__u8 target_id;
	__u8 lun;
	__u8 cdb_length;
	__u8 sense_length;
	__u8 data_in;
	__u8 properties;
	__u32 data_length;
	union {
		__u8 cdb[VSTOR_CDB_SIZE];
		__u8 sense[VSTOR_SENSE_SIZE];
	};
	__u16 reserved;
	__u8 queue_tag;
	__u8 queue_action;
	__u32 srb_flags;
	__u32 timeout;
	__u32 sort_key;
};

/**
 * struct vstor_version - payload of QUERY_VERSION
 * @major_minor: VSTOR_VERSION_*.
 * @revision: 0.
 */
struct vstor_version {
	__u16 major_minor;
	__u16 revision;
};

/* struct vstor_properties.flags */
#define VSTOR_PROPERTY_MULTI_CHANNEL	0x1u

/**
 * struct vstor_properties - answer to QUERY_PROPERTIES
 * @reserved1: 0.
 * @max_sub_channels: sub-channels that the host offers on request.
 * @reserved2: 0.
 * @flags: VSTOR_PROPERTY_*.
 * @max_transfer_bytes: largest transfer of one SRB.
 * @reserved3: 0.
 */
struct vstor_properties {
	__u32 reserved1;
	__u16 max_sub_channels;
	__u16 reserved2;
	__u32 flags;
	__u32 max_transfer_bytes;
	__u32 reserved3[2];
};

/**
 * struct vstor_packet - payload of every packet on a storage channel
 * @operation: VSTOR_OP_*.
 * @flags: VSTOR_FLAG_*.
 * @status: VSTOR_STATUS_* of the outcome; 0 in a request.
 * @srb: body of EXECUTE_SRB, the resets and COMPLETE_IO.
 * @version: body of QUERY_VERSION.
 * @properties: body of the answer to QUERY_PROPERTIES.
 * @sub_channel_count: body of CREATE_SUB_CHANNELS.
 *
 * All requests have this one size, whatever the operation and also before the
 * version is agreed on: hosts record the size of the first request they see.
 */
struct vstor_packet {
	__u32 operation;
	__u32 flags;
	__u32 status;
	union {
		struct vstor_srb srb;
		struct vstor_version version;
		struct vstor_properties properties;
		__u16 sub_channel_count;
	};
};

_Static_assert(sizeof(struct vstor_srb) == 52, "size");
_Static_assert(__builtin_offsetof(struct vstor_srb, cdb) == 16, "offset");
_Static_assert(__builtin_offsetof(struct vstor_srb, queue_tag) == 38, "offset");
_Static_assert(__builtin_offsetof(struct vstor_srb, srb_flags) == 40, "offset");
_Static_assert(sizeof(struct vstor_properties) == 24, "size");
_Static_assert(sizeof(struct vstor_packet) == 64, "size");

#endif /* _HVSCSI_VSTOR_H */
