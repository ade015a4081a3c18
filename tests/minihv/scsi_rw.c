// SPDX-License-Identifier: GPL-2.0
/* Commands on the contents of a disk. */
#include "scsi_command.h"

#define RW_FUA			0x08
#define RW_RELATIVE		0x01	/* not in the long commands */
/* Protection information and relative addresses: there are none. */
#define RW_UNKNOWN		0xE1

#define WRITE_SAME_16		0x93
#define SAME_NDOB		0x01	/* no buffer: zeros; (16) only */
#define SAME_UNMAP		0x08

#define UNMAP_HEADER		8
#define UNMAP_DESCRIPTOR	16

static u8 same[PAGE_SIZE];	/* what a WRITE SAME writes, over and over */

struct range {
	u64 lba;
	u32 count;
	bool fua;
};

static bool in_range(const struct disk *d, u64 lba, u64 count)
{
	u64 sectors = disk_sectors(d);

	return lba < sectors && count <= sectors - lba;
}

/* The length of a command is in the top three bits of its code. */
static void decode(const u8 *cdb, struct range *r)
{
	r->fua = cdb[1] & RW_FUA;
	switch (cdb[0] >> 5) {
	case 0:
		r->lba = get_be32(cdb) & 0x1FFFFF;
		r->count = cdb[4];
		r->fua = false;
		break;
	case 4:
		r->lba = get_be64(cdb + 2);
		r->count = get_be32(cdb + 10);
		break;
	case 5:
		r->lba = get_be32(cdb + 2);
		r->count = get_be32(cdb + 6);
		break;
	default:
		r->lba = get_be32(cdb + 2);
		r->count = get_be16(cdb + 7);
	}
}

/* Asks for addresses that count from the last one, which nobody has. */
static bool is_relative(const u8 *cdb)
{
	return cdb[0] >> 5 != 4 && cdb[1] & RW_RELATIVE;
}

/*
 * Finds the range of a READ or WRITE, or ends @io. Hosts take a count of 0 for
 * an error, in the six-byte commands too, where the standard says 256.
 */
static bool find_range(struct scsi_io *io, struct disk *d, struct range *r)
{
	bool six = io->cdb[0] >> 5 == 0;

	if (!six && io->cdb[1] & RW_UNKNOWN) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return false;
	}
	decode(io->cdb, r);
	if (!r->count || r->count > io->buf.len >> d->sector_shift ||
	    !in_range(d, r->lba, r->count)) {
		scsi_fail(io, d, SCSI_BAD_RANGE);
		return false;
	}
	return true;
}

void scsi_read(struct scsi_io *io, struct disk *d)
{
	u32 pos, chunk, len;
	struct range r;
	u64 offset;
	void *p;

	if (!find_range(io, d, &r) || scsi_reserved(io, d, false))
		return;
	offset = r.lba << d->sector_shift;
	len = r.count << d->sector_shift;
	for (pos = 0; pos < len; pos += chunk) {
		p = guest_buffer_at(&io->buf, pos, &chunk);
		chunk = MIN(chunk, len - pos);
		d->store->ops->read(d->store, offset + pos, p, chunk);
	}
	io->moved = len;
	d->stats.bytes_read += len;
}

void scsi_write(struct scsi_io *io, struct disk *d)
{
	u32 pos, chunk, len;
	struct range r;
	u64 offset;
	void *p;

	if (!find_range(io, d, &r))
		return;
	if (d->readonly) {
		scsi_fail(io, d, SCSI_READ_ONLY);
		return;
	}
	if (scsi_reserved(io, d, true))
		return;
	offset = r.lba << d->sector_shift;
	len = r.count << d->sector_shift;
	for (pos = 0; pos < len; pos += chunk) {
		p = guest_buffer_at(&io->buf, pos, &chunk);
		chunk = MIN(chunk, len - pos);
		if (!d->store->ops->write(d->store, offset + pos, p, chunk)) {
			scsi_fail(io, d, SCSI_WRITE_FAULT);
			return;
		}
	}
	if (r.fua)
		disk_flush(d);
	io->moved = len;
	d->stats.bytes_written += len;
}

/*
 * VERIFY, and WRITE AND VERIFY too: hosts look at the range and at nothing else,
 * so that what a guest writes in this way is lost.
 */
void scsi_verify(struct scsi_io *io, struct disk *d)
{
	struct range r;

	if (is_relative(io->cdb)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	decode(io->cdb, &r);
	if (!in_range(d, r.lba, r.count))
		scsi_fail(io, d, SCSI_BAD_RANGE);
}

/*
 * The range of a WRITE SAME, or ends @io. Unlike with WRITE, a count of 0 is
 * one: nothing is written then.
 */
static bool find_same_range(struct scsi_io *io, struct disk *d, struct range *r)
{
	if (is_relative(io->cdb)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return false;
	}
	decode(io->cdb, r);
	if (!in_range(d, r->lba, r->count)) {
		scsi_fail(io, d, SCSI_BAD_RANGE);
		return false;
	}
	if (d->readonly) {
		scsi_fail(io, d, SCSI_READ_ONLY);
		return false;
	}
	if (r->count > disk_write_same_max(d)) {
		scsi_fail(io, d, SCSI_BAD_RANGE);
		return false;
	}
	return true;
}

/* Fills @same with the guest's sector; false when there is none. */
static bool fetch_pattern(struct scsi_io *io, const struct disk *d)
{
	u32 sector = 1u << d->sector_shift, pos;

	memset(same, 0, sizeof(same));
	if (d->write_same == DISK_WRITE_SAME_UNMAP &&
	    io->cdb[0] == WRITE_SAME_16 && io->cdb[1] & SAME_NDOB)
		return true;
	if (io->buf.len < sector)
		return false;
	guest_buffer_read(&io->buf, 0, same, sector);
	for (pos = sector; pos < sizeof(same); pos += sector)
		memcpy(same + pos, same, sector);
	return true;
}

static bool pattern_is_zero(void)
{
	return !same[0] && !memcmp(same, same + 1, sizeof(same) - 1);
}

static bool write_pattern(struct disk *d, u64 offset, u64 len)
{
	u64 chunk;

	for (; len; len -= chunk, offset += chunk) {
		chunk = MIN(len, sizeof(same));
		if (!d->store->ops->write(d->store, offset, same, chunk))
			return false;
	}
	return true;
}

/* What counts as moved is what was written, not the one sector of the guest. */
void scsi_write_same(struct scsi_io *io, struct disk *d)
{
	bool unmap = d->write_same == DISK_WRITE_SAME_UNMAP &&
		     io->cdb[1] & SAME_UNMAP;
	struct range r;
	u64 offset;
	u32 len;

	if (d->write_same == DISK_WRITE_SAME_OFF ||
	    d->write_same == DISK_WRITE_SAME_REFUSED) {
		scsi_fail(io, d, SCSI_BAD_OPCODE);
		return;
	}
	if (!find_same_range(io, d, &r) || !r.count)
		return;
	if (!fetch_pattern(io, d)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (scsi_reserved(io, d, true))
		return;
	offset = r.lba << d->sector_shift;
	len = r.count << d->sector_shift;
	if (unmap && pattern_is_zero()) {
		d->store->ops->unmap(d->store, offset, len);
	} else if (!write_pattern(d, offset, len)) {
		scsi_fail(io, d, SCSI_WRITE_FAULT);
		return;
	}
	io->moved = len;
}

/*
 * Number of descriptors in the list, or -1 after ending @io. All three lengths,
 * of the command, the list and its descriptors, have to agree with the buffer.
 * 16 bits of length hold fewer descriptors than page B0 allows.
 */
static int unmap_count(struct scsi_io *io, struct disk *d)
{
	u32 len = get_be16(io->cdb + 7);
	u8 header[UNMAP_HEADER];

	if (len < UNMAP_HEADER || len != io->buf.len) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return -1;
	}
	guest_buffer_read(&io->buf, 0, header, sizeof(header));
	if (get_be16(header) != len - 2 ||
	    get_be16(header + 2) != len - UNMAP_HEADER) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return -1;
	}
	return (int)((len - UNMAP_HEADER) / UNMAP_DESCRIPTOR);
}

/*
 * A range that is wrong ends the command; those before it have been unmapped.
 * That a range cannot be unmapped, as when another has reserved the disk, is not
 * told: unmapping is a hint to hosts.
 * Nothing counts as moved, though the list was: that is what hosts report.
 */
void scsi_unmap(struct scsi_io *io, struct disk *d)
{
	u8 descriptor[UNMAP_DESCRIPTOR];
	u64 lba, count;
	int i, n;

	if (!d->unmap) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	n = unmap_count(io, d);
	if (n > 0 && d->readonly) {
		scsi_fail(io, d, SCSI_READ_ONLY);
		return;
	}
	for (i = 0; i < n; i++) {
		guest_buffer_read(&io->buf, UNMAP_HEADER + i * UNMAP_DESCRIPTOR,
				  descriptor, sizeof(descriptor));
		lba = get_be64(descriptor);
		count = get_be32(descriptor + 8);
		if (!in_range(d, lba, count)) {
			scsi_fail(io, d, SCSI_BAD_RANGE);
			return;
		}
		if (scsi_allowed(d, true))
			d->store->ops->unmap(d->store, lba << d->sector_shift,
					     count << d->sector_shift);
	}
}
