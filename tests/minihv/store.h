/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the bytes of an emulated disk live. Two backends: thin (pages of the
 * host's memory, allocated on write and freed by unmap) and file (a file of the
 * build machine, which QEMU maps into a PCI BAR).
 *
 * All offsets and lengths are in bytes and inside the store; the caller has
 * checked them against @size. All functions are called under the host lock.
 */
#ifndef MINIHV_STORE_H
#define MINIHV_STORE_H

#include "lib.h"

struct store;

/**
 * struct store_ops - what a backend does
 * @read: copy out; bytes never written read as zero.
 * @write: copy in; false when the backend is out of memory, and then nothing
 *	of the failing page is written.
 * @unmap: give the range back. What can only be freed in whole pages is zeroed
 *	where it covers a part of a page.
 * @extent: how many bytes from @offset on are alike in whether they take
 *	memory, and in *allocated, if they do. NULL when it cannot be told.
 * @flush: make durable what was written.
 * @resize: change @size; what a store loses reads as zero when it grows again,
 *	if it is thin. False when there is no room or no memory for it.
 * @allocated: bytes of memory that the contents take.
 * @destroy: free everything, the store itself included.
 */
struct store_ops {
	void (*read)(struct store *s, u64 offset, void *buf, u64 len);
	bool (*write)(struct store *s, u64 offset, const void *buf, u64 len);
	void (*unmap)(struct store *s, u64 offset, u64 len);
	u64 (*extent)(struct store *s, u64 offset, bool *allocated);
	void (*flush)(struct store *s);
	bool (*resize)(struct store *s, u64 size);
	u64 (*allocated)(struct store *s);
	void (*destroy)(struct store *s);
};

struct store {
	const struct store_ops *ops;
	const char *kind;	/* "thin", "file" */
	u64 size;		/* in bytes */
};

/* NULL when there is no memory. */
struct store *store_thin_create(u64 size);

/*
 * Finds the files that there are. To be called while no other CPU runs: it
 * switches devices off and on, see svm.c about what that does to others.
 */
void store_file_init(void);

/*
 * The store on file number @index (the order of QEMU's ivshmem devices); NULL
 * when there is no such file. The file's size is that of its BAR.
 */
struct store *store_file_create(unsigned int index);

/*
 * The host's memory (mem.c). Pages are zeroed. page_alloc() returns NULL when
 * the pool is empty. Small objects: heap_alloc() zeroes and returns NULL when
 * the heap is used up.
 */
void *page_alloc(void);
void page_free(void *page);
void *heap_alloc(size_t size);
void heap_free(void *p);

#define PCI_CONFIG_PORT		0xcf8
#define PCI_CONFIG_PORTS	8

/*
 * pci.c: the memory BAR number @bar of the @index-th PCI device with this
 * vendor and device id. False when there is none.
 */
bool pci_find_bar(u16 vendor, u16 device, unsigned int index, unsigned int bar,
		  u64 *base, u64 *size);

#endif /* MINIHV_STORE_H */
