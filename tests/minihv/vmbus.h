/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's side of VMBus: connection and offers (vmbus.c), one channel with
 * its two rings (channel.c), the bytes of one ring (ring.c) and the storage
 * provider on top (storvsp.c). All of it under the host lock.
 */
#ifndef MINIHV_VMBUS_H
#define MINIHV_VMBUS_H

#include "lib.h"
#include <hvring/wire.h>

#define MAX_CONTROLLERS		4
#define MAX_SUB_CHANNELS	31
#define MAX_CHANNELS		(MAX_CONTROLLERS * (1 + MAX_SUB_CHANNELS))
#define NO_VP			0xffffffffu
#define VMBUS_SIGNAL_SINT	2

/**
 * struct gpadl - guest memory that the guest has described to the host
 * @id: chosen by the guest. @relid: the channel it was made for.
 * @pages: number of pages; @filled of them have been named so far.
 * @whole_pages: it begins and ends at a page's border, as a ring has to.
 * @in_use: it is the ring of an open channel.
 */
struct gpadl {
	struct gpadl *next;
	u32 id, relid;
	u32 pages, filled;
	bool whole_pages, in_use;
	u64 pfn[];
};

/**
 * struct ring - the host's end of one ring
 * @control: its first page.
 * @pfn: its data pages. @size: their bytes.
 * @index: the cursor that the host owns: the read index of the ring that it
 *	consumes, the write index of the ring that it produces.
 * @published: what the guest has been told of @index.
 * @peer: the other index, the guest's, as it was seen last.
 * @masked: what the host has written into the mask of the ring it consumes.
 */
struct ring {
	struct hvring_control *control;
	const u64 *pfn;
	u32 size;
	u32 index, published, peer;
	bool masked;
};

/**
 * struct packet - what a guest has sent, taken out of the ring
 * @type: HVRING_PKT_*. @flags: of the descriptor. @id: transaction id.
 * @ranges: GPA ranges named; @range describes the only one allowed.
 * @pfn: its pages. @pfn_count: how many.
 * @payload: behind the headers. @payload_len: its bytes.
 */
struct packet {
	u16 type, flags;
	u64 id;
	u32 ranges, range_bytes, range_offset;
	const u64 *pfn;
	u32 pfn_count;
	const void *payload;
	u32 payload_len;
};

enum channel_state {
	CHANNEL_ABSENT,		/* no such relid */
	CHANNEL_OFFERED,
	CHANNEL_OPEN,
	CHANNEL_RESCINDED,	/* until the guest releases the relid */
};

/**
 * struct channel - one relid
 * @relid: from 1 on. @connection: what the guest signals.
 * @controller: which it belongs to. @sub_index: 0 for the primary.
 * @target_vp: whom to interrupt, or NO_VP.
 * @broken: the guest violated the ring; its worker has ended.
 * @announced: the offer has been sent.
 * @kicked: the guest has signalled since the worker looked last.
 * @in: guest to host. @out: host to guest.
 * @pending: requests that have been read and are not completed, by due time.
 * @notice: what the guest gets without having asked, @notices times more;
 *	about @notice_lun, if it names one.
 */
struct channel {
	u32 relid, connection;
	u32 controller, sub_index;
	enum channel_state state;
	u32 target_vp;
	bool broken, announced, kicked;
	struct gpadl *ring_gpadl;
	struct ring in, out;
	struct request *pending;
	u32 outstanding;
	u32 packet_size;	/* of the first request; all have to have it */
	u64 packets_in, packets_out, signals, interrupts;
	const struct notice *notice;
	u64 notices;
	u8 notice_lun;
};

extern struct channel channels[MAX_CHANNELS + 1];	/* [relid]; 0 unused */

/* vmbus.c */
void vmbus_message(const void *payload, u32 len);
void vmbus_send(const void *payload, u32 len);
bool vmbus_offers_wanted(void);
u32 vmbus_version(void);	/* 0 while no guest is connected */

/* gpadl.c */
struct gpadl *gpadl_find(u32 id);
void gpadl_header(const void *message, u32 len);
void gpadl_body(const void *message, u32 len);
void gpadl_teardown(const void *message);
void gpadl_free_all(void);

/* offer.c */
bool channel_exists(u32 relid);

/* The one that is open and in order, or NULL. */
struct channel *channel_find(u64 controller, u64 sub_index);
void offer_all(void);
void offer_released(u32 relid);
void offer_reset(void);
void vmbus_offer_sub_channels(u32 controller, u32 count);
void vmbus_rescind_sub_channels(u32 controller);
bool vmbus_rescind_sub_channel(u32 relid);
bool vmbus_controller_present(u32 controller);
bool vmbus_controller_add(u32 controller);
bool vmbus_controller_remove(u32 controller);

/* channel.c */
void channel_open(struct channel *c, struct gpadl *g, u32 split, u32 vp);
void channel_close(struct channel *c);

/* A guest's SignalEvent, no lock held; false when nobody has that id. */
bool channel_signal(u32 connection);

/* True for a channel whose rescind the guest may not have heard of. */
bool channel_rescinded(u32 connection);

/* Host CPU: does what is due. Returns when it has to look again, in ns. */
u32 channels_work(u32 longest);
bool channels_kicked(void);		/* no lock needed */

/* The guest has broken a rule of the ring: the channel's worker ends. */
void channel_break(struct channel *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds a packet to the batch; false when the guest's ring has no room. */
bool channel_send(struct channel *c, u16 type, u64 id, const void *payload,
		  u32 len);

/* Publishes the batch and interrupts the guest if that is due. */
void channel_flush(struct channel *c);

/* ring.c */
void ring_init(struct ring *r, const u64 *pfn, u32 pages);

/* Bytes to read, or -1 with *why when the guest's index is no index. */
long ring_readable(struct ring *r, const char **why);

/* Room to write, likewise. */
long ring_writable(struct ring *r, const char **why);

/* Copies out of, or into, the data area from byte @at on, around the end. */
void ring_copy_out(const struct ring *r, u32 at, void *dst, u32 len);
void ring_copy_in(struct ring *r, u32 at, const void *src, u32 len);

/*
 * Takes the packet at the cursor into @buf and moves the cursor; the caller
 * publishes it. false with *why when a real host would call it corrupt.
 */
bool ring_take(struct ring *r, u32 readable, void *buf, u32 buf_size,
	       struct packet *p, const char **why);

/* storvsp.c. Times are in ticks of the time stamp counter. */
#define STORVSP_DEPTH		256	/* requests a channel's worker takes on */

bool storvsp_outstanding(const struct channel *c, u64 id);

/* storvsp_check.c: false when the channel has been broken over the packet. */
bool storvsp_check(struct channel *c, const struct packet *p);

void storvsp_reset(u32 controller);	/* the primary channel was closed */

/* Takes a request on; it is completed by storvsp_complete() when it is due. */
void storvsp_request(struct channel *c, const struct packet *p);

/* Completes what is due at @now, or everything; true when it did something. */
bool storvsp_complete(struct channel *c, u64 now);
#define STORVSP_ALL		(~0ull)

/* When storvsp_complete() has something to do by itself; STORVSP_ALL: never. */
u64 storvsp_next_due(const struct channel *c);

/* Forgets all requests: the channel is taken from the guest. */
void storvsp_drop(struct channel *c);

/* Tells the guest that disks have come or gone. */
void storvsp_enumerate_bus(u32 controller);

#endif /* MINIHV_VMBUS_H */
