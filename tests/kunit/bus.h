/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A channel on a bus that does not exist, with a host and a driver that do as
 * the test says, and a record of what went on between them.
 */
#ifndef _HVSCSI_KUNIT_BUS_H
#define _HVSCSI_KUNIT_BUS_H

#include <linux/completion.h>
#include "../../drivers/hvring/internal.h"
#include "rings.h"

struct kunit;

#define BUS_DATA_BYTES	(16 * PAGE_SIZE)
#define BUS_RING_BYTES	(BUS_DATA_BYTES + HVRING_PAGE_SIZE)

/* Longer than this nothing takes; only what hangs gets here. */
#define BUS_PATIENCE	(60 * HZ)

/* No test takes as long, not even one whose CPU is away for minutes. */
#define BUS_NEVER	(3600 * HZ)

/* What the transport takes for the time, in nanoseconds. */
extern u64 bus_clock;

/* Whether its timers fire by themselves, and not when the test says so. */
extern bool bus_timer_runs;

/**
 * struct bus - everything around a channel
 * @ch: the channel.
 * @rings: its memory, and the host.
 * @dev: its device.
 * @rescinded: the host has taken the device away.
 * @cpu: where its interrupts go.
 * @room: bytes of a ring that there is memory for; 0: as many as asked for.
 * @open_err: what the backend's open returns, having done nothing.
 * @close_err: what the backend's close returns.
 * @opens: calls of the backend's open.
 * @closes: calls of its close.
 * @notified: its signals to the host, by reason.
 * @notified_locked: one of them with a lock of the channel held.
 * @during_open: called by the backend's open, with the rings there.
 * @received: packets that the driver was given.
 * @wakes: times that it was told to go on.
 * @woken: completed by the last of these.
 * @on_packet: what the driver does with a packet; NULL accepts it.
 * @arg: for the test.
 */
struct bus {
	struct hvring_channel ch;
	struct rings rings;
	struct device *dev;
	bool rescinded;

	unsigned int cpu;
	u32 room;
	int open_err;
	int close_err;
	int opens;
	int closes;
	int notified[2];
	bool notified_locked;
	void (*during_open)(struct bus *bus);

	u32 received;
	int wakes;
	struct completion woken;
	int (*on_packet)(struct bus *bus, const struct hvring_packet *packet);
	void *arg;
};

/* A bus whose channel is closed, with a device of that name; or an error. */
struct bus *bus_create(struct kunit *test, const char *name);
void bus_destroy(struct bus *bus);

/* For suites: test->priv becomes a bus whose channel is closed. */
int bus_suite_init(struct kunit_suite *suite);
void bus_suite_exit(struct kunit_suite *suite);
int bus_init(struct kunit *test);
void bus_exit(struct kunit *test);

extern const struct hvring_client_ops bus_client;

/* The bus of a test, with its channel open. */
struct bus *bus_open(struct kunit *test);

/* One packet from the guest, on its own or without a lock and a publish. */
int bus_send(struct bus *bus, u64 id, u32 payload);
int bus_stage(struct bus *bus, u64 id, u32 payload);

/* Sends until there is no room. Returns how many packets there was room for. */
u32 bus_fill(struct bus *bus, u32 payload);

/* One completion of 8 bytes from the host, published. */
bool bus_answer(struct bus *bus, u64 id);

/* As the host's interrupt arrives: with interrupts off. */
void bus_interrupt(struct bus *bus);

/* Waits until the worker has nothing left to do. */
void bus_settle(struct bus *bus);

/* The room timer is early, if it is running. */
void bus_fire_timer(struct bus *bus);

/* A counter, over all CPUs. */
u64 bus_count(struct bus *bus, enum hvring_count what);

#endif /* _HVSCSI_KUNIT_BUS_H */
