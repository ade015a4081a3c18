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

const struct console_command disk_change_commands[] = {
	{ "disk resize",
	  "C:T:L size=BYTES [notify=on|off]: the next command fails with 6/2A/09; notify=on sends ENUMERATE_BUS besides",
	  run_resize },
	{ NULL, NULL, NULL },
};
