// SPDX-License-Identifier: GPL-2.0
/*
 * Persistent reservations. The guest is the one initiator that there is; the
 * operator plays another one, so that the guest meets conflicts.
 */
#include "scsi_command.h"

#define ACTION_MASK		0x1F
#define READ_KEYS		0
#define READ_RESERVATION	1
#define REPORT_CAPABILITIES	2
#define READ_FULL_STATUS	3
#define REGISTER		0
#define RESERVE			1
#define RELEASE			2
#define CLEAR			3
/* Between them: PREEMPT and PREEMPT AND ABORT, where nothing is to be aborted. */
#define REGISTER_AND_IGNORE	6

#define WRITE_EXCLUSIVE			1
#define EXCLUSIVE_ACCESS		3
#define WRITE_EXCLUSIVE_REGISTRANTS	5
#define EXCLUSIVE_ACCESS_REGISTRANTS	6
#define WRITE_EXCLUSIVE_ALL		7
#define EXCLUSIVE_ACCESS_ALL		8

#define IN_HEADER		8
#define KEY_LENGTH		8
#define RESERVATION_LENGTH	16
#define FULL_STATUS_LENGTH	24
#define FULL_STATUS_HOLDER	0x01
#define FULL_STATUS_ALL_PORTS	0x02

#define OUT_LENGTH		24
#define OUT_SPEC_I_PT		0x08	/* registers others */

bool disk_reservation_type(u64 type)
{
	return type == WRITE_EXCLUSIVE || type == EXCLUSIVE_ACCESS ||
	       (type >= WRITE_EXCLUSIVE_REGISTRANTS &&
		type <= EXCLUSIVE_ACCESS_ALL);
}

static bool held_by_all(const struct disk_reservation *r)
{
	return r->type >= WRITE_EXCLUSIVE_ALL;
}

static bool holds(const struct disk_reservation *r, u8 who)
{
	return r->type && r->keys[who] && (held_by_all(r) || r->holder == who);
}

/* A reservation goes with the last one who holds it. */
static void unregister(struct disk_reservation *r, u8 who)
{
	bool held = holds(r, who);

	r->keys[who] = 0;
	if (held && !holds(r, !who))
		r->type = 0;
}

bool disk_reserve(struct disk *d, u64 key, u8 type)
{
	struct disk_reservation *r = &d->reservation;

	if (r->type && !holds(r, DISK_OTHER))
		return false;
	r->keys[DISK_OTHER] = key;
	r->holder = DISK_OTHER;
	r->type = type;
	r->generation++;
	return true;
}

void disk_release(struct disk *d)
{
	unregister(&d->reservation, DISK_OTHER);
	d->reservation.generation++;
}

bool scsi_allowed(const struct disk *d, bool write)
{
	const struct disk_reservation *r = &d->reservation;

	switch (r->type) {
	case 0:
		return true;
	case WRITE_EXCLUSIVE:
	case WRITE_EXCLUSIVE_ALL:
		return !write || holds(r, DISK_GUEST);
	case WRITE_EXCLUSIVE_REGISTRANTS:
		return !write || r->keys[DISK_GUEST];
	case EXCLUSIVE_ACCESS_REGISTRANTS:
		return r->keys[DISK_GUEST];
	}
	return holds(r, DISK_GUEST);
}

static void conflict(struct scsi_io *io)
{
	io->scsi_status = SCSI_RESERVATION_CONFLICT;
	io->srb_status = VSTOR_SRB_ERROR;
	io->moved = 0;
}

bool scsi_reserved(struct scsi_io *io, const struct disk *d, bool write)
{
	if (scsi_allowed(d, write))
		return false;
	conflict(io);
	return true;
}

/* The builders find a zeroed body and return its length. */

static u32 build_keys(const struct disk_reservation *r, u8 *body)
{
	u32 len = 0;
	u8 who;

	for (who = 0; who < DISK_INITIATORS; who++) {
		if (!r->keys[who])
			continue;
		put_be64(body + len, r->keys[who]);
		len += KEY_LENGTH;
	}
	return len;
}

static u32 build_reservation(const struct disk_reservation *r, u8 *body)
{
	if (!r->type)
		return 0;
	if (!held_by_all(r))
		put_be64(body, r->keys[r->holder]);
	body[13] = r->type;
	return RESERVATION_LENGTH;
}

/* Without names of the initiators, which need not be there. */
static u32 build_full_status(const struct disk_reservation *r, u8 *body)
{
	u32 len = 0;
	u8 who;

	for (who = 0; who < DISK_INITIATORS; who++) {
		if (!r->keys[who])
			continue;
		put_be64(body + len, r->keys[who]);
		body[len + 12] = FULL_STATUS_ALL_PORTS;
		if (holds(r, who)) {
			body[len + 12] |= FULL_STATUS_HOLDER;
			body[len + 13] = r->type;
		}
		put_be16(body + len + 18, who + 1);
		len += FULL_STATUS_LENGTH;
	}
	return len;
}

void scsi_reserve_in(struct scsi_io *io, struct disk *d)
{
	/* For all target ports; all types; nothing outlives the host. */
	static const u8 capabilities[] = { 0, 8, 0x04, 0x80, 0xEA, 0x01, 0, 0 };
	u8 data[IN_HEADER + DISK_INITIATORS * FULL_STATUS_LENGTH] = { 0 };
	const struct disk_reservation *r = &d->reservation;
	u32 room = get_be16(io->cdb + 7), len;

	if (!d->pr) {
		scsi_fail(io, d, SCSI_BAD_OPCODE);
		return;
	}
	if (room > io->buf.len || room < IN_HEADER) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	switch (io->cdb[1] & ACTION_MASK) {
	case READ_KEYS:
		len = build_keys(r, data + IN_HEADER);
		break;
	case READ_RESERVATION:
		len = build_reservation(r, data + IN_HEADER);
		break;
	case READ_FULL_STATUS:
		len = build_full_status(r, data + IN_HEADER);
		break;
	case REPORT_CAPABILITIES:
		scsi_reply(io, capabilities, sizeof(capabilities));
		return;
	default:
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	put_be32(data, r->generation);
	put_be32(data + 4, len);
	scsi_reply(io, data, MIN(room, IN_HEADER + len));
}

static void set_key(struct disk_reservation *r, u64 key)
{
	if (key)
		r->keys[DISK_GUEST] = key;
	else
		unregister(r, DISK_GUEST);
	r->generation++;
}

static void reserve(struct scsi_io *io, struct disk_reservation *r, u8 type)
{
	if (!r->type) {
		r->type = type;
		r->holder = DISK_GUEST;
	} else if (!holds(r, DISK_GUEST) || r->type != type) {
		conflict(io);
	}
}

/* It is no error to release what one does not hold. */
static void release(struct scsi_io *io, struct disk *d, u8 type)
{
	struct disk_reservation *r = &d->reservation;

	if (!holds(r, DISK_GUEST))
		return;
	if (r->type == type)
		r->type = 0;
	else
		scsi_fail(io, d, SCSI_BAD_PARAMETER);
}

static void clear(struct disk_reservation *r)
{
	memset(r->keys, 0, sizeof(r->keys));
	r->type = 0;
	r->generation++;
}

/* Key 0 means all, where all hold the reservation, and nobody elsewhere. */
static void preempt(struct scsi_io *io, struct disk *d, u64 key, u8 type)
{
	struct disk_reservation *r = &d->reservation;
	bool all = r->type && held_by_all(r);
	bool seizes = all ? !key : r->type && r->keys[r->holder] == key;
	bool evicts = r->keys[DISK_OTHER] &&
		      (r->keys[DISK_OTHER] == key || (all && !key));

	if (!key && !all) {
		scsi_fail(io, d, SCSI_BAD_PARAMETER);
		return;
	}
	if (!seizes && !evicts) {
		conflict(io);
		return;
	}
	if (evicts)
		unregister(r, DISK_OTHER);
	if (seizes) {
		r->type = type;
		r->holder = DISK_GUEST;
	}
	r->generation++;
}

/* Reads the two keys of the parameter list, or ends @io. */
static bool fetch_keys(struct scsi_io *io, struct disk *d, u64 *key, u64 *other)
{
	u8 list[OUT_LENGTH];

	if (io->buf.len < sizeof(list)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return false;
	}
	guest_buffer_read(&io->buf, 0, list, sizeof(list));
	if (list[20] & OUT_SPEC_I_PT) {
		scsi_fail(io, d, SCSI_BAD_PARAMETER);
		return false;
	}
	if (get_be32(io->cdb + 5) != sizeof(list)) {
		scsi_fail(io, d, SCSI_BAD_LIST_LENGTH);
		return false;
	}
	*key = get_be64(list);
	*other = get_be64(list + 8);
	return true;
}

/* The actions that do not register say what to reserve: here, whole disks. */
static bool scope_fits(u8 action, u8 scope_and_type)
{
	if (action == REGISTER || action == REGISTER_AND_IGNORE ||
	    action == CLEAR)
		return true;
	return disk_reservation_type(scope_and_type);
}

void scsi_reserve_out(struct scsi_io *io, struct disk *d)
{
	u8 action = io->cdb[1] & ACTION_MASK, type = io->cdb[2];
	struct disk_reservation *r = &d->reservation;
	u64 key, other;

	if (!d->pr) {
		scsi_fail(io, d, SCSI_BAD_OPCODE);
		return;
	}
	if (action > REGISTER_AND_IGNORE || !scope_fits(action, type)) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (!fetch_keys(io, d, &key, &other))
		return;
	if (action != REGISTER_AND_IGNORE &&
	    (key != r->keys[DISK_GUEST] || (!key && action != REGISTER))) {
		conflict(io);
		return;
	}
	io->moved = OUT_LENGTH;
	if (action == REGISTER || action == REGISTER_AND_IGNORE)
		set_key(r, other);
	else if (action == RESERVE)
		reserve(io, r, type);
	else if (action == RELEASE)
		release(io, d, type);
	else if (action == CLEAR)
		clear(r);
	else
		preempt(io, d, other, type);
}
