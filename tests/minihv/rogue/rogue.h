/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A guest that breaks the rules on purpose. It has its own, second reading of
 * the interface: with minihv it shares the wire formats and nothing else.
 *
 * Whatever can go wrong returns a text that says what, or NULL when all went
 * well; the text is what the runner prints.
 */
#ifndef ROGUE_H
#define ROGUE_H

#include "lib.h"
#include "vmbus_proto.h"
#include <hvring/wire.h>
#include <hvscsi/vstor.h>

#define GUEST_MEMORY	(256ull << 20)		/* what the runner asks for */
#define HOST_PAGE	0x100000ull		/* where minihv itself lies */

#define TRY(what) do {			\
	const char *why_ = (what);	\
					\
	if (why_)			\
		return why_;		\
} while (0)

#define CHECK(cond) do {				\
	if (!(cond))					\
		return "not so: " #cond " in " __FILE__; \
} while (0)

/* How far the guest has come when a case begins. */
enum level {
	LEVEL_PLATFORM,		/* MSRs and hypercall page, no connection */
	LEVEL_CONNECTED,
	LEVEL_OFFERED,		/* the controller's channel is known */
	LEVEL_OPEN,
	LEVEL_READY,		/* it takes SCSI commands */
};

struct request;

/**
 * struct test_case - one mistake
 * @name: one word.
 * @expects: the only event that the host may have to report, or how it begins
 *	and "...", or NOTHING.
 * @level: where it begins.
 * @run: does it.
 * @spoil: for run_spoiled(): what to change in a well-formed request.
 * @arg: for @run.
 */
struct test_case {
	const char *name, *expects;
	enum level level;
	const char *(*run)(const struct test_case *t);
	void (*spoil)(struct request *rq);
	u32 arg[2];
};

#define NOTHING		"nothing"
#define VIOLATION(s)	"violation: " s

#define CASE(n, level_, run_, expects_, ...)				\
	{ .name = n, .level = LEVEL_##level_, .run = run_,		\
	  .expects = VIOLATION(expects_), .arg = { __VA_ARGS__ } }

/* A request of run_spoiled(), and what spoils it. */
#define SPOIL(name, change)				\
static void name(struct request *rq)			\
{							\
	change;						\
}

#define SPOILED(n, spoil_, expects_)					\
	{ .name = n, .level = LEVEL_READY, .run = run_spoiled,		\
	  .spoil = spoil_, .expects = VIOLATION("channel 1: " expects_) }

/* Each ends with a NULL name. The last case of all is end_cases'. */
extern const struct test_case good_cases[], platform_cases[], message_cases[],
	open_cases[], ring_cases[], storage_cases[], end_cases[];

/* machine.c: COM1, faults, ring 3 */
#define TRAP_UD		6
#define TRAP_GP		13

void machine_init(void);
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void read_line(char *line, u32 size);

/* These return the vector of the exception, or 0. */
u32 msr_read(u32 msr, u64 *value);
u32 msr_write(u32 msr, u64 value);
u32 hypercall_bare(void);
u32 hypercall_ring3(void);
__attribute__((noreturn)) void triple_fault(void);

static inline void cpu_pause(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

/* True every time but the last: a host that is silent for so long stays so. */
#define POLLS		3000000u
#define until(cond) ({						\
	u32 polls_ = POLLS;					\
								\
	while (!(cond) && --polls_)				\
		cpu_pause();					\
	polls_ != 0;						\
})

/* hyperv.c: MSRs, hypercalls, SynIC pages */
#define MSR_GUEST_OS_ID		0x40000000
#define MSR_HYPERCALL		0x40000001
#define MSR_VP_INDEX		0x40000002
#define MSR_VP_RUNTIME		0x40000010
#define MSR_SCONTROL		0x40000080
#define MSR_SVERSION		0x40000081
#define MSR_SIEFP		0x40000082
#define MSR_SIMP		0x40000083
#define MSR_EOM			0x40000084
#define MSR_SINT2		0x40000092
#define MSR_CRASH_P0		0x40000100
#define MSR_CRASH_CTL		0x40000105

#define CALL_POST_MESSAGE	0x5c
#define CALL_SIGNAL_EVENT	0x5d
#define CALL_FAST		(1ull << 16)

#define STATUS_OK		0
#define STATUS_UNKNOWN_CALL	2
#define STATUS_BAD_INPUT	3
#define STATUS_BAD_ALIGNMENT	4
#define STATUS_BAD_PARAMETER	5
#define STATUS_BAD_CONNECTION	18

#define MESSAGE_CHANNEL		1
#define MESSAGE_MAX		240

struct post_message {
	u32 connection, reserved, type, len;
	u8 payload[MESSAGE_MAX];
};

const char *hyperv_init(void);
u64 hypercall(u64 control, u64 input);
u64 post(u32 connection, const void *payload, u32 len);
u64 signal_fast(u32 connection);
u64 signal_slow(u32 connection);

/* Takes the next message; false when there is none. */
bool message_take(void *payload);

/* Takes and clears the event flag of a channel. */
bool event_take(u32 relid);

/* vmbus.c */
#define CONNECTION_OLD		1
#define CONNECTION_NEW		4
#define NO_VP			0xffffffffu
#define CHANNELS_MAX		3
#define RING_PAGES		32	/* both rings: more than one message */
#define RING_SPLIT		16
#define NARROW_SPLIT		30	/* room for 46 completions, */
#define NARROW_BATCH		100	/* so that these do not fit */

struct ring {
	struct hvring_control *control;
	u8 *data;
	u32 size, index;
};

/**
 * struct chan - a channel that has been offered
 * @memory: its ring pages, both halves. @in: host to guest.
 */
struct chan {
	u32 relid, connection, sub_index, gpadl;
	u8 *memory;
	struct ring out, in;
};

extern struct chan chans[CHANNELS_MAX];
extern u32 chan_count;
extern u8 data[];		/* page-aligned */
#define DATA_PAGES	80

const char *vmbus_post(const void *message, u32 len);
const char *vmbus_wait(u32 type, void *message, u32 len);
const char *vmbus_quiet(void);	/* complains when a message has come */
u32 vmbus_contact(u32 version);	/* what the host answers: 1 is yes */
const char *vmbus_contact_as(const struct vmbus_contact *m);
void vmbus_contact_fill(struct vmbus_contact *m, u32 version);
const char *vmbus_disconnect(void);
const char *vmbus_offers(void);
const char *vmbus_take_offer(void);

/* A GPADL in as many messages as it takes; *status is what the host says. */
struct gpadl {
	u32 relid, id, bytes, offset;
	u64 address;
};

const char *gpadl_post(const struct gpadl *g);
const char *gpadl_created(u32 *status);
const char *gpadl_make(const struct gpadl *g);
const char *gpadl_teardown(u32 relid, u32 id);

const char *chan_gpadl(struct chan *c);
void chan_open_fill(const struct chan *c, struct vmbus_open *m);
const char *chan_open_as(const struct vmbus_open *m, u32 *status);
const char *chan_open(struct chan *c, u32 split);
const char *chan_close(const struct chan *c);

/* ring.c */
#define REQUEST_PAGES	65

/**
 * struct request - a packet to be, before it is laid out in the ring
 * @offset_by, @length_by: added to the descriptor's fields, in 8 bytes.
 * @trailer_by: added to the trailer's start.
 * @only: that many bytes of it are published; 0 for all.
 */
struct request {
	u16 type, flags;
	u64 id;
	int offset_by, length_by;
	u32 trailer_by, trailer_reserved, only;
	u32 range_count, range_bytes, range_offset, pfn_count;
	u64 pfn[REQUEST_PAGES];
	u32 payload_len;
	struct vstor_packet pkt;
};

void ring_init(struct chan *c, u32 split);
void ring_put(struct chan *c, const struct request *rq);
void ring_publish(struct chan *c);

/* The next packet from the host, waited for. */
const char *ring_get(struct chan *c, u16 type, u64 *id, struct vstor_packet *pkt);
bool ring_empty(const struct chan *c);
void ring_consumed(struct chan *c);	/* publishes the read index */

/* storage.c */
void request_operation(struct request *rq, u32 operation);
void request_scsi(struct request *rq, const u8 *cdb, u32 cdb_len, u8 direction,
		  u32 offset, u32 len);
void request_read(struct request *rq, u32 lba, u32 blocks, u32 offset);
void request_write(struct request *rq, u32 lba, u32 blocks, u32 offset);
void request_tur(struct request *rq);
const char *request_send(struct chan *c, const struct request *rq);
const char *request_do(struct chan *c, const struct request *rq,
		       struct vstor_packet *answer);
const char *storage_operation(struct chan *c, u32 operation, u32 status);
const char *storage_version(struct chan *c, u16 version, u32 status);
const char *storage_handshake(struct chan *c);
const char *storage_sub_channels(struct chan *c, u32 count);

/* Sends a READ that t->spoil has spoilt. */
const char *run_spoiled(const struct test_case *t);

#endif /* ROGUE_H */
