// SPDX-License-Identifier: GPL-2.0
/*
 * Guards on all sides are larger than any packet, so that no wrong length ends
 * in memory that is there.
 *
 * ThreadSanitizer knows addresses and not what is behind them: it does not see
 * that the two mappings are one memory. Both sides use the same address for
 * the same packet, so it is blind only where a packet runs into the second
 * mapping and a later one begins in the first.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "pages.h"

#define GUARD	0x100000u

static void *map(void *at, size_t bytes, int fd, off_t offset)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;
	int access = fd < 0 ? PROT_NONE : PROT_READ | PROT_WRITE;
	void *got;

	got = mmap(at, bytes, access, flags | (at ? MAP_FIXED : 0), fd, offset);
	if (got == MAP_FAILED)
		die("mmap of %zu bytes failed", bytes);
	return got;
}

static size_t span(u32 size)
{
	return 3 * GUARD + HVRING_PAGE_SIZE + 2 * size;
}

void pages_map(struct pages *pages, u32 size)
{
	int fd = memfd_create("ring", 0);
	u8 *base;

	if (fd < 0 || ftruncate(fd, HVRING_PAGE_SIZE + size))
		die("no memory for a ring of %u bytes", size);

	base = map(NULL, span(size), -1, 0);
	pages->control = map(base + GUARD, HVRING_PAGE_SIZE, fd, 0);
	pages->data = base + 2 * GUARD + HVRING_PAGE_SIZE;
	pages->size = size;
	map(pages->data, size, fd, HVRING_PAGE_SIZE);
	map(pages->data + size, size, fd, HVRING_PAGE_SIZE);
	close(fd);
}

void pages_unmap(struct pages *pages)
{
	munmap((u8 *)pages->control - GUARD, span(pages->size));
}
