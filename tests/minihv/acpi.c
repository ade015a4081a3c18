// SPDX-License-Identifier: GPL-2.0
/*
 * The firmware's ACPI tables, with a MADT of our own in place of theirs: the
 * host's CPU is left out, and a mailbox tells the guest how to wake its other
 * CPUs, since nobody can catch the start-up IPIs that it would send, and where
 * to send one that it does not need any more.
 */
#include "host.h"

#define BIOS_START		0xe0000ull
#define BIOS_END		0x100000ull
#define MADT_LOCAL_APIC		0
#define MADT_WAKEUP		0x10

struct table {
	char signature[4];
	u32 length;
	u8 revision, checksum;
	char oem[6], oem_table[8];
	u32 oem_revision, creator, creator_revision;
} __attribute__((packed));

struct rsdp {
	char signature[8];
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
} __attribute__((packed));

struct madt {
	struct table h;
	u32 apic_base, flags;
	u8 entries[];
} __attribute__((packed));

struct madt_wakeup {
	u8 type, length;
	u16 version;
	u32 reserved;
	u64 mailbox, reset_vector;
} __attribute__((packed));

/* In the image itself: the tables that name them have 32-bit addresses. */
static u8 madt_page[PAGE_SIZE] __attribute__((aligned(4096)));
static u8 mailbox_page[PAGE_SIZE] __attribute__((aligned(4096)));

struct mailbox *acpi_mailbox;

static void set_checksum(struct table *t)
{
	u8 sum = 0;
	u32 i;

	t->checksum = 0;
	for (i = 0; i < t->length; i++)
		sum += ((u8 *)t)[i];
	t->checksum = -sum;
}

static struct rsdp *find_rsdp(void)
{
	u64 at;

	for (at = BIOS_START; at < BIOS_END; at += 16)
		if (!memcmp((void *)at, "RSD PTR ", 8))
			return (struct rsdp *)at;
	fatal("no ACPI root pointer: is this not QEMU's pc machine?");
}

/* The MADT without the host's CPU and with the mailbox. */
static struct madt *make_madt(const struct madt *old)
{
	struct madt *new = (struct madt *)madt_page;
	struct madt_wakeup wakeup = { .type = MADT_WAKEUP,
				      .length = sizeof(wakeup),
				      .version = 1 };
	u32 from = 0, to = 0, end = old->h.length - sizeof(*old);

	acpi_mailbox = (struct mailbox *)mailbox_page;
	if (old->h.length + sizeof(wakeup) > PAGE_SIZE)
		fatal("MADT of %u bytes", old->h.length);
	memcpy(new, old, sizeof(*old));
	while (from < end) {
		const u8 *entry = old->entries + from;

		if (entry[0] != MADT_LOCAL_APIC || entry[3] < host_apic_id) {
			memcpy(new->entries + to, entry, entry[1]);
			to += entry[1];
		}
		from += entry[1];
	}
	wakeup.mailbox = (u64)acpi_mailbox;
	wakeup.reset_vector = (u64)guest_reset_vector;
	memcpy(new->entries + to, &wakeup, sizeof(wakeup));
	new->h.length = (u32)(sizeof(*new) + to + sizeof(wakeup));
	set_checksum(&new->h);
	return new;
}

u64 acpi_prepare(void)
{
	struct rsdp *rsdp = find_rsdp();
	struct table *rsdt = (struct table *)(u64)rsdp->rsdt;
	u32 *entries = (u32 *)(rsdt + 1);
	u32 i, n = (rsdt->length - (u32)sizeof(*rsdt)) / 4;

	for (i = 0; i < n; i++) {
		struct table *t = (struct table *)(u64)entries[i];

		if (memcmp(t->signature, "APIC", 4))
			continue;
		entries[i] = (u32)(u64)make_madt((struct madt *)t);
		set_checksum(rsdt);
		return (u64)rsdp;
	}
	fatal("no MADT among the ACPI tables");
}
