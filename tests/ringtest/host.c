// SPDX-License-Identifier: GPL-2.0
/* The host's thread: checks each packet and answers it, in order. */
#include "bell.h"
#include "body.h"
#include "die.h"
#include "peer.h"
#include "ringtest.h"

struct tally host_tally;
bool room_announced;

struct host {
	struct peer_consumer requests;
	struct peer_producer answers;
	u64 random;
};

static void ring_guest(bool needed)
{
	if (!needed)
		return;
	host_tally.rings++;
	bell_ring(GUEST);
}

static void release(struct host *host)
{
	if (!peer_release(&host->requests))
		return;
	__atomic_store_n(&room_announced, true, __ATOMIC_RELAXED);
	ring_guest(true);
}

static void rest(void)
{
	host_tally.sleeps++;
	bell_sleep(HOST);
}

static void check(const struct peer_packet *packet, u64 number)
{
	u32 i;

	if (packet->id != number + 1)
		die("request %llu has id %llu", number, packet->id);
	body_check(packet->payload, packet->bytes, number);
	for (i = 0; i < packet->pages; i++) {
		if (packet->pfn[i] != number + i)
			die("request %llu: page %u is %llu", number, i,
			    packet->pfn[i]);
	}
}

static void answer(struct host *host, u64 number)
{
	u32 overhead = peer_answer_bytes(0);
	u32 most = host->answers.ring->size - HVRING_GAP - overhead;
	u32 bytes = some_bytes(&host->random, most);
	u64 *payload;

	while (!(payload = peer_put(&host->answers, number + 1, bytes))) {
		ring_guest(peer_publish(&host->answers));
		host_tally.full++;
		loiter(&host->random);
		if (peer_wait(&host->answers, bytes + overhead))
			rest();
	}
	peer_resume(&host->answers);
	body_write(payload, bytes, number);
}

/* Returns how many there were until the ring was empty. */
static u64 work(struct host *host, u64 number)
{
	u64 mix = body_random(&host->random);
	struct peer_packet packet;
	u64 taken = 0;

	while (peer_take(&host->requests, &packet)) {
		check(&packet, number + taken);
		answer(host, number + taken);
		taken++;
		if (mix >> 9 & 1)
			loiter(&host->random);
		/* Once in a batch, for every packet, or in between. */
		if (!(taken & mix & 0xf))
			ring_guest(peer_publish(&host->answers));
		if (!(taken & (mix >> 4) & 0x1f))
			release(host);
	}
	loiter(&host->random);
	release(host);
	loiter(&host->random);
	ring_guest(peer_publish(&host->answers));
	return taken;
}

void *host_run(void *arg)
{
	const struct plan *plan = arg;
	struct host host = { .random = ~plan->seed };
	u64 done = 0;

	host_tally = (struct tally){};
	peer_consumer_init(&host.requests, &plan->out);
	peer_producer_init(&host.answers, &plan->in);

	for (;;) {
		done += work(&host, done);
		if (done == plan->packets)
			break;
		loiter(&host.random);
		if (peer_doze(&host.requests))
			rest();
	}
	bell_leave(HOST);
	return NULL;
}
