/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences on the bus side, told from the headers themselves and
 * never from a version number, which backports make meaningless.
 *
 * One so far: &hv_driver.remove returned int and returns nothing now. Asking
 * the compiler for the type of a call decides it without a probe that has to
 * be run before the build and can go stale.
 */
#ifndef _HVRING_COMPAT_H
#define _HVRING_COMPAT_H

#include <linux/hyperv.h>

/* What a remove callback returns, as a type; end one with HVRING_REMOVED. */
#define HVRING_REMOVE_TYPE typeof(((struct hv_driver *)NULL)->remove(NULL))
#define HVRING_REMOVED ((HVRING_REMOVE_TYPE)0)

#endif /* _HVRING_COMPAT_H */
