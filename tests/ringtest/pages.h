/* SPDX-License-Identifier: GPL-2.0 */
/* Memory of one ring as the bus maps it, in between pages that nobody owns. */
#ifndef RINGTEST_PAGES_H
#define RINGTEST_PAGES_H

#include <hvring/wire.h>

/**
 * struct pages - memory of one ring
 * @control: its control page.
 * @data: its data area, mapped twice in a row.
 * @size: bytes in that area, counted once.
 */
struct pages {
	struct hvring_control *control;
	u8 *data;
	u32 size;
};

/* Ends the program if it fails. @size is a multiple of the page size. */
void pages_map(struct pages *pages, u32 size);
void pages_unmap(struct pages *pages);

#endif /* RINGTEST_PAGES_H */
