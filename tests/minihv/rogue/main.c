// SPDX-License-Identifier: GPL-2.0
/* The dialogue with the runner, and the way to where each case begins. */
#include "rogue.h"

static const struct test_case *const tables[] = {
	good_cases, platform_cases, message_cases, open_cases, ring_cases,
	storage_cases, end_cases,
};

/*
 * A contact on a live connection makes the host forget whatever the case
 * before has left; without a connection there is nothing to forget.
 */
static const char *reach(enum level level)
{
	TRY(hyperv_init());
	CHECK(vmbus_contact(VMBUS_VERSION(5, 3)) == 1);
	if (level == LEVEL_PLATFORM)
		return vmbus_disconnect();
	if (level >= LEVEL_OFFERED)
		TRY(vmbus_offers());
	if (level >= LEVEL_OPEN)
		TRY(chan_open(&chans[0], RING_SPLIT));
	if (level >= LEVEL_READY)
		TRY(storage_handshake(&chans[0]));
	return NULL;
}

static const struct test_case *find(const char *name)
{
	const struct test_case *t;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (t = tables[i]; t->name; t++)
			if (!strcmp(t->name, name))
				return t;
	return NULL;
}

static void list(void)
{
	const struct test_case *t;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (t = tables[i]; t->name; t++)
			say("case %s expects %s", t->name, t->expects);
	say("end");
}

static void run(const char *name)
{
	const struct test_case *t = find(name);
	const char *why = t ? reach(t->level) : "no such case";

	if (!why)
		why = t->run(t);
	if (why)
		say("failed %s: %s", name, why);
	else
		say("done %s", name);
}

void rogue_main(void);

void rogue_main(void)
{
	char line[80];

	machine_init();
	say("rogue");
	for (;;) {
		read_line(line, sizeof(line));
		if (!strcmp(line, "list"))
			list();
		else if (!strncmp(line, "run ", 4))
			run(line + 4);
		else
			say("what is '%s'?", line);
	}
}
