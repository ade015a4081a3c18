// SPDX-License-Identifier: GPL-2.0
/*
 * The synthetic interrupt controller: messages and event flags, each with an
 * interrupt. The local APIC does the delivery: an interrupt for a guest CPU is
 * an ordinary inter-processor interrupt.
 */
#include "host.h"
#include "store.h"

#define MSR_SCONTROL	0x40000080
#define MSR_SVERSION	0x40000081
#define MSR_SIEFP	0x40000082
#define MSR_SIMP	0x40000083
#define MSR_EOM		0x40000084
#define MSR_SINT0	0x40000090

#define ENABLE		1ull
#define SINT_VECTOR	0xfful
#define SINT_MASKED	(1ul << 16)
#define SINT_AUTO_EOI	(1ul << 17)
#define SINT_POLLING	(1ul << 18)

#define MESSAGE_CHANNEL	1
#define MESSAGE_PENDING	1
#define MESSAGE_MAX	240
#define FLAGS_PER_SINT	2048

/* A slot of the message page. Its type is written last and tested first. */
struct slot {
	u32 type;
	u8 len, flags;
	u16 reserved;
	u64 sender;
	u8 payload[MESSAGE_MAX];
};

_Static_assert(sizeof(struct slot) == 256, "size");

/* A message on its way to a CPU. */
struct message {
	struct message *next;
	u32 len;
	u8 payload[MESSAGE_MAX];
};

void synic_init(struct vcpu *v)
{
	u32 i;

	v->synic = (struct synic){ .control = ENABLE };
	for (i = 0; i < SINT_COUNT; i++)
		v->synic.sint[i] = SINT_MASKED;
}

static void raise(struct vcpu *v)
{
	u64 sint = v->synic.sint[VMBUS_SINT];

	if (sint & (SINT_MASKED | SINT_POLLING))
		return;
	STAT_INC(interrupts);
	apic_send(v->apic_id, (u8)(sint & SINT_VECTOR));
}

/* Puts the first waiting message in the slot, if the guest has emptied that. */
static void deliver(struct vcpu *v)
{
	struct synic *s = &v->synic;
	struct message *m = s->head;
	struct slot *slot;

	if (!m || !(s->control & ENABLE) || !(s->simp & ENABLE) ||
	    s->sint[VMBUS_SINT] & SINT_MASKED)
		return;
	slot = (struct slot *)(s->simp & ~(PAGE_SIZE - 1)) + VMBUS_SINT;
	if (READ_ONCE(slot->type)) {
		__atomic_fetch_or(&slot->flags, MESSAGE_PENDING, __ATOMIC_SEQ_CST);
		/* The guest may have emptied the slot before it saw the flag. */
		if (READ_ONCE(slot->type))
			return;
	}
	s->head = m->next;
	slot->len = (u8)m->len;
	slot->flags = s->head ? MESSAGE_PENDING : 0;
	slot->sender = 0;
	memcpy(slot->payload, m->payload, m->len);
	__atomic_store_n(&slot->type, MESSAGE_CHANNEL, __ATOMIC_RELEASE);
	STAT_INC(messages_out);
	heap_free(m);
	raise(v);
}

void synic_post(u32 vp, const void *payload, u32 len)
{
	struct vcpu *v = &vcpus[vp < vcpu_count ? vp : 0];
	struct message *m = heap_alloc(sizeof(*m));

	if (!m || len > MESSAGE_MAX)
		fatal("no memory for a message");
	m->len = len;
	memcpy(m->payload, payload, len);
	if (v->synic.head)
		v->synic.tail->next = m;
	else
		v->synic.head = m;
	v->synic.tail = m;
	deliver(v);
}

void synic_signal(u32 vp, u32 flag)
{
	struct vcpu *v = &vcpus[vp];
	struct synic *s = &v->synic;
	u64 *word, bit = 1ull << flag % 64;

	if (vp >= vcpu_count || !(s->control & ENABLE) || !(s->siefp & ENABLE))
		return;
	word = (u64 *)((s->siefp & ~(PAGE_SIZE - 1)) +
		       VMBUS_SINT * FLAGS_PER_SINT / 8);
	if (!(__atomic_fetch_or(word + flag / 64, bit, __ATOMIC_SEQ_CST) & bit))
		raise(v);
}

bool synic_rdmsr(struct vcpu *v, u32 msr, u64 *value)
{
	struct synic *s = &v->synic;

	switch (msr) {
	case MSR_SCONTROL:
		*value = s->control;
		return true;
	case MSR_SVERSION:
		*value = 1;
		return true;
	case MSR_SIEFP:
		*value = s->siefp;
		return true;
	case MSR_SIMP:
		*value = s->simp;
		return true;
	case MSR_EOM:
		*value = 0;
		return true;
	case MSR_SINT0 ... MSR_SINT0 + SINT_COUNT - 1:
		*value = s->sint[msr - MSR_SINT0];
		return true;
	}
	violation("read of unknown SynIC MSR 0x%x", msr);
	return false;
}

static bool write_page(u64 *reg, u64 value)
{
	if (value & ENABLE && !guest_page_valid(value / PAGE_SIZE)) {
		violation("SynIC page 0x%lx is no guest memory", value);
		return false;
	}
	*reg = value;
	return true;
}

static bool write_sint(struct synic *s, u32 n, u64 value)
{
	if (!(value & SINT_MASKED) && (value & SINT_VECTOR) < 16) {
		violation("SINT%u with vector %lu", n, value & SINT_VECTOR);
		return false;
	}
	if (!(value & SINT_MASKED) && value & SINT_AUTO_EOI) {
		violation("SINT%u asks for AutoEOI, which is not offered", n);
		return false;
	}
	s->sint[n] = value;
	return true;
}

static bool write_register(struct vcpu *v, u32 msr, u64 value)
{
	struct synic *s = &v->synic;

	switch (msr) {
	case MSR_SCONTROL:
		s->control = value;
		svm_watch_halts(v, !(value & ENABLE));
		return true;
	case MSR_SIEFP:
		return write_page(&s->siefp, value);
	case MSR_SIMP:
		return write_page(&s->simp, value);
	case MSR_EOM:
		return true;
	case MSR_SINT0 ... MSR_SINT0 + SINT_COUNT - 1:
		return write_sint(s, msr - MSR_SINT0, value);
	}
	violation("write of unknown SynIC MSR 0x%x", msr);
	return false;
}

bool synic_wrmsr(struct vcpu *v, u32 msr, u64 value)
{
	bool ok;

	spin_lock(&host_lock);
	ok = write_register(v, msr, value);
	/* Each of them can be what a waiting message has waited for. */
	deliver(v);
	spin_unlock(&host_lock);
	return ok;
}
