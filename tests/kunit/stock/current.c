// SPDX-License-Identifier: GPL-2.0
/* The running test: here one of the whole kernel, elsewhere one of each task. */
#include <linux/export.h>

struct kunit *kunit_current_test;
EXPORT_SYMBOL_GPL(kunit_current_test);
