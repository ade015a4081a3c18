// SPDX-License-Identifier: GPL-2.0
/*
 * The commands of a DVD drive.
 *
 * As on a real host a changed medium causes no unit attention: only who polls
 * for events hears of it.
 */
#include "scsi_command.h"

#define TOC_MSF			0x02
#define TOC_TRACKS		0
#define TOC_SESSIONS		1
#define TOC_DATA_TRACK		0x14
#define TOC_LEAD_OUT		0xAA
#define TOC_HEADER		4
#define TOC_DESCRIPTOR		8
#define MSF_BEGIN		150	/* blocks in front of block 0 */
#define MSF_BLOCKS		75	/* per second */

#define DISC_LENGTH		34
#define DISC_TYPE_MASK		0x07	/* what else can be asked for */
#define DISC_COMPLETE		0x0E
#define DISC_UNRESTRICTED	0x20

#define TRACK_LENGTH		36
#define TRACK_DATA		0x04
#define TRACK_MODE_1		0x01

#define EVENT_POLLED		0x01
#define EVENT_NONE_AVAILABLE	0x80
#define EVENT_CLASS_MEDIA	4
#define EVENT_TRAY_OPEN		0x01
#define EVENT_MEDIUM_PRESENT	0x02

#define FEATURE_HEADER		8
#define FEATURE_ONE		2
#define PROFILE_DVD_ROM		0x0010

#define MODE_HEADER		8
#define MODE_CONTROL_SAVED	3
#define PAGE_CAPABILITIES	0x2A
#define PAGE_ALL		0x3F
#define CAPABILITIES_LENGTH	26
#define READS_DVD_ROM		0x08
#define TRAY_EJECT_LOCK		0x29
#define LOCKED			0x02

/* Ends the command when there is nothing to read. */
static bool medium_present(struct scsi_io *io, struct disk *d)
{
	if (d->store)
		return true;
	scsi_fail(io, d, d->tray_open ? SCSI_TRAY_OPEN : SCSI_NO_MEDIUM);
	return false;
}

static void test_unit_ready(struct scsi_io *io, struct disk *d)
{
	medium_present(io, d);
}

static void read_blocks(struct scsi_io *io, struct disk *d)
{
	if (medium_present(io, d))
		scsi_read(io, d);
}

static void read_capacity(struct scsi_io *io, struct disk *d)
{
	if (medium_present(io, d))
		scsi_read_capacity10(io, d);
}

/* Allocation length of a command, or false after ending it. */
static bool find_room(struct scsi_io *io, struct disk *d, u32 *room)
{
	*room = get_be16(io->cdb + 7);
	if (*room <= io->buf.len)
		return true;
	scsi_fail(io, d, SCSI_BAD_FIELD);
	return false;
}

static void put_track(u8 *p, u8 track, u32 lba, bool msf)
{
	p[1] = TOC_DATA_TRACK;
	p[2] = track;
	if (!msf) {
		put_be32(p + 4, lba);
		return;
	}
	lba += MSF_BEGIN;
	p[5] = (u8)MIN(lba / MSF_BLOCKS / 60, 255u);
	p[6] = (u8)(lba / MSF_BLOCKS % 60);
	p[7] = (u8)(lba % MSF_BLOCKS);
}

/* One track in one session; guests old and new ask for the format elsewhere. */
static void read_toc(struct scsi_io *io, struct disk *d)
{
	u8 data[TOC_HEADER + 2 * TOC_DESCRIPTOR] = { [2] = 1, [3] = 1 };
	u8 format = io->cdb[2] & 0x0F, first = io->cdb[6];
	bool msf = io->cdb[1] & TOC_MSF;
	u32 room, len = TOC_HEADER;

	if (!medium_present(io, d) || !find_room(io, d, &room))
		return;
	if (!format)
		format = io->cdb[9] >> 6;
	if (format > TOC_SESSIONS ||
	    (format == TOC_TRACKS && first > 1 && first != TOC_LEAD_OUT)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (format == TOC_SESSIONS || first <= 1) {
		put_track(data + len, 1, 0, msf);
		len += TOC_DESCRIPTOR;
	}
	if (format == TOC_TRACKS) {
		put_track(data + len, TOC_LEAD_OUT, (u32)disk_sectors(d), msf);
		len += TOC_DESCRIPTOR;
	}
	put_be16(data, (u16)(len - 2));
	scsi_reply(io, data, MIN(room, len));
}

/* A closed disc of one session that has one track. */
static void disc_information(struct scsi_io *io, struct disk *d)
{
	u8 data[DISC_LENGTH] = {
		[1] = DISC_LENGTH - 2,
		[2] = DISC_COMPLETE,
		[3] = 1, [4] = 1, [5] = 1, [6] = 1,
		[7] = DISC_UNRESTRICTED,
	};
	u32 room;

	if (!medium_present(io, d) || !find_room(io, d, &room))
		return;
	if (io->cdb[1] & DISC_TYPE_MASK) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	scsi_reply(io, data, MIN(room, sizeof(data)));
}

/* All of the disc is one track, whichever way the guest names it. */
static void track_information(struct scsi_io *io, struct disk *d)
{
	u8 data[TRACK_LENGTH] = {
		[1] = TRACK_LENGTH - 2,
		[2] = 1, [3] = 1,
		[5] = TRACK_DATA,
		[6] = TRACK_MODE_1,
	};
	u32 room;

	if (!medium_present(io, d) || !find_room(io, d, &room))
		return;
	put_be32(data + 24, (u32)disk_sectors(d));
	scsi_reply(io, data, MIN(room, sizeof(data)));
}

/* Events are polled for, one at a time, and told once. */
static void event_status(struct scsi_io *io, struct disk *d)
{
	bool media = io->cdb[4] & 1 << EVENT_CLASS_MEDIA;
	u8 data[8] = { [3] = 1 << EVENT_CLASS_MEDIA };
	u32 room, len = media ? 8 : 4;

	if (!find_room(io, d, &room))
		return;
	if (!(io->cdb[1] & EVENT_POLLED)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	put_be16(data, (u16)(len - 2));
	data[2] = media ? EVENT_CLASS_MEDIA : EVENT_NONE_AVAILABLE;
	data[4] = d->media_event;
	data[5] = (d->store ? EVENT_MEDIUM_PRESENT : 0) |
		  (d->tray_open ? EVENT_TRAY_OPEN : 0);
	if (media && room >= len)
		d->media_event = MEDIA_NO_CHANGE;
	scsi_reply(io, data, MIN(room, len));
}

static const struct feature {
	u16 code;
	u8 flags;	/* 1 current, 2 persistent, 4 on: version */
	u8 len;
	u8 data[8];
} features[] = {
	{ 0x0000, 0x03, 4, { 0, PROFILE_DVD_ROM } },
	{ 0x0001, 0x03, 4, { 0, 0, 0, 1 } },	/* core: a SCSI device */
	{ 0x0003, 0x03, 4, { TRAY_EJECT_LOCK } },
	{ 0x0010, 0x00, 8, { 0, 0, 8, 0, 0, 1 } },	/* blocks of 2048 */
	{ 0x001F, 0x00, 0, { 0 } },			/* reads DVDs */
};

static void get_configuration(struct scsi_io *io, struct disk *d)
{
	u8 data[FEATURE_HEADER + ARRAY_SIZE(features) * 12] = { 0 };
	u16 first = get_be16(io->cdb + 2);
	u8 which = io->cdb[1] & 0x03;
	u32 room, len = FEATURE_HEADER;
	size_t i;

	if (!find_room(io, d, &room))
		return;
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		const struct feature *f = &features[i];

		if (f->code < first || (which == FEATURE_ONE && f->code != first))
			continue;
		put_be16(data + len, f->code);
		data[len + 2] = f->flags | !!d->store;
		data[len + 3] = f->len;
		memcpy(data + len + 4, f->data, f->len);
		len += 4u + f->len;
	}
	put_be32(data, len - 4);
	put_be16(data + 6, d->store ? PROFILE_DVD_ROM : 0);
	scsi_reply(io, data, MIN(room, len));
}

static void start_stop(struct scsi_io *io, struct disk *d)
{
	bool start = io->cdb[4] & 0x01, load_eject = io->cdb[4] & 0x02;

	if (!load_eject)
		return;
	if (!start && d->locked) {
		scsi_fail(io, d, SCSI_LOCKED);
		return;
	}
	if (!start)
		disk_eject(d);
	d->tray_open = !start;
}

static void prevent_allow(struct scsi_io *io, struct disk *d)
{
	d->locked = io->cdb[4] & 0x01;
}

static void mode_sense(struct scsi_io *io, struct disk *d)
{
	u8 data[MODE_HEADER + CAPABILITIES_LENGTH] = { [1] = sizeof(data) - 2 };
	u8 *page = data + MODE_HEADER, code = io->cdb[2] & 0x3F;
	u32 room;

	if (!find_room(io, d, &room))
		return;
	if (io->cdb[2] >> 6 == MODE_CONTROL_SAVED ||
	    (code != PAGE_CAPABILITIES && code != PAGE_ALL)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	page[0] = PAGE_CAPABILITIES;
	page[1] = CAPABILITIES_LENGTH - 2;
	page[2] = READS_DVD_ROM;
	page[6] = TRAY_EJECT_LOCK | (d->locked ? LOCKED : 0);
	scsi_reply(io, data, MIN(room, sizeof(data)));
}

const struct scsi_command scsi_dvd_commands[256] = {
	[OP_TEST_UNIT_READY]	= SCSI_COMMAND(test_unit_ready, NONE),
	[OP_REQUEST_SENSE]	= SCSI_COMMAND(scsi_request_sense, IN),
	[OP_INQUIRY]		= SCSI_COMMAND(scsi_inquiry, IN),
	[OP_START_STOP]		= SCSI_COMMAND(start_stop, NONE),
	[OP_PREVENT_ALLOW]	= SCSI_COMMAND(prevent_allow, NONE),
	[OP_READ_CAPACITY_10]	= SCSI_COMMAND(read_capacity, IN),
	[OP_READ_10]		= SCSI_COUNTED(read_blocks, IN, reads),
	[OP_READ_TOC]		= SCSI_COMMAND(read_toc, IN),
	[OP_GET_CONFIGURATION]	= SCSI_COMMAND(get_configuration, IN),
	[OP_EVENT_STATUS]	= SCSI_COMMAND(event_status, IN),
	[OP_DISC_INFORMATION]	= SCSI_COMMAND(disc_information, IN),
	[OP_TRACK_INFORMATION]	= SCSI_COMMAND(track_information, IN),
	[OP_MODE_SENSE_10]	= SCSI_COMMAND(mode_sense, IN),
	[OP_READ_16]		= SCSI_COUNTED(read_blocks, IN, reads),
	[OP_READ_12]		= SCSI_COUNTED(read_blocks, IN, reads),
};
