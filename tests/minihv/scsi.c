// SPDX-License-Identifier: GPL-2.0
/*
 * SCSI commands: who handles which, how they end, and the small ones.
 *
 * The model is a virtual disk of a real host, quirks included: a guest driver
 * has to cope with those.
 */
#include "scsi_command.h"

#define KEY_NOT_READY		0x2
#define KEY_MEDIUM_ERROR	0x3
#define KEY_ILLEGAL_REQUEST	0x5
#define KEY_DATA_PROTECT	0x7

#define SENSE_CURRENT_FIXED	0x70
#define SENSE_MIN_LENGTH	8

static const struct {
	u8 srb_status;
	struct scsi_sense sense;
} errors[] = {
	[SCSI_BAD_OPCODE] = {
		VSTOR_SRB_INVALID_REQUEST, { KEY_ILLEGAL_REQUEST, 0x20 } },
	[SCSI_BAD_FIELD] = {
		VSTOR_SRB_INVALID_REQUEST, { KEY_ILLEGAL_REQUEST, 0x24 } },
	[SCSI_BAD_RANGE] = {
		VSTOR_SRB_INVALID_REQUEST, { KEY_ILLEGAL_REQUEST, 0x21 } },
	[SCSI_BAD_PARAMETER] = {
		VSTOR_SRB_INVALID_REQUEST, { KEY_ILLEGAL_REQUEST, 0x26 } },
	[SCSI_BAD_LIST_LENGTH] = {
		VSTOR_SRB_INVALID_REQUEST, { KEY_ILLEGAL_REQUEST, 0x1A } },
	[SCSI_SHORT_BUFFER] = {
		VSTOR_SRB_DATA_OVERRUN, { KEY_ILLEGAL_REQUEST, 0x24 } },
	[SCSI_READ_ONLY] = { VSTOR_SRB_ERROR, { KEY_DATA_PROTECT, 0x27 } },
	[SCSI_WRITE_FAULT] = { VSTOR_SRB_ERROR, { KEY_MEDIUM_ERROR, 0x0C } },
	[SCSI_NO_MEDIUM] = { VSTOR_SRB_ERROR, { KEY_NOT_READY, 0x3A, 0x01 } },
	[SCSI_TRAY_OPEN] = { VSTOR_SRB_ERROR, { KEY_NOT_READY, 0x3A, 0x02 } },
	[SCSI_LOCKED] = { VSTOR_SRB_ERROR, { KEY_ILLEGAL_REQUEST, 0x53, 0x02 } },
};

void *guest_buffer_at(const struct guest_buffer *b, u32 pos, u32 *chunk)
{
	u64 at = (u64)b->offset + pos;
	u64 in_page = at % PAGE_SIZE;

	*chunk = (u32)MIN(PAGE_SIZE - in_page, (u64)(b->len - pos));
	return (void *)(b->pfn[at / PAGE_SIZE] * PAGE_SIZE + in_page);
}

void guest_buffer_read(const struct guest_buffer *b, u32 pos, void *dst,
		       u32 len)
{
	u32 done, chunk;
	void *p;

	for (done = 0; done < len; done += chunk) {
		p = guest_buffer_at(b, pos + done, &chunk);
		chunk = MIN(chunk, len - done);
		memcpy((u8 *)dst + done, p, chunk);
	}
}

void guest_buffer_write(const struct guest_buffer *b, u32 pos, const void *src,
			u32 len)
{
	u32 done, chunk;
	void *p;

	for (done = 0; done < len; done += chunk) {
		p = guest_buffer_at(b, pos + done, &chunk);
		chunk = MIN(chunk, len - done);
		memcpy(p, (const u8 *)src + done, chunk);
	}
}

static void build_sense(u8 *sense, const struct scsi_sense *s)
{
	memset(sense, 0, SCSI_SENSE_LENGTH);
	sense[0] = SENSE_CURRENT_FIXED;
	sense[2] = s->key;
	sense[7] = SCSI_SENSE_LENGTH - 8;
	sense[12] = s->asc;
	sense[13] = s->ascq;
}

static void check_condition(struct scsi_io *io, struct disk *d, u8 srb_status,
			    const struct scsi_sense *sense)
{
	io->scsi_status = SCSI_CHECK_CONDITION;
	io->srb_status = srb_status;
	io->moved = 0;
	build_sense(io->sense, sense);
	io->sense_valid = true;
	if (d)
		memcpy(d->sense, io->sense, SCSI_SENSE_LENGTH);
}

void scsi_fail(struct scsi_io *io, struct disk *d, enum scsi_error why)
{
	check_condition(io, d, errors[why].srb_status, &errors[why].sense);
}

/* Commands are told what has happened to the disk, but none of these. */
static bool hears_attention(u8 opcode)
{
	return opcode != OP_INQUIRY && opcode != OP_REQUEST_SENSE;
}

static void attention(struct scsi_io *io, struct disk *d)
{
	check_condition(io, d, VSTOR_SRB_ERROR, &d->attention);
	if (d->again)
		d->again--;
	else
		d->attention.key = 0;
}

void scsi_reply(struct scsi_io *io, const void *data, u32 len)
{
	io->moved = MIN(len, io->buf.len);
	guest_buffer_write(&io->buf, 0, data, io->moved);
}

/* Hosts say yes to some commands and do nothing. */
static void accept(struct scsi_io *io, struct disk *d)
{
	(void)io;
	(void)d;
}

void scsi_request_sense(struct scsi_io *io, struct disk *d)
{
	u8 sense[SCSI_SENSE_LENGTH];
	u32 len = io->cdb[4];

	if (len < SENSE_MIN_LENGTH || len > io->buf.len) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	build_sense(sense, &(struct scsi_sense){ 0 });
	if (d->sense_pending)
		memcpy(sense, d->sense, sizeof(sense));
	scsi_reply(io, sense, MIN(len, sizeof(sense)));
}

static void start_stop(struct scsi_io *io, struct disk *d)
{
	bool immediate = io->cdb[1] & 0x01;
	bool start = io->cdb[4] & 0x01, eject = io->cdb[4] & 0x02;

	if (immediate)
		scsi_fail(io, d, SCSI_BAD_FIELD);
	else if (!start && eject)
		scsi_fail(io, d, SCSI_BAD_OPCODE);
	else if (!start)
		disk_flush(d);
}

/* The only test that hosts know is none at all. */
static void send_diagnostic(struct scsi_io *io, struct disk *d)
{
	bool self_test = io->cdb[1] & 0xE0, page_format = io->cdb[1] & 0x10;

	if (self_test || page_format || get_be16(io->cdb + 3))
		scsi_fail(io, d, SCSI_BAD_FIELD);
}

static void sync_cache(struct scsi_io *io, struct disk *d)
{
	if (!scsi_reserved(io, d, true))
		disk_flush(d);
}

static const struct scsi_command commands[256] = {
	[OP_TEST_UNIT_READY]	= SCSI_COMMAND(accept, NONE),
	[OP_REQUEST_SENSE]	= SCSI_COMMAND(scsi_request_sense, IN),
	[OP_FORMAT_UNIT]	= SCSI_COMMAND(accept, NONE),
	[OP_READ_6]		= SCSI_COUNTED(scsi_read, IN, reads),
	[OP_WRITE_6]		= SCSI_COUNTED(scsi_write, OUT, writes),
	[OP_INQUIRY]		= SCSI_COMMAND(scsi_inquiry, IN),
	[OP_MODE_SELECT_6]	= SCSI_COMMAND(scsi_mode_select6, OUT),
	[OP_RESERVE_6]		= SCSI_COMMAND(accept, NONE),
	[OP_RELEASE_6]		= SCSI_COMMAND(accept, NONE),
	[OP_MODE_SENSE_6]	= SCSI_COMMAND(scsi_mode_sense6, IN),
	[OP_START_STOP]		= SCSI_COMMAND(start_stop, NONE),
	[OP_SEND_DIAGNOSTIC]	= SCSI_COMMAND(send_diagnostic, NONE),
	[OP_PREVENT_ALLOW]	= SCSI_COMMAND(accept, NONE),
	[OP_READ_CAPACITY_10]	= SCSI_COMMAND(scsi_read_capacity10, IN),
	[OP_READ_10]		= SCSI_COUNTED(scsi_read, IN, reads),
	[OP_WRITE_10]		= SCSI_COUNTED(scsi_write, OUT, writes),
	[OP_WRITE_VERIFY_10]	= SCSI_COMMAND(scsi_verify, NONE),
	[OP_VERIFY_10]		= SCSI_COMMAND(scsi_verify, NONE),
	[OP_SYNC_CACHE_10]	= SCSI_COMMAND(sync_cache, NONE),
	[OP_WRITE_SAME_10]	= SCSI_COUNTED(scsi_write_same, OUT, write_sames),
	[OP_UNMAP]		= SCSI_COUNTED(scsi_unmap, OUT, unmaps),
	[OP_MODE_SELECT_10]	= SCSI_COMMAND(scsi_mode_select10, OUT),
	[OP_MODE_SENSE_10]	= SCSI_COMMAND(scsi_mode_sense10, IN),
	[OP_RESERVE_IN]		= SCSI_COMMAND(scsi_reserve_in, IN),
	[OP_RESERVE_OUT]	= SCSI_COMMAND(scsi_reserve_out, OUT),
	[OP_READ_16]		= SCSI_COUNTED(scsi_read, IN, reads),
	[OP_WRITE_16]		= SCSI_COUNTED(scsi_write, OUT, writes),
	[OP_WRITE_VERIFY_16]	= SCSI_COMMAND(scsi_verify, NONE),
	[OP_VERIFY_16]		= SCSI_COMMAND(scsi_verify, NONE),
	[OP_SYNC_CACHE_16]	= SCSI_COMMAND(sync_cache, NONE),
	[OP_WRITE_SAME_16]	= SCSI_COUNTED(scsi_write_same, OUT, write_sames),
	[OP_SERVICE_ACTION_IN_16] = SCSI_COMMAND(scsi_service_action_in16, IN),
	[OP_READ_12]		= SCSI_COUNTED(scsi_read, IN, reads),
	[OP_WRITE_12]		= SCSI_COUNTED(scsi_write, OUT, writes),
	[OP_WRITE_VERIFY_12]	= SCSI_COMMAND(scsi_verify, NONE),
	[OP_VERIFY_12]		= SCSI_COMMAND(scsi_verify, NONE),
};

/*
 * A host maps the buffer for writing whenever the guest's direction is not OUT,
 * and for reading otherwise; a command that needs the opposite gets a fault.
 */
static bool direction_fits(const struct scsi_io *io, u8 direction)
{
	bool out = io->data_in == VSTOR_DATA_OUT;

	if (direction == VSTOR_DATA_NONE || !io->buf.len)
		return true;
	return out == (direction == VSTOR_DATA_OUT);
}

/*
 * The controller answers this one, also for targets without any disk. Neither
 * SELECT REPORT nor the allocation length counts, only the buffer does.
 */
static void report_luns(struct scsi_io *io)
{
	const u32 entry = 8;
	u8 data[8] = { 0 };
	struct disk *d;
	u32 pos = entry;

	if (!direction_fits(io, VSTOR_DATA_IN)) {
		scsi_fail(io, NULL, SCSI_BAD_FIELD);
		return;
	}
	if (io->buf.len < entry)
		return;
	for (d = disk_next(io->controller, io->path, io->target, 0); d;
	     d = disk_next(io->controller, io->path, io->target, d->lun + 1u)) {
		put_be16(data, d->lun);
		if (pos < io->buf.len)
			guest_buffer_write(&io->buf, pos, data,
					   MIN(entry, io->buf.len - pos));
		pos += entry;
	}
	put_be64(data, (u64)(pos - entry) << 32);
	guest_buffer_write(&io->buf, 0, data, entry);
	io->moved = MIN(pos, io->buf.len);
}

/* INQUIRY tells guests of missing disks, all other commands of lost ones. */
static void absent(struct scsi_io *io)
{
	if (io->cdb[0] == OP_INQUIRY) {
		scsi_inquiry_absent(io);
		return;
	}
	io->scsi_status = SCSI_CHECK_CONDITION;
	io->srb_status = VSTOR_SRB_INVALID_LUN;
}

static void execute_on(struct scsi_io *io, struct disk *d)
{
	const struct scsi_command *cmd =
		&(d->dvd ? scsi_dvd_commands : commands)[io->cdb[0]];

	(*(u64 *)((u8 *)&d->stats + cmd->counter))++;
	if (d->attention.key && hears_attention(io->cdb[0]))
		attention(io, d);
	else if (!cmd->run)
		scsi_fail(io, d, SCSI_BAD_OPCODE);
	else if (!direction_fits(io, cmd->direction))
		scsi_fail(io, d, SCSI_BAD_FIELD);
	else
		cmd->run(io, d);

	/* Sense is kept until the next command, whether that asks or not. */
	d->sense_pending = io->sense_valid;
	if (io->scsi_status != SCSI_GOOD)
		d->stats.failed++;
}

void scsi_execute(struct scsi_io *io)
{
	struct disk *d;

	io->srb_status = VSTOR_SRB_SUCCESS;
	io->scsi_status = SCSI_GOOD;
	io->moved = 0;
	io->sense_valid = false;
	memset(io->sense, 0, sizeof(io->sense));

	d = disk_find(io->controller, io->path, io->target, io->lun);
	if (io->cdb[0] == OP_REPORT_LUNS)
		report_luns(io);
	else if (d)
		execute_on(io, d);
	else
		absent(io);
}
