// SPDX-License-Identifier: GPL-2.0
/* What the operator can do with the table of emulated disks. */
#include "disk_console.h"

static u8 crc_buffer[PAGE_SIZE];

struct address {
	u8 controller, target, lun;
};

/*
 * The same in every run, so that the guest's names for the disk are, and unlike
 * those of all other disks in the six bytes at either end that page 83 shows.
 */
static void make_id(struct disk *d)
{
	memcpy(d->id, "hvscsi", 6);
	d->id[DISK_ID_SIZE - 3] = d->controller;
	d->id[DISK_ID_SIZE - 2] = d->target;
	d->id[DISK_ID_SIZE - 1] = d->lun;
}

bool disk_parse_part(const char **s, char end, unsigned int base,
		     unsigned int max, u8 *value)
{
	unsigned int v = 0, digit;
	const char *p = *s;

	do {
		digit = (unsigned int)digit_value(*p);
		if (digit >= base)
			return false;
		v = v * base + digit;
		if (v > max)
			return false;
	} while (*++p != end);
	*value = (u8)v;
	*s = p + 1;
	return true;
}

static bool parse_address(struct console_request *rq, int word,
			  struct address *a)
{
	const char *s;

	if (rq->argc <= word)
		return console_fail("CONTROLLER:TARGET:LUN is missing");
	s = rq->argv[word];
	if (disk_parse_part(&s, ':', 10, DISK_CONTROLLERS - 1,
			    &a->controller) &&
	    disk_parse_part(&s, ':', 10, 255, &a->target) &&
	    disk_parse_part(&s, '\0', 10, DISK_LUNS - 1, &a->lun))
		return true;
	return console_fail("\"%s\" is no CONTROLLER:TARGET:LUN, 0:0:0 to %u:255:%u",
			    rq->argv[word], DISK_CONTROLLERS - 1,
			    DISK_LUNS - 1);
}

struct disk *disk_named(struct console_request *rq, int word)
{
	struct address a;
	struct disk *d;

	if (!parse_address(rq, word, &a))
		return NULL;
	d = disk_find(a.controller, 0, a.target, a.lun);
	if (!d)
		console_fail("there is no disk %u:%u:%u", a.controller,
			     a.target, a.lun);
	return d;
}

bool disk_parse_number(const char *key, const char *text, u64 *value)
{
	if (parse_u64(text, value))
		return true;
	return console_fail("%s=%s is no number", key, text);
}

bool disk_parse_switch(const char *key, const char *text, bool *value)
{
	if (!text)
		return true;
	*value = !strcmp(text, "on");
	if (*value || !strcmp(text, "off"))
		return true;
	return console_fail("%s=%s is neither on nor off", key, text);
}

bool disk_parse_size(const struct disk *d, const char *text, u64 *size)
{
	unsigned int sector = 1u << d->sector_shift;

	if (!disk_parse_number("size", text, size))
		return false;
	if (!*size)
		return console_fail("a disk cannot have a size of 0");
	if (*size % sector)
		return console_fail("size=%s is no multiple of %u", text,
				    sector);
	if (*size > DISK_MAX_SIZE)
		return console_fail("size=%s is more than 64T", text);
	return true;
}

static bool parse_serial(const char *text, char *serial)
{
	size_t len, i;

	if (!text)
		return true;
	len = strlen(text);
	if (!len || len > DISK_SERIAL_MAX)
		return console_fail("a serial has 1 to %u characters",
				    DISK_SERIAL_MAX);
	for (i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return console_fail("a serial is plain ASCII text");
	memcpy(serial, text, len + 1);
	return true;
}

/* Both fill in d->store, or say why they cannot. */

static bool open_thin(struct disk *d, const char *size_text)
{
	u64 size;

	if (!disk_parse_size(d, size_text, &size))
		return false;
	d->store = store_thin_create(size);
	return d->store || console_fail("the host is out of memory");
}

static bool open_file(struct disk *d, const char *index_text,
		      const char *size_text)
{
	struct disk *other;
	u64 index, size = 0;

	if (!disk_parse_number("file", index_text, &index))
		return false;
	if (size_text && !disk_parse_size(d, size_text, &size))
		return false;
	if (index <= 255) {
		other = disk_of_file((int)index);
		if (other)
			return console_fail("file %lu is disk %u:%u:%u already",
					    index, other->controller,
					    other->target, other->lun);
		d->store = store_file_create((unsigned int)index);
	}
	if (!d->store)
		return console_fail("there is no file %lu", index);
	d->file = (int)index;
	if (size > d->store->size)
		return console_fail("file %lu has only %lu bytes", index,
				    d->store->size);
	if (size)
		d->store->size = size;
	return true;
}

bool disk_open(struct disk *d, const char *file, const char *size)
{
	if (!file && !size)
		return console_fail("size= or file= is missing");
	if (file ? open_file(d, file, size) : open_thin(d, size))
		return true;
	disk_close(d);
	return false;
}

/* Nobody writes to a DVD, and its blocks have one size. */
static void become_dvd(struct disk *d)
{
	d->sector_shift = DISK_DVD_SHIFT;
	d->readonly = true;
	d->unmap = false;
}

/* Fills in @d from the words of "disk add", or says what is wrong with them. */
static bool configure(struct disk *d, struct console_request *rq)
{
	const char *size = console_option(rq, 3, "size");
	const char *file = console_option(rq, 3, "file");
	const char *serial = console_option(rq, 3, "serial");
	const char *unmap = console_option(rq, 3, "unmap");
	const char *readonly = console_option(rq, 3, "readonly");
	const char *slow = console_option(rq, 3, "slow");
	const char *dvd = console_option(rq, 3, "dvd");

	if (!disk_settings(d, rq) || console_unknown(rq, 3))
		return false;
	d->unmap = true;
	d->file = -1;
	make_id(d);
	if (!parse_serial(serial, d->serial) ||
	    !disk_parse_switch("unmap", unmap, &d->unmap) ||
	    !disk_parse_switch("readonly", readonly, &d->readonly) ||
	    !disk_parse_switch("dvd", dvd, &d->dvd) ||
	    (slow && !disk_parse_number("slow", slow, &d->slow)))
		return false;
	if (d->dvd)
		become_dvd(d);
	return (d->dvd && !file && !size) || disk_open(d, file, size);
}

/* The guest hears of a disk that comes or goes, unless notify=off. */
static bool parse_notify(struct console_request *rq, bool *notify)
{
	*notify = true;
	return disk_parse_switch("notify", console_option(rq, 3, "notify"),
				 notify);
}

static bool run_add(struct console_request *rq)
{
	struct address a;
	struct disk *d;
	bool notify;

	if (!parse_address(rq, 2, &a) || !parse_notify(rq, &notify))
		return false;
	if (disk_find(a.controller, 0, a.target, a.lun))
		return console_fail("disk %u:%u:%u exists already",
				    a.controller, a.target, a.lun);
	d = heap_alloc(sizeof(*d));
	if (!d)
		return console_fail("the host is out of memory");
	d->controller = a.controller;
	d->target = a.target;
	d->lun = a.lun;
	if (!configure(d, rq)) {
		heap_free(d);
		return false;
	}
	disk_insert(d);
	if (notify)
		host_disks_changed(a.controller);
	return true;
}

static bool run_del(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);
	u8 controller;
	bool notify;

	if (!d || !parse_notify(rq, &notify) || console_unknown(rq, 3))
		return false;
	controller = d->controller;
	disk_remove(d);
	disk_close(d);
	heap_free(d);
	if (notify)
		host_disks_changed(controller);
	return true;
}

static void list_disk(const struct disk *d)
{
	const struct disk_stats *s = &d->stats;
	char file[24] = "";

	if (d->file >= 0)
		snprintf(file, sizeof(file), " file=%u", (unsigned int)d->file);
	console_line("%u:%u:%u %s size=%lu allocated=%lu unmap=%s readonly=%s reads=%lu writes=%lu unmaps=%lu write_sames=%lu flushes=%lu other=%lu failed=%lu%s%s%s%s",
		     d->controller, d->target, d->lun,
		     d->store ? d->store->kind : "empty",
		     d->store ? d->store->size : 0,
		     d->store ? d->store->ops->allocated(d->store) : 0,
		     d->unmap ? "on" : "off", d->readonly ? "on" : "off",
		     s->reads, s->writes, s->unmaps, s->write_sames, s->flushes,
		     s->other, s->failed, d->serial[0] ? " serial=" : "", d->serial, file,
		     !d->dvd ? "" : d->tray_open ? " tray=open" :
		     d->locked ? " tray=locked" : " tray=closed");
}

static bool run_list(struct console_request *rq)
{
	unsigned int c, target;
	struct disk *d;

	if (console_unknown(rq, 2))
		return false;
	for (c = 0; c < DISK_CONTROLLERS; c++)
		for (target = 0; target <= 255; target++)
			for (d = disk_next((u8)c, 0, (u8)target, 0); d;
			     d = disk_next((u8)c, 0, (u8)target, d->lun + 1u))
				list_disk(d);
	return true;
}

/* The CRC-32 of IEEE 802.3, bits reflected: that of gzip and zlib. */
static u32 crc32(u32 crc, const u8 *p, u64 len)
{
	static u32 table[256];
	u32 i, bit, v;

	if (!table[1]) {
		for (i = 0; i < 256; i++) {
			for (v = i, bit = 0; bit < 8; bit++)
				v = v >> 1 ^ (v & 1 ? 0xEDB88320 : 0);
			table[i] = v;
		}
	}
	for (crc = ~crc; len; len--)
		crc = crc >> 8 ^ table[(u8)crc ^ *p++];
	return ~crc;
}

static bool run_crc(struct console_request *rq)
{
	const char *lba_text = console_option(rq, 2, "lba");
	const char *count_text = console_option(rq, 2, "count");
	struct disk *d = disk_named(rq, 1);
	u64 lba, count, sectors, pos, end, n;
	u32 crc = 0;

	if (!d || console_unknown(rq, 2))
		return false;
	if (!lba_text || !count_text)
		return console_fail("%s= is missing",
				    lba_text ? "count" : "lba");
	if (!disk_parse_number("lba", lba_text, &lba) ||
	    !disk_parse_number("count", count_text, &count))
		return false;
	if (!count)
		return console_fail("count=0 has no checksum");
	if (!d->store)
		return console_fail("there is no medium in it");
	sectors = d->store->size >> DISK_CRC_SHIFT;
	if (lba >= sectors || count > sectors - lba)
		return console_fail("the disk ends at sector %lu", sectors);
	end = (lba + count) << DISK_CRC_SHIFT;
	for (pos = lba << DISK_CRC_SHIFT; pos < end; pos += n) {
		n = MIN(end - pos, sizeof(crc_buffer));
		d->store->ops->read(d->store, pos, crc_buffer, n);
		crc = crc32(crc, crc_buffer, n);
	}
	console_answer("%08x", crc);
	return true;
}

const struct console_command disk_commands[] = {
	{ "disk add",
	  "C:T:L size=BYTES|file=INDEX|dvd=on [size=BYTES] [serial=TEXT] [unmap=on|off] [readonly=on|off] [slow=MICROSECONDS] [notify=on|off] "
	  DISK_SETTINGS,
	  run_add },
	{ "disk del", "C:T:L [notify=on|off]", run_del },
	{ "disk list", "", run_list },
	{ "disk reserve", "C:T:L KEY [type=NUMBER]", disk_run_reserve },
	{ "disk release", "C:T:L", disk_run_release },
	{ "crc", "C:T:L lba=SECTOR count=SECTORS", run_crc },
	{ NULL, NULL, NULL },
};
