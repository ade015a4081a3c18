/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A host that keeps the rules, one shared ring at a time. Written against the
 * wire format alone; knows neither the guest's ring code nor threads. Whatever
 * the guest does wrong ends the program.
 */
#ifndef RINGTEST_PEER_H
#define RINGTEST_PEER_H

#include <hvring/wire.h>

#include "pages.h"

/**
 * struct peer_consumer - the ring that the guest produces
 * @ring: its memory.
 * @index: next byte to take.
 * @released: read index that the guest was last given.
 * @write: last write index of the guest.
 * @masked: what the mask must be; only the host writes it.
 */
struct peer_consumer {
	const struct pages *ring;
	u32 index;
	u32 released;
	u32 write;
	bool masked;
};

/**
 * struct peer_producer - the ring that the guest consumes
 * @ring: its memory.
 * @staged: end of the last packet.
 * @published: write index that the guest was last given.
 * @read: last read index of the guest.
 * @pending: room that the guest was told of that it has to make, 0 for none.
 */
struct peer_producer {
	const struct pages *ring;
	u32 staged;
	u32 published;
	u32 read;
	u32 pending;
};

/**
 * struct peer_packet - what the guest sent
 * @id: transaction id.
 * @payload: in the ring, the guest's until it is released.
 * @bytes: length of @payload.
 * @pfn: page numbers of its buffer, if it has one.
 * @pages: how many.
 */
struct peer_packet {
	u64 id;
	const void *payload;
	u32 bytes;
	const u64 *pfn;
	u32 pages;
};

void peer_consumer_init(struct peer_consumer *c, const struct pages *ring);
bool peer_take(struct peer_consumer *c, struct peer_packet *packet);
bool peer_release(struct peer_consumer *c);	/* true: interrupt the guest */
bool peer_doze(struct peer_consumer *c);	/* true: nothing there, sleep */

void peer_producer_init(struct peer_producer *p, const struct pages *ring);
u32 peer_answer_bytes(u32 payload_bytes);	/* what it takes of the ring */
/* Where to write the payload, or NULL if there is no room. */
void *peer_put(struct peer_producer *p, u64 id, u32 payload_bytes);
bool peer_publish(struct peer_producer *p);	/* true: interrupt the guest */
bool peer_wait(struct peer_producer *p, u32 bytes);	/* true: sleep */
void peer_resume(struct peer_producer *p);

#endif /* RINGTEST_PEER_H */
