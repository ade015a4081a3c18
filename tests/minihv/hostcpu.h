/* SPDX-License-Identifier: GPL-2.0 */
/* The host CPU's life: what cpu.c, entry.S and main.c need of each other. */
#ifndef MINIHV_HOSTCPU_H
#define MINIHV_HOSTCPU_H

#include "lib.h"

/* Endless: console, asynchronous I/O, halt. */
void host_loop(void) __attribute__((noreturn));

/* Halts for @ns at most, unless work has come in meanwhile. */
void host_idle(u32 ns);

void host_ap_main(void);
void host_exception(u64 vector, u64 error, u64 rip) __attribute__((noreturn));
void host_main(u32 multiboot);

#endif /* MINIHV_HOSTCPU_H */
