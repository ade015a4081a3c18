// SPDX-License-Identifier: GPL-2.0
/* The boot command line: words KEY=VALUE, each checked, all with a default. */
#include "host.h"
#include "options.h"
#include "vmbus.h"
#include "vmbus_proto.h"
#include <hvscsi/vstor.h>

#define MIN_MEMORY	(64ull << 20)
#define MAX_TRANSFER	(8ull << 20)
#define WORD_MAX	64

struct options options = {
	.hyperv = true,
	.memory = 1ull << 30,
	.vmbus_cap = VMBUS_VERSION(5, 3),
	.vstor_cap = VSTOR_VERSION_6_2,
	.controllers = 1,
	.max_transfer = 256 * 1024,
	.strict = true,
};

/* "5.3" as a pair of numbers. */
static bool parse_version(const char *s, u64 *major, u64 *minor)
{
	char first[8];
	size_t n = 0;

	while (s[n] && s[n] != '.' && n + 1 < sizeof(first)) {
		first[n] = s[n];
		n++;
	}
	first[n] = '\0';
	return s[n] == '.' && parse_u64(first, major) &&
	       parse_u64(s + n + 1, minor);
}

static bool set_memory(const char *v)
{
	u64 mib;

	if (!parse_u64(v, &mib) || mib > 1 << 20 || mib << 20 < MIN_MEMORY)
		return false;
	options.memory = mib << 20;
	return true;
}

bool option_set_mode(const char *v)
{
	if (strcmp(v, "sync") && strcmp(v, "async"))
		return false;
	options.async = !strcmp(v, "async");
	return true;
}

bool option_set_delay(const char *v)
{
	u64 us;

	if (!parse_u64(v, &us) || us > 3600000000ull)
		return false;
	options.delay = us;
	return true;
}

static bool set_vmbus(const char *v)
{
	u64 major, minor;

	if (!strcmp(v, "none")) {
		options.vmbus_cap = 0;
		return true;
	}
	if (!parse_version(v, &major, &minor) || major > 5 || minor > 9)
		return false;
	options.vmbus_cap = VMBUS_VERSION((u32)major, (u32)minor);
	return true;
}

static bool set_vstor(const char *v)
{
	u64 major, minor;

	if (!strcmp(v, "none")) {
		options.vstor_cap = 0;
		return true;
	}
	if (!parse_version(v, &major, &minor) || major > 6 || minor > 9)
		return false;
	options.vstor_cap = (u16)(major << 8 | minor);
	return true;
}

static bool set_sub_channels(const char *v)
{
	u64 n;

	if (!parse_u64(v, &n) || n > MAX_SUB_CHANNELS)
		return false;
	options.sub_channels = (u16)n;
	return true;
}

static bool set_controllers(const char *v)
{
	u64 n;

	if (!parse_u64(v, &n) || n > MAX_CONTROLLERS)
		return false;
	options.controllers = (u32)n;
	return true;
}

static bool set_max_transfer(const char *v)
{
	u64 n;

	if (!parse_u64(v, &n) || n < PAGE_SIZE || n > MAX_TRANSFER ||
	    n % PAGE_SIZE)
		return false;
	options.max_transfer = (u32)n;
	return true;
}

static bool set_switch(const char *v, bool *option)
{
	if (strcmp(v, "on") && strcmp(v, "off"))
		return false;
	*option = !strcmp(v, "on");
	return true;
}

static bool set_strict(const char *v)
{
	return set_switch(v, &options.strict);
}

static bool set_hyperv(const char *v)
{
	return set_switch(v, &options.hyperv);
}

static const struct {
	const char *key;
	bool (*set)(const char *value);
} keys[] = {
	{ "memory", set_memory },	{ "mode", option_set_mode },
	{ "delay", option_set_delay },	{ "vmbus", set_vmbus },
	{ "vstor", set_vstor },		{ "subchannels", set_sub_channels },
	{ "controllers", set_controllers },
	{ "max_transfer", set_max_transfer },
	{ "strict", set_strict },	{ "hyperv", set_hyperv },
};

static void apply(char *word)
{
	size_t n = 0;
	u32 i;

	while (word[n] && word[n] != '=')
		n++;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (strlen(keys[i].key) != n || strncmp(keys[i].key, word, n) ||
		    !word[n])
			continue;
		if (!keys[i].set(word + n + 1))
			fatal("option %s has a value it cannot have", word);
		return;
	}
	fatal("unknown option '%s'", word);
}

/* QEMU puts the image's file name in front. */
void options_parse(const char *line)
{
	char word[WORD_MAX];
	bool first = true;

	while (*line) {
		size_t n = 0;

		while (*line == ' ')
			line++;
		for (; *line && *line != ' '; line++)
			if (n + 1 < sizeof(word))
				word[n++] = *line;
		word[n] = '\0';
		if (n && !first)
			apply(word);
		first = false;
	}
}
