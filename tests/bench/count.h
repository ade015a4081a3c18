/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instructions between which tests/bench counts. Both are no-operations
 * that no compiler makes: NOPL with a displacement of our own.
 */
#ifndef _BENCH_COUNT_H
#define _BENCH_COUNT_H

#define COUNT_BEGIN	0x48765331
#define COUNT_END	0x48765330

#define COUNT_MARK(mark) \
	({ asm volatile("nopl %c0(%%rax)" :: "i" (mark) : "memory"); })

#endif /* _BENCH_COUNT_H */
