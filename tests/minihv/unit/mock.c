// SPDX-License-Identifier: GPL-2.0
/* The parts of the host that the disks use, and a guest that sends commands. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

long mock_pages, mock_heap, mock_page_limit = -1, mock_heap_limit = -1;
char mock_error[256], mock_answer[64], mock_lines[8192];
unsigned int mock_changes, mock_changed;
u8 mock_file[MOCK_FILES][MOCK_FILE_SIZE];

static unsigned int words_known;
static u8 *guest_page[GUEST_PAGES];
static u64 guest_pfn[GUEST_PAGES];
struct scsi_io io;
u8 cdb[16];

void *page_alloc(void)
{
	void *page;

	if (mock_pages == mock_page_limit)
		return NULL;
	page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
	memset(page, 0, PAGE_SIZE);
	mock_pages++;
	return page;
}

void page_free(void *page)
{
	mock_pages--;
	free(page);
}

void *heap_alloc(size_t size)
{
	if (mock_heap == mock_heap_limit)
		return NULL;
	mock_heap++;
	return calloc(1, size);
}

void heap_free(void *p)
{
	mock_heap--;
	free(p);
}

bool pci_find_bar(u16 vendor, u16 device, unsigned int index, unsigned int bar,
		  u64 *base, u64 *size)
{
	if (vendor != 0x1AF4 || device != 0x1110 || bar != 2 ||
	    index >= MOCK_FILES)
		return false;
	*base = (u64)mock_file[index];
	*size = MOCK_FILE_SIZE;
	return true;
}

void host_disks_changed(unsigned int controller)
{
	mock_changes++;
	mock_changed = controller;
}

bool parse_u64(const char *s, u64 *value)
{
	static const char suffix[] = "KMGT";
	const char *at;
	char *end;

	if (*s < '0' || *s > '9')
		return false;
	*value = strtoull(s, &end, 0);
	at = *end ? strchr(suffix, *end) : NULL;
	if (at) {
		*value <<= 10 * (at - suffix + 1);
		end++;
	}
	return !*end;
}

void console_line(const char *fmt, ...)
{
	size_t len = strlen(mock_lines);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(mock_lines + len, sizeof(mock_lines) - len, fmt, ap);
	va_end(ap);
	strcat(mock_lines, "\n");
}

bool console_fail(const char *fmt, ...)
{
	va_list ap;

	/* Two errors for one line are one too many. */
	if (mock_error[0])
		abort();
	va_start(ap, fmt);
	vsnprintf(mock_error, sizeof(mock_error), fmt, ap);
	va_end(ap);
	return false;
}

void console_answer(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(mock_answer, sizeof(mock_answer), fmt, ap);
	va_end(ap);
}

const char *console_option(struct console_request *rq, int first,
			   const char *key)
{
	size_t len = strlen(key);
	int i;

	for (i = first; i < rq->argc; i++)
		if (!strncmp(rq->argv[i], key, len) &&
		    rq->argv[i][len] == '=') {
			words_known |= 1u << i;
			return rq->argv[i] + len + 1;
		}
	return NULL;
}

bool console_unknown(struct console_request *rq, int first)
{
	int i;

	for (i = first; i < rq->argc; i++)
		if (!(words_known & 1u << i)) {
			console_fail("unknown word %s", rq->argv[i]);
			return true;
		}
	return false;
}

static const struct console_command *
find_command(const struct console_command *c, const char *line)
{
	size_t len;

	for (; c->name; c++) {
		len = strlen(c->name);
		if (!strncmp(line, c->name, len) &&
		    (!line[len] || line[len] == ' '))
			return c;
	}
	return NULL;
}

bool console(const char *line)
{
	const struct console_command *c;
	struct console_request rq = { 0 };
	char copy[256], *word;
	bool ok;

	words_known = 0;
	mock_error[0] = mock_answer[0] = mock_lines[0] = '\0';
	snprintf(copy, sizeof(copy), "%s", line);
	for (word = strtok(copy, " "); word; word = strtok(NULL, " "))
		rq.argv[rq.argc++] = word;
	c = find_command(disk_commands, line);
	if (!c)
		c = find_command(disk_change_commands, line);
	if (!c)
		return console_fail("unknown command");
	ok = c->run(&rq);
	/* "false" and an error belong together. */
	if (ok == !!mock_error[0])
		abort();
	return ok;
}

void mock_reset(void)
{
	char line[32];
	struct disk *d;
	unsigned int c, t;

	mock_page_limit = mock_heap_limit = -1;
	for (c = 0; c < DISK_CONTROLLERS; c++)
		for (t = 0; t < 256; t++)
			while ((d = disk_next(c, 0, t, 0))) {
				snprintf(line, sizeof(line),
					 "disk del %u:%u:%u", c, t, d->lun);
				console(line);
			}
	memset(mock_file, 0, sizeof(mock_file));
	memset(cdb, 0, sizeof(cdb));
	guest_buffer(0, 0);
}

/* Each page is an allocation of its own, so that ASan sees its end. */
void guest_buffer(u32 offset, u32 len)
{
	int i;

	for (i = 0; i < GUEST_PAGES; i++) {
		if (!guest_page[i])
			guest_page[i] = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
		memset(guest_page[i], GUEST_FILL, PAGE_SIZE);
		guest_pfn[i] = (u64)guest_page[i] / PAGE_SIZE;
	}
	io.buf.pfn = guest_pfn;
	io.buf.offset = offset;
	io.buf.len = len;
}

static u8 *guest_at(u32 pos)
{
	pos += io.buf.offset;
	return guest_page[pos / PAGE_SIZE] + pos % PAGE_SIZE;
}

void guest_put(u32 pos, const void *src, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		*guest_at(pos + i) = ((const u8 *)src)[i];
}

void guest_get(u32 pos, void *dst, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		((u8 *)dst)[i] = *guest_at(pos + i);
}

bool guest_has(u32 pos, const char *bytes, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (guest_byte(pos + i) != (u8)bytes[i])
			return false;
	return true;
}

u8 guest_byte(u32 pos)
{
	return *guest_at(pos);
}

/* Is part of a page, @from to @to, still as it was? */
static bool page_clean(const u8 *page, u32 from, u32 to)
{
	static u8 fill[PAGE_SIZE];

	memset(fill, GUEST_FILL, sizeof(fill));
	return from >= to || !memcmp(page + from, fill, to - from);
}

bool guest_clean(u32 pos)
{
	u32 from = io.buf.offset, to = from + pos, start, end, i;

	for (i = 0; i < GUEST_PAGES; i++) {
		start = i * PAGE_SIZE;
		end = start + PAGE_SIZE;
		if (!page_clean(guest_page[i], 0,
				MIN(MAX(from, start), end) - start))
			return false;
		if (!page_clean(guest_page[i],
				MAX(MIN(to, end), start) - start, PAGE_SIZE))
			return false;
	}
	return true;
}

void command_to(u8 controller, u8 path, u8 target, u8 lun, u8 data_in)
{
	io.controller = controller;
	io.path = path;
	io.target = target;
	io.lun = lun;
	io.data_in = data_in;
	io.cdb = cdb;
	scsi_execute(&io);
}

void command(u8 lun, u8 data_in)
{
	command_to(0, 0, 0, lun, data_in);
}

void set_cdb(u8 op, u64 lba, u32 count)
{
	memset(cdb, 0, sizeof(cdb));
	switch (op >> 5) {
	case 0:
		put_be32(cdb, (u32)lba);
		cdb[4] = (u8)count;
		break;
	case 4:
		put_be64(cdb + 2, lba);
		put_be32(cdb + 10, count);
		break;
	case 5:
		put_be32(cdb + 2, (u32)lba);
		put_be32(cdb + 6, count);
		break;
	default:
		put_be32(cdb + 2, (u32)lba);
		put_be16(cdb + 7, (u16)count);
	}
	cdb[0] = op;
}

u64 outcome(void)
{
	u64 v = (u32)io.scsi_status << 24 | (u32)io.srb_status << 16;

	if (io.sense_valid && (io.sense[0] != 0x70 || io.sense[7] != 10 ||
			       io.sense[18] || io.sense[19]))
		return 0xFFFFFFFF;
	if (io.scsi_status && io.moved)
		return 0xFFFFFFFE;
	if (io.sense_valid)
		v |= (u64)io.sense[13] << 32 | (u32)io.sense[2] << 8 |
		     io.sense[12];
	return v;
}

u64 disk_allocated(void)
{
	struct store *s = disk_find(0, 0, 0, 0)->store;

	return s->ops->allocated(s);
}

void fill_disk(const void *src, u32 len)
{
	guest_buffer(0, len);
	guest_put(0, src, len);
	set_cdb(0x2A, 0, len / 512);
	command(0, VSTOR_DATA_OUT);
}
