/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences on the SCSI side, told from the headers themselves and
 * never from a version number, which backports make meaningless; how is said in
 * hvring/compat.h. The driver uses the newest names.
 */
#ifndef _HVSCSI_COMPAT_H
#define _HVSCSI_COMPAT_H

#include <linux/blk-mq.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_devinfo.h>
#include <scsi/scsi_host.h>

/* To ask for the type that an operation returns. */
#define HVSCSI_TEMPLATE		((struct scsi_host_template *)NULL)

/* It was int and is an enum now, of the same values. */
#define HVSCSI_QUEUE_TYPE	typeof(HVSCSI_TEMPLATE->queuecommand(NULL, NULL))

/* It was int and is nothing now. */
#define HVSCSI_MAP_TYPE		typeof(HVSCSI_TEMPLATE->map_queues(NULL))
#define HVSCSI_MAPPED		((HVSCSI_MAP_TYPE)0)

/*
 * It was an enum of the block layer and is one of SCSI now. "Reset the timer" has
 * the same value in both, so the value comes from the former, which all kernels
 * have. "Done" is not offered: it means "not handled" in the one and "handled"
 * in the other.
 */
#define HVSCSI_TIMEOUT_TYPE	typeof(HVSCSI_TEMPLATE->eh_timed_out(NULL))
#define HVSCSI_TIMEOUT_WAIT	((HVSCSI_TIMEOUT_TYPE)BLK_EH_RESET_TIMER)

/* The operations got other names, and one of them limits to set. */
#ifdef HVSCSI_HAS_SDEV_INIT
#define HVSCSI_CONFIGURE_PARAMS \
	struct scsi_device *sdev, struct queue_limits *limits
#else
#define HVSCSI_CONFIGURE_PARAMS	struct scsi_device *sdev
#define sdev_init		slave_alloc
#define sdev_configure		slave_configure
#define sdev_destroy		slave_destroy
#endif

/* What the geometry is asked for. */
#ifdef HVSCSI_HAS_GENDISK_PARAM
#define HVSCSI_DISK_TYPE	struct gendisk
#else
#define HVSCSI_DISK_TYPE	struct block_device
#endif

/* There were no polled queues, and no way to have more than one map. */
#ifdef HVSCSI_HAS_MQ_POLL
#define HVSCSI_CAN_POLL		true
#define HVSCSI_POLL_OPS		.mq_poll = hvscsi_mq_poll,
#else
#define HVSCSI_CAN_POLL		false
#define HVSCSI_POLL_OPS
#endif

static inline void hvscsi_compat_set_maps(struct Scsi_Host *host,
					  unsigned int maps)
{
#ifdef HVSCSI_HAS_MQ_POLL
	host->nr_maps = maps;
#endif
}

/* It was private to an architecture. */
#ifdef HVSCSI_HAS_UNALIGNED
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* Without it the length of a VPD page is asked for before the page. */
#ifdef BLIST_NO_VPD_SIZE
#define HVSCSI_NO_VPD_SIZE	BLIST_NO_VPD_SIZE
#else
#define HVSCSI_NO_VPD_SIZE	0
#endif

/* It took the generic device, wherever that was. */
static inline void hvscsi_compat_rescan(struct scsi_device *sdev)
{
#ifdef HVSCSI_HAS_RESCAN_SDEV
	scsi_rescan_device(sdev);
#else
	scsi_rescan_device(&sdev->sdev_gendev);
#endif
}

/*
 * A command of our own that reads up to *bytes, and then says how many it has
 * read; 0, a negative error or a SCSI result.
 */
static inline int hvscsi_compat_read(struct scsi_device *sdev, const u8 *cdb,
				     void *data, u32 *bytes, int timeout,
				     int retries)
{
	int residue = 0, err;
#ifdef HVSCSI_HAS_EXECUTE_CMD
	const struct scsi_exec_args args = { .resid = &residue };

	err = scsi_execute_cmd(sdev, cdb, REQ_OP_DRV_IN, data, *bytes, timeout,
			       retries, &args);
#else

	err = scsi_execute_req(sdev, cdb, DMA_FROM_DEVICE, data, *bytes, NULL,
			       timeout, retries, &residue);
#endif
	*bytes -= min_t(u32, residue, *bytes);
	return err;
}

#ifndef HVSCSI_HAS_BUSY_COUNT
static inline int scsi_device_busy(struct scsi_device *sdev)
{
	return atomic_read(&sdev->device_busy);
}
#endif

/* Each command had a pointer to the function that ends it. */
#ifndef HVSCSI_HAS_DONE
static inline void scsi_done(struct scsi_cmnd *cmd)
{
	cmd->scsi_done(cmd);
}
#endif

#endif /* _HVSCSI_COMPAT_H */
