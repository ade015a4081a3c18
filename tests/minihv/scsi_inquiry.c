// SPDX-License-Identifier: GPL-2.0
/* INQUIRY: standard data and vital product data (VPD) pages. */
#include "scsi_command.h"

#define STANDARD_LENGTH		96
#define STANDARD_MIN		5
#define STANDARD_FORMAT		0x02
#define STANDARD_CMD_QUEUE	0x02
#define VERSION_SPC3		0x05
#define TYPE_DVD		0x05
#define REMOVABLE		0x80
#define NOT_PRESENT		0x7F	/* qualifier 3, type 0x1F */

#define VENDOR			"Msft    "
#define VENDOR_LENGTH		8
#define PRODUCT			"Virtual Disk    "
#define PRODUCT_DVD		"Virtual DVD-ROM "
#define PRODUCT_LENGTH		16
#define REVISION		"1.0 "
#define REVISION_LENGTH		4

#define VPD_HEADER		4
#define VPD_BODY_MAX		64

#define DESIGNATOR_BINARY	0x01
#define DESIGNATOR_T10		0x01
#define DESIGNATOR_NAA		0x03
#define NAA_LENGTH		16
#define NAA_PREFIX		0x60022480	/* NAA 6, Microsoft's id */

#define UNMAP_MAX_SECTORS	0xFFFFFFFFu
#define UNMAP_MAX_DESCRIPTORS	4096
#define UNMAP_ALIGNMENT_VALID	0x80000000u
#define ROTATION_NONE		1
#define PROVISIONING_LBPU	0x80
#define PROVISIONING_LBPWS	0x60	/* in WRITE SAME (16) and (10) */
#define PROVISIONING_ZEROS	0x04	/* is what is read then */
#define PROVISIONING_THIN	0x02

_Static_assert(DISK_SERIAL_MAX <= VPD_BODY_MAX, "serial fits its page");

static void standard_data(u8 *data, bool named)
{
	memset(data, 0, STANDARD_LENGTH);
	data[2] = VERSION_SPC3;
	data[3] = STANDARD_FORMAT;
	data[4] = STANDARD_LENGTH - STANDARD_MIN;
	if (!named)
		return;
	memcpy(data + 8, VENDOR, VENDOR_LENGTH);
	memcpy(data + 16, PRODUCT, PRODUCT_LENGTH);
	memcpy(data + 32, REVISION, REVISION_LENGTH);
}

static bool has_serial(const struct disk *d)
{
	return d->serial[0];
}

static bool has_unmap(const struct disk *d)
{
	return d->unmap;
}

/* The builders find a zeroed body and return its length. */

static u32 supported_pages(const struct disk *d, u8 *body);

static u32 serial_number(const struct disk *d, u8 *body)
{
	u32 len = (u32)strlen(d->serial);

	memcpy(body, d->serial, len);
	return len;
}

static u8 *designator(u8 *p, u8 type, u8 len)
{
	p[0] = DESIGNATOR_BINARY;
	p[1] = type;
	p[3] = len;
	return p + 4;
}

static u32 device_identification(const struct disk *d, u8 *body)
{
	u8 *p = designator(body, DESIGNATOR_T10, VENDOR_LENGTH + DISK_ID_SIZE);

	memcpy(p, VENDOR, VENDOR_LENGTH);
	memcpy(p + VENDOR_LENGTH, d->id, DISK_ID_SIZE);
	p = designator(p + VENDOR_LENGTH + DISK_ID_SIZE, DESIGNATOR_NAA,
		       NAA_LENGTH);
	put_be32(p, NAA_PREFIX);
	memcpy(p + 4, d->id, 6);
	memcpy(p + 10, d->id + DISK_ID_SIZE - 6, 6);
	return (u32)(p + NAA_LENGTH - body);
}

static u32 block_limits(const struct disk *d, u8 *body)
{
	put_be32(body + 16, UNMAP_MAX_SECTORS);
	put_be32(body + 20, UNMAP_MAX_DESCRIPTORS);
	put_be32(body + 24, d->granularity);
	put_be32(body + 28, UNMAP_ALIGNMENT_VALID | d->alignment);
	put_be64(body + 32, disk_write_same_max(d));
	return 60;
}

static u32 block_characteristics(const struct disk *d, u8 *body)
{
	(void)d;
	put_be16(body, ROTATION_NONE);
	return 60;
}

/* A threshold is 2^exponent sectors; their number has to fit 32 bits. */
static u32 provisioning(const struct disk *d, u8 *body)
{
	u8 exponent = 1;

	while (disk_sectors(d) >> exponent > 0xFFFFFFFF)
		exponent++;
	body[0] = exponent;
	body[1] = PROVISIONING_LBPU;
	if (disk_says_same_unmaps(d))
		body[1] |= PROVISIONING_LBPWS | PROVISIONING_ZEROS;
	body[2] = PROVISIONING_THIN;
	return 4;
}

static const struct vpd_page {
	u8 code;
	bool (*present)(const struct disk *d);	/* NULL: always */
	u32 (*build)(const struct disk *d, u8 *body);
} pages[] = {
	{ 0x00, NULL, supported_pages },
	{ 0x80, has_serial, serial_number },
	{ 0x83, NULL, device_identification },
	{ 0xB0, has_unmap, block_limits },
	{ 0xB1, has_unmap, block_characteristics },
	{ 0xB2, has_unmap, provisioning },
};

static u32 supported_pages(const struct disk *d, u8 *body)
{
	u32 n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (!pages[i].present || pages[i].present(d))
			body[n++] = pages[i].code;
	return n;
}

static const struct vpd_page *find_page(const struct disk *d, u8 code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pages); i++)
		if (pages[i].code == code)
			break;
	if (i == ARRAY_SIZE(pages))
		return NULL;
	if (pages[i].present && !pages[i].present(d))
		return NULL;
	return &pages[i];
}

static void vital_product_data(struct scsi_io *io, struct disk *d, u32 room)
{
	const struct vpd_page *page = find_page(d, io->cdb[2]);
	u8 data[VPD_HEADER + VPD_BODY_MAX] = { 0 };
	u32 len;

	if (!page || room < VPD_HEADER) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	len = page->build(d, data + VPD_HEADER);
	data[0] = d->dvd ? TYPE_DVD : 0;
	data[1] = page->code;
	put_be16(data + 2, (u16)len);
	scsi_reply(io, data, MIN(room, VPD_HEADER + len));
}

void scsi_inquiry(struct scsi_io *io, struct disk *d)
{
	u32 room = get_be16(io->cdb + 3);
	bool vital = io->cdb[1] & 0x01, command_support = io->cdb[1] & 0x02;
	u8 data[STANDARD_LENGTH];

	if (room > io->buf.len || command_support) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	if (vital) {
		vital_product_data(io, d, room);
		return;
	}
	if (io->cdb[2] || room < STANDARD_MIN) {
		scsi_fail(io, d, SCSI_BAD_FIELD);
		return;
	}
	standard_data(data, true);
	if (d->dvd) {
		data[0] = TYPE_DVD;
		data[1] = REMOVABLE;
		memcpy(data + 16, PRODUCT_DVD, PRODUCT_LENGTH);
	} else {
		data[7] = STANDARD_CMD_QUEUE;
	}
	scsi_reply(io, data, MIN(room, sizeof(data)));
}

/*
 * Says "no disk here, and none can be" as success, but only to a plain INQUIRY.
 * Guests look for vendor and product on LUN 0 only.
 */
void scsi_inquiry_absent(struct scsi_io *io)
{
	u32 room = get_be16(io->cdb + 3);
	bool vital = io->cdb[1] & 0x01;
	u8 data[STANDARD_LENGTH];

	if (vital || io->cdb[2] || io->data_in != VSTOR_DATA_IN ||
	    room < STANDARD_MIN || room > io->buf.len) {
		scsi_fail(io, NULL, SCSI_BAD_FIELD);
		return;
	}
	standard_data(data, !io->lun);
	data[0] = NOT_PRESENT;
	scsi_reply(io, data, MIN(room, sizeof(data)));
}
