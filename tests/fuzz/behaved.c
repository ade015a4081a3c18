// SPDX-License-Identifier: GPL-2.0
/*
 * A host that keeps every rule, in steps that the fuzzer puts between any two
 * accesses of the guest. It never breaks a ring, what it takes and puts is what
 * was sent, and whoever sleeps has nothing to do or was woken.
 */
#include "body.h"
#include "die.h"
#include "world.h"

#define MOST_ANSWER	2048u

/**
 * struct behaved - the host's state
 * @requests: ring that it consumes.
 * @answers: ring that it produces.
 * @taken: packets taken.
 * @put: packets put.
 * @held: a packet was taken and is not answered yet.
 * @dozes: sleeps until there is a packet.
 * @waits: sleeps until there is room.
 */
static struct behaved {
	struct peer_consumer requests;
	struct peer_producer answers;
	u64 taken;
	u64 put;
	bool held;
	bool dozes;
	bool waits;
} host;

void behaved_reset(void)
{
	host = (struct behaved){};
	peer_consumer_init(&host.requests, world.out_pages);
	peer_producer_init(&host.answers, world.in_pages);
}

static void interrupt(bool needed)
{
	world.interrupted |= needed;
}

static void put(u64 id, u8 size)
{
	u32 bytes = BODY_SMALLEST + size % 16 * 8;
	u64 *payload;

	if (size % 32 == 31)
		bytes = MOST_ANSWER;
	payload = peer_put(&host.answers, id, bytes);
	if (payload) {
		peer_resume(&host.answers);
		body_write(payload, bytes, host.put++);
		host.held &= !id;
		return;
	}
	interrupt(peer_publish(&host.answers));
	host.waits = peer_wait(&host.answers, peer_answer_bytes(bytes));
}

static void take(u8 size)
{
	struct peer_packet packet;
	u32 i;

	if (!host.held) {
		if (!peer_take(&host.requests, &packet))
			return;
		body_check(packet.payload, packet.bytes, host.taken);
		for (i = 0; i < packet.pages; i++) {
			if (packet.pfn[i] != host.taken + i)
				die("page %u is %llu", i, packet.pfn[i]);
		}
		host.taken++;
		host.held = true;
	}
	put(host.taken, size);
}

static void doze(void)
{
	if (host.held)
		return;
	interrupt(peer_release(&host.requests));
	interrupt(peer_publish(&host.answers));
	host.dozes = peer_doze(&host.requests);
}

static void take_all(u8 size)
{
	do {
		take(size);
	} while (!host.held && host.requests.index != host.requests.write);
}

void behaved_act(u8 what)
{
	if (host.dozes || host.waits) {
		if (!world.signalled)
			return;
		host.dozes = false;
		host.waits = false;
		world.signalled = false;
	}

	switch (what % 8) {
	case 0:
	case 1:
		take(what >> 3);
		break;
	case 2:
		take_all(what >> 3);
		break;
	case 3:
		interrupt(peer_release(&host.requests));
		break;
	case 4:
		interrupt(peer_publish(&host.answers));
		break;
	case 5:
	case 6:
		doze();
		break;
	case 7:
		put(0, what >> 3);
		break;
	}
}

static u32 room(const struct pages *ring, u32 read, u32 write)
{
	return ring->size - 8 - (write + ring->size - read) % ring->size;
}

void behaved_check(void)
{
	const struct hvring_out *out = &world.out;
	const struct hvring_in *in = &world.in;

	if (out->fault || in->fault)
		die("invariant: broken by a host that keeps the rules");
	if (world.out_pages->control->pending_send_size != out->awaited)
		die("invariant: waits for %u and says %u", out->awaited,
		    world.out_pages->control->pending_send_size);
	if (host.dozes && !world.signalled &&
	    host.requests.index != out->published)
		die("invariant: the host sleeps in front of packets");
	if (host.waits && !world.signalled &&
	    room(world.in_pages, in->published, host.answers.staged) >=
	    (host.answers.pending & -8))
		die("invariant: the host sleeps in front of room");
	if (guest_idle() && !world.interrupted &&
	    in->cursor != host.answers.published)
		die("invariant: the guest sleeps in front of packets");
	if (guest_waits() && !world.interrupted &&
	    room(world.out_pages, host.requests.released, out->published) >=
	    out->awaited)
		die("invariant: the guest sleeps in front of room");
}

bool behaved_needs_data_signal(u32 before)
{
	return !host.requests.masked && host.requests.released == before;
}

bool behaved_needs_room_signal(u32 read_before)
{
	u32 pending = host.answers.pending & -8;
	u32 write = host.answers.published;

	return pending &&
	       room(world.in_pages, read_before, write) < pending &&
	       room(world.in_pages, world.in.published, write) >= pending;
}
