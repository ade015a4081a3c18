// SPDX-License-Identifier: GPL-2.0
/*
 * What a device is believed to be able to do: what hosts are known for, and
 * whether it is asked to write zeroes by itself (WRITE SAME).
 *
 * Must not know packets. Nothing says whether a device has WRITE SAME but one
 * that was tried, and the mid-layer would try. Here it has to say so itself, and
 * that it unmaps with it what reads as zeroes then: hosts take the command from
 * everybody and write each block, for which there is no need of it.
 */
#include <linux/bits.h>
#include <linux/blk-mq.h>
#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_common.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "hvscsi.h"

/* VPD pages, and what is in them. */
#define HVSCSI_VPD_BYTES	64
#define HVSCSI_VPD_LIMITS	0xb0
#define HVSCSI_LIMITS_SAME	36	/* blocks that one WRITE SAME may write */
#define HVSCSI_VPD_PROVISIONING	0xb2
#define HVSCSI_PROVISIONING	5
#define HVSCSI_SAME_UNMAPS	BIT(6)	/* WRITE SAME(16) does, when told so */
#define HVSCSI_UNMAPPED_ZERO	BIT(2)

#define HVSCSI_CDB_UNMAP	BIT(3)

/* What hosts and devices are known for. */
#define HVSCSI_QUIRK_SPC_3	BIT(0)	/* can do more than it says */
#define HVSCSI_QUIRK_NO_SAME	BIT(1)	/* has no WRITE SAME, whatever it says */

/**
 * struct hvscsi_quirk - a kind of devices
 * @vendor: how its vendor begins.
 * @below: only of hosts with a protocol older than this.
 * @flags: HVSCSI_QUIRK_*.
 */
struct hvscsi_quirk {
	const char *vendor;
	u16 below;
	u32 flags;
};

static const struct hvscsi_quirk hvscsi_quirks[] = {
	/* Older hosts understate what their own disks can do. */
	{ "Msft", VSTOR_VERSION_6_2, HVSCSI_QUIRK_SPC_3 },
	/* It came with this version, so Microsoft's patches say. */
	{ "", VSTOR_VERSION_6_2, HVSCSI_QUIRK_NO_SAME },
};

static u32 hvscsi_quirks_of(const struct scsi_device *sdev)
{
	const struct hvscsi *hv = shost_priv(sdev->host);
	const struct hvscsi_quirk *quirk;
	u32 flags = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(hvscsi_quirks); i++) {
		quirk = &hvscsi_quirks[i];
		if (hv->version < quirk->below &&
		    !strncmp(sdev->vendor, quirk->vendor, strlen(quirk->vendor)))
			flags |= quirk->flags;
	}
	return flags;
}

static bool hvscsi_unmaps_zeroes(const u8 *provisioning)
{
	const u8 needed = HVSCSI_SAME_UNMAPS | HVSCSI_UNMAPPED_ZERO;

	return provisioning[1] == HVSCSI_VPD_PROVISIONING &&
	       (provisioning[HVSCSI_PROVISIONING] & needed) == needed;
}

static bool hvscsi_limits_same(const u8 *limits)
{
	return limits[1] == HVSCSI_VPD_LIMITS &&
	       get_unaligned_be64(limits + HVSCSI_LIMITS_SAME);
}

/* A page that is shorter, or not there at all, goes on with zeroes. */
static const u8 *hvscsi_read_page(struct scsi_device *sdev, u8 code, u8 *page)
{
	const u8 cdb[6] = { INQUIRY, 1, code, 0, HVSCSI_VPD_BYTES };
	u32 bytes = HVSCSI_VPD_BYTES;

	if (hvscsi_compat_read(sdev, cdb, page, &bytes,
			       HVSCSI_ASK_TIMEOUT, HVSCSI_ASK_RETRIES))
		bytes = 0;
	memset(page + bytes, 0, HVSCSI_VPD_BYTES - bytes);
	return page;
}

/* Most devices are asked for the first of these pages only. */
static bool hvscsi_offers_same(const struct hvscsi_lun *lun)
{
	struct scsi_device *sdev = lun->sdev;
	bool offers;
	u8 *page;

	if (sdev->type != TYPE_DISK || !scsi_device_supports_vpd(sdev) ||
	    hvscsi_quirks_of(sdev) & HVSCSI_QUIRK_NO_SAME ||
	    READ_ONCE(lun->refused_same))
		return false;

	page = kmalloc(HVSCSI_VPD_BYTES, GFP_KERNEL);
	if (!page)
		return false;
	offers = hvscsi_unmaps_zeroes(hvscsi_read_page(sdev,
						       HVSCSI_VPD_PROVISIONING,
						       page)) &&
		 hvscsi_limits_same(hvscsi_read_page(sdev, HVSCSI_VPD_LIMITS,
						     page));
	kfree(page);
	return offers;
}

/**
 * hvscsi_traits_configure() - a device has said what it is
 * @lun: the device, which nobody knows yet.
 * @ask: it may be asked for more now. If not, it does not write zeroes by itself
 *	until hvscsi_traits_update().
 *
 * Context: may sleep, until the host has answered.
 */
void hvscsi_traits_configure(struct hvscsi_lun *lun, bool ask)
{
	struct scsi_device *sdev = lun->sdev;

	sdev->no_report_opcodes = 1;
	if (hvscsi_quirks_of(sdev) & HVSCSI_QUIRK_SPC_3)
		sdev->scsi_level = SCSI_SPC_3;
	sdev->no_write_same = !(ask && hvscsi_offers_same(lun));
}

/**
 * hvscsi_traits_update() - a device may say something else than before
 * @lun: the device, which may have been removed meanwhile. Its driver is to be
 *	told by the caller.
 *
 * Context: may sleep, until the host has answered and all who look for devices
 *	have, if there is something to change.
 */
void hvscsi_traits_update(struct hvscsi_lun *lun)
{
	struct scsi_device *sdev = lun->sdev;
	bool offers = hvscsi_offers_same(lun);

	if (offers != sdev->no_write_same)
		return;
	/* The bits beside it are changed by those who hold one of these. */
	mutex_lock(&sdev->host->scan_mutex);
	device_lock(&sdev->sdev_gendev);
	sdev->no_write_same = !offers;
	device_unlock(&sdev->sdev_gendev);
	mutex_unlock(&sdev->host->scan_mutex);
}

/**
 * hvscsi_traits_refused() - a command ended with sense data
 * @cmd: the command, with the sense data in its buffer.
 *
 * When a device refuses to write zeroes, the disk driver gives up sending it
 * such commands, and whoever wanted them writes the zeroes instead. But with the
 * UNMAP bit it takes the command for a discard, gives up discarding, and goes on
 * with this: so the bit goes first.
 *
 * Context: any.
 */
void hvscsi_traits_refused(struct scsi_cmnd *cmd)
{
	struct hvscsi_lun *lun = cmd->device->hostdata;
	struct scsi_sense_hdr sense;

	if ((cmd->cmnd[0] != WRITE_SAME && cmd->cmnd[0] != WRITE_SAME_16) ||
	    req_op(scsi_cmd_to_rq(cmd)) != REQ_OP_WRITE_ZEROES ||
	    !scsi_normalize_sense(cmd->sense_buffer, SCSI_SENSE_BUFFERSIZE,
				  &sense) ||
	    sense.sense_key != ILLEGAL_REQUEST)
		return;

	WRITE_ONCE(lun->refused_same, true);
	cmd->cmnd[1] &= ~HVSCSI_CDB_UNMAP;
}
