/* SPDX-License-Identifier: GPL-2.0 */
/* Between the files with the console commands on disks; nobody else needs it. */
#ifndef MINIHV_DISK_CONSOLE_H
#define MINIHV_DISK_CONSOLE_H

#include "console.h"
#include "disk.h"

#define KEY_UNIT_ATTENTION	0x6

/* One number of several, up to @end, which is stepped over. */
bool disk_parse_part(const char **s, char end, unsigned int base,
		     unsigned int max, u8 *value);

/* All others say what is wrong before they return NULL or false. */

/* The disk that word number @word is the address of. */
struct disk *disk_named(struct console_request *rq, int word);

bool disk_parse_number(const char *key, const char *text, u64 *value);

/* A @text of NULL changes nothing. */
bool disk_parse_switch(const char *key, const char *text, bool *value);

/* A size that disk @d, whose sectors are known, can have. */
bool disk_parse_size(const struct disk *d, const char *text, u64 *size);

/* Makes d->store of the values of file= and size=; NULL for none. */
bool disk_open(struct disk *d, const char *file, const char *size);

#endif /* MINIHV_DISK_CONSOLE_H */
