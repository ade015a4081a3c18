/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RINGTEST_DIE_H
#define RINGTEST_DIE_H

/* Says why on stderr and aborts, which is also what a fuzzer waits for. */
void die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif /* RINGTEST_DIE_H */
