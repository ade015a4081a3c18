/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences on the SCSI side, told from the headers themselves and
 * never from a version number, which backports make meaningless.
 *
 * One so far: what a timeout handler returns. It was an enum of the block
 * layer, now it is one of SCSI, made from the former with its first two values
 * unchanged. The block layer's enum is in both kernels, so the values come
 * from there and the type from the template.
 */
#ifndef _HVSCSI_COMPAT_H
#define _HVSCSI_COMPAT_H

#include <linux/blk-mq.h>
#include <scsi/scsi_host.h>

/* What a timeout handler returns, as a type, and its values. */
#define HVSCSI_TIMEOUT_TYPE \
	typeof(((struct scsi_host_template *)NULL)->eh_timed_out(NULL))
#define HVSCSI_TIMEOUT_DONE	((HVSCSI_TIMEOUT_TYPE)BLK_EH_DONE)
#define HVSCSI_TIMEOUT_WAIT	((HVSCSI_TIMEOUT_TYPE)BLK_EH_RESET_TIMER)

#endif /* _HVSCSI_COMPAT_H */
