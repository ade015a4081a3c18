// SPDX-License-Identifier: GPL-2.0
/*
 * The SCSI driver once more, for the tests alone: what there is to it without a
 * host that negotiates and a block layer that submits. See core.c for why.
 */
#include <kunit/test.h>
#include <linux/blk-mq.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/slab.h>
#include <linux/topology.h>
#include "driver.h"

struct machine machine;
u32 controller_negotiated;

static void command_done(struct scsi_cmnd *cmd)
{
	container_of(cmd, struct command, cmd)->done++;
}

/* User-mode Linux has one CPU, and nobody waits for the tests' commands. */
#undef for_each_possible_cpu
#define for_each_possible_cpu(cpu) \
	for ((cpu) = 0; (cpu) < machine.cpus; (cpu)++)
#undef num_online_cpus
#define num_online_cpus()	machine.cpus
#undef cpu_to_node
#define cpu_to_node(cpu)	machine.node[cpu]
#define scsi_done(cmd)		command_done(cmd)

#include "../../drivers/hvscsi/complete.c"
#include "../../drivers/hvscsi/knock.c"
#include "../../drivers/hvscsi/pages.c"
#include "../../drivers/hvscsi/queues.c"
#include "../../drivers/hvscsi/scan.c"
#include "../../drivers/hvscsi/submit.c"
#include "../../drivers/hvscsi/topology.c"
#include "../../drivers/hvscsi/traits.c"

unsigned int hvscsi_ring_bytes(void)
{
	return BUS_RING_BYTES;
}

unsigned int hvscsi_channels(void)
{
	return machine.channels;
}

unsigned int hvscsi_poll_queues(void)
{
	return machine.poll_queues;
}

void hvscsi_negotiate_receive(struct hvscsi *hv,
			      const struct hvring_packet *packet)
{
	controller_negotiated++;
}

void hvscsi_bypass(struct hvscsi_link *link, const char *why)
{
}

void hvscsi_retire(struct hvscsi_link *link)
{
}

unsigned int hvscsi_capacity_poll_seconds(void)
{
	return 0;
}

/* Remembered, and nothing done about it. */
void hvscsi_lun_ask(struct hvscsi_lun *lun, enum hvscsi_lun_task what)
{
	set_bit(what, &lun->asked);
}

void hvscsi_lun_poll_idle(struct hvscsi_lun *lun)
{
}

bool topology_complete(const u8 *list, u32 bytes)
{
	return hvscsi_list_complete(list, bytes);
}

void topology_compare(struct hvscsi *hv, const u8 *list, unsigned long *there)
{
	hvscsi_parse_list(list, there);
	hvscsi_mark_known(hv);
	hvscsi_compare(hv, 0, there);
}

bool traits_offers_same(const u8 *provisioning, const u8 *limits)
{
	return hvscsi_unmaps_zeroes(provisioning) && hvscsi_limits_same(limits);
}

void traits_of(struct kunit *test, u16 version, const char *vendor,
	       struct scsi_device *sdev)
{
	struct controller *c = test->priv;

	c->hv->version = version;
	sdev->vendor = vendor;
	sdev->model = "Virtual Disk    1.0 ";
	hvscsi_traits_configure(sdev->hostdata, false);
}

struct command *command_create(struct kunit *test, u32 lun)
{
	struct controller *c = test->priv;
	struct command *command = kunit_kzalloc(test, sizeof(*command),
						GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, command);
	command->sdev.host = c->host;
	command->sdev.lun = lun;
	command->sdev.hostdata = &command->lun;
	command->lun.sdev = &command->sdev;
	command->lun.present = true;
	command->lun.attended = jiffies - HVSCSI_ATTENTION_INTERVAL;
	command->cmd.device = &command->sdev;
	command->cmd.sense_buffer = command->sense;
	command->cmd.cmnd[0] = READ_10;
	return command;
}

void request_fill(struct scsi_cmnd *cmd, const struct hvring_slot *slot)
{
	hvscsi_fill_request(cmd, slot);
}

static int controller_add_buses(struct kunit *test, struct controller *c)
{
	char name[] = "hvscsi_kunit.0";
	int i;

	for (i = 0; i < CONTROLLER_CHANNELS; i++) {
		struct bus *bus;

		name[sizeof(name) - 2] = '0' + i;
		bus = bus_create(test, name);
		if (IS_ERR(bus))
			return PTR_ERR(bus);
		bus->cpu = i;
		c->bus[i] = bus;
	}
	return 0;
}

int controller_init(struct kunit *test)
{
	struct controller *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int err;

	if (!c)
		return -ENOMEM;
	c->host = kunit_kzalloc(test, sizeof(*c->host) + sizeof(*c->hv),
				GFP_KERNEL);
	if (!c->host)
		return -ENOMEM;
	test->priv = c;
	controller_negotiated = 0;
	machine = (struct machine){ .cpus = MACHINE_CPUS };

	c->hv = shost_priv(c->host);
	c->hv->host = c->host;
	INIT_LIST_HEAD(&c->hv->luns);
	spin_lock_init(&c->hv->luns_lock);
	hvscsi_knock_init(c->hv);
	c->hv->max_transfer = HVSCSI_MAX_TRANSFER;
	c->hv->depth = CONTROLLER_DEPTH;
	c->hv->slots = kunit_kcalloc(test, CONTROLLER_DEPTH,
				     sizeof(*c->hv->slots), GFP_KERNEL);
	if (!c->hv->slots)
		return -ENOMEM;
	err = controller_add_buses(test, c);
	if (err)
		return err;
	c->hv->ch = &c->bus[0]->ch;
	return hvscsi_alloc_links(c->hv);
}

void controller_exit(struct kunit *test)
{
	struct controller *c = test->priv;
	int i;

	if (!c)
		return;
	for (i = 0; i < CONTROLLER_CHANNELS; i++)
		if (c->bus[i])
			bus_destroy(c->bus[i]);
	if (c->hv)
		hvscsi_free_links(c->hv);
}
