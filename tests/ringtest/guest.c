// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's thread: driver and interrupt handler in one. Sends as much as a
 * changing limit of outstanding requests allows, from one at a time, where both
 * sides sleep for every packet, to more than the ring holds.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <hvring/framing.h>
#include <hvring/ring.h>

#include "bell.h"
#include "body.h"
#include "die.h"
#include "ringtest.h"

#define MOST_BATCH	256u
#define MOST_PAGES	32u
#define MOST_PAYLOAD	0xfff8u		/* what a slot takes */

struct tally guest_tally;

struct guest {
	struct hvring_out out;
	struct hvring_in in;
	u64 total;
	u64 sent;
	u64 received;
	u64 limit;	/* of outstanding requests */
	u64 limit_until;	/* this many were sent */
	u64 random;
	struct hvring_slot slot;	/* what is to be sent next */
};

static u32 below(struct guest *g, u32 end)
{
	return body_random(&g->random) % end;
}

static void ring_host(bool needed)
{
	if (!needed)
		return;
	guest_tally.rings++;
	bell_ring(HOST);
}

static void faultless(const struct guest *g)
{
	if (g->out.fault || g->in.fault)
		die("the host broke a ring: read %#x, write %#x",
		    g->out.fault_value, g->in.fault_value);
}

static void choose_limit(struct guest *g)
{
	static const u64 limits[] = { 1, 2, 7, 30, 300, 3000 };

	g->limit = limits[below(g, sizeof(limits) / sizeof(limits[0]))];
	g->limit_until = g->sent + 1 + below(g, g->limit < 30 ? 300 : 1000);
}

static void choose_slot(struct guest *g)
{
	u32 pages = below(g, 4) ? 0 : below(g, MOST_PAGES + 1);
	u32 most = g->out.size - HVRING_GAP - hvring_packet_bytes(0, pages);

	if (most > MOST_PAYLOAD)
		most = MOST_PAYLOAD;
	g->slot = (struct hvring_slot){
		.id = g->sent + 1,
		.payload_bytes = some_bytes(&g->random, most),
	};
	if (pages) {
		g->slot.data_offset = below(g, HVRING_PAGE_SIZE);
		g->slot.data_bytes = pages * HVRING_PAGE_SIZE -
				     g->slot.data_offset;
	}
	if (hvring_packet_measure(&g->slot))
		die("no packet for %u bytes", g->slot.payload_bytes);
}

static void write_packet(struct guest *g)
{
	void *at = hvring_out_at(&g->out);
	u32 i;

	hvring_packet_begin(&g->slot, at);
	for (i = 0; i < g->slot.pfn_count; i++)
		g->slot.pfn[i] = g->sent + i;
	body_write(g->slot.payload, g->slot.payload_bytes, g->sent);
	hvring_packet_end(&g->slot, at, g->out.staged);
	hvring_out_commit(&g->out, g->slot.packet_bytes);
	g->sent++;
}

/* Publishes and returns false if there is no room, with the wait begun. */
static bool send_one(struct guest *g)
{
	int err = hvring_out_reserve(&g->out, g->slot.packet_bytes);

	if (err == -EAGAIN) {
		ring_host(hvring_out_publish(&g->out));
		guest_tally.full++;
		loiter(&g->random);
		if (hvring_out_wait(&g->out, g->slot.packet_bytes))
			return false;
		err = hvring_out_reserve(&g->out, g->slot.packet_bytes);
	}
	faultless(g);
	if (err)
		die("error %d for %u bytes", err, g->slot.packet_bytes);
	write_packet(g);
	choose_slot(g);
	return true;
}

static bool may_send(const struct guest *g)
{
	return g->sent < g->total && g->sent - g->received < g->limit &&
	       !READ_ONCE(g->out.awaited);
}

static void send_batch(struct guest *g)
{
	u32 batch = 1 + below(g, MOST_BATCH);

	if (g->sent >= g->limit_until)
		choose_limit(g);
	while (batch-- && may_send(g))
		if (!send_one(g))
			return;
	loiter(&g->random);
	ring_host(hvring_out_publish(&g->out));
}

static bool receive_one(struct guest *g)
{
	struct hvring_packet packet;
	const void *at;
	u32 avail;
	int bytes;

	avail = hvring_in_peek(&g->in, &at);
	faultless(g);
	if (!avail)
		return false;
	bytes = hvring_packet_parse(at, avail, &packet);
	if (bytes < 0 || packet.type != HVRING_PKT_COMPLETION)
		die("answer %llu: error %d, type %u", g->received, bytes,
		    packet.type);
	if (packet.id != g->received + 1)
		die("answer %llu has id %llu", g->received, packet.id);
	body_check(packet.payload, packet.payload_bytes, g->received);
	hvring_in_advance(&g->in, bytes);
	g->received++;
	return true;
}

/* Returns true if the ring was seen empty and is unmasked. */
static bool drain(struct guest *g)
{
	u32 budget = 1 + below(g, MOST_BATCH);
	u32 lag = g->in.size / (1 + below(g, 16));
	bool slow = below(g, 2);	/* or no host ever fills the ring */

	do {
		hvring_in_mask(&g->in);
		while (receive_one(g)) {
			if (slow)
				loiter(&g->random);
			if (hvring_in_unpublished(&g->in) >= lag)
				ring_host(hvring_in_publish(&g->in));
			if (!budget--) {
				ring_host(hvring_in_publish(&g->in));
				return false;
			}
		}
		loiter(&g->random);
		ring_host(hvring_in_publish(&g->in));
		loiter(&g->random);
	} while (hvring_in_unmask(&g->in));
	return true;
}

void *guest_run(void *arg)
{
	const struct plan *plan = arg;
	struct guest g = { .total = plan->packets, .random = plan->seed };
	bool idle;

	guest_tally = (struct tally){};
	hvring_out_init(&g.out, plan->out.control, plan->out.data,
			plan->out.size);
	hvring_in_init(&g.in, plan->in.control, plan->in.data, plan->in.size);
	choose_limit(&g);
	choose_slot(&g);

	while (g.received < g.total) {
		idle = drain(&g);
		if (__atomic_exchange_n(&room_announced, false,
					__ATOMIC_RELAXED) &&
		    hvring_out_relieved(&g.out))
			hvring_out_resume(&g.out);
		faultless(&g);
		if (may_send(&g)) {
			send_batch(&g);
		} else if (idle && g.received < g.total) {
			guest_tally.sleeps++;
			bell_sleep(GUEST);
		}
	}
	bell_leave(GUEST);
	return NULL;
}
