/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's side of both rings of a channel, with the host's own rules.
 * Written against wire.h and the protocol alone and sharing no code with the
 * guest's side, so that a misunderstanding cannot hide on both. Sees the data
 * areas mapped once and wraps by itself.
 */
#ifndef _HVSCSI_KUNIT_HOST_H
#define _HVSCSI_KUNIT_HOST_H

#include <linux/types.h>
#include <hvring/wire.h>

/* Any packet of the tests fits. */
#define HOST_PACKET_MAX	4096

/**
 * struct host_ring - one of the rings
 * @control: shared page.
 * @data: data area, mapped once.
 * @size: bytes in it.
 * @at: next byte to take, or to put.
 */
struct host_ring {
	struct hvring_control *control;
	u8 *data;
	u32 size;
	u32 at;
};

/**
 * struct host - both
 * @requests: from the guest.
 * @answers: to the guest.
 */
struct host {
	struct host_ring requests;
	struct host_ring answers;
};

/**
 * struct host_packet - a packet that the guest sent
 * @start: where in the ring it began.
 * @bytes: how long it was, with its trailer.
 * @desc: a copy of its first bytes.
 * @trailer: a copy of its last bytes.
 * @raw: all of it.
 */
struct host_packet {
	u32 start;
	u32 bytes;
	struct hvring_desc *desc;
	struct hvring_trailer *trailer;
	u8 raw[HOST_PACKET_MAX];
};

/* The guest's ring: host takes bytes or packets, releases them, may sleep. */
u32 host_readable(const struct host_ring *ring);
void host_take(struct host_ring *ring, void *to, u32 bytes);
bool host_take_packet(struct host_ring *ring, struct host_packet *packet);
u32 host_take_all(struct host_ring *ring);	/* packets, unlooked at */
bool host_release(struct host_ring *ring);	/* the guest is to be told */
void host_sleep(struct host_ring *ring);
void host_awake(struct host_ring *ring);

/* The host's ring: it puts bytes or packets, publishes, may wait for room. */
u32 host_room(const struct host_ring *ring);
void host_put(struct host_ring *ring, const void *from, u32 bytes);
bool host_put_packet(struct host_ring *ring, u16 type, u64 id, u32 payload);
bool host_publish(struct host_ring *ring);	/* the guest is to be told */
void host_wait(struct host_ring *ring, u32 bytes);

/* What host_put_packet() puts at a place of a payload. */
u8 host_pattern(u64 id, u32 place);

#endif /* _HVSCSI_KUNIT_HOST_H */
