// SPDX-License-Identifier: GPL-2.0
/* The host console's serial port, its lines and the table of its commands. */
#include "host.h"
#include "console.h"
#include "fault.h"
#include "notice.h"

#define UART_DATA	0
#define UART_IER	1
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define LSR_READY	0x01
#define LSR_EMPTY	0x20
#define LINE_MAX	256

static const struct console_command *const tables[] = {
	host_commands, disk_commands, disk_change_commands, fault_commands,
	notice_commands,
};

static struct spinlock output_lock;	/* one line at a time; innermost */
static char line[LINE_MAX];
static size_t line_len;
static bool answered;			/* console_fail() has ended the answer */
static u32 known_words;			/* bit per word that was asked for */

void console_init(void)
{
	outb(CONSOLE_PORT + UART_IER, 0);
	outb(CONSOLE_PORT + UART_LCR, 0x80);
	outb(CONSOLE_PORT + UART_DATA, 1);
	outb(CONSOLE_PORT + UART_IER, 0);
	outb(CONSOLE_PORT + UART_LCR, 0x03);
	outb(CONSOLE_PORT + UART_FCR, 0x07);
	outb(CONSOLE_PORT + UART_MCR, 0x03);
}

static void put_char(char c)
{
	while (!(inb(CONSOLE_PORT + UART_LSR) & LSR_EMPTY))
		cpu_pause();
	outb(CONSOLE_PORT + UART_DATA, (u8)c);
}

static void put_line(const char *prefix, const char *fmt, va_list ap)
{
	char text[LINE_MAX];
	const char *s;

	vsnprintf(text, sizeof(text), fmt, ap);
	spin_lock(&output_lock);
	for (s = prefix; *s; s++)
		put_char(*s);
	for (s = text; *s; s++)
		put_char(*s);
	put_char('\n');
	spin_unlock(&output_lock);
}

void console_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("  ", fmt, ap);
	va_end(ap);
}

static void put_plain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("", fmt, ap);
	va_end(ap);
}

void console_answer(const char *fmt, ...)
{
	va_list ap;

	answered = true;
	va_start(ap, fmt);
	put_line("ok ", fmt, ap);
	va_end(ap);
}

bool console_fail(const char *fmt, ...)
{
	va_list ap;

	answered = true;
	va_start(ap, fmt);
	put_line("error: ", fmt, ap);
	va_end(ap);
	return false;
}

void console_event(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line("! ", fmt, ap);
	va_end(ap);
}

const char *console_option(struct console_request *rq, int first,
			   const char *key)
{
	size_t n = strlen(key);
	int i;

	for (i = first; i < rq->argc; i++) {
		if (strncmp(rq->argv[i], key, n) || rq->argv[i][n] != '=')
			continue;
		known_words |= 1u << i;
		return rq->argv[i] + n + 1;
	}
	return NULL;
}

bool console_unknown(struct console_request *rq, int first)
{
	int i;

	for (i = first; i < rq->argc; i++)
		if (!(known_words & 1u << i)) {
			console_fail("unknown or repeated word '%s'",
				     rq->argv[i]);
			return true;
		}
	return false;
}

static bool split(struct console_request *rq, char *s)
{
	rq->argc = 0;
	for (;;) {
		while (*s == ' ')
			*s++ = '\0';
		if (!*s)
			return true;
		if (rq->argc == CONSOLE_MAX_WORDS)
			return console_fail("more than %u words",
					    CONSOLE_MAX_WORDS);
		rq->argv[rq->argc++] = s;
		while (*s && *s != ' ')
			s++;
	}
}

/* True when the request begins with the command's name. */
static bool matches(const struct console_request *rq, const char *name)
{
	int i = 0;

	while (*name) {
		size_t n = 0;

		while (name[n] && name[n] != ' ')
			n++;
		if (i >= rq->argc || strlen(rq->argv[i]) != n ||
		    strncmp(rq->argv[i], name, n))
			return false;
		i++;
		name += n + (name[n] == ' ');
	}
	return true;
}

static const struct console_command *find(const struct console_request *rq)
{
	const struct console_command *c;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->name; c++)
			if (matches(rq, c->name))
				return c;
	return NULL;
}

bool console_help(struct console_request *rq)
{
	const struct console_command *c;
	u32 i;

	(void)rq;
	for (i = 0; i < ARRAY_SIZE(tables); i++)
		for (c = tables[i]; c->name; c++)
			console_line("%s %s", c->name, c->usage);
	return true;
}

static void run_line(void)
{
	const struct console_command *c;
	struct console_request rq;
	bool ok;

	answered = false;
	known_words = 0;
	if (!split(&rq, line) || !rq.argc)
		return;
	c = find(&rq);
	if (!c) {
		console_fail("no command '%s%s%s', see help", rq.argv[0],
			     rq.argc > 1 ? " " : "",
			     rq.argc > 1 ? rq.argv[1] : "");
		return;
	}
	spin_lock(&host_lock);
	ok = c->run(&rq);
	spin_unlock(&host_lock);
	if (ok && !answered)
		put_plain("ok");
}

void console_poll(void)
{
	while (inb(CONSOLE_PORT + UART_LSR) & LSR_READY) {
		char c = (char)inb(CONSOLE_PORT + UART_DATA);

		if (c == '\r')
			continue;
		if (c != '\n') {
			if (line_len < sizeof(line))
				line[line_len++] = c;
			continue;
		}
		if (line_len == sizeof(line)) {
			console_fail("line of %u characters or more", LINE_MAX);
		} else {
			line[line_len] = '\0';
			run_line();
		}
		line_len = 0;
	}
}
