/* SPDX-License-Identifier: GPL-2.0 */
/* The table of emulated disks. All functions are called under the host lock. */
#ifndef MINIHV_DISK_H
#define MINIHV_DISK_H

#include "lib.h"
#include "scsi.h"
#include "store.h"

struct console_request;

#define DISK_CONTROLLERS	4
#define DISK_LUNS		256
#define DISK_ID_SIZE		16
#define DISK_SERIAL_MAX		64
#define DISK_DVD_SHIFT		11	/* blocks of 2048 bytes */
#define DISK_CRC_SHIFT		9	/* what the console counts in */
#define DISK_MAX_SIZE		(64ull << 40)	/* what a VHDX can have */

/* What a disk does with WRITE SAME; in the order of the operator's words. */
enum disk_write_same {
	DISK_WRITE_SAME_OFF,	/* not known */
	DISK_WRITE_SAME_ON,	/* writes, whatever the guest says of UNMAP */
	DISK_WRITE_SAME_UNMAP,	/* unmaps zeros if told so; knows NDOB */
	DISK_WRITE_SAME_REFUSED, /* says so, and does not know it */
};

/**
 * struct disk_stats - what a disk was asked for
 * @other: commands that are none of the following.
 * @reads: READ commands. @writes: WRITE. @unmaps: UNMAP.
 * @write_sames: WRITE SAME.
 * @flushes: times that the store was flushed, forced unit access included.
 * @failed: commands that ended in an error; counted above as well.
 * @bytes_read: by READ commands that succeeded. @bytes_written: WRITE.
 */
struct disk_stats {
	u64 other, reads, writes, unmaps, write_sames, flushes, failed;
	u64 bytes_read, bytes_written;
};

/* The guest, and another initiator, which the operator plays. */
enum {
	DISK_GUEST,
	DISK_OTHER,
	DISK_INITIATORS,
};

/**
 * struct disk_reservation - who may use a disk (persistent reservations)
 * @keys: of the initiators; 0 for one that is not registered.
 * @type: of the reservation, as SCSI numbers them; 0 when there is none.
 * @holder: who made it.
 * @generation: counts what was done to the keys.
 */
struct disk_reservation {
	u64 keys[DISK_INITIATORS];
	u8 type, holder;
	u32 generation;
};

/* As numbered in the answer to GET EVENT STATUS NOTIFICATION. */
enum media_event {
	MEDIA_NO_CHANGE,
	MEDIA_EJECT_REQUEST,	/* somebody has pressed the button */
	MEDIA_NEW,
	MEDIA_REMOVED,
};

/**
 * struct disk - an emulated disk
 * @next: with the same controller and LUN, on another target.
 * @controller: @target: @lun: its address, always on path 0.
 * @unmap: thin provisioning is offered.
 * @readonly: writes are refused.
 * @sector_shift: of the size of its sectors.
 * @physical_exponent: a physical sector has two to the power of this of them.
 * @granularity: what UNMAP is best done in. @alignment: and where such a unit
 *	begins, both in sectors.
 * @write_same: DISK_WRITE_SAME_*.
 * @pr: persistent reservations are known.
 * @dvd: this is a DVD drive, and @store its medium, NULL for none.
 * @locked: the guest does not want the medium to be taken out.
 * @tray_open: there is no medium in it.
 * @media_event: what the guest will hear when it asks what has happened.
 * @sense_pending: @sense waits for a REQUEST SENSE.
 * @file: number of the file that is its store, -1 for none.
 * @slow: microseconds that its requests take longer than others.
 * @store: the contents.
 * @attention: ends the next command; its key is 0 when there is none.
 * @again: so many after that one, too.
 * @id: names the disk in VPD page 83.
 * @serial: text of VPD page 80, "" for none.
 * @sense: of the last command.
 * @reservation: who may use it.
 * @stats: counters.
 */
struct disk {
	struct disk *next;
	u8 controller, target, lun;
	bool unmap, readonly, pr, sense_pending;
	bool dvd, locked, tray_open;
	enum media_event media_event;
	u8 sector_shift, physical_exponent, write_same;
	u32 granularity, alignment;
	int file;
	u64 slow;
	struct store *store;
	struct scsi_sense attention;
	u64 again;
	u8 id[DISK_ID_SIZE];
	char serial[DISK_SERIAL_MAX + 1];
	u8 sense[SCSI_SENSE_LENGTH];
	struct disk_reservation reservation;
	struct disk_stats stats;
};

static inline u64 disk_sectors(const struct disk *d)
{
	return d->store->size >> d->sector_shift;
}

/* How many sectors one WRITE SAME may cover: 8 MiB; 0 if it is not known. */
static inline u32 disk_write_same_max(const struct disk *d)
{
	return d->write_same ? (8u << 20) >> d->sector_shift : 0;
}

/* Says that WRITE SAME unmaps, and that what is unmapped reads as zeros. */
static inline bool disk_says_same_unmaps(const struct disk *d)
{
	return d->unmap && d->write_same >= DISK_WRITE_SAME_UNMAP;
}

/* NULL when there is none; that is so on every path but 0. */
struct disk *disk_find(u8 controller, u8 path, u8 target, u8 lun);

/* The disk with the lowest LUN from @lun on, or NULL. */
struct disk *disk_next(u8 controller, u8 path, u8 target, unsigned int lun);

/* Is there a disk on this target? */
bool disk_any(u8 controller, u8 target);

#define DISK_WRITE_SAMES "off|on|unmap|refused"
#define DISK_SETTINGS \
	"[sector=512n|512e|4096] [granularity=BYTES] [alignment=BYTES] " \
	"[write_same=" DISK_WRITE_SAMES "] [pr=off|on]"

/* The words of "disk add" about what it can do; or says what is wrong. */
bool disk_settings(struct disk *d, struct console_request *rq);

/* Console commands. */
bool disk_run_change(struct console_request *rq);
bool disk_run_reserve(struct console_request *rq);
bool disk_run_release(struct console_request *rq);

bool disk_reservation_type(u64 type);	/* is there such a type? */

/* What the other initiator does; the first is false if the guest was faster. */
bool disk_reserve(struct disk *d, u64 key, u8 type);
void disk_release(struct disk *d);

/* The disk whose store is this file, or NULL. */
struct disk *disk_of_file(int file);

/* Puts a disk into the table; takes it out, and keeps its counters. */
void disk_insert(struct disk *d);
void disk_remove(struct disk *d);

/* Frees the store, if there is one. */
void disk_close(struct disk *d);

/* The medium of a DVD drive, if there is one, goes; the tray stays closed. */
void disk_eject(struct disk *d);

void disk_flush(struct disk *d);

/* All disks together, those that have been removed included. */
void disk_totals(struct disk_stats *sum);

/* A disk came or went; provided by the host, which tells the guest. */
void host_disks_changed(unsigned int controller);

#endif /* MINIHV_DISK_H */
