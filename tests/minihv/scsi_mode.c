// SPDX-License-Identifier: GPL-2.0
/* MODE SENSE and SELECT: a header and the caching page. */
#include "scsi_command.h"

#define HEADER_6		4
#define HEADER_10		8
#define CACHING_LENGTH		20

#define PAGE_CACHING		0x08
#define PAGE_ALL		0x3F
#define SUBPAGE_ALL		0xFF
#define CONTROL_CHANGEABLE	1
#define CONTROL_SAVED		3

#define DEVICE_READ_ONLY	0x80
#define DEVICE_FUA		0x10
#define CACHING_WRITE_CACHE	0x04
#define SELECT_SAVE		0x01

static bool page_exists(const u8 *cdb)
{
	u8 page = cdb[2] & 0x3F, subpage = cdb[3];

	if (cdb[2] >> 6 == CONTROL_SAVED)
		return false;
	if (page == PAGE_ALL)
		return !subpage || subpage == SUBPAGE_ALL;
	return page == PAGE_CACHING && !subpage;
}

/* The host does not let the write cache be switched off: nothing can change. */
static void caching_page(u8 *page, u8 control)
{
	page[0] = PAGE_CACHING;
	page[1] = CACHING_LENGTH - 2;
	if (control != CONTROL_CHANGEABLE)
		page[2] = CACHING_WRITE_CACHE;
}

/*
 * @data has a zeroed header of @header bytes, but for the fields whose place
 * depends on the command, in front of zeroed room for the page.
 */
static void mode_sense(struct scsi_io *io, struct disk *d, u8 *data, u32 header,
		       u32 room)
{
	if (!io->buf.len || !room)
		return;
	if (room < header || room > io->buf.len || !page_exists(io->cdb)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	caching_page(data + header, io->cdb[2] >> 6);
	scsi_reply(io, data, MIN(room, header + CACHING_LENGTH));
}

static u8 device_specific(const struct disk *d)
{
	return DEVICE_FUA | (d->readonly ? DEVICE_READ_ONLY : 0);
}

void scsi_mode_sense6(struct scsi_io *io, struct disk *d)
{
	u8 data[HEADER_6 + CACHING_LENGTH] = {
		[0] = sizeof(data) - 1,
		[2] = device_specific(d),
	};

	mode_sense(io, d, data, HEADER_6, io->cdb[4]);
}

void scsi_mode_sense10(struct scsi_io *io, struct disk *d)
{
	u8 data[HEADER_10 + CACHING_LENGTH] = {
		[1] = sizeof(data) - 2,
		[3] = device_specific(d),
	};

	mode_sense(io, d, data, HEADER_10, get_be16(io->cdb + 7));
}

/*
 * Only the page as it is can be selected. Its place follows from the length of
 * the block descriptors, which nobody looks at.
 */
static bool page_is_ours(const struct scsi_io *io, u32 at)
{
	u8 page[CACHING_LENGTH];

	guest_buffer_read(&io->buf, at, page, sizeof(page));
	return page[0] == PAGE_CACHING && page[1] == CACHING_LENGTH - 2 &&
	       page[2] & CACHING_WRITE_CACHE;
}

static void mode_select(struct scsi_io *io, struct disk *d, u32 header,
			u32 len)
{
	u8 data[HEADER_10];
	u32 at;

	if (!len)
		return;
	if (len != io->buf.len || len < header + CACHING_LENGTH) {
		scsi_fail(io, d, SCSI_BAD_LIST_LENGTH);
		return;
	}
	if (io->cdb[1] & SELECT_SAVE) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	guest_buffer_read(&io->buf, 0, data, header);
	at = header + (header == HEADER_6 ? data[3] : get_be16(data + 6));
	if (len < at + CACHING_LENGTH)
		scsi_fail(io, d, SCSI_BAD_LIST_LENGTH);
	else if (!page_is_ours(io, at))
		scsi_fail(io, d, SCSI_BAD_PARAMETER);
	else
		io->moved = len;
}

void scsi_mode_select6(struct scsi_io *io, struct disk *d)
{
	mode_select(io, d, HEADER_6, io->cdb[4]);
}

void scsi_mode_select10(struct scsi_io *io, struct disk *d)
{
	mode_select(io, d, HEADER_10, get_be16(io->cdb + 7));
}
