// SPDX-License-Identifier: GPL-2.0
/* A channel on a bus that does not exist, see bus.h. */
#include <kunit/test.h>
#include <linux/device.h>
#include "bus.h"

u64 bus_clock;
bool bus_timer_runs;

static struct bus *to_bus(struct hvring_channel *ch)
{
	return container_of(ch, struct bus, ch);
}

static int backend_open(struct hvring_channel *ch, u32 ring_bytes,
			struct hvring_memory *memory)
{
	struct bus *bus = to_bus(ch);
	int err = bus->open_err;

	bus->opens++;
	if (!err)
		err = rings_alloc(&bus->rings,
				  min_not_zero(bus->room, ring_bytes) -
				  HVRING_PAGE_SIZE);
	if (err)
		return err;

	if (bus->during_open)
		bus->during_open(bus);
	*memory = bus->rings.memory;
	return 0;
}

static int backend_close(struct hvring_channel *ch)
{
	struct bus *bus = to_bus(ch);

	bus->closes++;
	rings_free(&bus->rings);
	return bus->close_err;
}

static bool is_locked(spinlock_t *lock)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(lock, flags))
		return true;
	spin_unlock_irqrestore(lock, flags);
	return false;
}

static void backend_notify(struct hvring_channel *ch, enum hvring_notify why)
{
	struct bus *bus = to_bus(ch);

	bus->notified[why]++;
	bus->notified_locked |= is_locked(&ch->out_lock) ||
				is_locked(&ch->in_lock);
}

static unsigned int backend_cpu(const struct hvring_channel *ch)
{
	return container_of_const(ch, struct bus, ch)->cpu;
}

static const struct hvring_backend_ops backend = {
	.open = backend_open,
	.close = backend_close,
	.notify = backend_notify,
	.cpu = backend_cpu,
};

static int client_receive(void *priv, const struct hvring_packet *packet)
{
	struct bus *bus = priv;

	bus->received++;
	return bus->on_packet ? bus->on_packet(bus, packet) : 0;
}

static void client_wake(void *priv)
{
	struct bus *bus = priv;

	bus->wakes++;
	complete(&bus->woken);
}

const struct hvring_client_ops bus_client = {
	.receive = client_receive,
	.wake = client_wake,
};

int bus_suite_init(struct kunit_suite *suite)
{
	return hvring_channel_setup();
}

void bus_suite_exit(struct kunit_suite *suite)
{
	hvring_channel_teardown();
}

struct bus *bus_create(struct kunit *test, const char *name)
{
	struct bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);
	int err;

	if (!bus)
		return ERR_PTR(-ENOMEM);
	init_completion(&bus->woken);
	bus->dev = root_device_register(name);
	if (IS_ERR(bus->dev))
		return ERR_CAST(bus->dev);

	err = hvring_channel_init(&bus->ch, &backend, bus->dev,
				  &bus->rescinded);
	if (err) {
		root_device_unregister(bus->dev);
		return ERR_PTR(err);
	}
	return bus;
}

void bus_destroy(struct bus *bus)
{
	hvring_channel_close(&bus->ch);
	hvring_channel_destroy(&bus->ch);
	root_device_unregister(bus->dev);
}

int bus_init(struct kunit *test)
{
	struct bus *bus = bus_create(test, "hvscsi_kunit");

	if (IS_ERR(bus))
		return PTR_ERR(bus);
	bus_timer_runs = false;
	test->priv = bus;
	return 0;
}

void bus_exit(struct kunit *test)
{
	if (test->priv)
		bus_destroy(test->priv);
}

struct bus *bus_open(struct kunit *test)
{
	struct bus *bus = test->priv;

	KUNIT_ASSERT_EQ(test, 0, hvring_channel_open(&bus->ch, BUS_RING_BYTES,
						     &bus_client, bus));
	return bus;
}

int bus_stage(struct bus *bus, u64 id, u32 payload)
{
	struct hvring_slot slot = { .id = id, .payload_bytes = payload };
	int err;

	err = hvring_channel_reserve(&bus->ch, &slot);
	if (err)
		return err;
	memset(slot.payload, id, payload);
	hvring_channel_commit(&bus->ch, &slot);
	return 0;
}

int bus_send(struct bus *bus, u64 id, u32 payload)
{
	unsigned long flags = hvring_channel_lock(&bus->ch);
	int err = bus_stage(bus, id, payload);

	hvring_channel_publish(&bus->ch);
	hvring_channel_unlock(&bus->ch, flags);
	return err;
}

u32 bus_fill(struct bus *bus, u32 payload)
{
	u32 sent = 0;

	while (!bus_send(bus, sent + 1, payload))
		sent++;
	return sent;
}

bool bus_answer(struct bus *bus, u64 id)
{
	struct host_ring *ring = &bus->rings.host.answers;
	bool there;

	there = host_put_packet(ring, HVRING_PKT_COMPLETION, id, 8);
	host_publish(ring);
	return there;
}

void bus_interrupt(struct bus *bus)
{
	unsigned long flags;

	local_irq_save(flags);
	hvring_channel_interrupt(&bus->ch);
	local_irq_restore(flags);
}

void bus_settle(struct bus *bus)
{
	while (flush_work(&bus->ch.drain_work))
		;
}

void bus_fire_timer(struct bus *bus)
{
	if (cancel_delayed_work_sync(&bus->ch.room_work))
		hvring_send_room_work(&bus->ch.room_work.work);
}

u64 bus_count(struct bus *bus, enum hvring_count what)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu_ptr(bus->ch.counters, cpu)->n[what];
	return sum;
}
