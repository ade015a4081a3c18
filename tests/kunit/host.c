// SPDX-License-Identifier: GPL-2.0
/* The host's side of the rings, see host.h. */
#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include "host.h"

static u32 used(const struct host_ring *ring, u32 read, u32 write)
{
	return (write + ring->size - read) % ring->size;
}

/* What a producer may write: 8 bytes stay free. */
static u32 usable(const struct host_ring *ring, u32 read, u32 write)
{
	return ring->size - used(ring, read, write) - 8;
}

u32 host_readable(const struct host_ring *ring)
{
	/* The index before the bytes. */
	u32 write = smp_load_acquire(&ring->control->write_index);

	return used(ring, ring->at, write);
}

void host_take(struct host_ring *ring, void *to, u32 bytes)
{
	u32 first = min(bytes, ring->size - ring->at);

	memcpy(to, ring->data + ring->at, first);
	memcpy(to + first, ring->data, bytes - first);
	ring->at = (ring->at + bytes) % ring->size;
}

/* Returns false if there is none, or if there is not all of it. */
bool host_take_packet(struct host_ring *ring, struct host_packet *packet)
{
	u32 there = host_readable(ring);
	struct host_ring look = *ring;
	struct hvring_desc desc;

	if (there < sizeof(desc))
		return false;
	host_take(&look, &desc, sizeof(desc));

	packet->start = ring->at;
	packet->bytes = desc.length8 * 8 + sizeof(*packet->trailer);
	if (packet->bytes > there || packet->bytes > HOST_PACKET_MAX)
		return false;
	host_take(ring, packet->raw, packet->bytes);
	packet->desc = (void *)packet->raw;
	packet->trailer = (void *)packet->raw + desc.length8 * 8;
	return true;
}

u32 host_take_all(struct host_ring *ring)
{
	struct hvring_desc desc;
	u32 packets = 0;

	while (host_readable(ring)) {
		struct host_ring look = *ring;

		host_take(&look, &desc, sizeof(desc));
		ring->at = (ring->at + desc.length8 * 8 + 8) % ring->size;
		packets++;
	}
	return packets;
}

/* A guest that waits is told when its wish comes true, and only then. */
bool host_release(struct host_ring *ring)
{
	u32 write = READ_ONCE(ring->control->write_index);
	u32 before = usable(ring, ring->control->read_index, write);
	u32 wish;

	/* The bytes are copied. */
	smp_store_release(&ring->control->read_index, ring->at);
	/* The guest sees the room, or we see its wish. */
	smp_mb();
	wish = READ_ONCE(ring->control->pending_send_size) & ~7u;
	return wish && before < wish && usable(ring, ring->at, write) >= wish;
}

void host_sleep(struct host_ring *ring)
{
	/* Whoever sees us asleep sees what we have read. */
	smp_store_release(&ring->control->interrupt_mask, 0);
}

void host_awake(struct host_ring *ring)
{
	WRITE_ONCE(ring->control->interrupt_mask, 1);
}

u32 host_room(const struct host_ring *ring)
{
	/* The index before what is written over the bytes. */
	u32 read = smp_load_acquire(&ring->control->read_index);

	return usable(ring, read, ring->at);
}

void host_put(struct host_ring *ring, const void *from, u32 bytes)
{
	u32 first = min(bytes, ring->size - ring->at);

	memcpy(ring->data + ring->at, from, first);
	memcpy(ring->data, from + first, bytes - first);
	ring->at = (ring->at + bytes) % ring->size;
}

u8 host_pattern(u64 id, u32 place)
{
	return id * 31 + place * 7 + 1;
}

/* Returns false, having put nothing, if there is no room. */
bool host_put_packet(struct host_ring *ring, u16 type, u64 id, u32 payload)
{
	struct hvring_desc desc = {
		.type = type,
		.data_offset8 = sizeof(desc) / 8,
		.length8 = (sizeof(desc) + payload) / 8,
		.transaction_id = id,
	};
	struct hvring_trailer trailer = { .start = ring->at };
	u32 place;

	if (host_room(ring) < sizeof(desc) + payload + sizeof(trailer))
		return false;

	host_put(ring, &desc, sizeof(desc));
	for (place = 0; place < payload; place++) {
		u8 byte = host_pattern(id, place);

		host_put(ring, &byte, 1);
	}
	host_put(ring, &trailer, sizeof(trailer));
	return true;
}

bool host_publish(struct host_ring *ring)
{
	u32 before = ring->control->write_index;

	/* The bytes are there. */
	smp_store_release(&ring->control->write_index, ring->at);
	/* The guest sees them, or we see that it sleeps. */
	smp_mb();
	return !READ_ONCE(ring->control->interrupt_mask) &&
	       READ_ONCE(ring->control->read_index) == before;
}

void host_wait(struct host_ring *ring, u32 bytes)
{
	WRITE_ONCE(ring->control->pending_send_size, bytes);
}
