// SPDX-License-Identifier: GPL-2.0
/* What the operator chooses about a disk besides where and how large it is. */
#include "disk_console.h"

#define GRANULARITY_DEFAULT	4096	/* what a thin store frees */
#define GRANULARITY_MAX		(1u << 30)

/* Finds a word among @choices, such as "off|on"; *picked stays without one. */
static bool pick(const char *key, const char *text, const char *choices,
		 u8 *picked)
{
	const char *choice = choices;
	size_t len, n;
	u8 i;

	if (!text)
		return true;
	len = strlen(text);
	for (i = 0; ; i++) {
		for (n = 0; choice[n] && choice[n] != '|'; n++)
			;
		if (n == len && !strncmp(choice, text, n))
			break;
		if (!choice[n])
			return console_fail("%s=%s is none of %s", key, text,
					    choices);
		choice += n + 1;
	}
	*picked = i;
	return true;
}

static bool parse_sector(const char *text, struct disk *d)
{
	static const struct {
		u8 shift, exponent;
	} kinds[] = { { 9, 0 }, { 9, 3 }, { 12, 0 } };
	u8 kind = 1;

	if (!pick("sector", text, "512n|512e|4096", &kind))
		return false;
	d->sector_shift = kinds[kind].shift;
	d->physical_exponent = kinds[kind].exponent;
	return true;
}

/* A number of bytes from 0 on, which becomes one of sectors. */
static bool parse_bytes(const char *key, const char *text, struct disk *d,
			u32 *sectors)
{
	u64 bytes;

	if (!text)
		return true;
	if (!parse_u64(text, &bytes))
		return console_fail("%s=%s is no number", key, text);
	if (bytes > GRANULARITY_MAX || bytes % (1u << d->sector_shift))
		return console_fail("%s=%s is not whole sectors of up to 1G",
				    key, text);
	*sectors = (u32)(bytes >> d->sector_shift);
	return true;
}

/* What depends on the files behind a disk, and changes with them. */
static bool parse_provisioning(struct disk *d, struct console_request *rq)
{
	const char *granularity = console_option(rq, 3, "granularity");
	const char *alignment = console_option(rq, 3, "alignment");
	const char *write_same = console_option(rq, 3, "write_same");

	if (!pick("write_same", write_same, DISK_WRITE_SAMES, &d->write_same) ||
	    !parse_bytes("granularity", granularity, d, &d->granularity) ||
	    !parse_bytes("alignment", alignment, d, &d->alignment))
		return false;
	if (d->alignment >= d->granularity)
		return console_fail("alignment is not less than granularity");
	return true;
}

bool disk_settings(struct disk *d, struct console_request *rq)
{
	const char *sector = console_option(rq, 3, "sector");
	const char *pr = console_option(rq, 3, "pr");
	u8 pr_on = true;

	if (!parse_sector(sector, d) || !pick("pr", pr, "off|on", &pr_on))
		return false;
	d->pr = pr_on;
	d->write_same = DISK_WRITE_SAME_ON;
	d->granularity = GRANULARITY_DEFAULT >> d->sector_shift;
	return parse_provisioning(d, rq);
}

/* As when a checkpoint is made: the next command is told, nothing else. */
bool disk_run_change(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2), changed;

	if (!d)
		return false;
	changed = *d;
	if (!parse_provisioning(&changed, rq) || console_unknown(rq, 3))
		return false;
	d->write_same = changed.write_same;
	d->granularity = changed.granularity;
	d->alignment = changed.alignment;
	d->attention = (struct scsi_sense){ KEY_UNIT_ATTENTION, 0x3F, 0x00 };
	return true;
}

bool disk_run_reserve(struct console_request *rq)
{
	const char *type_text = console_option(rq, 4, "type");
	struct disk *d = disk_named(rq, 2);
	u64 key, type = 1;	/* write exclusive */

	if (!d)
		return false;
	if (rq->argc < 4)
		return console_fail("KEY is missing");
	if (console_unknown(rq, 4))
		return false;
	if (!parse_u64(rq->argv[3], &key) || !key)
		return console_fail("%s is no key", rq->argv[3]);
	if (type_text && !parse_u64(type_text, &type))
		return console_fail("type=%s is no number", type_text);
	if (!disk_reservation_type(type))
		return console_fail("there is no type of reservation %lu", type);
	return disk_reserve(d, key, (u8)type) ||
	       console_fail("the guest has reserved the disk");
}

bool disk_run_release(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);

	if (!d || console_unknown(rq, 3))
		return false;
	disk_release(d);
	return true;
}
