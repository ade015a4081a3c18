// SPDX-License-Identifier: GPL-2.0
/* Faults on request, and the console command that asks for them. */
#include "fault.h"
#include <hvscsi/vstor.h>

/* The part of a packet that a "short" answer still has: no whole header. */
#define SHORT_ANSWER	8

enum action { REFUSE, WRONG, EMPTY, SHORT, SILENT, ACTIONS };

static const char *const action_names[ACTIONS] = {
	[REFUSE] = "refuse",
	[WRONG] = "wrong",
	[EMPTY] = "empty",
	[SHORT] = "short",
	[SILENT] = "silent",
};

static const char *const point_names[FAULT_POINTS] = {
	[FAULT_OPEN] = "open",
	[FAULT_GPADL] = "gpadl",
	[FAULT_BEGIN] = "begin",
	[FAULT_VERSION] = "version",
	[FAULT_PROPERTIES] = "properties",
	[FAULT_END] = "end",
	[FAULT_CREATE] = "create",
	[FAULT_OFFER] = "offer",
	[FAULT_ROOM] = "room",
};

static struct {
	enum action action;
	u64 count;
} faults[FAULT_POINTS];

/* Points where the host says nothing but "done". */
static bool only_silent(int point)
{
	return point == FAULT_OPEN || point == FAULT_GPADL ||
	       point == FAULT_OFFER || point == FAULT_ROOM;
}

/* The action that is due at this point, or ACTIONS. */
static enum action take(enum fault_point point)
{
	if (!faults[point].count)
		return ACTIONS;
	faults[point].count--;
	return faults[point].action;
}

bool fault_silent(enum fault_point point)
{
	return take(point) == SILENT;
}

static enum fault_point step_of(u32 operation)
{
	switch (operation) {
	case VSTOR_OP_BEGIN_INIT:
		return FAULT_BEGIN;
	case VSTOR_OP_QUERY_VERSION:
		return FAULT_VERSION;
	case VSTOR_OP_QUERY_PROPERTIES:
		return FAULT_PROPERTIES;
	case VSTOR_OP_END_INIT:
		return FAULT_END;
	case VSTOR_OP_CREATE_SUB_CHANNELS:
		return FAULT_CREATE;
	}
	return FAULT_POINTS;
}

bool fault_answer(u32 operation, struct vstor_packet *pkt, u32 *size)
{
	enum fault_point point = step_of(operation);

	switch (point == FAULT_POINTS ? ACTIONS : take(point)) {
	case REFUSE:
		pkt->status = VSTOR_STATUS_INVALID_REQUEST;
		return false;
	case WRONG:
		pkt->operation = VSTOR_OP_ENUMERATE_BUS;
		return false;
	case EMPTY:
		memset(&pkt->srb, 0, sizeof(pkt->srb));
		return false;
	case SHORT:
		*size = SHORT_ANSWER;
		return false;
	case SILENT:
		return true;
	case ACTIONS:
		break;
	}
	return false;
}

static int find_name(const char *const *names, int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return -1;
}

static bool run_fault(struct console_request *rq)
{
	const char *count = console_option(rq, 3, "count");
	int point, action;
	u64 n = 1;

	if (rq->argc < 3)
		return console_fail("fault needs a point and an action, see help");
	if (console_unknown(rq, 3))
		return false;
	point = find_name(point_names, FAULT_POINTS, rq->argv[1]);
	action = find_name(action_names, ACTIONS, rq->argv[2]);
	if (point < 0)
		return console_fail("no fault point '%s', see help", rq->argv[1]);
	if (action < 0)
		return console_fail("no fault action '%s', see help", rq->argv[2]);
	if (only_silent(point) && action != SILENT)
		return console_fail("%s can only be silent", point_names[point]);
	if (count && !parse_u64(count, &n))
		return console_fail("count '%s' is no number", count);
	faults[point].action = (enum action)action;
	faults[point].count = n;
	return true;
}

const struct console_command fault_commands[] = {
	{ "fault",
	  "open|gpadl|begin|version|properties|end|create|offer|room refuse|wrong|empty|short|silent [count=N]: spoil the next answers",
	  run_fault },
	{ NULL, NULL, NULL },
};
