// SPDX-License-Identifier: GPL-2.0
/*
 * One channel's worker: reads requests, sends completions, and keeps the
 * signalling rules that a real host keeps, among them the mask that stays set
 * while it works and the wait for room in a full ring.
 */
#include "host.h"
#include "fault.h"
#include "notice.h"
#include "vmbus.h"

/* Descriptor, the largest payload and trailer of a completion. */
#define COMPLETION_ROOM		88u
#define PACKET_BUFFER		(64 * 1024)

static u8 packet_buffer[PACKET_BUFFER];

void channel_break(struct channel *c, const char *fmt, ...)
{
	char text[160];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->broken = true;
	violation("channel %u: %s", c->relid, text);
}

/* The words that the host owns must read as the host has left them. */
static bool own_words_intact(struct channel *c)
{
	if (READ_ONCE(c->in.control->interrupt_mask) != c->in.masked)
		channel_break(c, "guest wrote the mask of the ring it produces");
	else if (READ_ONCE(c->in.control->read_index) != c->in.published)
		channel_break(c, "guest wrote the read index of the ring it produces");
	else if (READ_ONCE(c->out.control->write_index) != c->out.published)
		channel_break(c, "guest wrote the write index of the ring it consumes");
	return !c->broken;
}

static void set_mask(struct channel *c, bool masked)
{
	c->in.masked = masked;
	WRITE_ONCE(c->in.control->interrupt_mask, masked);
	full_barrier();
}

static void interrupt(struct channel *c)
{
	if (c->target_vp == NO_VP)
		return;
	c->interrupts++;
	synic_signal(c->target_vp, c->relid);
}

/* Room for one packet more; if there is none, asks to be told of some. */
static bool have_room(struct channel *c, u32 need)
{
	struct hvring_control *ctl = c->out.control;
	const char *why;
	long room = ring_writable(&c->out, &why);

	if (room >= 0 && room < (long)need) {
		WRITE_ONCE(ctl->pending_send_size,
			   MAX(COMPLETION_ROOM, (c->out.size - HVRING_GAP) / 4));
		full_barrier();
		room = ring_writable(&c->out, &why);
	}
	if (room < 0) {
		channel_break(c, "%s", why);
		return false;
	}
	if (room < (long)need)
		return false;
	if (READ_ONCE(ctl->pending_send_size))
		WRITE_ONCE(ctl->pending_send_size, 0);
	return true;
}

bool channel_send(struct channel *c, u16 type, u64 id, const void *payload,
		  u32 len)
{
	u32 padded = ALIGN_UP(len, HVRING_ALIGN), start = c->out.index;
	struct hvring_desc d = {
		.type = type,
		.data_offset8 = sizeof(d) / 8,
		.length8 = (u16)((sizeof(d) + padded) / 8),
		.transaction_id = id,
	};
	struct hvring_trailer t = { 0, start };
	u32 at = start;

	if (!have_room(c, sizeof(d) + padded + sizeof(t)))
		return false;
	ring_copy_in(&c->out, at, &d, sizeof(d));
	at = (at + sizeof(d)) % c->out.size;
	ring_copy_in(&c->out, at, payload, len);
	at = (at + padded) % c->out.size;
	ring_copy_in(&c->out, at, &t, sizeof(t));
	c->out.index = (at + sizeof(t)) % c->out.size;
	c->packets_out++;
	STAT_INC(packets_out);
	return true;
}

void channel_flush(struct channel *c)
{
	u32 before = c->out.published;

	if (c->out.index == before)
		return;
	c->out.published = c->out.index;
	__atomic_store_n(&c->out.control->write_index, c->out.index,
			 __ATOMIC_RELEASE);
	full_barrier();
	if (!READ_ONCE(c->out.control->interrupt_mask) &&
	    READ_ONCE(c->out.control->read_index) == before)
		interrupt(c);
}

/* Bytes that the guest can write when the host has read up to @read. */
static u32 room_for_guest(const struct channel *c, u32 read, u32 write)
{
	return (read + c->in.size - write - 1) % c->in.size + 1 - HVRING_GAP;
}

/*
 * Tells the guest what has been read, and that there is room if it waits. The
 * pending size comes before the write index: the guest has filled the ring
 * before it waits, and with an older index there would seem to have been room.
 */
static void publish_read_index(struct channel *c)
{
	struct hvring_control *ctl = c->in.control;
	u32 before = c->in.published, after = c->in.index;
	u32 pending, write;

	if (before == after)
		return;
	c->in.published = after;
	__atomic_store_n(&ctl->read_index, after, __ATOMIC_RELEASE);
	full_barrier();
	pending = __atomic_load_n(&ctl->pending_send_size, __ATOMIC_ACQUIRE) &
		  ~(HVRING_ALIGN - 1);
	if (!pending ||
	    !(READ_ONCE(ctl->feature_bits) & HVRING_FEATURE_PENDING_SEND))
		return;
	write = READ_ONCE(ctl->write_index) % c->in.size;
	if (room_for_guest(c, before, write) < pending &&
	    room_for_guest(c, after, write) >= pending &&
	    !fault_silent(FAULT_ROOM))
		interrupt(c);
}

/* Reads what the guest has written, as far as depth and room allow. */
static bool read_requests(struct channel *c)
{
	struct packet p;
	const char *why;
	bool any = false;
	long readable = ring_readable(&c->in, &why);

	while (readable > 0 && c->outstanding < STORVSP_DEPTH &&
	       have_room(c, COMPLETION_ROOM)) {
		u32 before = c->in.index;

		if (!ring_take(&c->in, (u32)readable, packet_buffer,
			       sizeof(packet_buffer), &p, &why)) {
			channel_break(c, "%s", why);
			return any;
		}
		readable -= (c->in.index + c->in.size - before) % c->in.size;
		c->packets_in++;
		STAT_INC(packets_in);
		any = true;
		storvsp_request(c, &p);
		if (c->broken)
			return any;
	}
	if (readable < 0)
		channel_break(c, "%s", why);
	return any;
}

static void work(struct channel *c)
{
	bool progress, any = false;
	const char *why;

	if (c->state != CHANNEL_OPEN || c->broken || !own_words_intact(c))
		return;
	for (;;) {
		do {
			progress = read_requests(c);
			if (!c->broken)
				progress |= storvsp_complete(c, rdtsc());
			if (!c->broken)
				progress |= notice_send(c);
			any |= progress;
		} while (progress && !c->broken);
		if (c->broken)
			return;
		if (c->in.index != c->in.published)
			set_mask(c, true);
		publish_read_index(c);
		channel_flush(c);
		set_mask(c, false);
		/* What came in before the mask was off has sent no signal. */
		if (ring_readable(&c->in, &why) <= 0 ||
		    c->outstanding >= STORVSP_DEPTH ||
		    !have_room(c, COMPLETION_ROOM))
			break;
	}
	if (!any)
		STAT_INC(signals_spurious);
}

bool channel_signal(u32 connection)
{
	u32 relid = connection & 0xfff;
	struct channel *c;

	if (!relid || relid > MAX_CHANNELS)
		return false;
	c = &channels[relid];
	if (c->connection != connection || READ_ONCE(c->state) != CHANNEL_OPEN)
		return false;
	if (options.async) {
		WRITE_ONCE(c->kicked, true);
		host_wake();
		return true;
	}
	spin_lock(&host_lock);
	c->signals++;
	work(c);
	spin_unlock(&host_lock);
	return true;
}

bool channel_rescinded(u32 connection)
{
	const struct channel *c = &channels[MIN(connection & 0xfff,
						(u32)MAX_CHANNELS)];

	return c->connection == connection &&
	       READ_ONCE(c->state) == CHANNEL_RESCINDED;
}

bool channels_kicked(void)
{
	u32 i;

	for (i = 1; i <= MAX_CHANNELS; i++)
		if (READ_ONCE(channels[i].kicked))
			return true;
	return false;
}

/* Nanoseconds until @due, at most @longest. */
static u32 time_left(u64 due, u64 now, u32 longest)
{
	u64 ns;

	if (due <= now)
		return 0;
	ns = (due - now) * 1000 / MAX(tsc_hz / 1000000, 1ull);
	return (u32)MIN(ns, (u64)longest);
}

u32 channels_work(u32 longest)
{
	u32 i, wait = longest;
	bool kicked;
	u64 now;

	spin_lock(&host_lock);
	for (i = 1; i <= MAX_CHANNELS; i++) {
		struct channel *c = &channels[i];

		/* Taken from any channel: a kick that stays forbids to halt. */
		kicked = __atomic_exchange_n(&c->kicked, false,
					     __ATOMIC_SEQ_CST);
		if (c->state != CHANNEL_OPEN || c->broken)
			continue;
		now = rdtsc();
		if (kicked) {
			c->signals++;
			work(c);
		} else if (storvsp_next_due(c) <= now) {
			work(c);
		}
		wait = MIN(wait, time_left(storvsp_next_due(c), rdtsc(), wait));
	}
	spin_unlock(&host_lock);
	return wait;
}

void channel_open(struct channel *c, struct gpadl *g, u32 split, u32 vp)
{
	g->in_use = true;
	c->ring_gpadl = g;
	c->target_vp = vp;
	c->broken = false;
	c->kicked = false;
	c->packet_size = 0;
	c->packets_in = 0;
	c->packets_out = 0;
	c->signals = 0;
	c->interrupts = 0;
	c->notices = 0;
	ring_init(&c->in, g->pfn, split);
	ring_init(&c->out, g->pfn + split, g->pages - split);
	set_mask(c, true);
	c->state = CHANNEL_OPEN;
	work(c);
}

/* A host finishes what it has begun before it lets go of a channel. */
void channel_close(struct channel *c)
{
	storvsp_complete(c, STORVSP_ALL);
	if (!c->broken)
		channel_flush(c);
	c->kicked = false;
	c->ring_gpadl->in_use = false;
	c->ring_gpadl = NULL;
	c->state = CHANNEL_OFFERED;
	if (!c->sub_index)
		storvsp_reset(c->controller);
}
