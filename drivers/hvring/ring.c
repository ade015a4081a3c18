// SPDX-License-Identifier: GPL-2.0
/*
 * The two byte rings of a channel: cursors, room, publishing and consuming.
 *
 * Owns every load and store of the shared control pages and every barrier that
 * orders them. Must not know what a packet is, which bus delivered the pages
 * or who calls; takes no lock (see <hvring/ring.h> for whose lock counts).
 */

/**
 * DOC: Memory barriers
 *
 * The host is another party even if the guest has one CPU only, hence the
 * virt_ forms, which a uniprocessor kernel does not drop. A label is written
 * at each barrier below; scripts/check-layers compares them with this list.
 *
 * The ring that we produce:
 *
 *	guest                              host
 *
 *	load read index        (D)         copy packets out
 *	write packets                      store read index
 *	store write index      (A)         clear mask
 *	full barrier           (B)         full barrier
 *	load mask              (C)         load write index
 *	load read index        (O)         sleep if nothing new
 *
 * A: packets before the write index. The host loads the index with acquire
 *    and so finds whole packets behind it.
 * B: write index before mask. Pairs with the full barrier between the host's
 *    clearing of its mask and its last look at the write index. Each side
 *    stores and then loads what the other one stores, so nothing less than two
 *    full barriers keeps both from missing the other: the host would sleep and
 *    we would not signal.
 * C: mask before read index. Pairs with the host storing its read index before
 *    it clears the mask. The two are of one drain then; else a host that took
 *    the batch and sleeps again might be signalled for it once more. No wake-up
 *    depends on this one: B sees to those.
 * D: read index before new bytes. Pairs with the host's release of the index:
 *    it has finished reading what we are about to overwrite.
 * O: as D, for room that the look at the signal found: the reservations that
 *    follow use it without another load.
 *
 * The same ring when it is full:
 *
 *	guest                              host
 *
 *	store pending size     (K)         store read index
 *	full barrier           (L)         full barrier
 *	load read index        (M)         load pending size
 *	sleep if still no room             interrupt if the room came now
 *	after an interrupt:
 *	load read index        (N)
 *
 * K: our note that we wait before the pending size. The interrupt that follows
 *    from the size runs on any CPU and looks at the note to see whether there
 *    is anybody to wake. One that misses it comes from room that the look
 *    behind L finds, so this saves no wake-up, only a wait for nothing.
 * L: pending size before read index. Pairs with the full barrier between the
 *    host's store of its read index and its look at the pending size: either
 *    we see the room, or it sees that we wait. Neither would be a sender that
 *    nothing wakes.
 * M: as D, for room that came before the host saw that we wait.
 * N: as D, for room that an interrupt, or a timer, made us look for.
 *
 * The ring that we consume:
 *
 *	guest                              host
 *
 *	copy packets out                   write packets
 *	store read index       (F)         store write index
 *	full barrier           (G)         full barrier
 *	load pending size      (H)         load mask, load read index
 *	load write index                   interrupt if clear and was empty
 *	clear mask             (I)
 *	full barrier           (J)         store pending size
 *	load write index       (E)         full barrier
 *	return if nothing new              load read index, sleep if no room
 *
 * E: write index before packets. Pairs with the host's release of the index.
 * F: copies before the read index. Pairs with the host's acquire of the index
 *    before it writes over the bytes.
 * G: read index before pending size. Pairs with the full barrier between the
 *    host's store of its pending size and its last look at the room: either it
 *    sees the room, or we see that it waits. Either missing would leave it
 *    asleep in front of an empty ring.
 * H: pending size before write index. Pairs with the host filling the ring
 *    before it says that it waits; with an older write index the room
 *    would be reckoned wrong and the host signalled for nothing. That no signal
 *    is missing is G's doing.
 * I: read index before the cleared mask. Pairs with the host loading the mask
 *    before the read index, as we do in C: seeing the mask cleared it also
 *    sees the ring empty, and so interrupts. G, which comes before in each
 *    drain, orders them too; this keeps it true should that change.
 * J: cleared mask and read index before the write index. Pairs with the host's
 *    full barrier between its write index and its loads of mask and read
 *    index: either it interrupts or we see its packets. This is the last look
 *    before returning; without it packets would lie in the ring until the
 *    next interrupt, which may never come.
 *
 * Setting the mask needs no order: seen late, it costs a spurious interrupt.
 * It cannot overtake a later clearing because both store to the same word.
 */

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <asm/barrier.h>
#include <hvring/ring.h>

static bool hvring_index_valid(u32 size, u32 index)
{
	return index < size && index % HVRING_ALIGN == 0;
}

void hvring_out_init(struct hvring_out *out, struct hvring_control *control,
		     void *data, u32 size)
{
	*out = (struct hvring_out){
		.control = control,
		.data = data,
		.size = size,
	};
}

/*
 * Believe a read index only if it lies between the last one and what the host
 * was given. Anything else would invent room over packets not yet read.
 */
static bool hvring_out_consumed(struct hvring_out *out, u32 read)
{
	if (hvring_index_valid(out->size, read) &&
	    hvring_distance(out->size, out->consumed, read) <=
	    hvring_distance(out->size, out->consumed, out->published)) {
		out->consumed = read;
		return true;
	}

	out->fault = HVRING_FAULT_READ_INDEX;
	out->fault_value = read;
	return false;
}

int hvring_out_look(struct hvring_out *out, u32 bytes)
{
	/* D: the host is done with the bytes before we overwrite them */
	u32 read = virt_load_acquire(&out->control->read_index);

	if (!hvring_out_consumed(out, read))
		return -EIO;
	return hvring_out_room(out) < bytes ? -EAGAIN : 0;
}

/* A quarter of the ring, unless one packet needs more. */
static u32 hvring_out_wish(const struct hvring_out *out, u32 bytes)
{
	u32 quarter = out->size / 4 / HVRING_ALIGN * HVRING_ALIGN;

	return max(bytes, quarter);
}

static void hvring_out_ask(struct hvring_out *out, u32 bytes)
{
	WRITE_ONCE(out->awaited, bytes);
	/* K: who is interrupted because of the size finds that we wait */
	virt_store_release(&out->control->pending_send_size, bytes);
}

bool hvring_out_wait(struct hvring_out *out, u32 bytes)
{
	u32 read;

	if (out->fault)
		return false;

	hvring_out_ask(out, hvring_out_wish(out, bytes));
	/* L: the host sees that we wait, or we see the room */
	virt_mb();
	/* M: the host is done with the bytes before we overwrite them */
	read = virt_load_acquire(&out->control->read_index);
	if (!hvring_out_consumed(out, read))
		return false;
	if (hvring_out_room(out) < bytes)
		return true;

	hvring_out_ask(out, 0);
	return false;
}

bool hvring_out_relieved(struct hvring_out *out)
{
	u32 read;

	if (out->fault || !out->awaited)
		return false;

	/* N: the host is done with the bytes before we overwrite them */
	read = virt_load_acquire(&out->control->read_index);
	return hvring_out_consumed(out, read) &&
	       hvring_out_room(out) >= out->awaited;
}

bool hvring_out_resume(struct hvring_out *out)
{
	if (!out->awaited)
		return false;

	if (out->fault)
		WRITE_ONCE(out->awaited, 0);
	else
		hvring_out_ask(out, 0);
	return true;
}

bool hvring_out_publish(struct hvring_out *out)
{
	u32 before = out->published;
	u32 mask, read;

	if (out->fault || out->staged == before)
		return false;

	out->published = out->staged;
	/* A: the host sees whole packets before it sees the index */
	virt_store_release(&out->control->write_index, out->published);
	/* B: the host sees the index, or we see that it sleeps */
	virt_mb();
	/* C: the read index is not older than the mask */
	mask = virt_load_acquire(&out->control->interrupt_mask);
	if (mask)
		return false;

	/* O: the host is done with the bytes before we overwrite them */
	read = virt_load_acquire(&out->control->read_index);
	if (!hvring_out_consumed(out, read))
		return false;

	return hvring_signal_data(mask, read, before);
}

void hvring_in_init(struct hvring_in *in, struct hvring_control *control,
		    const void *data, u32 size)
{
	*in = (struct hvring_in){
		.control = control,
		.data = data,
		.size = size,
	};
}

/*
 * Believe a write index only if nothing that was already there was taken back
 * and the new bytes fit the room that the host was given.
 */
bool hvring_in_refresh(struct hvring_in *in)
{
	u32 write;

	if (in->fault)
		return false;

	/* E: the host has written the packets before we read them */
	write = virt_load_acquire(&in->control->write_index);
	if (hvring_index_valid(in->size, write) &&
	    hvring_distance(in->size, in->published, write) >=
	    hvring_distance(in->size, in->published, in->produced)) {
		in->produced = write;
		return true;
	}

	in->fault = HVRING_FAULT_WRITE_INDEX;
	in->fault_value = write;
	return false;
}

void hvring_in_mask(struct hvring_in *in)
{
	if (!in->fault)
		WRITE_ONCE(in->control->interrupt_mask, 1);
}

bool hvring_in_publish(struct hvring_in *in)
{
	u32 freed = hvring_in_unpublished(in);
	u32 pending, before, after;

	if (in->fault || !freed)
		return false;

	in->published = in->cursor;
	/* F: we have copied the bytes before the host reuses them */
	virt_store_release(&in->control->read_index, in->published);
	/* G: the host sees the room, or we see that it waits for it */
	virt_mb();
	/* H: the write index is not older than the pending size */
	pending = virt_load_acquire(&in->control->pending_send_size);
	if (!pending ||
	    !(READ_ONCE(in->control->feature_bits) &
	      HVRING_FEATURE_PENDING_SEND))
		return false;

	if (!hvring_in_refresh(in))
		return false;

	after = in->size -
		hvring_distance(in->size, in->published, in->produced);
	/* What the host has added meanwhile may be more than was free before. */
	before = after > freed ? after - freed : 0;
	return hvring_signal_room(pending, before, after);
}

bool hvring_in_unmask(struct hvring_in *in)
{
	if (in->fault)
		return false;

	/* I: whoever sees the mask cleared also sees the ring empty */
	virt_store_release(&in->control->interrupt_mask, 0);
	/* J: the host sees both, or we see what it wrote */
	virt_mb();
	return hvring_in_refresh(in) && in->cursor != in->produced;
}
