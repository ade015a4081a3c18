/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A controller of the SCSI driver whose channels are on buses that do not
 * exist, in a machine and below a mid-layer that are as the test says.
 */
#ifndef _HVSCSI_KUNIT_DRIVER_H
#define _HVSCSI_KUNIT_DRIVER_H

#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <scsi/scsi_host.h>
#include "../../drivers/hvscsi/hvscsi.h"
#include "bus.h"

#define CONTROLLER_CHANNELS	8
#define CONTROLLER_DEPTH	4
#define MACHINE_CPUS		CONTROLLER_CHANNELS

/**
 * struct machine - what the driver takes for its machine and its parameters
 * @cpus: how many there are.
 * @node: the node of each.
 * @channels: parameter.
 * @poll_queues: parameter.
 */
struct machine {
	unsigned int cpus;
	unsigned int node[MACHINE_CPUS];
	unsigned int channels;
	unsigned int poll_queues;
};

extern struct machine machine;

/* Answers that were taken for a part of the handshake. */
extern u32 controller_negotiated;

/**
 * struct controller - a controller, not connected
 * @host: its SCSI host.
 * @hv: the driver's part of it, with links and slots.
 * @bus: its channels, the primary first; all closed.
 */
struct controller {
	struct Scsi_Host *host;
	struct hvscsi *hv;
	struct bus *bus[CONTROLLER_CHANNELS];
};

/**
 * struct command - one that the mid-layer has handed to the driver
 * @cmd: the command.
 * @sdev: what it is for. @lun: what the driver knows of that.
 * @sense: where its sense data goes.
 * @done: how often the driver has ended it.
 */
struct command {
	struct scsi_cmnd cmd;
	struct scsi_device sdev;
	struct hvscsi_lun lun;
	u8 sense[SCSI_SENSE_BUFFERSIZE];
	int done;
};

/* A READ(10) for @lun of the controller's first target. */
struct command *command_create(struct kunit *test, u32 lun);

/* What only submit.c calls. */
void request_fill(struct scsi_cmnd *cmd, const struct hvring_slot *slot);

/* What only topology.c calls; @list has the form of an answer to REPORT LUNS. */
bool topology_complete(const u8 *list, u32 bytes);
void topology_compare(struct hvscsi *hv, const u8 *list, unsigned long *there);

/* What only traits.c calls; the pages have 64 bytes. */
bool traits_offers_same(const u8 *provisioning, const u8 *limits);

/* Configures @sdev as a device of this vendor, of a host of this version. */
void traits_of(struct kunit *test, u16 version, const char *vendor,
	       struct scsi_device *sdev);

/*
 * For suites: test->priv becomes a controller in a machine with as many CPUs
 * as it may have channels. Beside bus_suite_init() and bus_suite_exit().
 */
int controller_init(struct kunit *test);
void controller_exit(struct kunit *test);

#endif /* _HVSCSI_KUNIT_DRIVER_H */
