// SPDX-License-Identifier: GPL-2.0
/* The machine's memory: from the multiboot tables to the guest's map. */
#include "host.h"
#include "guestmem.h"

#define MB_INFO_CMDLINE		(1u << 2)
#define MB_INFO_MODULES		(1u << 3)
#define MB_INFO_MEMORY_MAP	(1u << 6)
#define E820_RAM		1
#define E820_RESERVED		2
#define MAX_RANGES		32
#define LOW_END			0x9f000ull

struct multiboot_info {
	u32 flags, mem_lower, mem_upper, boot_device;
	u32 command_line;
	u32 module_count, modules;
	u32 symbols[4];
	u32 map_length, map;
};

struct multiboot_module {
	u32 start, end, string, reserved;
};

struct multiboot_range {
	u32 size;
	u64 addr, len;
	u32 type;
} __attribute__((packed));

static struct multiboot_range ranges[MAX_RANGES];
static u32 range_count;

const char *guest_host_command_line(const struct multiboot_info *mb)
{
	return mb->flags & MB_INFO_CMDLINE ? (const char *)(u64)mb->command_line : "";
}

/* The loader's tables lie where the guest will: copied before anything else. */
static void copy_ranges(const struct multiboot_info *mb)
{
	u64 at = mb->map, end = (u64)mb->map + mb->map_length;

	if (!(mb->flags & MB_INFO_MEMORY_MAP))
		fatal("the boot loader gives no memory map");
	while (at < end && range_count < MAX_RANGES) {
		const struct multiboot_range *r = (const void *)at;

		ranges[range_count++] = *r;
		at += r->size + sizeof(r->size);
	}
}

/* All RAM above the guest's becomes the host's pool. */
void guest_memory_init(const struct multiboot_info *mb)
{
	u64 start, end;
	u32 i;

	copy_ranges(mb);
	for (i = 0; i < range_count; i++) {
		if (ranges[i].type != E820_RAM)
			continue;
		start = MAX(ranges[i].addr, options.memory);
		end = (ranges[i].addr + ranges[i].len) & ~(PAGE_SIZE - 1);
		if (ranges[i].addr <= (u64)host_start &&
		    end > (u64)host_start && options.memory > end)
			fatal("memory=%luM, but QEMU has given %luM below 4G",
			      options.memory >> 20, end >> 20);
		if (end > start)
			mem_add(start, end);
	}
}

void guest_memory_map(void (*add)(u64 addr, u64 size, u32 type))
{
	u64 ours = ALIGN_UP((u64)host_end, PAGE_SIZE);
	u32 i;

	add(0, LOW_END, E820_RAM);
	add((u64)host_start, ours - (u64)host_start, E820_RESERVED);
	add(ours, options.memory - ours, E820_RAM);
	for (i = 0; i < range_count; i++)
		if (ranges[i].type != E820_RAM)
			add(ranges[i].addr, ranges[i].len, ranges[i].type);
}

bool guest_page_valid(u64 pfn)
{
	u64 addr = pfn * PAGE_SIZE;

	if (pfn >= options.memory / PAGE_SIZE)
		return false;
	return addr < LOW_END || addr >= (u64)host_end;
}

bool guest_module(const struct multiboot_info *mb, u32 index, struct module *m,
		  char *words, size_t size)
{
	const struct multiboot_module *mod = (const void *)(u64)mb->modules;
	const char *s;

	if (!(mb->flags & MB_INFO_MODULES) || index >= mb->module_count)
		return false;
	m->start = mod[index].start;
	m->end = mod[index].end;
	if (!words)
		return true;
	s = (const char *)(u64)mod[index].string;
	while (*s && *s != ' ')
		s++;
	while (*s == ' ')
		s++;
	if (strlen(s) >= size)
		fatal("the guest's command line is longer than %lu", size);
	memcpy(words, s, strlen(s) + 1);
	return true;
}

static void move_module(struct module *m, u64 to)
{
	u64 size = m->end - m->start;

	if (to < m->end && m->start < to + size)
		fatal("%luM of memory are too few for the initramfs",
		      options.memory >> 20);
	memcpy((void *)to, (const void *)m->start, size);
	m->start = to;
	m->end = to + size;
}

void guest_stage_modules(struct module *kernel, struct module *initrd)
{
	u64 initrd_size = initrd->end - initrd->start;
	void *stage = mem_take(ALIGN_UP(kernel->end - kernel->start, PAGE_SIZE));

	if (!stage || initrd_size > options.memory / 2)
		fatal("too little memory for the guest's images");
	move_module(kernel, (u64)stage);
	if (initrd_size)
		move_module(initrd, (options.memory - initrd_size) &
				    ~(PAGE_SIZE - 1));
}
