// SPDX-License-Identifier: GPL-2.0
/* The table of emulated disks. */
#include "disk.h"

/* Disks by controller and LUN; those of several targets are chained. */
static struct disk *disks[DISK_CONTROLLERS][DISK_LUNS];
static struct disk_stats removed;	/* counters of disks that are gone */

struct disk *disk_find(u8 controller, u8 path, u8 target, u8 lun)
{
	struct disk *d;

	if (controller >= DISK_CONTROLLERS || path)
		return NULL;
	for (d = disks[controller][lun]; d; d = d->next)
		if (d->target == target)
			return d;
	return NULL;
}

struct disk *disk_next(u8 controller, u8 path, u8 target, unsigned int lun)
{
	struct disk *d;

	for (; lun < DISK_LUNS; lun++) {
		d = disk_find(controller, path, target, (u8)lun);
		if (d)
			return d;
	}
	return NULL;
}

bool disk_any(u8 controller, u8 target)
{
	return disk_next(controller, 0, target, 0);
}

void disk_close(struct disk *d)
{
	if (d->store)
		d->store->ops->destroy(d->store);
	d->store = NULL;
	d->file = -1;
}

void disk_eject(struct disk *d)
{
	if (!d->store)
		return;
	disk_close(d);
	d->media_event = MEDIA_REMOVED;
}

void disk_flush(struct disk *d)
{
	d->store->ops->flush(d->store);
	d->stats.flushes++;
}

static void add_stats(struct disk_stats *sum, const struct disk_stats *s)
{
	sum->other += s->other;
	sum->reads += s->reads;
	sum->writes += s->writes;
	sum->unmaps += s->unmaps;
	sum->write_sames += s->write_sames;
	sum->flushes += s->flushes;
	sum->failed += s->failed;
	sum->bytes_read += s->bytes_read;
	sum->bytes_written += s->bytes_written;
}

void disk_totals(struct disk_stats *sum)
{
	unsigned int c, lun;
	struct disk *d;

	*sum = removed;
	for (c = 0; c < DISK_CONTROLLERS; c++)
		for (lun = 0; lun < DISK_LUNS; lun++)
			for (d = disks[c][lun]; d; d = d->next)
				add_stats(sum, &d->stats);
}

struct disk *disk_of_file(int file)
{
	unsigned int c, lun;
	struct disk *d;

	for (c = 0; c < DISK_CONTROLLERS; c++)
		for (lun = 0; lun < DISK_LUNS; lun++)
			for (d = disks[c][lun]; d; d = d->next)
				if (d->file == file)
					return d;
	return NULL;
}

void disk_insert(struct disk *d)
{
	d->next = disks[d->controller][d->lun];
	disks[d->controller][d->lun] = d;
}

void disk_remove(struct disk *d)
{
	struct disk **link = &disks[d->controller][d->lun];

	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	add_stats(&removed, &d->stats);
}
