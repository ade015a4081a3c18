// SPDX-License-Identifier: GPL-2.0
/* Faults on request, and the console command that asks for them. */
#include "answer.h"
#include "fault.h"

/* The part of a packet that a "short" answer still has: no whole header. */
#define SHORT_ANSWER	8

enum action { REFUSE, WRONG, EMPTY, SHORT, SILENT, BACKWARDS, SET, ACTIONS };

static const char *const action_names[ACTIONS] = {
	[REFUSE] = "refuse",
	[WRONG] = "wrong",
	[EMPTY] = "empty",
	[SHORT] = "short",
	[SILENT] = "silent",
	[BACKWARDS] = "backwards",
	[SET] = "set",
};

static const char *const point_names[FAULT_POINTS] = {
	[FAULT_OPEN] = "open",
	[FAULT_GPADL] = "gpadl",
	[FAULT_BEGIN] = "begin",
	[FAULT_VERSION] = "version",
	[FAULT_PROPERTIES] = "properties",
	[FAULT_END] = "end",
	[FAULT_CREATE] = "create",
	[FAULT_COMMAND] = "command",
	[FAULT_OFFER] = "offer",
	[FAULT_ROOM] = "room",
};

/**
 * struct fault - what is to go wrong at a point
 * @action: how. @count: how often still.
 * @opcode: with which SCSI commands; negative for all.
 * @changes: of the answer, for SET.
 */
static struct fault {
	enum action action;
	u64 count;
	int opcode;
	struct answer_change changes[ANSWER_FIELDS];
} faults[FAULT_POINTS];

/* Where there is no answer that could be spoilt. */
static bool fits(int point, int action)
{
	switch (point) {
	case FAULT_OFFER:
		return action == SILENT || action == BACKWARDS;
	case FAULT_OPEN:
	case FAULT_GPADL:
	case FAULT_ROOM:
		return action == SILENT;
	}
	return action != BACKWARDS;
}

static bool take(enum fault_point point, enum action action)
{
	struct fault *f = &faults[point];

	if (f->action != action || !f->count)
		return false;
	f->count--;
	return true;
}

bool fault_silent(enum fault_point point)
{
	return take(point, SILENT);
}

bool fault_refuse(enum fault_point point)
{
	return take(point, REFUSE);
}

bool fault_backwards(void)
{
	return take(FAULT_OFFER, BACKWARDS);
}

static enum fault_point point_of(u32 operation)
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
	case VSTOR_OP_EXECUTE_SRB:
		return FAULT_COMMAND;
	}
	return FAULT_POINTS;
}

void fault_answer(u32 operation, u8 opcode, struct answer *a)
{
	enum fault_point point = point_of(operation);
	struct fault *f = &faults[point];

	if (point == FAULT_POINTS || !f->count)
		return;
	if (point == FAULT_COMMAND && f->opcode >= 0 && f->opcode != opcode)
		return;
	f->count--;
	switch (f->action) {
	case REFUSE:
		a->pkt.status = VSTOR_STATUS_INVALID_REQUEST;
		break;
	case WRONG:
		a->pkt.operation = VSTOR_OP_ENUMERATE_BUS;
		break;
	case EMPTY:
		memset(&a->pkt.srb, 0, sizeof(a->pkt.srb));
		break;
	case SHORT:
		a->size = SHORT_ANSWER;
		break;
	case SILENT:
		a->times = 0;
		break;
	case SET:
		answer_apply(a, f->changes);
		break;
	case BACKWARDS:
	case ACTIONS:
		break;
	}
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
	const char *opcode = console_option(rq, 3, "opcode");
	struct fault f = { .opcode = -1 };
	u64 n = 1, op;
	int point, action;

	if (rq->argc < 3)
		return console_fail("fault needs a point and an action, see help");
	point = find_name(point_names, FAULT_POINTS, rq->argv[1]);
	action = find_name(action_names, ACTIONS, rq->argv[2]);
	if (point < 0)
		return console_fail("no fault point '%s', see help", rq->argv[1]);
	if (action < 0)
		return console_fail("no fault action '%s', see help", rq->argv[2]);
	if (!fits(point, action))
		return console_fail("%s cannot be %s", point_names[point],
				    action_names[action]);
	if (action == SET && !answer_parse(rq, 3, f.changes))
		return false;
	if (console_unknown(rq, 3))
		return false;
	if (count && !parse_u64(count, &n))
		return console_fail("count '%s' is no number", count);
	if (opcode) {
		if (point != FAULT_COMMAND || !parse_u64(opcode, &op) || op > 0xff)
			return console_fail("%s has no opcode '%s'",
					    point_names[point], opcode);
		f.opcode = (int)op;
	}
	f.action = (enum action)action;
	f.count = n;
	faults[point] = f;
	return true;
}

static bool run_faults(struct console_request *rq)
{
	int i;

	(void)rq;
	for (i = 0; i < FAULT_POINTS; i++)
		if (faults[i].count)
			console_line("%s %lu", point_names[i], faults[i].count);
	return true;
}

const struct console_command fault_commands[] = {
	{ "fault",
	  "begin|version|properties|end|create|command refuse|wrong|empty|short|silent|set [FIELD=[+|-]VALUE...] [count=N] [opcode=N]: spoil the next answers",
	  run_fault },
	{ "fault",
	  "open|gpadl|offer|room silent [count=N], offer backwards: do not what is due",
	  run_fault },
	{ "faults", ": those still to come, and how often", run_faults },
	{ NULL, NULL, NULL },
};
