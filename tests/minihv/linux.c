// SPDX-License-Identifier: GPL-2.0
/*
 * Loads the guest: a bzImage by the 64-bit boot protocol, or an ELF file that
 * is entered in long mode with the address of its command line in RSI.
 */
#include "host.h"
#include "guestmem.h"

#define SETUP_HEADER		0x1f1
#define HDRS_MAGIC		0x53726448
#define XLF_KERNEL_64		1
#define E820_MAX		64
#define ENTRY_64		0x200
#define ELF_MAGIC		0x464c457f
#define ELF_LOAD		1

/* The part of the boot parameters that we touch, by offset. */
#define BP_ACPI_RSDP		0x070
#define BP_E820_COUNT		0x1e8
#define BP_SETUP_SECTS		0x1f1
#define BP_JUMP_LENGTH		0x201
#define BP_HEADER_MAGIC		0x202
#define BP_LOADER_TYPE		0x210
#define BP_RAMDISK		0x218
#define BP_RAMDISK_SIZE		0x21c
#define BP_COMMAND_LINE		0x228
#define BP_XLOADFLAGS		0x236
#define BP_PREF_ADDRESS		0x258
#define BP_INIT_SIZE		0x260
#define BP_E820			0x2d0

#define FIELD(base, offset, type)	(*(type *)((u8 *)(base) + (offset)))

struct e820_entry {
	u64 addr, size;
	u32 type;
} __attribute__((packed));

struct elf_header {
	u8 ident[16];
	u16 type, machine;
	u32 version;
	u64 entry, phoff, shoff;
	u32 flags;
	u16 ehsize, phentsize, phnum;
};

struct elf_segment {
	u32 type, flags;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};

static u8 boot_params[4096] __attribute__((aligned(4096)));
static char command_line[2048];

static void add_e820(u64 addr, u64 size, u32 type)
{
	u8 n = FIELD(boot_params, BP_E820_COUNT, u8);
	struct e820_entry *e = (void *)(boot_params + BP_E820);

	if (n == E820_MAX)
		fatal("too many memory ranges");
	e[n] = (struct e820_entry){ addr, size, type };
	FIELD(boot_params, BP_E820_COUNT, u8) = n + 1;
}

static void load_linux(const struct module *kernel, const struct module *initrd,
		       struct guest_entry *entry)
{
	const u8 *image = (const u8 *)kernel->start;
	u64 setup = (FIELD(image, BP_SETUP_SECTS, u8) + 1) * 512ull;
	u64 size = kernel->end - kernel->start - setup;
	u64 to = FIELD(image, BP_PREF_ADDRESS, u64);

	if (!(FIELD(image, BP_XLOADFLAGS, u16) & XLF_KERNEL_64))
		fatal("the kernel has no 64-bit entry point");
	if (to + FIELD(image, BP_INIT_SIZE, u32) > initrd->start)
		fatal("%lu MiB of memory are too few for this kernel",
		      options.memory >> 20);
	memcpy(boot_params + SETUP_HEADER, image + SETUP_HEADER,
	       BP_HEADER_MAGIC + FIELD(image, BP_JUMP_LENGTH, u8) - SETUP_HEADER);
	FIELD(boot_params, BP_LOADER_TYPE, u8) = 0xff;
	FIELD(boot_params, BP_RAMDISK, u32) = (u32)initrd->start;
	FIELD(boot_params, BP_RAMDISK_SIZE, u32) =
		(u32)(initrd->end - initrd->start);
	FIELD(boot_params, BP_COMMAND_LINE, u32) = (u32)(u64)command_line;
	FIELD(boot_params, BP_ACPI_RSDP, u64) = acpi_prepare();
	guest_memory_map(add_e820);
	memcpy((void *)to, image + setup, size);
	entry->rip = to + ENTRY_64;
	entry->rsi = (u64)boot_params;
}

static void load_elf(const struct module *file, struct guest_entry *entry)
{
	const struct elf_header *h = (const void *)file->start;
	u32 i;

	for (i = 0; i < h->phnum; i++) {
		const struct elf_segment *s = (const void *)
			(file->start + h->phoff + (u64)i * h->phentsize);

		if (s->type != ELF_LOAD)
			continue;
		memset((void *)s->paddr, 0, s->memsz);
		memcpy((void *)s->paddr, (const u8 *)h + s->offset, s->filesz);
	}
	acpi_prepare();
	entry->rip = h->entry;
	entry->rsi = (u64)command_line;
	entry->rsp = options.memory;
}

void guest_load(const struct multiboot_info *mb, struct guest_entry *entry)
{
	struct module kernel, initrd = { 0 };
	u32 magic;

	if (!guest_module(mb, 0, &kernel, command_line, sizeof(command_line)))
		fatal("no guest: give QEMU -initrd 'KERNEL COMMAND LINE,INITRAMFS'");
	guest_module(mb, 1, &initrd, NULL, 0);
	guest_stage_modules(&kernel, &initrd);
	magic = FIELD(kernel.start, 0, u32);
	if (magic == ELF_MAGIC)
		load_elf(&kernel, entry);
	else if (FIELD(kernel.start, BP_HEADER_MAGIC, u32) == HDRS_MAGIC)
		load_linux(&kernel, &initrd, entry);
	else
		fatal("the guest is neither a bzImage nor an ELF file");
}
