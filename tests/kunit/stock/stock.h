/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included in front of everything that is built for a kernel without KUnit, by
 * KUnit itself and by the tests. Tasks and modules look as they do in that
 * kernel, and only then KUnit is said to be there.
 */
#ifndef _HVSCSI_KUNIT_STOCK_H
#define _HVSCSI_KUNIT_STOCK_H

#include <linux/module.h>
#include <linux/sched.h>

#define CONFIG_KUNIT_MODULE		1
#define CONFIG_KUNIT_DEFAULT_ENABLED	1

extern struct kunit *kunit_current_test;

/* The kernel's own one looks into tasks. */
#include "test-bug.h"
#include <kunit/test.h>

/* Nobody finds the suites of a module that is loaded: it has to run them. */
#undef kunit_test_suites
#define kunit_test_suites(suites...)					\
	static struct kunit_suite *stock_suites[] = { suites };		\
									\
	static int __init stock_init(void)				\
	{								\
		return __kunit_test_suites_init(stock_suites,		\
						ARRAY_SIZE(stock_suites)); \
	}								\
									\
	static void __exit stock_exit(void)				\
	{								\
		__kunit_test_suites_exit(stock_suites,			\
					 ARRAY_SIZE(stock_suites));	\
	}								\
									\
	module_init(stock_init);					\
	module_exit(stock_exit)

#endif /* _HVSCSI_KUNIT_STOCK_H */
