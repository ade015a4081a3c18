// SPDX-License-Identifier: GPL-2.0
/*
 * A store in a file of the build machine. QEMU's ivshmem-plain device maps the
 * file, shared, into a memory BAR: the host reads and writes it like memory.
 * The contents are there before the host starts and after it has gone.
 */
#include "store.h"

#define IVSHMEM_VENDOR	0x1AF4
#define IVSHMEM_DEVICE	0x1110
#define IVSHMEM_BAR	2
#define MAX_FILES	32

struct store_file {
	struct store store;
	u8 *base;
	u64 room;	/* size of the BAR */
};

static struct {
	u64 base, size;
} files[MAX_FILES];

static u8 *file_at(struct store *s, u64 offset)
{
	return ((struct store_file *)s)->base + offset;
}

static void file_read(struct store *s, u64 offset, void *buf, u64 len)
{
	memcpy(buf, file_at(s, offset), len);
}

static bool file_write(struct store *s, u64 offset, const void *buf, u64 len)
{
	memcpy(file_at(s, offset), buf, len);
	return true;
}

/* A BAR has no way to punch a hole into its file; zeros read the same. */
static void file_unmap(struct store *s, u64 offset, u64 len)
{
	memset(file_at(s, offset), 0, len);
}

/*
 * The mapping is shared: what was written is in the page cache of the build
 * machine, where every reader of the file sees it and where it survives QEMU.
 */
static void file_flush(struct store *s)
{
	(void)s;
}

static bool file_resize(struct store *s, u64 size)
{
	if (size > ((struct store_file *)s)->room)
		return false;
	s->size = size;
	return true;
}

static u64 file_allocated(struct store *s)
{
	return s->size;
}

static void file_destroy(struct store *s)
{
	heap_free(s);
}

static const struct store_ops file_ops = {
	.read = file_read,
	.write = file_write,
	.unmap = file_unmap,
	.flush = file_flush,
	.resize = file_resize,
	.allocated = file_allocated,
	.destroy = file_destroy,
};

void store_file_init(void)
{
	u32 i;

	for (i = 0; i < MAX_FILES; i++)
		if (!pci_find_bar(IVSHMEM_VENDOR, IVSHMEM_DEVICE, i,
				  IVSHMEM_BAR, &files[i].base, &files[i].size))
			files[i].size = 0;
}

struct store *store_file_create(unsigned int index)
{
	struct store_file *f;

	if (index >= MAX_FILES || !files[index].size)
		return NULL;
	f = heap_alloc(sizeof(*f));
	if (!f)
		return NULL;
	f->store.ops = &file_ops;
	f->store.kind = "file";
	f->store.size = files[index].size;
	f->room = files[index].size;
	f->base = (u8 *)files[index].base;
	return &f->store;
}
