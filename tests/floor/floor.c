// SPDX-License-Identifier: GPL-2.0
/*
 * A SCSI host driver that does nothing, at once: the price of the layers above
 * any driver. tests/bench measures what a real one adds to it.
 *
 * One disk of 1 GiB, which reads as whatever was in the buffer and takes what is
 * written nowhere. The template is hvscsi's as far as it costs anything.
 */
#include <linux/device.h>
#include <linux/module.h>
#include <scsi/scsi.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include <hvscsi/compat.h>

#define FLOOR_BLOCKS	(1u << 21)
#define FLOOR_BLOCK	512u
#define FLOOR_DEPTH	256
#define FLOOR_PAGES	128

static struct device *floor_root;
static struct Scsi_Host *floor_host;

static void floor_inquiry(struct scsi_cmnd *cmd)
{
	u8 data[36] = {
		[2] = 5,			/* SPC-3 */
		[3] = 2,			/* format of what follows */
		[4] = sizeof(data) - 5,
		[7] = 2,			/* queues commands */
	};

	memcpy(data + 8, "hvscsi  floor           0   ", 28);
	scsi_sg_copy_from_buffer(cmd, data, sizeof(data));
}

static void floor_capacity(struct scsi_cmnd *cmd)
{
	__be32 data[] = {
		cpu_to_be32(FLOOR_BLOCKS - 1),
		cpu_to_be32(FLOOR_BLOCK),
	};

	scsi_sg_copy_from_buffer(cmd, data, sizeof(data));
}

static void floor_refuse(struct scsi_cmnd *cmd)
{
	scsi_build_sense_buffer(0, cmd->sense_buffer, ILLEGAL_REQUEST, 0x20, 0);
	cmd->result = SAM_STAT_CHECK_CONDITION;
}

static HVSCSI_QUEUE_TYPE floor_queuecommand(struct Scsi_Host *host,
					    struct scsi_cmnd *cmd)
{
	cmd->result = SAM_STAT_GOOD;
	switch (cmd->cmnd[0]) {
	case READ_10:
	case WRITE_10:
	case TEST_UNIT_READY:
		break;
	case INQUIRY:
		if (cmd->cmnd[1])
			floor_refuse(cmd);
		else
			floor_inquiry(cmd);
		break;
	case READ_CAPACITY:
		floor_capacity(cmd);
		break;
	default:
		floor_refuse(cmd);
	}
	scsi_done(cmd);
	return 0;
}

static struct scsi_host_template floor_template = {
	.module = THIS_MODULE,
	.name = "floor",
	.proc_name = "floor",
	.queuecommand = floor_queuecommand,
	.change_queue_depth = scsi_change_queue_depth,
	.can_queue = FLOOR_DEPTH,
	.cmd_per_lun = FLOOR_DEPTH,
	.this_id = -1,
	.sg_tablesize = FLOOR_PAGES + 1,
	.max_sectors = FLOOR_PAGES * PAGE_SIZE / FLOOR_BLOCK,
	.virt_boundary_mask = PAGE_SIZE - 1,
	.no_write_same = 1,
	.track_queue_depth = 1,
	.host_tagset = 1,
};

static int __init floor_init(void)
{
	int err;

	floor_root = root_device_register("floor");
	if (IS_ERR(floor_root))
		return PTR_ERR(floor_root);

	floor_host = scsi_host_alloc(&floor_template, 0);
	if (!floor_host) {
		err = -ENOMEM;
		goto unregister;
	}
	floor_host->max_id = 1;
	floor_host->max_lun = 1;
	err = scsi_add_host(floor_host, floor_root);
	if (err)
		goto put;
	scsi_scan_host(floor_host);
	return 0;

put:
	scsi_host_put(floor_host);
unregister:
	root_device_unregister(floor_root);
	return err;
}

static void __exit floor_exit(void)
{
	scsi_remove_host(floor_host);
	scsi_host_put(floor_host);
	root_device_unregister(floor_root);
}

module_init(floor_init);
module_exit(floor_exit);

MODULE_DESCRIPTION("SCSI host that completes everything at once, for measurements");
MODULE_AUTHOR("hvscsi developers");
MODULE_LICENSE("GPL");
