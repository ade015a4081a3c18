/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of the emulated disks share. */
#ifndef MINIHV_UNIT_TEST_H
#define MINIHV_UNIT_TEST_H

#include <hvscsi/vstor.h>

#include "console.h"
#include "disk.h"

struct test {
	const char *name;
	void (*run)(void);
};

/* Lists of tests, each ending with a NULL name. */
extern const struct test inquiry_tests[], rw_tests[], unmap_tests[];
extern const struct test store_tests[], disk_tests[], sector_tests[];
extern const struct test same_tests[], capacity_tests[];
extern const struct test reserve_tests[];
extern const struct test change_tests[], dvd_tests[];

/* A test ends at its first failure. */
void test_failed(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
bool test_has_failed(void);

#define CHECK(cond) do { \
	if (test_has_failed()) \
		return; \
	if (!(cond)) { \
		test_failed(__FILE__, __LINE__, "%s", #cond); \
		return; \
	} \
} while (0)

#define EQUAL(got, want) do { \
	unsigned long got_ = (got), want_ = (want); \
	if (test_has_failed()) \
		return; \
	if (got_ != want_) { \
		test_failed(__FILE__, __LINE__, "%s is %#lx, not %#lx", \
			    #got, got_, want_); \
		return; \
	} \
} while (0)

#define SAME(got, want) do { \
	const char *got_ = (got), *want_ = (want); \
	if (test_has_failed()) \
		return; \
	if (strcmp(got_, want_)) { \
		test_failed(__FILE__, __LINE__, "\"%s\", not \"%s\"", got_, \
			    want_); \
		return; \
	} \
} while (0)

/* The mocked host. */
extern long mock_pages, mock_heap;	/* what is allocated now */
extern long mock_page_limit, mock_heap_limit;	/* -1 for none */
extern char mock_error[256], mock_answer[64], mock_lines[8192];
extern unsigned int mock_changes;	/* calls of host_disks_changed() */
extern unsigned int mock_changed;	/* and the last controller */
#define MOCK_FILES	2
#define MOCK_FILE_SIZE	0x10000
extern u8 mock_file[MOCK_FILES][MOCK_FILE_SIZE];

void mock_reset(void);		/* no disks, nothing allocated, no limits */
bool console(const char *line);	/* true for "ok" */

/* Guest memory: pages that do not follow each other. */
#define GUEST_PAGES	40
#define GUEST_FILL	0xEE
void guest_buffer(u32 offset, u32 len);	/* makes one, filled */
void guest_put(u32 pos, const void *src, u32 len);
void guest_get(u32 pos, void *dst, u32 len);
u8 guest_byte(u32 pos);
bool guest_has(u32 pos, const char *bytes, u32 len);
bool guest_clean(u32 pos);	/* untouched from @pos on, and around it */

/* One command with the guest's buffer; the outcome is in io. */
extern struct scsi_io io;
extern u8 cdb[16];
void command(u8 lun, u8 data_in);
void command_to(u8 controller, u8 path, u8 target, u8 lun, u8 data_in);
void set_cdb(u8 op, u64 lba, u32 count);	/* as in READ and WRITE */

/* Disk 0:0:0: bytes allocated; and sectors from 0 on written by the guest. */
u64 disk_allocated(void);
void fill_disk(const void *src, u32 len);

/* ASCQ, status, SRB status, key and ASC of io in one number, for EQUAL(). */
u64 outcome(void);
#define GOOD		0x00010000u
#define BAD_OPCODE	0x02060520u
#define BAD_FIELD	0x02060524u
#define BAD_RANGE	0x02060521u
#define BAD_PARAMETER	0x02060526u
#define BAD_LIST_LENGTH	0x0206051Au
#define SHORT_BUFFER	0x02120524u
#define READ_ONLY	0x02040727u
#define WRITE_FAULT	0x0204030Cu
#define CONFLICT	0x18040000u
#define NO_LUN		0x02200000u
#define RESIZED		0x090204062Aul

#endif /* MINIHV_UNIT_TEST_H */
