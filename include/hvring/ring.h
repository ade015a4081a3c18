/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Contract of one byte ring, seen from the guest.
 *
 * A channel is two rings. The guest produces into one (struct hvring_out) and
 * consumes from the other (struct hvring_in); the host is the other party of
 * both and is not trusted. Nothing here allocates, locks, prints or reads a
 * clock, and nothing here knows what a packet means, so the code also compiles
 * in user space.
 *
 * Who may call what: each ring takes one caller at a time. The caller brings
 * the lock, one for the out ring and another one for the in ring; the two
 * rings share nothing.
 *
 * Sending goes reserve, write the packet in place, commit, any number of
 * times, and then publish. Committed packets are invisible to the host until
 * the publish, which stores the write index once and says once whether the
 * host has to be signalled. The answer must be acted on even if other packets
 * are published in between: whoever got "yes" is the only one who did.
 *
 * A packet that finds no room waits: publish what is committed, say so with
 * hvring_out_wait(), ask hvring_out_relieved() whenever the host interrupts,
 * and when it says yes call hvring_out_resume(). The host promises to interrupt
 * when the room that is waited for becomes free.
 *
 * Receiving goes mask, then peek, copy out, advance until nothing is left,
 * then publish, then unmask; if unmask says that more arrived, start again.
 * Bytes that were advanced over belong to the host once they are published.
 *
 * Cursors are private. The shared copies of our own indices are stored and
 * never loaded, and an index that the host wrote is checked before it is used:
 * below the size, a multiple of 8, and moved forward by no more than the
 * protocol allows. One that fails marks the ring broken for good, after which
 * every call refuses and stores nothing more in shared memory.
 *
 * What each packet needs is inline, and looks at nothing shared.
 */
#ifndef _HVRING_RING_H
#define _HVRING_RING_H

#include <linux/errno.h>
#include <linux/types.h>
#include <hvring/wire.h>

/**
 * enum hvring_fault - what a peer did wrong with a ring
 * @HVRING_FAULT_NONE: nothing so far.
 * @HVRING_FAULT_READ_INDEX: impossible read index in the ring that we produce.
 * @HVRING_FAULT_WRITE_INDEX: impossible write index in the ring that we
 *	consume.
 */
enum hvring_fault {
	HVRING_FAULT_NONE,
	HVRING_FAULT_READ_INDEX,
	HVRING_FAULT_WRITE_INDEX,
};

/**
 * struct hvring_out - the ring that the guest produces
 * @control: shared page. Set once.
 * @data: data area, mapped twice in a row so that no packet is split. Set once.
 * @size: bytes in the data area; a multiple of 8. Set once.
 * @staged: end of the last committed packet.
 * @published: write index that the host was last given.
 * @consumed: last read index that passed the check.
 * @awaited: bytes of room that the host was told we wait for, 0 for none. May
 *	be read without the lock, as a hint.
 * @fault: why the ring is broken.
 * @fault_value: the offending word.
 *
 * All but the first three are protected by the caller's lock.
 */
struct hvring_out {
	struct hvring_control *control;
	u8 *data;
	u32 size;

	u32 staged;
	u32 published;
	u32 consumed;
	u32 awaited;
	enum hvring_fault fault;
	u32 fault_value;
};

/**
 * struct hvring_in - the ring that the guest consumes
 * @control: shared page. Set once.
 * @data: data area, mapped twice in a row. Set once.
 * @size: bytes in the data area; a multiple of 8. Set once.
 * @cursor: next byte to look at.
 * @published: read index that the host was last given.
 * @produced: last write index that passed the check.
 * @fault: why the ring is broken.
 * @fault_value: the offending word.
 *
 * All but the first three are protected by the caller's lock.
 */
struct hvring_in {
	const u8 *data;
	struct hvring_control *control;
	u32 size;

	u32 cursor;
	u32 published;
	u32 produced;
	enum hvring_fault fault;
	u32 fault_value;
};

/* Bytes from one index forward to another. */
static inline u32 hvring_distance(u32 size, u32 from, u32 to)
{
	return to >= from ? to - from : size - from + to;
}

static inline u32 hvring_forward(u32 size, u32 index, u32 bytes)
{
	index += bytes;
	return index >= size ? index - size : index;
}

static inline u32 hvring_out_room(const struct hvring_out *out)
{
	return out->size - HVRING_GAP -
	       hvring_distance(out->size, out->consumed, out->staged);
}

/**
 * hvring_out_init() - start with an empty ring
 * @out: the ring.
 * @control: its shared page, both indices 0.
 * @data: its data area, mapped twice in a row.
 * @size: bytes in the data area.
 */
void hvring_out_init(struct hvring_out *out, struct hvring_control *control,
		     void *data, u32 size);

/**
 * hvring_out_look() - has the host made room?
 * @out: the ring, not broken.
 * @bytes: how much is needed.
 *
 * Return: 0, -EAGAIN if there is too little, -EIO if the ring is broken now.
 */
int hvring_out_look(struct hvring_out *out, u32 bytes);

/**
 * hvring_out_reserve() - find room for one packet behind the committed ones
 * @out: the ring.
 * @bytes: packet length with trailer; a multiple of 8.
 *
 * Nothing is held by a reservation: one that is not committed is forgotten.
 *
 * Return: 0, -EAGAIN if the ring is full or somebody waits, -EMSGSIZE if no
 * ring of this size can ever hold the packet, -EIO if the ring is broken.
 */
static inline int hvring_out_reserve(struct hvring_out *out, u32 bytes)
{
	if (out->fault)
		return -EIO;
	if (bytes > out->size - HVRING_GAP)
		return -EMSGSIZE;
	if (out->awaited)
		return -EAGAIN;

	/* Touch the host's cache line only when the known room runs out. */
	return hvring_out_room(out) < bytes ? hvring_out_look(out, bytes) : 0;
}

/**
 * hvring_out_at() - where to write the packet that was just reserved
 * @out: the ring.
 *
 * Return: its first byte.
 */
static inline void *hvring_out_at(const struct hvring_out *out)
{
	return out->data + out->staged;
}

/**
 * hvring_out_commit() - keep the packet that was just written
 * @out: the ring.
 * @bytes: as given to the reservation.
 */
static inline void hvring_out_commit(struct hvring_out *out, u32 bytes)
{
	out->staged = hvring_forward(out->size, out->staged, bytes);
}

/**
 * hvring_out_unpublished() - committed bytes that the host does not know of
 * @out: the ring.
 *
 * Return: the number of bytes.
 */
static inline u32 hvring_out_unpublished(const struct hvring_out *out)
{
	return hvring_distance(out->size, out->published, out->staged);
}

/**
 * hvring_out_publish() - hand every committed packet to the host
 * @out: the ring.
 *
 * Return: true if the host must be signalled now.
 */
bool hvring_out_publish(struct hvring_out *out);

/**
 * hvring_out_wait() - ask the host to interrupt when there is room
 * @out: the ring; everything committed is published, and nobody waits yet.
 * @bytes: length of the packet that found no room.
 *
 * Until hvring_out_resume() nothing can be reserved, so that small packets do
 * not take the room that a large one waits for. More room than for one packet
 * is asked for, so that a ring that is kept full costs one interrupt for many
 * packets.
 *
 * Return: true if the caller has to wait; false if there is room by now, or if
 * the ring is broken: reserve again.
 */
bool hvring_out_wait(struct hvring_out *out, u32 bytes);

/**
 * hvring_out_relieved() - is the room there that is waited for?
 * @out: the ring.
 *
 * Return: true if so. False if nobody waits, there is too little room, or the
 * ring is broken.
 */
bool hvring_out_relieved(struct hvring_out *out);

/**
 * hvring_out_resume() - stop to wait, whether there is room or not
 * @out: the ring.
 *
 * Whoever waited has to be told to reserve again.
 *
 * Return: true if somebody waited.
 */
bool hvring_out_resume(struct hvring_out *out);

/**
 * hvring_in_init() - start with an empty ring
 * @in: the ring.
 * @control: its shared page, both indices 0.
 * @data: its data area, mapped twice in a row.
 * @size: bytes in the data area.
 */
void hvring_in_init(struct hvring_in *in, struct hvring_control *control,
		    const void *data, u32 size);

/**
 * hvring_in_mask() - ask the host not to interrupt
 * @in: the ring.
 *
 * Only a wish: an interrupt that is under way still arrives.
 */
void hvring_in_mask(struct hvring_in *in);

/**
 * hvring_in_refresh() - has the host written more?
 * @in: the ring.
 *
 * Return: true if what it says can be believed, more or not.
 */
bool hvring_in_refresh(struct hvring_in *in);

/**
 * hvring_in_peek() - look at the next bytes
 * @in: the ring.
 * @at: where they begin; set if there are any.
 *
 * The host may still change these bytes.
 *
 * Return: bytes that can be read at @at; 0 if the ring is empty or broken.
 */
static inline u32 hvring_in_peek(struct hvring_in *in, const void **at)
{
	if (in->fault)
		return 0;
	if (in->cursor == in->produced && !hvring_in_refresh(in))
		return 0;

	*at = in->data + in->cursor;
	return hvring_distance(in->size, in->cursor, in->produced);
}

/**
 * hvring_in_advance() - done with some bytes
 * @in: the ring.
 * @bytes: how many; a multiple of 8 and no more than the peek returned.
 */
static inline void hvring_in_advance(struct hvring_in *in, u32 bytes)
{
	in->cursor = hvring_forward(in->size, in->cursor, bytes);
}

/**
 * hvring_in_unpublished() - bytes done with that the host does not know of
 * @in: the ring.
 *
 * Return: the number of bytes.
 */
static inline u32 hvring_in_unpublished(const struct hvring_in *in)
{
	return hvring_distance(in->size, in->published, in->cursor);
}

/**
 * hvring_in_publish() - give the room of everything done with to the host
 * @in: the ring.
 *
 * Return: true if the host waits for this room and must be signalled now.
 */
bool hvring_in_publish(struct hvring_in *in);

/**
 * hvring_in_unmask() - ask the host to interrupt again
 * @in: the ring; everything done with is published.
 *
 * Return: true if something arrived that no interrupt may announce: mask and
 * drain again.
 */
bool hvring_in_unmask(struct hvring_in *in);

/**
 * hvring_signal_data() - does a host that slept on an empty ring need a signal?
 * @mask: the host's interrupt mask.
 * @read: the host's read index, loaded after @mask.
 * @before: write index before the batch that was just published.
 *
 * Return: true if it does.
 */
bool hvring_signal_data(u32 mask, u32 read, u32 before);

/**
 * hvring_signal_room() - does a host that waits for room need a signal?
 * @pending: bytes that the host waits for; 0 if it does not.
 * @before: bytes that were free before the publish, the gap included.
 * @after: bytes that are free after it, the gap included.
 *
 * Return: true if it does.
 */
bool hvring_signal_room(u32 pending, u32 before, u32 after);

#endif /* _HVRING_RING_H */
