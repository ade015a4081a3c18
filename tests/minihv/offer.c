// SPDX-License-Identifier: GPL-2.0
/*
 * The table of channels: which controllers there are, their sub-channels, and
 * the order in which relids are offered, rescinded and released.
 */
#include "host.h"
#include "console.h"
#include "fault.h"
#include "vmbus.h"
#include "vmbus_proto.h"

/* ba6163d9-04a1-4d29-b605-72e2ffb1dc7f: synthetic SCSI */
static const u8 scsi_interface[16] = {
	0xd9, 0x63, 0x61, 0xba, 0xa1, 0x04, 0x29, 0x4d,
	0xb6, 0x05, 0x72, 0xe2, 0xff, 0xb1, 0xdc, 0x7f,
};

/*
 * f8b3781a-1e82-4818-a1c3-63d806ec15bb and its successors: the instances that
 * Azure gives its controllers, so that device names are as users know them.
 */
static const u8 scsi_instance[16] = {
	0x1a, 0x78, 0xb3, 0xf8, 0x82, 0x1e, 0x18, 0x48,
	0xa1, 0xc3, 0x63, 0xd8, 0x06, 0xec, 0x15, 0xbb,
};

struct channel channels[MAX_CHANNELS + 1];

bool channel_exists(u32 relid)
{
	return relid && relid <= MAX_CHANNELS &&
	       channels[relid].state != CHANNEL_ABSENT;
}

struct channel *channel_find(u64 controller, u64 sub_index)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++)
		if (channels[i].state == CHANNEL_OPEN && !channels[i].broken &&
		    channels[i].sub_index == sub_index &&
		    channels[i].controller == controller)
			return &channels[i];
	return NULL;
}

static struct channel *primary(u32 controller)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++) {
		struct channel *c = &channels[i];

		if ((c->state == CHANNEL_OFFERED || c->state == CHANNEL_OPEN) &&
		    c->controller == controller && !c->sub_index)
			return c;
	}
	return NULL;
}

bool vmbus_controller_present(u32 controller)
{
	return primary(controller);
}

static struct channel *channel_create(u32 controller, u32 sub_index)
{
	u32 relid;

	for (relid = 1; relid <= MAX_CHANNELS; relid++)
		if (channels[relid].state == CHANNEL_ABSENT)
			break;
	if (relid > MAX_CHANNELS)
		return NULL;
	channels[relid] = (struct channel){
		.relid = relid,
		.connection = relid | VMBUS_SIGNAL_SINT << 12,
		.controller = controller,
		.sub_index = sub_index,
		.state = CHANNEL_OFFERED,
	};
	return &channels[relid];
}

static void announce(struct channel *c)
{
	struct vmbus_offer m = {
		.h.type = VMBUS_OFFER,
		.sub_index = (u16)c->sub_index,
		.relid = c->relid,
		.monitor_id = 0xff,
		.dedicated = 1,
		.connection = c->connection,
	};

	memcpy(m.interface, scsi_interface, sizeof(m.interface));
	memcpy(m.instance, scsi_instance, sizeof(m.instance));
	m.instance[0] += (u8)c->controller;
	c->announced = true;
	vmbus_send(&m, sizeof(m));
}

/* The guest has not yet let go of what was taken from it. */
static bool release_awaited(u32 controller)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++)
		if (channels[i].state == CHANNEL_RESCINDED &&
		    channels[i].controller == controller)
			return true;
	return false;
}

/* A device that came back is offered only when its old relids are released. */
void offer_all(void)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++) {
		struct channel *c = &channels[i];

		if (c->state == CHANNEL_OFFERED && !c->announced &&
		    !release_awaited(c->controller))
			announce(c);
	}
}

/* Takes a channel from the guest. It never hears of its requests again. */
static void rescind(struct channel *c)
{
	struct vmbus_relid m = { .h.type = VMBUS_RESCIND, .relid = c->relid };

	if (c->state == CHANNEL_OPEN) {
		storvsp_drop(c);
		c->ring_gpadl->in_use = false;
		c->ring_gpadl = NULL;
	}
	if (!c->announced) {
		c->state = CHANNEL_ABSENT;
		return;
	}
	c->state = CHANNEL_RESCINDED;
	vmbus_send(&m, sizeof(m));
}

static bool is_sub_channel(const struct channel *c)
{
	return (c->state == CHANNEL_OFFERED || c->state == CHANNEL_OPEN) &&
	       c->sub_index;
}

void vmbus_rescind_sub_channels(u32 controller)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++)
		if (is_sub_channel(&channels[i]) &&
		    channels[i].controller == controller)
			rescind(&channels[i]);
}

bool vmbus_rescind_sub_channel(u32 relid)
{
	if (!is_sub_channel(&channels[relid]))
		return false;
	rescind(&channels[relid]);
	return true;
}

/* A count that is no larger than what there is changes nothing. */
void vmbus_offer_sub_channels(u32 controller, u32 count)
{
	bool backwards = fault_backwards();
	u32 i, have = 0;

	for (i = 1; i <= MAX_CHANNELS; i++)
		have += is_sub_channel(&channels[i]) &&
			channels[i].controller == controller;
	while (have < count &&
	       channel_create(controller, backwards ? count - have : have + 1))
		have++;
	offer_all();
}

bool vmbus_controller_add(u32 controller)
{
	if (primary(controller) || !channel_create(controller, 0))
		return false;
	if (vmbus_offers_wanted())
		offer_all();
	return true;
}

bool vmbus_controller_remove(u32 controller)
{
	struct channel *c = primary(controller);

	if (!c)
		return false;
	vmbus_rescind_sub_channels(controller);
	rescind(c);
	storvsp_reset(controller);
	return true;
}

void offer_released(u32 relid)
{
	if (relid > MAX_CHANNELS ||
	    channels[relid].state != CHANNEL_RESCINDED) {
		violation("release of channel %u, which is not rescinded",
			  relid);
		return;
	}
	channels[relid].state = CHANNEL_ABSENT;
	if (vmbus_offers_wanted())
		offer_all();
}

/* The guest is gone: only the controllers stay, as if never offered. */
void offer_reset(void)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++) {
		struct channel *c = &channels[i];

		if (c->state == CHANNEL_OPEN) {
			STAT_ADD(abandoned, c->outstanding);
			storvsp_drop(c);
			c->ring_gpadl->in_use = false;
			c->state = CHANNEL_OFFERED;
		}
		if (c->sub_index || c->state == CHANNEL_RESCINDED)
			c->state = CHANNEL_ABSENT;
		c->announced = false;
	}
	for (i = 0; i < MAX_CONTROLLERS; i++)
		storvsp_reset(i);
}
