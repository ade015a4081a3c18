/* SPDX-License-Identifier: GPL-2.0 */
/* What the boot loader left in memory, and how memory is split with the guest. */
#ifndef MINIHV_GUESTMEM_H
#define MINIHV_GUESTMEM_H

#include "lib.h"

struct multiboot_info;

struct module {
	u64 start, end;
};

const char *guest_host_command_line(const struct multiboot_info *mb);

/* Splits the machine's RAM: the guest's part below, the host's pool above. */
void guest_memory_init(const struct multiboot_info *mb);

/* Calls @add for each range that the guest is to know of (e820 types). */
void guest_memory_map(void (*add)(u64 addr, u64 size, u32 type));

/* The @index-th module and, if wanted, the words behind its file name. */
bool guest_module(const struct multiboot_info *mb, u32 index, struct module *m,
		  char *words, size_t size);

/*
 * Moves the modules to where neither the kernel nor its decompression reach:
 * the initramfs to the end of the guest's memory, the kernel to the host's.
 */
void guest_stage_modules(struct module *kernel, struct module *initrd);

#endif /* MINIHV_GUESTMEM_H */
