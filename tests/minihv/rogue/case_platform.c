// SPDX-License-Identifier: GPL-2.0
/* Mistakes with MSRs and hypercalls, and the two ways to the guest's end. */
#include "rogue.h"

#define SINT_AUTO_EOI	(1ull << 17)
#define CRASH_NOTIFY	(1ull << 63)
#define CRASH_MESSAGE	(1ull << 62)
#define MSR_SYNIC_HOLE	0x40000085
#define CALL_UNKNOWN	0x7fff
#define FREE_MEMORY	0x8000000u	/* nobody uses what is there */

static u8 page[4096] __attribute__((aligned(4096)));

static const char *read_msr(const struct test_case *t)
{
	u64 value;

	CHECK(msr_read(t->arg[0], &value) == TRAP_GP);
	return NULL;
}

static const char *write_msr(const struct test_case *t)
{
	CHECK(msr_write(t->arg[0], t->arg[1]) == TRAP_GP);
	return NULL;
}

static const char *unknown_call(const struct test_case *t)
{
	(void)t;
	CHECK(hypercall(CALL_UNKNOWN, 0) == STATUS_UNKNOWN_CALL);
	return NULL;
}

static const char *call_from_ring3(const struct test_case *t)
{
	(void)t;
	CHECK(hypercall_ring3() == TRAP_UD);
	return NULL;
}

static const char *call_without_page(const struct test_case *t)
{
	(void)t;
	CHECK(!msr_write(MSR_HYPERCALL, 0));
	CHECK(hypercall_bare() == TRAP_UD);
	return NULL;
}

static const char *post_fast(const struct test_case *t)
{
	(void)t;
	CHECK(hypercall(CALL_POST_MESSAGE | CALL_FAST, 1) == STATUS_BAD_INPUT);
	return NULL;
}

/* arg[0]: the call; arg[1]: where its input is. */
static const char *call_no_memory(const struct test_case *t)
{
	CHECK(hypercall(t->arg[0], t->arg[1]) == STATUS_BAD_PARAMETER);
	return NULL;
}

static const char *call_unaligned(const struct test_case *t)
{
	CHECK(hypercall(t->arg[0], t->arg[1]) == STATUS_BAD_ALIGNMENT);
	return NULL;
}

static const char *post_connection(const struct test_case *t)
{
	struct vmbus_header m = { .type = VMBUS_REQUEST_OFFERS };

	CHECK(post(t->arg[0], &m, sizeof(m)) == STATUS_BAD_CONNECTION);
	return NULL;
}

/* arg[0]: message type; arg[1]: length. */
static const char *post_odd(const struct test_case *t)
{
	struct post_message *m = (struct post_message *)page;

	*m = (struct post_message){
		.connection = CONNECTION_OLD,
		.type = t->arg[0],
		.len = t->arg[1],
	};
	CHECK(hypercall(CALL_POST_MESSAGE, (u64)m) == STATUS_BAD_PARAMETER);
	return NULL;
}

/* arg[0]: upper half of the input: flag number and what follows it. */
static const char *signal_odd(const struct test_case *t)
{
	CHECK(hypercall(CALL_SIGNAL_EVENT | CALL_FAST,
			(u64)t->arg[0] << 32 | chans[0].connection) ==
	      STATUS_BAD_PARAMETER);
	return NULL;
}

/* arg[0]: added to the connection of a channel that is offered only. */
static const char *signal_nobody(const struct test_case *t)
{
	CHECK(signal_fast(chans[0].connection + t->arg[0]) ==
	      STATUS_BAD_CONNECTION);
	return NULL;
}

const struct test_case platform_cases[] = {
	CASE("msr-read-unknown", PLATFORM, read_msr,
	     "read of unknown synthetic MSR 0x40000010", MSR_VP_RUNTIME),
	CASE("msr-write-unknown", PLATFORM, write_msr,
	     "write of unknown or read-only synthetic MSR 0x40000010",
	     MSR_VP_RUNTIME),
	CASE("msr-write-read-only", PLATFORM, write_msr,
	     "write of unknown or read-only synthetic MSR 0x40000002",
	     MSR_VP_INDEX),
	CASE("synic-read-unknown", PLATFORM, read_msr,
	     "read of unknown SynIC MSR 0x40000085", MSR_SYNIC_HOLE),
	CASE("synic-write-read-only", PLATFORM, write_msr,
	     "write of unknown SynIC MSR 0x40000081", MSR_SVERSION),
	CASE("simp-in-host", PLATFORM, write_msr,
	     "SynIC page 0x100001 is no guest memory", MSR_SIMP, HOST_PAGE | 1),
	CASE("siefp-beyond-memory", PLATFORM, write_msr,
	     "SynIC page 0x10000001 is no guest memory", MSR_SIEFP,
	     GUEST_MEMORY | 1),
	CASE("sint-vector", PLATFORM, write_msr, "SINT2 with vector 15",
	     MSR_SINT2, 15),
	CASE("sint-auto-eoi", PLATFORM, write_msr, "SINT2 asks for AutoEOI, which is not offered",
	     MSR_SINT2, SINT_AUTO_EOI | 0x30),
	CASE("hypercall-page-in-host", PLATFORM, write_msr,
	     "hypercall page at 0x100000 is no guest memory", MSR_HYPERCALL,
	     HOST_PAGE | 1),
	CASE("hypercall-unknown", PLATFORM, unknown_call,
	     "unknown hypercall 0x7fff"),
	CASE("hypercall-ring3", PLATFORM, call_from_ring3,
	     "hypercall at CPL 3, hypercall page on"),
	CASE("hypercall-page-off", PLATFORM, call_without_page,
	     "hypercall at CPL 0, hypercall page off"),
	CASE("post-fast", CONNECTED, post_fast, "PostMessage in the fast form"),
	CASE("post-unaligned", CONNECTED, call_unaligned,
	     "hypercall input at 0x8000004", CALL_POST_MESSAGE, FREE_MEMORY + 4),
	CASE("post-crosses-page", CONNECTED, call_unaligned,
	     "hypercall input at 0x8000f08", CALL_POST_MESSAGE,
	     FREE_MEMORY + 4096 - 248),
	CASE("post-in-host", CONNECTED, call_no_memory,
	     "hypercall input at 0x100000 is no guest memory",
	     CALL_POST_MESSAGE, HOST_PAGE),
	CASE("post-connection", CONNECTED, post_connection,
	     "message to unknown connection 2", 2),
	CASE("post-type", CONNECTED, post_odd,
	     "message of type 2 with 8 bytes", 2, 8),
	CASE("post-too-long", CONNECTED, post_odd,
	     "message of type 1 with 241 bytes", 1, MESSAGE_MAX + 1),
	CASE("signal-unaligned", OPEN, call_unaligned,
	     "hypercall input at 0x8000004", CALL_SIGNAL_EVENT, FREE_MEMORY + 4),
	CASE("signal-beyond-memory", OPEN, call_no_memory,
	     "hypercall input at 0x10000000 is no guest memory",
	     CALL_SIGNAL_EVENT, GUEST_MEMORY),
	CASE("signal-flag", OPEN, signal_odd, "signal with flag 1", 1),
	CASE("signal-reserved", OPEN, signal_odd, "signal with flag 0", 1 << 16),
	CASE("signal-not-open", OFFERED, signal_nobody,
	     "signal to unknown connection 0x2001", 0),
	CASE("signal-unknown", OPEN, signal_nobody,
	     "signal to unknown connection 0x2002", 1),
	CASE("signal-relid-0", OPEN, signal_nobody,
	     "signal to unknown connection 0x2000", -1u),
	CASE("signal-other-sint", OPEN, signal_nobody,
	     "signal to unknown connection 0x3001", 1 << 12),
	{ .name = NULL },
};

static const char *crash(const struct test_case *t)
{
	static const char text[] = "first words\nlast words";
	u64 words[] = { 1, 2, 3, (u64)page, sizeof(text) - 1 };
	u32 i;

	(void)t;
	memcpy(page, text, sizeof(text));
	for (i = 0; i < ARRAY_SIZE(words); i++)
		CHECK(!msr_write(MSR_CRASH_P0 + i, words[i]));
	CHECK(!msr_write(MSR_CRASH_CTL, CRASH_NOTIFY | CRASH_MESSAGE));
	return NULL;
}

static const char *reset(const struct test_case *t)
{
	(void)t;
	triple_fault();
}

/* The runner keeps the guest's end for the end, whatever the order here. */
const struct test_case end_cases[] = {
	{ .name = "crash", .level = LEVEL_PLATFORM, .run = crash,
	  .expects = "text: last words" },
	{ .name = "triple-fault", .level = LEVEL_PLATFORM, .run = reset,
	  .expects = "reset: triple fault on CPU 0" },
	{ .name = NULL },
};
