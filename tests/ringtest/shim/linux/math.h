/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MATH_H
#define SHIM_LINUX_MATH_H

/* @to is a power of two. */
#define round_down(x, to) ((x) & ~((__typeof__(x))(to) - 1))

#endif /* SHIM_LINUX_MATH_H */
