// SPDX-License-Identifier: GPL-2.0
/* What a guest needs of the hypervisor: hypercalls and the SynIC's pages. */
#include "rogue.h"

#define OS_ID		0x8100000000000000ull	/* "open source", no more */
#define ENABLE		1ull
#define SINT_VECTOR	0x30ull
#define SINT_POLLING	(1ull << 18)
#define SINT		2
#define FLAG_PENDING	1

struct slot {
	u32 type;
	u8 len, flags;
	u16 reserved;
	u64 sender;
	u8 payload[MESSAGE_MAX];
};

_Static_assert(sizeof(struct slot) == 256, "size");

static u8 hypercall_page[4096] __attribute__((aligned(4096)));
static struct slot messages[16] __attribute__((aligned(4096)));
static u64 events[16][32] __attribute__((aligned(4096)));
static struct post_message input __attribute__((aligned(4096)));

static const char *set(u32 msr, u64 value)
{
	return msr_write(msr, value) ? "an ordinary MSR cannot be written" : NULL;
}

/* May be called again and again: whatever a case has left is put right. */
const char *hyperv_init(void)
{
	char stale[MESSAGE_MAX];

	TRY(set(MSR_GUEST_OS_ID, OS_ID));
	TRY(set(MSR_HYPERCALL, (u64)hypercall_page | ENABLE));
	TRY(set(MSR_SIMP, (u64)messages | ENABLE));
	TRY(set(MSR_SIEFP, (u64)events | ENABLE));
	TRY(set(MSR_SINT2, SINT_VECTOR | SINT_POLLING));
	TRY(set(MSR_SCONTROL, ENABLE));
	while (message_take(stale))
		;
	memset(events, 0, sizeof(events));
	return NULL;
}

u64 hypercall(u64 control, u64 in)
{
	register u64 out asm("r8") = 0;
	u64 status;

	asm volatile("call *%[page]"
		     : "=a"(status), "+c"(control), "+d"(in), "+r"(out)
		     : [page] "r"(hypercall_page)
		     : "memory", "cc", "r9", "r10", "r11");
	return status & 0xffff;
}

u64 post(u32 connection, const void *payload, u32 len)
{
	input = (struct post_message){
		.connection = connection,
		.type = MESSAGE_CHANNEL,
		.len = len,
	};
	memcpy(input.payload, payload, len);
	return hypercall(CALL_POST_MESSAGE, (u64)&input);
}

u64 signal_fast(u32 connection)
{
	return hypercall(CALL_SIGNAL_EVENT | CALL_FAST, connection);
}

u64 signal_slow(u32 connection)
{
	u64 *event = (u64 *)&input;

	*event = connection;
	return hypercall(CALL_SIGNAL_EVENT, (u64)event);
}

bool message_take(void *payload)
{
	struct slot *s = &messages[SINT];

	if (!__atomic_load_n(&s->type, __ATOMIC_ACQUIRE))
		return false;
	memcpy(payload, s->payload, MESSAGE_MAX);
	WRITE_ONCE(s->type, 0);
	full_barrier();
	if (READ_ONCE(s->flags) & FLAG_PENDING)
		msr_write(MSR_EOM, 0);
	return true;
}

bool event_take(u32 relid)
{
	u64 bit = 1ull << relid % 64;

	return __atomic_fetch_and(&events[SINT][relid / 64], ~bit,
				  __ATOMIC_SEQ_CST) & bit;
}
