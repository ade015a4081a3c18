/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files that implement SCSI commands; nobody else needs it. */
#ifndef MINIHV_SCSI_COMMAND_H
#define MINIHV_SCSI_COMMAND_H

#include <hvscsi/vstor.h>

#include "disk.h"
#include "scsi.h"

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
};

/* Ends @io with CHECK CONDITION. @d keeps the sense; NULL when absent. */
void scsi_fail(struct scsi_io *io, struct disk *d, enum scsi_error why);

/* Moves @len bytes to the guest, or what fits its buffer. */
void scsi_reply(struct scsi_io *io, const void *data, u32 len);

/*
 * The commands. They find @io set to success with nothing moved; its buffer is
 * empty or has the direction that scsi.c lists for the command.
 */
typedef void scsi_handler(struct scsi_io *io, struct disk *d);

scsi_handler scsi_inquiry, scsi_mode_sense6, scsi_mode_sense10;
scsi_handler scsi_mode_select6, scsi_mode_select10, scsi_verify;
scsi_handler scsi_read, scsi_write, scsi_write_same, scsi_unmap;
scsi_handler scsi_read_capacity10, scsi_service_action_in16;
scsi_handler scsi_reserve_in, scsi_reserve_out;

/* May the guest do this, whoever has reserved the disk? */
bool scsi_allowed(const struct disk *d, bool write);

/* The opposite; ends @io with a conflict. */
bool scsi_reserved(struct scsi_io *io, const struct disk *d, bool write);

/* INQUIRY where there is no disk. */
void scsi_inquiry_absent(struct scsi_io *io);

#endif /* MINIHV_SCSI_COMMAND_H */
