/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_LINUX_MINMAX_H
#define SHIM_LINUX_MINMAX_H

#define max(a, b) ({				\
	__typeof__(a) a_ = (a);			\
	__typeof__(b) b_ = (b);			\
						\
	a_ > b_ ? a_ : b_;			\
})

#endif /* SHIM_LINUX_MINMAX_H */
