// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's program: calls of the ring in any order that their contract
 * allows, with what they promise checked at each.
 */
#include <linux/errno.h>
#include <string.h>

#include "body.h"
#include "die.h"
#include "world.h"

#define LONG_PAYLOAD	2048u

/**
 * struct guest - the guest's state
 * @sent: packets committed.
 * @received: packets received.
 * @refused: bytes of the packet that last found no room, 0 for none.
 * @masked: between a mask and an unmask.
 * @idle: the unmask found nothing.
 * @waits: began to wait for room.
 */
static struct guest {
	u64 sent;
	u64 received;
	u32 refused;
	bool masked;
	bool idle;
	bool waits;
} guest;

void guest_reset(void)
{
	guest = (struct guest){};
	hvring_out_init(&world.out, world.out_pages->control,
			world.out_pages->data, world.out_pages->size);
	hvring_in_init(&world.in, world.in_pages->control,
		       world.in_pages->data, world.in_pages->size);
}

bool guest_idle(void)
{
	return guest.idle;
}

bool guest_waits(void)
{
	return guest.waits;
}

/* With nobody in between, a signal is sent when it is needed and only then. */
static void signal_host(bool signals, bool needed, const char *why)
{
	if (!world.hostile && !world.acted && signals != needed)
		die("invariant: %s: signal %s", why,
		    signals ? "without need" : "missing");
	world.signalled |= signals;
}

static void publish(void)
{
	u32 before = world.out.published;
	bool something = hvring_out_unpublished(&world.out);
	bool signals;

	world.acted = false;
	signals = hvring_out_publish(&world.out);
	signal_host(signals, something && behaved_needs_data_signal(before),
		    "publish");
	if (!world.out.fault && hvring_out_unpublished(&world.out))
		die("invariant: not everything is published");
}

static void release(void)
{
	u32 before = world.in.published;
	bool something = hvring_in_unpublished(&world.in);
	bool signals;

	world.acted = false;
	signals = hvring_in_publish(&world.in);
	signal_host(signals, something && behaved_needs_room_signal(before),
		    "release");
}

static void write_packet(struct hvring_slot *slot)
{
	void *at = hvring_out_at(&world.out);
	u32 i;

	world.reserved = at;
	world.reserved_bytes = slot->packet_bytes;
	hvring_packet_begin(slot, at);
	for (i = 0; i < slot->pfn_count; i++)
		slot->pfn[i] = guest.sent + i;
	body_write(slot->payload, slot->payload_bytes, guest.sent);
	hvring_packet_end(slot, at, world.out.staged);
	world.reserved_bytes = 0;
	hvring_out_commit(&world.out, slot->packet_bytes);
	guest.sent++;
}

static void check_refusal(int err, u32 bytes)
{
	bool broken = world.out.fault != HVRING_FAULT_NONE;

	if (broken != (err == -EIO))
		die("invariant: reserve: error %d, broken %d", err, broken);
	if (!broken && (bytes > world.out.size - 8) != (err == -EMSGSIZE))
		die("invariant: reserve: error %d for %u bytes", err, bytes);
	if (err == -EAGAIN)
		guest.refused = bytes;
}

static void send(u8 payload, u8 pages)
{
	struct hvring_slot slot = {
		.id = guest.sent + 1,
		.payload_bytes = BODY_SMALLEST + payload % 32 * 8,
	};
	int err;

	if (payload >= 0xf0)
		slot.payload_bytes = LONG_PAYLOAD * (1 + payload % 16);
	if (pages & 0x80) {
		slot.data_offset = (pages & 7) * 512;
		slot.data_bytes = (pages >> 3 & 0xf) * HVRING_PAGE_SIZE + 1;
	}
	if (hvring_packet_measure(&slot))
		die("invariant: cannot measure %u", slot.payload_bytes);
	err = hvring_out_reserve(&world.out, slot.packet_bytes);
	if (err)
		check_refusal(err, slot.packet_bytes);
	else
		write_packet(&slot);
}

/* What no packet can express, and what the ring never asks for. */
static void refuse(u8 what)
{
	struct hvring_slot slots[] = {
		{ .payload_bytes = 64 },
		{ .id = 1, .payload_bytes = 60 },
		{ .id = 1, .payload_bytes = 0x10000 },
		{ .id = 1, .data_bytes = 1, .data_offset = HVRING_PAGE_SIZE },
		{ .id = 1, .data_bytes = 0xffff * HVRING_PAGE_SIZE },
		{ .id = 1, .data_bytes = ~0u, .data_offset = 0xfff },
	};
	u32 count = sizeof(slots) / sizeof(slots[0]);

	if (hvring_packet_measure(&slots[what % count]) != -EINVAL)
		die("invariant: slot %u can be measured", what % count);
	if (hvring_signal_data(1, 0, 0) || hvring_signal_room(0, 0, 8) ||
	    !hvring_signal_room(64, 64, 72))
		die("invariant: signal decided wrongly");
}

/* There is room if there is said to be. */
static void check_room(u32 bytes)
{
	const struct hvring_out *out = &world.out;
	u32 used = (out->staged + out->size - out->consumed) % out->size;

	if (!out->fault && bytes > out->size - 8 - used)
		die("invariant: no room for %u, %u used", bytes, used);
}

static void wait(void)
{
	u32 bytes = guest.refused;

	if (!bytes)
		return;
	guest.refused = 0;
	publish();
	guest.waits = hvring_out_wait(&world.out, bytes);
	if (!guest.waits)
		check_room(bytes);
	else if (world.out.awaited > world.out.size - 8)
		die("invariant: waits for %u bytes", world.out.awaited);
}

static void resume(void)
{
	bool waited = hvring_out_resume(&world.out);

	if (!world.hostile && waited != guest.waits)
		die("invariant: waited %d, waits %d", waited, guest.waits);
	guest.waits = false;
}

static void mask(void)
{
	guest.idle = false;
	guest.masked = true;
	hvring_in_mask(&world.in);
}

static void check_packet(const struct hvring_packet *packet, const u8 *at,
			 int bytes)
{
	const u8 *payload = packet->payload;
	static u8 copy[0x10000 * 8];

	if (bytes < 24 || bytes % 8 || (u32)bytes > world.peeked_bytes ||
	    payload < at + 16 ||
	    payload + packet->payload_bytes > at + bytes - 8)
		die("invariant: packet of %d, payload of %u at %ld, %u there",
		    bytes, packet->payload_bytes, (long)(payload - at),
		    world.peeked_bytes);
	if (packet->type != HVRING_PKT_INBAND &&
	    packet->type != HVRING_PKT_COMPLETION)
		die("invariant: packet of type %u", packet->type);
	memcpy(copy, payload, packet->payload_bytes);
	if (!world.hostile)
		body_check((void *)copy, packet->payload_bytes,
			   guest.received);
}

static bool receive(void)
{
	struct hvring_packet packet;
	const void *at;
	int bytes;

	if (!guest.masked)
		mask();
	world.peeked_bytes = hvring_in_peek(&world.in, &at);
	if (!world.peeked_bytes)
		return false;
	world.peeked = at;
	bytes = hvring_packet_parse(at, world.peeked_bytes, &packet);
	if (bytes > 0) {
		check_packet(&packet, at, bytes);
		hvring_in_advance(&world.in, bytes);
		guest.received++;
	} else if (!world.hostile) {
		die("invariant: error %d for a good packet", bytes);
	}
	world.peeked_bytes = 0;
	return bytes > 0;
}

static void unmask(void)
{
	release();
	guest.idle = !hvring_in_unmask(&world.in);
	guest.masked = false;
}

static void drain(void)
{
	u32 most = world.in.size / 24;

	mask();
	while (most-- && receive())
		;
	unmask();
}

static void interrupt(void)
{
	world.interrupted = false;
	drain();
	if (hvring_out_relieved(&world.out)) {
		check_room(world.out.awaited);
		resume();
	}
}

void guest_act(u8 what)
{
	switch (what % 16) {
	case 0:
	case 1:
	case 2:
	case 3:
		send(input_guest(), what << 3 & 0x80 ? input_guest() : 0);
		break;
	case 4:
	case 5:
		publish();
		break;
	case 6:
	case 7:
		wait();
		break;
	case 8:
		interrupt();
		break;
	case 9:
		resume();
		break;
	case 10:
		mask();
		break;
	case 11:
		receive();
		break;
	case 12:
		release();
		break;
	case 13:
		unmask();
		break;
	case 14:
		drain();
		break;
	case 15:
		if (what & 0x80)
			refuse(what >> 4);
		host_turn();
		break;
	}
}
