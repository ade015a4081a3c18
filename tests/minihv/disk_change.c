// SPDX-License-Identifier: GPL-2.0
/* What the operator can do to a disk that the guest uses. */
#include "disk_console.h"

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
	if (d->dvd)
		return console_fail("the medium of a DVD drive is exchanged, not resized");
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
	const char *again_text = console_option(rq, 4, "again");
	struct disk *d = disk_named(rq, 2);
	struct scsi_sense sense;
	const char *s;
	u64 again = 0;

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
	if (again_text && !disk_parse_number("again", again_text, &again))
		return false;
	d->attention = sense;
	d->again = again;
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

/* The DVD drive that word number 2 is the address of. */
static struct disk *dvd_named(struct console_request *rq)
{
	struct disk *d = disk_named(rq, 2);

	if (d && !d->dvd) {
		console_fail("%s is no DVD drive", rq->argv[2]);
		return NULL;
	}
	return d;
}

static bool run_insert(struct console_request *rq)
{
	const char *size = console_option(rq, 3, "size");
	const char *file = console_option(rq, 3, "file");
	struct disk *d = dvd_named(rq);

	if (!d || console_unknown(rq, 3))
		return false;
	if (d->store)
		return console_fail("there is a medium in it");
	if (!disk_open(d, file, size))
		return false;
	d->tray_open = false;
	d->media_event = MEDIA_NEW;
	return true;
}

/* The host takes the medium out whatever the guest says, or only asks. */
static bool run_eject(struct console_request *rq)
{
	const char *ask_text = console_option(rq, 3, "ask");
	struct disk *d = dvd_named(rq);
	bool ask = false;

	if (!d || !disk_parse_switch("ask", ask_text, &ask) ||
	    console_unknown(rq, 3))
		return false;
	if (!d->store)
		return console_fail("there is no medium in it");
	if (ask)
		d->media_event = MEDIA_EJECT_REQUEST;
	else
		disk_eject(d);
	return true;
}

const struct console_command disk_change_commands[] = {
	{ "disk resize",
	  "C:T:L size=BYTES [notify=on|off]: the next command fails with 6/2A/09; notify=on sends ENUMERATE_BUS besides",
	  run_resize },
	{ "disk change",
	  "C:T:L [granularity=BYTES] [alignment=BYTES] [write_same=" DISK_WRITE_SAMES "]: the next command fails with 6/3F/00",
	  disk_run_change },
	{ "disk attention",
	  "C:T:L KEY/ASC/ASCQ [again=N]: the next command fails with this, in hex, and N more",
	  run_attention },
	{ "disk slow",
	  "C:T:L MICROSECONDS: requests from now on take so much longer in asynchronous mode",
	  run_slow },
	{ "disk insert",
	  "C:T:L size=BYTES|file=INDEX [size=BYTES]: a medium for a DVD drive",
	  run_insert },
	{ "disk eject",
	  "C:T:L [ask=on|off]: the medium goes, or with ask=on the guest is asked to eject it",
	  run_eject },
	{ NULL, NULL, NULL },
};
