// SPDX-License-Identifier: GPL-2.0
/*
 * What a Hyper-V partition sees of its hypervisor: CPUID leaves and synthetic
 * MSRs. The "fast time" profile: an invariant time stamp counter with a known
 * frequency, so that a guest reads clocks without an exit.
 */
#include "host.h"
#include "console.h"

#define HV_MAX_LEAF		0x40000005

#define FEATURE_SYNIC		(1u << 2)
#define FEATURE_HYPERCALL	(1u << 5)
#define FEATURE_VP_INDEX	(1u << 6)
#define FEATURE_FREQUENCIES	(1u << 11)
#define FEATURE_TSC_INVARIANT	(1u << 15)
#define PRIVILEGE_MESSAGES	(1u << 4)
#define PRIVILEGE_SIGNALS	(1u << 5)
#define MISC_FREQUENCIES	(1u << 8)
#define MISC_CRASH		(1u << 10)
#define HINT_NO_AUTO_EOI	(1u << 9)

#define MSR_GUEST_OS_ID		0x40000000
#define MSR_HYPERCALL		0x40000001
#define MSR_VP_INDEX		0x40000002
#define MSR_REFERENCE_TSC	0x40000021
#define MSR_TSC_FREQUENCY	0x40000022
#define MSR_APIC_FREQUENCY	0x40000023
#define MSR_VP_ASSIST		0x40000073
#define MSR_SYNIC_FIRST		0x40000080
#define MSR_SYNIC_LAST		0x4000009f
#define MSR_CRASH_P0		0x40000100
#define MSR_CRASH_P4		0x40000104
#define MSR_CRASH_CTL		0x40000105
#define MSR_TSC_INVARIANT	0x40000118
#define MSR_HV_FIRST		0x40000000
#define MSR_HV_LAST		0x400001ff

#define ENABLE			1ull
#define CRASH_NOTIFY		(1ull << 63)
#define CRASH_MESSAGE		(1ull << 62)

static struct {
	u64 guest_os_id, hypercall, reference_tsc, tsc_invariant;
	u64 crash[5];
} partition;

bool hv_hypercall_enabled(void)
{
	return partition.hypercall & ENABLE;
}

/* The leaves that describe the hypervisor itself. */
static void hypervisor_leaf(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
	*a = *b = *c = *d = 0;
	switch (leaf) {
	case 0x40000000:
		*a = HV_MAX_LEAF;
		memcpy(b, "Micr", 4);
		memcpy(c, "osof", 4);
		memcpy(d, "t Hv", 4);
		break;
	case 0x40000001:
		memcpy(a, "Hv#1", 4);
		break;
	case 0x40000003:
		*a = FEATURE_SYNIC | FEATURE_HYPERCALL | FEATURE_VP_INDEX |
		     FEATURE_FREQUENCIES | FEATURE_TSC_INVARIANT;
		*b = PRIVILEGE_MESSAGES | PRIVILEGE_SIGNALS;
		*d = MISC_FREQUENCIES | MISC_CRASH;
		break;
	case 0x40000004:
		*a = HINT_NO_AUTO_EOI;
		*b = 0xffffffff;	/* never report a long spin */
		break;
	case 0x40000005:
		*a = vcpu_count;
		*b = vcpu_count;
		break;
	}
}

void hv_cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d)
{
	if (leaf >> 28 == 4) {
		hypervisor_leaf(leaf, a, b, c, d);
		/* A signature that no guest knows: just some hypervisor. */
		if (!options.hyperv && leaf == 0x40000000)
			*a = *b = *c = *d = 0;
		return;
	}
	switch (leaf) {
	case 1:
		*c |= 1u << 31;		/* a hypervisor is present */
		break;
	case 0x80000001:
		*c &= ~(1u << 2);	/* no SVM for the guest */
		break;
	case 0x80000007:
		*d |= 1u << 8;		/* the TSC is invariant */
		break;
	case 0x8000000a:
		*a = *b = *c = *d = 0;
		break;
	}
}

bool hv_rdmsr(struct vcpu *v, u32 msr, u64 *value)
{
	switch (msr) {
	case MSR_GUEST_OS_ID:
		*value = partition.guest_os_id;
		return true;
	case MSR_HYPERCALL:
		*value = partition.hypercall;
		return true;
	case MSR_VP_INDEX:
		*value = v->index;
		return true;
	case MSR_REFERENCE_TSC:
		*value = partition.reference_tsc;
		return true;
	case MSR_TSC_FREQUENCY:
		*value = tsc_hz;
		return true;
	case MSR_APIC_FREQUENCY:
		*value = APIC_HZ;
		return true;
	case MSR_VP_ASSIST:
		*value = v->assist;
		return true;
	case MSR_SYNIC_FIRST ... MSR_SYNIC_LAST:
		return synic_rdmsr(v, msr, value);
	case MSR_CRASH_P0 ... MSR_CRASH_P4:
		*value = partition.crash[msr - MSR_CRASH_P0];
		return true;
	case MSR_CRASH_CTL:
		*value = CRASH_NOTIFY | CRASH_MESSAGE;
		return true;
	case MSR_TSC_INVARIANT:
		*value = partition.tsc_invariant;
		return true;
	}
	if (msr >= MSR_HV_FIRST && msr <= MSR_HV_LAST)
		violation("read of unknown synthetic MSR 0x%x", msr);
	return false;
}

static bool write_hypercall(u64 value)
{
	static const u8 code[] = { 0x0f, 0x01, 0xd9, 0xc3 };	/* vmmcall; ret */
	u64 page = value & ~(PAGE_SIZE - 1);

	if (!partition.guest_os_id)
		value &= ~ENABLE;	/* no id, no hypercalls */
	if (value & ENABLE) {
		if (!guest_page_valid(page / PAGE_SIZE)) {
			violation("hypercall page at 0x%lx is no guest memory",
				  page);
			return false;
		}
		/* An overlay on a real host; here the page itself is filled. */
		memset((void *)page, 0xcc, PAGE_SIZE);
		memcpy((void *)page, code, sizeof(code));
	}
	partition.hypercall = value;
	return true;
}

/* The guest's last words, one line of console for each of its own. */
static void report_crash_text(void)
{
	const char *text = (const char *)partition.crash[3];
	u64 len = MIN(partition.crash[4], PAGE_SIZE), i, start = 0;

	if (!guest_page_valid((u64)text / PAGE_SIZE))
		return;
	len = MIN(len, PAGE_SIZE - (u64)text % PAGE_SIZE);
	for (i = 0; i <= len; i++) {
		if (i < len ? text[i] != '\n' : i == start)
			continue;
		console_event("text: %.*s", (int)(i - start), text + start);
		start = i + 1;
	}
}

/* The text goes first: who reads "panic" need not wait for more. */
static void report_crash(u64 control)
{
	if (control & CRASH_MESSAGE)
		report_crash_text();
	console_event("panic: guest crash 0x%lx 0x%lx 0x%lx",
		      partition.crash[0], partition.crash[1],
		      partition.crash[2]);
}

bool hv_wrmsr(struct vcpu *v, u32 msr, u64 value)
{
	switch (msr) {
	case MSR_GUEST_OS_ID:
		partition.guest_os_id = value;
		return value ? true : write_hypercall(0);
	case MSR_HYPERCALL:
		return write_hypercall(value);
	case MSR_REFERENCE_TSC:
		partition.reference_tsc = value;
		return true;
	case MSR_VP_ASSIST:
		v->assist = value;
		return true;
	case MSR_SYNIC_FIRST ... MSR_SYNIC_LAST:
		return synic_wrmsr(v, msr, value);
	case MSR_CRASH_P0 ... MSR_CRASH_P4:
		partition.crash[msr - MSR_CRASH_P0] = value;
		return true;
	case MSR_CRASH_CTL:
		if (value & CRASH_NOTIFY)
			report_crash(value);
		return true;
	case MSR_TSC_INVARIANT:
		partition.tsc_invariant = value;
		return true;
	}
	if (msr >= MSR_HV_FIRST && msr <= MSR_HV_LAST)
		violation("write of unknown or read-only synthetic MSR 0x%x",
			  msr);
	return false;
}
