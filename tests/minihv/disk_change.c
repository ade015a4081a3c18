// SPDX-License-Identifier: GPL-2.0
/* What the operator can do to a disk that the guest uses. */
#include "disk_console.h"

#define KEY_UNIT_ATTENTION	0x6

/* As on a real host: the next command fails and says why, nothing else does. */
static bool run_resize(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);
	const char *size_text = console_option(rq, 3, "size");
	const char *notify_text = console_option(rq, 3, "notify");
	bool notify = false;
	u64 size;

	if (!d || console_unknown(rq, 3))
		return false;
	if (!size_text)
		return console_fail("size= is missing");
	if (!disk_parse_size(d, size_text, &size) ||
	    !disk_parse_switch("notify", notify_text, &notify))
		return false;
	if (!d->store->ops->resize(d->store, size))
		return console_fail("there is no room for %lu bytes", size);
	d->attention = (struct scsi_sense){ KEY_UNIT_ATTENTION, 0x2A, 0x09 };
	if (notify)
		host_disks_changed(d->controller);
	return true;
}

static bool run_attention(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);
	struct scsi_sense sense;
	const char *s;

	if (!d || console_unknown(rq, 4))
		return false;
	if (rq->argc < 4)
		return console_fail("KEY/ASC/ASCQ is missing");
	s = rq->argv[3];
	if (!disk_parse_part(&s, '/', 16, 0xf, &sense.key) ||
	    !disk_parse_part(&s, '/', 16, 0xff, &sense.asc) ||
	    !disk_parse_part(&s, '\0', 16, 0xff, &sense.ascq) || !sense.key)
		return console_fail("\"%s\" is no KEY/ASC/ASCQ, 1/0/0 to f/ff/ff",
				    rq->argv[3]);
	d->attention = sense;
	return true;
}

static bool run_slow(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);

	if (!d || console_unknown(rq, 4))
		return false;
	if (rq->argc < 4)
		return console_fail("MICROSECONDS are missing");
	return disk_parse_number("slow", rq->argv[3], &d->slow);
}

const struct console_command disk_change_commands[] = {
	{ "disk resize",
	  "C:T:L size=BYTES [notify=on|off]: the next command fails with 6/2A/09; notify=on sends ENUMERATE_BUS besides",
	  run_resize },
	{ "disk attention",
	  "C:T:L KEY/ASC/ASCQ: the next command fails with this, in hex",
	  run_attention },
	{ "disk slow",
	  "C:T:L MICROSECONDS: requests from now on take so much longer in asynchronous mode",
	  run_slow },
	{ NULL, NULL, NULL },
};
