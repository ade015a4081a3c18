/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The emulated SCSI disks: which exist, and what they answer to a command.
 * Knows nothing of VMBus; the storage provider (storvsp.c) calls it.
 */
#ifndef MINIHV_SCSI_H
#define MINIHV_SCSI_H

#include "lib.h"
#include "store.h"

/**
 * struct guest_buffer - data buffer of a command in guest memory
 * @pfn: its pages, all checked to be guest memory.
 * @offset: into the first page.
 * @len: in bytes.
 *
 * Guest-physical addresses are the host's own addresses.
 */
struct guest_buffer {
	const u64 *pfn;
	u32 offset;
	u32 len;
};

/* Address of byte @pos and, in *chunk, how many bytes follow in its page. */
void *guest_buffer_at(const struct guest_buffer *b, u32 pos, u32 *chunk);

/**
 * struct scsi_io - one command and its outcome
 * @path: SCSI channel. @target: and target. @lun: and LUN.
 * @cdb: always 16 bytes.
 * @data_in: VSTOR_DATA_* as the guest said.
 * @buf: data buffer; its length is the transfer length, 0 for none.
 * @srb_status: outcome, VSTOR_SRB_*; AUTOSENSE_VALID is in @sense_valid.
 * @scsi_status: outcome.
 * @moved: outcome, bytes moved.
 * @sense: outcome, 18 bytes of fixed format and two zeros.
 * @sense_valid: outcome.
 */
struct scsi_io {
	u8 path, target, lun;
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

/* A message to the operator about what a disk saw; provided by the host. */
struct disk_stats {
	u64 reads, writes, unmaps, flushes, other;
	u64 bytes_read, bytes_written;
};

extern struct disk_stats disk_stats;

#endif /* MINIHV_SCSI_H */
