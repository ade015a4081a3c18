/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A channel: two rings to one device of the host, as a driver sees it.
 *
 * The life of a channel: the bus finds a device and calls &hvring_driver.probe
 * with its channel; the driver opens it, talks, and closes it before its
 * remove returns (or before a probe returns an error). Once closed it can be
 * opened again.
 *
 * Sending, from any context including hard interrupts::
 *
 *	flags = hvring_channel_lock(ch);
 *	err = hvring_channel_reserve(ch, &slot);
 *	if (!err) {
 *		... write slot.pfn[] and slot.payload in place ...
 *		hvring_channel_commit(ch, &slot);
 *		hvring_channel_publish(ch);
 *	}
 *	hvring_channel_unlock(ch, flags);
 *
 * Any number of packets may be committed before one publish, also over several
 * locks: the host sees none of them before that. The decision to signal is
 * made by the publish and carried out by the unlock, behind the lock: the
 * signal leaves the guest, which is no thing to make other senders wait for.
 * That is safe, because a later publisher finds the ring non-empty and rightly
 * leaves the signal to the one who has to send it.
 *
 * When the ring is full, a reservation publishes what is committed, asks the
 * host for an interrupt and fails with -EAGAIN. Stop to send then;
 * &hvring_client_ops.wake says when to go on. A host that ignores what it is
 * asked is noticed by a timer.
 *
 * Receiving: &hvring_client_ops.receive is called for every packet, one at a
 * time, by the channel's interrupt, by a worker that takes over when the
 * interrupt's budget is used up, or by whoever calls hvring_channel_drain() or
 * hvring_channel_poll().
 *
 * A host that breaks a rule of the ring, or sends what the driver refuses,
 * makes the channel *broken*: one line in the log, nothing more sent, nothing
 * more believed. Commands that the host had by then may still be carried out;
 * only closing the channel, or its rescind by the host, proves that they are
 * not.
 */
#ifndef _HVRING_CHANNEL_H
#define _HVRING_CHANNEL_H

#include <linux/types.h>
#include <linux/uuid.h>
#include <hvring/packet.h>

struct device;
struct module;
struct hvring_channel;

/**
 * enum hvring_notify - why the host is signalled
 * @HVRING_NOTIFY_DATA: packets were published in a ring that was empty.
 * @HVRING_NOTIFY_ROOM: the host waits for the room that was just published.
 */
enum hvring_notify {
	HVRING_NOTIFY_DATA,
	HVRING_NOTIFY_ROOM,
};

/**
 * struct hvring_memory - the rings that a backend has opened
 * @out_control: shared page of the ring that the guest produces.
 * @out_data: its data area, mapped twice in a row.
 * @out_bytes: bytes in that area, counted once.
 * @in_control: shared page of the ring that the guest consumes.
 * @in_data: its data area, mapped twice in a row.
 * @in_bytes: bytes in that area, counted once.
 */
struct hvring_memory {
	struct hvring_control *out_control;
	void *out_data;
	u32 out_bytes;
	struct hvring_control *in_control;
	void *in_data;
	u32 in_bytes;
};

/**
 * struct hvring_backend_ops - what a channel needs of the bus below it
 * @open: allocate both rings, @ring_bytes each with the control page, offer
 *	them to the host and describe them in @memory. May take less room than
 *	asked for. May sleep, without bound if the host does not answer. The
 *	host may interrupt before this returns. 0 or a negative error.
 * @close: take the rings back. When it returns no interrupt handler runs, but
 *	for a sub-channel, whose rings stay until the primary's are closed; and
 *	unless it returns an error the host has let go of the rings and of every
 *	page named in them. May sleep, without bound if the host does not
 *	answer.
 * @notify: signal the host. Any context.
 * @cpu: the CPU that the host interrupts for this channel; it is open.
 */
struct hvring_backend_ops {
	int (*open)(struct hvring_channel *ch, u32 ring_bytes,
		    struct hvring_memory *memory);
	int (*close)(struct hvring_channel *ch);
	void (*notify)(struct hvring_channel *ch, enum hvring_notify why);
	unsigned int (*cpu)(const struct hvring_channel *ch);
};

/**
 * struct hvring_client_ops - what a driver does for its channel
 * @receive: look at one packet. Called with interrupts off and the channel's
 *	receive lock held, often in hard interrupt context: it must not sleep,
 *	drain or close. It may send. Any error breaks the channel: the driver
 *	has found that the host broke the protocol.
 * @wake: reserve again: there is room, or there never will be any and the next
 *	reservation says why. Called once for each time that reservations began
 *	to fail with -EAGAIN, from hard interrupts, the worker or
 *	hvring_channel_stop(), with no lock held; must not sleep. NULL for a
 *	driver that tries again by itself.
 */
struct hvring_client_ops {
	int (*receive)(void *priv, const struct hvring_packet *packet);
	void (*wake)(void *priv);
};

/**
 * hvring_channel_open() - open both rings and start to receive
 * @ch: the channel, closed.
 * @ring_bytes: wanted size of each ring with its control page; a multiple of
 *	the page size. If there is not that much contiguous memory a smaller
 *	ring is opened, so ask hvring_channel_depth() afterwards.
 * @client: the driver's operations; must outlive the open channel.
 * @priv: passed to @client.
 *
 * Context: may sleep, without bound if the host does not answer the bus.
 * @client is called before this returns if the host sends at once.
 *
 * Return: 0 or a negative error, with the channel closed.
 */
int hvring_channel_open(struct hvring_channel *ch, u32 ring_bytes,
			const struct hvring_client_ops *client, void *priv);

/**
 * hvring_channel_stop() - refuse to send from now on
 * @ch: the channel.
 *
 * When it returns nobody holds a reservation, and whoever locks later gets
 * -ENODEV from hvring_channel_reserve(). What is committed and not published
 * never will be. A signal may still be on its way, and receiving goes on.
 * Whoever waits for room is woken.
 *
 * Context: any but with the channel locked.
 */
void hvring_channel_stop(struct hvring_channel *ch);

/**
 * hvring_channel_close() - stop both directions and close the rings
 * @ch: the channel. Does nothing if it is closed but to say once more how that
 *	went.
 *
 * When it returns no callback runs and none will. With packets outstanding this
 * waits until the host is done with them, and all of the bus waits with it.
 *
 * Context: may sleep, without bound if the host does not answer the bus.
 *
 * Return: 0 if the host has let go of every page that it was told of. An error
 * if it could not even be asked: the rings' memory is lost then, and so must be
 * the pages of whatever is outstanding.
 */
int hvring_channel_close(struct hvring_channel *ch);

/**
 * hvring_channel_lock() - begin to send
 * @ch: the channel.
 *
 * Context: any; interrupts are off until hvring_channel_unlock().
 *
 * Return: to be passed to hvring_channel_unlock().
 */
unsigned long hvring_channel_lock(struct hvring_channel *ch);

/**
 * hvring_channel_reserve() - room for one packet
 * @ch: the channel, locked.
 * @slot: says what is wanted and learns where it goes.
 *
 * Forgotten at unlock, and by the next reservation, unless it is committed.
 *
 * Return: 0, -EAGAIN if the ring is full (see &hvring_client_ops.wake), -EINVAL
 * or -EMSGSIZE if the packet never fits, -ENODEV if the channel is stopped,
 * closed or rescinded, -EIO if it is broken.
 */
int hvring_channel_reserve(struct hvring_channel *ch, struct hvring_slot *slot);

/**
 * hvring_channel_commit() - keep the packet that was just written
 * @ch: the channel, locked.
 * @slot: as reserved.
 */
void hvring_channel_commit(struct hvring_channel *ch,
			   const struct hvring_slot *slot);

/**
 * hvring_channel_publish() - hand every committed packet to the host
 * @ch: the channel, locked.
 *
 * Does nothing if nothing is committed, or the channel is stopped or broken.
 */
void hvring_channel_publish(struct hvring_channel *ch);

/**
 * hvring_channel_unlock() - end of sending
 * @ch: the channel, locked.
 * @flags: from hvring_channel_lock().
 *
 * Signals the host if what was published under the lock needs it.
 */
void hvring_channel_unlock(struct hvring_channel *ch, unsigned long flags);

/**
 * hvring_channel_drain() - receive everything that is there
 * @ch: the channel, open or having been. Does nothing if it is closed or
 *	broken.
 *
 * What arrives meanwhile is received too, or left to the interrupt, so this
 * ends however much the host sends.
 *
 * Context: any, but neither inside &hvring_client_ops.receive nor locked.
 *
 * Return: how many packets there were.
 */
u32 hvring_channel_drain(struct hvring_channel *ch);

/**
 * hvring_channel_set_polled() - who looks for packets
 * @ch: the channel, open.
 * @polled: true: hvring_channel_poll() does, and the host is asked not to
 *	interrupt for packets. False, as after each open: the interrupt does.
 *
 * Context: process context, interrupts on.
 */
void hvring_channel_set_polled(struct hvring_channel *ch, bool polled);

/**
 * hvring_channel_poll() - receive some of what is there
 * @ch: the channel. Does nothing if it is closed or broken.
 * @packets: no more than this many.
 *
 * Context: any, but neither inside &hvring_client_ops.receive nor locked.
 *
 * Return: how many there were.
 */
u32 hvring_channel_poll(struct hvring_channel *ch, u32 packets);

/**
 * hvring_channel_depth() - requests that can be outstanding at once
 * @ch: the channel, open.
 * @payload_bytes: payload of a request, and of its completion.
 * @pages: most pages that a request's buffer touches.
 *
 * Return: how many requests of this size and how many completions are sure to
 * find room in the rings that were really opened.
 */
u32 hvring_channel_depth(struct hvring_channel *ch, u32 payload_bytes,
			 u32 pages);

/**
 * hvring_channel_broken() - did the host break a rule?
 * @ch: the channel.
 *
 * Return: true if so, until it is opened again.
 */
bool hvring_channel_broken(const struct hvring_channel *ch);

/**
 * hvring_channel_rescinded() - did the host take the device away?
 * @ch: the channel.
 *
 * From then on the host touches no page of this channel and never answers.
 * What it had answered before may still be in the ring.
 *
 * Return: true if so; never becomes false again.
 */
bool hvring_channel_rescinded(const struct hvring_channel *ch);

/**
 * hvring_channel_device() - the device behind a channel
 * @ch: the channel.
 *
 * Return: the device, for logging, DMA and as a parent. No reference is taken.
 */
struct device *hvring_channel_device(const struct hvring_channel *ch);

/**
 * hvring_channel_cpu() - where a channel's interrupts go
 * @ch: the channel, open.
 *
 * An administrator may have moved it by the time that this returns.
 *
 * Return: the CPU.
 */
unsigned int hvring_channel_cpu(const struct hvring_channel *ch);

/**
 * hvring_channel_priv() - the driver's own pointer
 * @ch: the channel.
 *
 * Return: as last given to hvring_channel_open().
 */
void *hvring_channel_priv(const struct hvring_channel *ch);

/**
 * struct hvring_driver - a driver for one class of devices
 * @name: name on the bus.
 * @class: class of the devices.
 * @probe: take over a device; its channel is closed. May sleep. Return 0 or a
 *	negative error with the channel closed, after which the bus offers the
 *	device to the next driver.
 * @remove: let go of a device and close its channel. May sleep. The device may
 *	be gone already, see hvring_channel_rescinded().
 * @sub_channel: the host has offered another channel for a device whose primary
 *	channel is open: open it, or leave it alone. May sleep. Called for one
 *	sub-channel of a device at a time, never after the close of the primary
 *	has returned. A sub-channel cannot be closed alone; closing the primary
 *	closes it, and so it must not be used while that goes on. Its struct
 *	stays until @remove has returned, and comes back with another
 *	sub-channel after the primary was opened again. NULL: not wanted.
 * @suspend: the machine is about to hibernate: close the channel. May sleep. An
 *	error, with the channel open, keeps the machine from it. NULL: the
 *	machine cannot hibernate.
 * @resume: the machine goes on, perhaps on another host: open the channel. May
 *	sleep. After an error the channel stays closed. NULL like @suspend.
 * @shutdown: the machine goes down, or another kernel comes: what was sent has to
 *	end, and nothing more may be sent. The bus says good-bye to the host
 *	afterwards. May sleep. NULL: nothing to do.
 * @backend: private to the bus side.
 */
struct hvring_driver {
	const char *name;
	guid_t class;
	int (*probe)(struct hvring_channel *ch);
	void (*remove)(struct hvring_channel *ch);
	void (*sub_channel)(struct hvring_channel *primary,
			    struct hvring_channel *ch);
	int (*suspend)(struct hvring_channel *ch);
	int (*resume)(struct hvring_channel *ch);
	void (*shutdown)(struct hvring_channel *ch);
	void *backend;
};

/**
 * __hvring_driver_register() - see hvring_driver_register()
 * @driver: the driver.
 * @owner: module that it lives in.
 * @mod_name: name of that module.
 *
 * Return: 0 or a negative error.
 */
int __hvring_driver_register(struct hvring_driver *driver, struct module *owner,
			     const char *mod_name);

/**
 * hvring_driver_register() - offer a driver to the bus
 * @driver: the driver; must stay until it is unregistered.
 *
 * Devices that are there are probed, some of them after this returns.
 *
 * Context: may sleep.
 *
 * Return: 0 or a negative error; -ENODEV on a machine without the bus.
 */
#define hvring_driver_register(driver) \
	__hvring_driver_register(driver, THIS_MODULE, KBUILD_MODNAME)

/**
 * hvring_driver_unregister() - withdraw a driver
 * @driver: the driver. Its devices are removed first.
 *
 * Context: may sleep.
 */
void hvring_driver_unregister(struct hvring_driver *driver);

#endif /* _HVRING_CHANNEL_H */
