/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Kernel differences on the SCSI side, told from the headers themselves and
 * never from a version number, which backports make meaningless.
 *
 * One so far: what a timeout handler returns. It was an enum of the block
 * layer, now it is one of SCSI. "Reset the timer" has the same value in both,
 * so the value comes from the former, which both kernels have, and the type
 * from the template. "Done" is not offered: it means "not handled" in the one
 * and "handled" in the other.
 */
#ifndef _HVSCSI_COMPAT_H
#define _HVSCSI_COMPAT_H

#include <linux/blk-mq.h>
#include <scsi/scsi_host.h>

/* What a timeout handler returns, as a type, and its one answer. */
#define HVSCSI_TIMEOUT_TYPE \
	typeof(((struct scsi_host_template *)NULL)->eh_timed_out(NULL))
#define HVSCSI_TIMEOUT_WAIT	((HVSCSI_TIMEOUT_TYPE)BLK_EH_RESET_TIMER)

#endif /* _HVSCSI_COMPAT_H */
