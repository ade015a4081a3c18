// SPDX-License-Identifier: GPL-2.0
/* Unsolicited packets, and the console command that asks for them. */
#include "host.h"
#include "notice.h"
#include "vmbus.h"
#include <hvscsi/vstor.h>

/* No operation that a guest knows; no request that a guest has sent. */
#define UNKNOWN_OPERATION	99
#define STRAY_ID		0xfffffffffffffff0ull

/*
 * What is in an event notification is not documented anywhere, and Linux only
 * knows its number. Ours has the address that it is about where a request has
 * it, and 0 everywhere else.
 */
static const struct notice {
	const char *name;
	u16 type;
	u64 id;
	u32 operation;
} kinds[] = {
	{ "enumerate", HVRING_PKT_INBAND, 0, VSTOR_OP_ENUMERATE_BUS },
	{ "event", HVRING_PKT_INBAND, 0, VSTOR_OP_EVENT_NOTIFICATION },
	{ "unknown", HVRING_PKT_INBAND, 0, UNKNOWN_OPERATION },
	{ "stray", HVRING_PKT_COMPLETION, STRAY_ID, VSTOR_OP_COMPLETE_IO },
};

bool notice_send(struct channel *c)
{
	struct vstor_packet pkt = { 0 };
	bool any = false;

	while (c->notices) {
		pkt.operation = c->notice->operation;
		pkt.srb.lun = c->notice_lun;
		if (!channel_send(c, c->notice->type, c->notice->id, &pkt,
				  sizeof(pkt)))
			break;
		c->notices--;
		any = true;
	}
	return any;
}

/* The host CPU begins as if the guest had signalled, whatever the mode. */
static bool run_notice(struct console_request *rq)
{
	const char *count = console_option(rq, 3, "count");
	const char *sub = console_option(rq, 3, "sub");
	const char *lun = console_option(rq, 3, "lun");
	struct channel *c = NULL;
	u64 controller, sub_index = 0, n = 1, about = 0;
	u32 i;

	if (rq->argc < 3)
		return console_fail("notice needs a controller and a kind, see help");
	if (console_unknown(rq, 3))
		return false;
	if (sub && !parse_u64(sub, &sub_index))
		return console_fail("sub '%s' is no number", sub);
	if (parse_u64(rq->argv[1], &controller))
		c = channel_find(controller, sub_index);
	if (!c)
		return console_fail("controller '%s' has no open channel",
				    rq->argv[1]);
	if (count && !parse_u64(count, &n))
		return console_fail("count '%s' is no number", count);
	if (lun && (!parse_u64(lun, &about) || about > 255 ||
		    strcmp(rq->argv[2], "event")))
		return console_fail("%s has no lun '%s'", rq->argv[2], lun);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(rq->argv[2], kinds[i].name))
			continue;
		c->notice = &kinds[i];
		c->notices = n;
		c->notice_lun = (u8)about;
		WRITE_ONCE(c->kicked, true);
		return true;
	}
	return console_fail("no kind of notice '%s', see help", rq->argv[2]);
}

const struct console_command notice_commands[] = {
	{ "notice",
	  "CONTROLLER enumerate|event|unknown|stray [count=N] [sub=N] [lun=N, of an event]: send packets that nobody has asked for; count=0 ends it",
	  run_notice },
	{ NULL, NULL, NULL },
};
