// SPDX-License-Identifier: GPL-2.0
/* How large a disk is, and which of its sectors take room. */
#include "scsi_command.h"

#define SERVICE_ACTION_MASK	0x1F
#define READ_CAPACITY_16	0x10
#define GET_LBA_STATUS		0x12
#define CAPACITY_10_LENGTH	8
#define CAPACITY_16_LENGTH	32
#define CAPACITY_16_MIN		12
#define CAPACITY_16_UNMAP	0x80	/* LBPME */
#define CAPACITY_16_ZEROS	0x40	/* LBPRZ */

#define STATUS_HEADER		8
#define STATUS_DESCRIPTOR	16
#define STATUS_MAPPED		0
#define STATUS_DEALLOCATED	1
#define STATUS_MAX_SECTORS	0xFFFFFFFFu

void scsi_read_capacity10(struct scsi_io *io, struct disk *d)
{
	u8 data[CAPACITY_10_LENGTH];

	if (io->buf.len < sizeof(data)) {
		scsi_fail(io, d, SCSI_SHORT_BUFFER);
		return;
	}
	put_be32(data, (u32)MIN(disk_sectors(d) - 1, 0xFFFFFFFFull));
	put_be32(data + 4, 1u << d->sector_shift);
	scsi_reply(io, data, sizeof(data));
}

static void read_capacity16(struct scsi_io *io, struct disk *d)
{
	u8 data[CAPACITY_16_LENGTH] = { 0 };
	u32 room = get_be32(io->cdb + 10);

	if (io->buf.len < CAPACITY_16_MIN) {
		scsi_fail(io, d, SCSI_SHORT_BUFFER);
		return;
	}
	put_be64(data, disk_sectors(d) - 1);
	put_be32(data + 8, 1u << d->sector_shift);
	data[13] = d->physical_exponent;
	data[14] = d->unmap ? CAPACITY_16_UNMAP : 0;
	if (disk_says_same_unmaps(d))
		data[14] |= CAPACITY_16_ZEROS;
	scsi_reply(io, data, MIN(room, sizeof(data)));
}

/* Describes the sectors from @lba on that are alike; returns their number. */
static u64 describe(struct disk *d, u64 lba, u8 *descriptor)
{
	bool allocated;
	u64 bytes, count;

	bytes = d->store->ops->extent(d->store, lba << d->sector_shift,
				      &allocated);
	count = MIN(bytes >> d->sector_shift, STATUS_MAX_SECTORS);
	memset(descriptor, 0, STATUS_DESCRIPTOR);
	put_be64(descriptor, lba);
	put_be32(descriptor + 8, (u32)count);
	descriptor[12] = allocated ? STATUS_MAPPED : STATUS_DEALLOCATED;
	return count;
}

/*
 * As many descriptors as there is room for, up to the end of the disk. Hosts
 * want the buffer to be of exactly the length that the command says.
 */
static void get_lba_status(struct scsi_io *io, struct disk *d)
{
	u8 header[STATUS_HEADER] = { 0 }, descriptor[STATUS_DESCRIPTOR];
	u32 room = get_be32(io->cdb + 10), pos = STATUS_HEADER;
	u64 lba = get_be64(io->cdb + 2);

	if (!d->store->ops->extent) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (lba >= disk_sectors(d)) {
		scsi_fail(io, d, SCSI_BAD_RANGE);
		return;
	}
	if (room != io->buf.len ||
	    (room && room < STATUS_HEADER + STATUS_DESCRIPTOR)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (!room)
		return;
	while (room - pos >= STATUS_DESCRIPTOR && lba < disk_sectors(d)) {
		lba += describe(d, lba, descriptor);
		guest_buffer_write(&io->buf, pos, descriptor,
				   STATUS_DESCRIPTOR);
		pos += STATUS_DESCRIPTOR;
	}
	put_be32(header, pos - 4);
	guest_buffer_write(&io->buf, 0, header, STATUS_HEADER);
	io->moved = pos;
}

void scsi_service_action_in16(struct scsi_io *io, struct disk *d)
{
	switch (io->cdb[1] & SERVICE_ACTION_MASK) {
	case READ_CAPACITY_16:
		read_capacity16(io, d);
		break;
	case GET_LBA_STATUS:
		get_lba_status(io, d);
		break;
	default:
		scsi_fail(io, d, SCSI_BAD_FIELD);
	}
}
