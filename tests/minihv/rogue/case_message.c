// SPDX-License-Identifier: GPL-2.0
/* Wrong control messages: the connection, and guest memory lists (GPADLs). */
#include "rogue.h"

#define ID		0x5000		/* a GPADL that nobody else has */
#define FAILED		VMBUS_STATUS_FAILED

/* arg[0]: type; arg[1]: length. */
static const char *bare_message(const struct test_case *t)
{
	u8 m[MESSAGE_MAX] = { (u8)t->arg[0] };

	TRY(vmbus_post(m, t->arg[1]));
	return vmbus_quiet();
}

static const char *contact_vp(const struct test_case *t)
{
	struct vmbus_contact m;

	(void)t;
	vmbus_contact_fill(&m, VMBUS_VERSION(5, 3));
	m.vp = 1;
	CHECK(post(CONNECTION_NEW, &m, sizeof(m)) == STATUS_OK);
	return NULL;
}

static const char *contact_sint(const struct test_case *t)
{
	struct vmbus_contact m;

	(void)t;
	vmbus_contact_fill(&m, VMBUS_VERSION(5, 3));
	m.sint = 3;
	return vmbus_contact_as(&m);
}

/* arg[0]: which of the two. */
static const char *contact_monitor(const struct test_case *t)
{
	struct vmbus_contact m;

	vmbus_contact_fill(&m, VMBUS_VERSION(5, 3));
	m.monitor[t->arg[0]] = (u64)data;
	return vmbus_contact_as(&m);
}

static const char *offers_twice(const struct test_case *t)
{
	struct vmbus_header m = { .type = VMBUS_REQUEST_OFFERS };

	(void)t;
	TRY(vmbus_post(&m, sizeof(m)));
	return vmbus_quiet();
}

static void header_fill(struct vmbus_gpadl_header *m)
{
	*m = (struct vmbus_gpadl_header){
		.h.type = VMBUS_GPADL_HEADER,
		.relid = chans[0].relid,
		.gpadl = ID,
		.range_bytes = 16,
		.range_count = 1,
		.byte_count = 4096,
	};
}

static const char *refused(const struct vmbus_gpadl_header *m)
{
	struct {
		struct vmbus_gpadl_header h;
		u64 pfn;
	} __attribute__((packed)) full = { *m, (u64)data / 4096 };
	u32 status;

	TRY(vmbus_post(&full, sizeof(full)));
	TRY(gpadl_created(&status));
	CHECK(status == FAILED);
	return NULL;
}

#define HEADER_CASE(name, change)			\
static const char *name(const struct test_case *t)	\
{							\
	struct vmbus_gpadl_header m;			\
							\
	(void)t;					\
	header_fill(&m);				\
	change;						\
	return refused(&m);				\
}

HEADER_CASE(gpadl_channel, m.relid = 99)
HEADER_CASE(gpadl_relid_0, m.relid = 0)
HEADER_CASE(gpadl_ranges, m.range_count = 2)
HEADER_CASE(gpadl_empty, m.byte_count = 0)
HEADER_CASE(gpadl_offset, m.byte_offset = 4096)
HEADER_CASE(gpadl_few_pages, m.byte_offset = 8)
HEADER_CASE(gpadl_huge, m.byte_count = 0xffffffff)

static const char *make(u32 pages)
{
	const struct gpadl g = { chans[0].relid, ID, pages * 4096, 0,
				 (u64)data };

	return gpadl_make(&g);
}

static const char *gpadl_twice(const struct test_case *t)
{
	struct vmbus_gpadl_header m;

	(void)t;
	TRY(make(1));
	header_fill(&m);
	return refused(&m);
}

/* arg[0]: pages; arg[1]: the first of them. */
static const char *gpadl_no_memory(const struct test_case *t)
{
	const struct gpadl g = { chans[0].relid, ID, t->arg[0] * 4096, 0,
				 t->arg[1] };
	u32 status;

	TRY(gpadl_post(&g));
	TRY(gpadl_created(&status));
	CHECK(status == FAILED);
	return NULL;
}

static const char *body(void)
{
	struct {
		struct vmbus_gpadl_body h;
		u64 pfn;
	} m = { { .h.type = VMBUS_GPADL_BODY, .gpadl = ID }, (u64)data / 4096 };

	TRY(vmbus_post(&m, sizeof(m)));
	return vmbus_quiet();
}

static const char *body_unknown(const struct test_case *t)
{
	(void)t;
	return body();
}

static const char *body_too_many(const struct test_case *t)
{
	(void)t;
	TRY(make(1));
	return body();
}

static const char *teardown(u32 relid, u32 id)
{
	struct vmbus_gpadl_teardown m = {
		.h.type = VMBUS_GPADL_TEARDOWN,
		.relid = relid,
		.gpadl = id,
	};

	TRY(vmbus_post(&m, sizeof(m)));
	return vmbus_quiet();
}

static const char *teardown_unknown(const struct test_case *t)
{
	(void)t;
	return teardown(chans[0].relid, ID);
}

static const char *teardown_relid(const struct test_case *t)
{
	(void)t;
	TRY(make(1));
	return teardown(99, ID);
}

static const char *teardown_twice(const struct test_case *t)
{
	(void)t;
	TRY(make(1));
	TRY(gpadl_teardown(chans[0].relid, ID));
	return teardown(chans[0].relid, ID);
}

static const char *teardown_unfinished(const struct test_case *t)
{
	struct vmbus_gpadl_header m;

	(void)t;
	header_fill(&m);
	TRY(vmbus_post(&m, sizeof(m)));
	return teardown(chans[0].relid, ID);
}

static const char *teardown_ring(const struct test_case *t)
{
	(void)t;
	return teardown(chans[0].relid, chans[0].gpadl);
}

#define SHORT(n, type, type_text, needed)				\
	CASE("short-" n, CONNECTED, bare_message, "control message "	\
	     type_text " has ...", type, (needed) - 1)

const struct test_case message_cases[] = {
	CASE("message-without-type", CONNECTED, bare_message,
	     "control message of unknown type 0", VMBUS_UNLOAD, 7),
	CASE("message-type-0", CONNECTED, bare_message,
	     "control message of unknown type 0", 0, 8),
	CASE("message-type-99", CONNECTED, bare_message,
	     "control message of unknown type 99", 99, 8),
	CASE("message-of-the-host", CONNECTED, bare_message,
	     "control message of unknown type 1", VMBUS_OFFER, 196),
	SHORT("open", VMBUS_OPEN, "5", 148),
	SHORT("close", VMBUS_CLOSE, "7", 12),
	SHORT("gpadl-header", VMBUS_GPADL_HEADER, "8", 28),
	SHORT("gpadl-body", VMBUS_GPADL_BODY, "9", 16),
	SHORT("teardown", VMBUS_GPADL_TEARDOWN, "11", 16),
	SHORT("release", VMBUS_RELID_RELEASED, "13", 12),
	SHORT("contact", VMBUS_INITIATE_CONTACT, "14", 40),
	SHORT("modify", VMBUS_MODIFY_CHANNEL, "22", 16),
	CASE("offers-before-contact", PLATFORM, bare_message,
	     "control message 3 without a connection", VMBUS_REQUEST_OFFERS, 8),
	CASE("unload-before-contact", PLATFORM, bare_message,
	     "control message 16 without a connection", VMBUS_UNLOAD, 8),
	CASE("contact-vp", PLATFORM, contact_vp,
	     "contact for messages on VP 1"),
	CASE("contact-sint", PLATFORM, contact_sint,
	     "contact with SINT 3 and no monitor page"),
	CASE("contact-monitor-1", PLATFORM, contact_monitor,
	     "contact with SINT 2 and one monitor page", 0),
	CASE("contact-monitor-2", PLATFORM, contact_monitor,
	     "contact with SINT 2 and one monitor page", 1),
	CASE("offers-twice", OFFERED, offers_twice, "offers requested twice"),
	CASE("gpadl-channel", OFFERED, gpadl_channel,
	     "GPADL 0x5000 for an unknown channel"),
	CASE("gpadl-relid-0", OFFERED, gpadl_relid_0,
	     "GPADL 0x5000 for an unknown channel"),
	CASE("gpadl-ranges", OFFERED, gpadl_ranges,
	     "GPADL 0x5000 has not exactly one range"),
	CASE("gpadl-empty", OFFERED, gpadl_empty, "GPADL 0x5000 is empty"),
	CASE("gpadl-offset", OFFERED, gpadl_offset,
	     "GPADL 0x5000 starts beyond its first page"),
	CASE("gpadl-few-pages", OFFERED, gpadl_few_pages,
	     "GPADL 0x5000 names too few pages"),
	CASE("gpadl-huge", OFFERED, gpadl_huge,
	     "GPADL 0x5000 names too few pages"),
	CASE("gpadl-twice", OFFERED, gpadl_twice,
	     "GPADL 0x5000 has an id that is in use"),
	CASE("gpadl-in-host", OFFERED, gpadl_no_memory,
	     "GPADL 0x5000: page 0x100 is no guest memory", 1, HOST_PAGE),
	CASE("gpadl-body-beyond-memory", OFFERED, gpadl_no_memory,
	     "GPADL 0x5000: page 0x10000 is no guest memory", 30,
	     GUEST_MEMORY - 29 * 4096),
	CASE("body-unknown", OFFERED, body_unknown,
	     "GPADL body for 0x5000, which waits for none"),
	CASE("body-too-many", OFFERED, body_too_many,
	     "GPADL body for 0x5000, which waits for none"),
	CASE("teardown-unknown", OFFERED, teardown_unknown,
	     "teardown of unknown GPADL 0x5000"),
	CASE("teardown-other-channel", OFFERED, teardown_relid,
	     "teardown of unknown GPADL 0x5000"),
	CASE("teardown-twice", OFFERED, teardown_twice,
	     "teardown of unknown GPADL 0x5000"),
	CASE("teardown-unfinished", OFFERED, teardown_unfinished,
	     "teardown of unknown GPADL 0x5000"),
	CASE("teardown-ring", OPEN, teardown_ring,
	     "teardown of GPADL 0xe1e10, the ring of an open channel"),
	{ .name = NULL },
};
