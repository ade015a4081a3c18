/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The barriers of the ring as C11 has them.
 *
 * ThreadSanitizer carries a fence out but learns nothing from it. That is as
 * it should be: the full barriers keep a store before a load of another word,
 * and no data is handed over by them. What hands over data is release and
 * acquire, which it understands, and so it holds the ring to those alone.
 */
#ifndef SHIM_ASM_BARRIER_H
#define SHIM_ASM_BARRIER_H

#define virt_mb()			__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define virt_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE)
#define virt_store_release(p, value)	\
	__atomic_store_n(p, value, __ATOMIC_RELEASE)

#endif /* SHIM_ASM_BARRIER_H */
