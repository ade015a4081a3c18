/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host console: a line protocol in plain words on a serial port.
 *
 * A request is one line of words, answered by any number of lines that begin
 * with two blanks and one last line: "ok", "ok TEXT" or "error: WHAT IS WRONG".
 * Lines that nobody asked for begin with "! ".
 */
#ifndef MINIHV_CONSOLE_H
#define MINIHV_CONSOLE_H

#include "lib.h"

#define CONSOLE_PORT		0x3e8	/* COM3, hidden from the guest */
#define CONSOLE_PORTS		8
#define CONSOLE_MAX_WORDS	16

/**
 * struct console_request - one line from the operator
 * @argc: number of words.
 * @argv: the words; [0] and [1] name the command ("disk", "add").
 */
struct console_request {
	int argc;
	char *argv[CONSOLE_MAX_WORDS];
};

/**
 * struct console_command - what to do with a line
 * @name: its leading words, separated by one blank ("disk add").
 * @usage: what follows them, for help.
 * @run: does it under the host lock; false after console_fail().
 *
 * A module lists its commands in an array that ends with a NULL name and that
 * console.c knows.
 */
struct console_command {
	const char *name;
	const char *usage;
	bool (*run)(struct console_request *rq);
};

/* One line of an answer; the blanks in front and the line end are added. */
void console_line(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the answer with "ok TEXT"; without it, a true run() ends it with "ok". */
void console_answer(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the answer with "error: ...". Returns false, to be returned by run(). */
bool console_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A line that nobody asked for ("! ..."). */
void console_event(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * Value of "KEY=VALUE" among the words from @first on, or NULL. Words that
 * have been asked for are marked as known; console_unknown() then says
 * what is wrong with the first that nobody asked for.
 */
const char *console_option(struct console_request *rq, int first,
			   const char *key);

/* True, after console_fail(), when a word from @first on was never asked for. */
bool console_unknown(struct console_request *rq, int first);

void console_init(void);
void console_poll(void);	/* on the host CPU, without the host lock */
bool console_help(struct console_request *rq);

extern const struct console_command disk_commands[], disk_change_commands[];
extern const struct console_command host_commands[];

#endif /* MINIHV_CONSOLE_H */
