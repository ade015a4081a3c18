/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files that implement SCSI commands; nobody else needs it. */
#ifndef MINIHV_SCSI_COMMAND_H
#define MINIHV_SCSI_COMMAND_H

#include <hvscsi/vstor.h>

#include "disk.h"
#include "scsi.h"

#define OP_TEST_UNIT_READY	0x00
#define OP_REQUEST_SENSE	0x03
#define OP_FORMAT_UNIT		0x04
#define OP_READ_6		0x08
#define OP_WRITE_6		0x0A
#define OP_INQUIRY		0x12
#define OP_MODE_SELECT_6	0x15
#define OP_RESERVE_6		0x16
#define OP_RELEASE_6		0x17
#define OP_MODE_SENSE_6		0x1A
#define OP_START_STOP		0x1B
#define OP_SEND_DIAGNOSTIC	0x1D
#define OP_PREVENT_ALLOW	0x1E
#define OP_READ_CAPACITY_10	0x25
#define OP_READ_10		0x28
#define OP_WRITE_10		0x2A
#define OP_WRITE_VERIFY_10	0x2E
#define OP_VERIFY_10		0x2F
#define OP_SYNC_CACHE_10	0x35
#define OP_WRITE_SAME_10	0x41
#define OP_UNMAP		0x42
#define OP_READ_TOC		0x43
#define OP_GET_CONFIGURATION	0x46
#define OP_EVENT_STATUS		0x4A
#define OP_DISC_INFORMATION	0x51
#define OP_TRACK_INFORMATION	0x52
#define OP_MODE_SELECT_10	0x55
#define OP_MODE_SENSE_10	0x5A
#define OP_RESERVE_IN		0x5E
#define OP_RESERVE_OUT		0x5F
#define OP_READ_16		0x88
#define OP_WRITE_16		0x8A
#define OP_WRITE_VERIFY_16	0x8E
#define OP_VERIFY_16		0x8F
#define OP_SYNC_CACHE_16	0x91
#define OP_WRITE_SAME_16	0x93
#define OP_SERVICE_ACTION_IN_16	0x9E
#define OP_REPORT_LUNS		0xA0
#define OP_READ_12		0xA8
#define OP_WRITE_12		0xAA
#define OP_WRITE_VERIFY_12	0xAE
#define OP_VERIFY_12		0xAF

#define SCSI_GOOD		0x00
#define SCSI_CHECK_CONDITION	0x02
#define SCSI_RESERVATION_CONFLICT	0x18

/* Why a command fails; what the guest gets to see is a table in scsi.c. */
enum scsi_error {
	SCSI_BAD_OPCODE,
	SCSI_BAD_FIELD,
	SCSI_BAD_RANGE,
	SCSI_BAD_PARAMETER,	/* in the list that the guest sends */
	SCSI_BAD_LIST_LENGTH,
	SCSI_SHORT_BUFFER,	/* for capacity data */
	SCSI_READ_ONLY,
	SCSI_WRITE_FAULT,
	SCSI_NO_MEDIUM,
	SCSI_TRAY_OPEN,
	SCSI_LOCKED,
};

/* Ends @io with CHECK CONDITION. @d keeps the sense; NULL when absent. */
void scsi_fail(struct scsi_io *io, struct disk *d, enum scsi_error why);

/* Moves @len bytes to the guest, or what fits its buffer. */
void scsi_reply(struct scsi_io *io, const void *data, u32 len);

/*
 * The handlers. They find @io set to success with nothing moved; its buffer is
 * empty or has the direction that is listed for the command.
 */
typedef void scsi_handler(struct scsi_io *io, struct disk *d);

scsi_handler scsi_inquiry, scsi_mode_sense6, scsi_mode_sense10;
scsi_handler scsi_mode_select6, scsi_mode_select10, scsi_verify;
scsi_handler scsi_read, scsi_write, scsi_write_same, scsi_unmap;
scsi_handler scsi_read_capacity10, scsi_service_action_in16;
scsi_handler scsi_reserve_in, scsi_reserve_out, scsi_request_sense;

/* May the guest do this, whoever has reserved the disk? */
bool scsi_allowed(const struct disk *d, bool write);

/* The opposite; ends @io with a conflict. */
bool scsi_reserved(struct scsi_io *io, const struct disk *d, bool write);

/**
 * struct scsi_command - who handles an operation code
 * @run: the handler; NULL where there is none.
 * @direction: of its data: VSTOR_DATA_*.
 * @counter: which of struct disk_stats, by offset.
 */
struct scsi_command {
	scsi_handler *run;
	u8 direction;
	u8 counter;
};

#define SCSI_COMMAND(fn, dir) { .run = (fn), .direction = VSTOR_DATA_##dir }
#define SCSI_COUNTED(fn, dir, field) { .run = (fn), \
	.direction = VSTOR_DATA_##dir, \
	.counter = offsetof(struct disk_stats, field) }

/* What a DVD drive has instead of the commands of a disk. */
extern const struct scsi_command scsi_dvd_commands[256];

/* INQUIRY where there is no disk. */
void scsi_inquiry_absent(struct scsi_io *io);

#endif /* MINIHV_SCSI_COMMAND_H */
