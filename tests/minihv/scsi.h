/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the emulated disks answer to a SCSI command. Knows nothing of VMBus; the
 * storage provider (storvsp.c) calls it.
 */
#ifndef MINIHV_SCSI_H
#define MINIHV_SCSI_H

#include "lib.h"

#define SCSI_SENSE_LENGTH	18

/* Why a command fails: sense key, additional sense code and its qualifier. */
struct scsi_sense {
	u8 key, asc, ascq;
};

/**
 * struct guest_buffer - data buffer of a command in guest memory
 * @pfn: its pages, all checked to be guest memory.
 * @offset: into the first page.
 * @len: in bytes.
 *
 * Guest-physical addresses are the host's own addresses. The guest may write to
 * the buffer at any time: what decides something is copied out first.
 */
struct guest_buffer {
	const u64 *pfn;
	u32 offset;
	u32 len;
};

/*
 * Address of byte @pos, which is inside the buffer, and, in *chunk, how many
 * bytes of the buffer follow in its page.
 */
void *guest_buffer_at(const struct guest_buffer *b, u32 pos, u32 *chunk);

/* Copy @len bytes from byte @pos on; the caller stays inside the buffer. */
void guest_buffer_read(const struct guest_buffer *b, u32 pos, void *dst,
		       u32 len);
void guest_buffer_write(const struct guest_buffer *b, u32 pos, const void *src,
			u32 len);

/**
 * struct scsi_io - one command and its outcome
 * @controller: which synthetic SCSI controller.
 * @path: SCSI channel. @target: and target. @lun: and LUN.
 * @cdb: always 16 bytes, a copy that the guest cannot write to.
 * @data_in: VSTOR_DATA_* as the guest said.
 * @buf: data buffer; its length is the transfer length, 0 for none.
 * @srb_status: outcome, VSTOR_SRB_*; AUTOSENSE_VALID is in @sense_valid.
 * @scsi_status: outcome.
 * @moved: outcome, bytes moved; those of WRITE SAME are not from the buffer.
 * @sense: outcome, 18 bytes of fixed format and two zeros.
 * @sense_valid: outcome.
 */
struct scsi_io {
	u8 controller, path, target, lun;
	const u8 *cdb;
	u8 data_in;
	struct guest_buffer buf;

	u8 srb_status;
	u8 scsi_status;
	u32 moved;
	u8 sense[20];
	bool sense_valid;
};

/* Does one command to the end. Under the host lock. */
void scsi_execute(struct scsi_io *io);

#endif /* MINIHV_SCSI_H */
