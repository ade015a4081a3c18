// SPDX-License-Identifier: GPL-2.0
/*
 * AMD-V: the guest's control block and what happens at an exit.
 *
 * There is no nested paging: guest-physical addresses are machine addresses
 * and the guest's own page tables are live, so memory costs it nothing. Only
 * CPUID, synthetic MSRs, EFER, hypercalls and ports that are not there for the
 * guest exit.
 *
 * The guest gives a CPU back at the reset vector of the ACPI tables. Kernels
 * that do not know of that halt it with interrupts off, and then want to wake it
 * through the mailbox all the same. Halts only exit where this can be: while the
 * SynIC is off, which the guest switches off first.
 */
#include "host.h"
#include "console.h"
#include "store.h"

#define MSR_EFER		0xc0000080
#define MSR_VM_HSAVE_PA		0xc0010117
#define EFER_LMA		0x400
#define EFER_SVME		0x1000

#define EXIT_IOIO		0x07b
#define EXIT_CPUID		0x072
#define EXIT_HLT		0x078
#define EXIT_MSR		0x07c
#define EXIT_SHUTDOWN		0x07f
#define EXIT_VMRUN		0x080
#define EXIT_VMMCALL		0x081

#define INTERCEPT3_CPUID	(1u << 18)
#define INTERCEPT3_HLT		(1u << 24)
#define INTERCEPT3_IOIO		(1u << 27)
#define INTERCEPT3_MSR		(1u << 28)
#define INTERCEPT3_SHUTDOWN	(1u << 31)
#define INTERCEPT4_VMRUN	(1u << 0)
#define INTERCEPT4_VMMCALL	(1u << 1)

#define EVENT_UD		0x80000306u
#define EVENT_GP		0x80000b0dull	/* with error code 0 */
#define EVENT_VALID		0x80000000u

#define CR0_PE			0x00000001ull
#define CR0_NE			0x00000020ull
#define CR0_PG			0x80000000ull
#define RFLAGS_IF		0x200ull
#define CR4_PAE			0x00000020ull
#define CR4_OSXSAVE		(1ull << 18)
#define CR4_PKE			(1ull << 22)

struct segment {
	u16 selector, attributes;
	u32 limit;
	u64 base;
};

struct vmcb {
	u32 intercept_cr, intercept_dr, intercept_exceptions;
	u32 intercept3, intercept4;
	u8 reserved1[0x040 - 0x014];
	u64 iopm, msrpm, tsc_offset;
	u32 asid;
	u8 tlb_control, reserved2[3];
	u64 v_intr, interrupt_shadow;
	u64 exit_code, exit_info1, exit_info2, exit_int_info;
	u64 np_enable;
	u8 reserved3[0x0a8 - 0x098];
	u64 event_inject;
	u8 reserved4[0x400 - 0x0b0];
	struct segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved5[0x4cb - 0x4a0];
	u8 cpl;
	u32 reserved6;
	u64 efer;
	u8 reserved7[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved8[0x5d8 - 0x580];
	u64 rsp;
	u8 reserved9[0x5f8 - 0x5e0];
	u64 rax;
	u8 reserved10[0x640 - 0x600];
	u64 cr2;
	u8 reserved11[0x668 - 0x648];
	u64 pat;
	u8 reserved12[0x1000 - 0x670];
} __attribute__((packed));

_Static_assert(__builtin_offsetof(struct vmcb, exit_code) == 0x070, "offset");
_Static_assert(__builtin_offsetof(struct vmcb, event_inject) == 0x0a8, "offset");
_Static_assert(__builtin_offsetof(struct vmcb, efer) == 0x4d0, "offset");
_Static_assert(__builtin_offsetof(struct vmcb, rip) == 0x578, "offset");
_Static_assert(sizeof(struct vmcb) == 4096, "size");

extern u8 pml4[], gdt[], gdt_end[];
void guest_enter(struct guest_regs *regs, u64 vmcb);

/* One bit a port, one bit pair an MSR; the same for all CPUs. */
static u8 io_permission[3 * 4096] __attribute__((aligned(4096)));
static u8 msr_permission[2 * 4096] __attribute__((aligned(4096)));

static void hide_ports(u32 first, u32 count)
{
	u32 port;

	for (port = first; port < first + count; port++)
		io_permission[port / 8] |= (u8)(1 << port % 8);
}

/*
 * A Gen2 machine has no PCI, and this one must not show its own: a guest that
 * probes a device moves the device's memory about, and QEMU changes the map of
 * a CPU that is running (its TLB follows too late). The host CPU's next access
 * to its APIC would go anywhere: a lost timer leaves it halted for ever.
 */
static void init_permissions(void)
{
	hide_ports(CONSOLE_PORT, CONSOLE_PORTS);
	hide_ports(PCI_CONFIG_PORT, PCI_CONFIG_PORTS);
	/* MSRs from 0xc0000000 on stand in the second 2 KiB, two bits each. */
	msr_permission[0x800 + (MSR_EFER & 0x1fff) / 4] |= 3;
}

void svm_init_cpu(struct vcpu *v)
{
	wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_SVME);
	v->vmcb = page_alloc();
	v->host_save = page_alloc();
	if (!v->vmcb || !v->host_save)
		fatal("no memory for CPU %u", v->index);
	wrmsr(MSR_VM_HSAVE_PA, (u64)v->host_save);
	synic_init(v);
	init_permissions();
}

/* The state that the 64-bit boot protocol and the mailbox wake-up ask for. */
static void init_guest_state(struct vmcb *c, const struct guest_entry *entry)
{
	const struct segment data = { 0x18, 0xc93, 0xffffffff, 0 };

	memset(c, 0, sizeof(*c));
	c->intercept3 = INTERCEPT3_CPUID | INTERCEPT3_IOIO | INTERCEPT3_MSR |
			INTERCEPT3_SHUTDOWN;
	c->intercept4 = INTERCEPT4_VMRUN | INTERCEPT4_VMMCALL;
	c->iopm = (u64)io_permission;
	c->msrpm = (u64)msr_permission;
	c->asid = 1;
	c->cs = (struct segment){ 0x10, 0xa9b, 0xffffffff, 0 };
	c->ds = data;
	c->es = data;
	c->ss = data;
	c->gdtr.base = (u64)gdt;
	c->gdtr.limit = (u32)(gdt_end - gdt - 1);
	c->efer = rdmsr(MSR_EFER);
	c->cr0 = CR0_PE | CR0_NE | CR0_PG;
	c->cr3 = (u64)pml4;
	c->cr4 = CR4_PAE;
	c->dr6 = 0xffff0ff0;
	c->dr7 = 0x400;
	c->rflags = 2;
	c->pat = 0x0007040600070406ull;
	c->rip = entry->rip;
	c->rsp = entry->rsp;
}

static void advance(struct vmcb *c, u32 len)
{
	c->rip += len;
	c->interrupt_shadow = 0;
}

static void exit_cpuid(struct vcpu *v)
{
	struct vmcb *c = v->vmcb;
	u32 leaf = (u32)c->rax, a, b, cx, d;

	STAT_INC(exits_cpuid);
	cpuid(leaf, (u32)v->regs.rcx, &a, &b, &cx, &d);
	/* These two mirror CR4, and the CR4 in force here is the host's. */
	if (leaf == 1)
		cx = (cx & ~(1u << 27)) | (c->cr4 & CR4_OSXSAVE ? 1u << 27 : 0);
	if (leaf == 7 && !(u32)v->regs.rcx)
		cx = (cx & ~(1u << 4)) | (c->cr4 & CR4_PKE ? 1u << 4 : 0);
	hv_cpuid(leaf, &a, &b, &cx, &d);
	c->rax = a;
	v->regs.rbx = b;
	v->regs.rcx = cx;
	v->regs.rdx = d;
	advance(c, 2);
}

static bool read_msr(struct vcpu *v, u32 msr, u64 *value)
{
	if (msr == MSR_EFER) {
		*value = v->vmcb->efer & ~EFER_SVME;
		return true;
	}
	return hv_rdmsr(v, msr, value);
}

static bool write_msr(struct vcpu *v, u32 msr, u64 value)
{
	struct vmcb *c = v->vmcb;

	if (msr == MSR_EFER) {
		c->efer = (value & ~EFER_LMA) | (c->efer & EFER_LMA) | EFER_SVME;
		return true;
	}
	return hv_wrmsr(v, msr, value);
}

static void exit_msr(struct vcpu *v)
{
	struct vmcb *c = v->vmcb;
	u32 msr = (u32)v->regs.rcx;
	u64 value = (u32)c->rax | v->regs.rdx << 32;
	bool ok;

	STAT_INC(exits_msr);
	if (c->exit_info1) {
		ok = write_msr(v, msr, value);
	} else {
		ok = read_msr(v, msr, &value);
		if (ok) {
			c->rax = (u32)value;
			v->regs.rdx = value >> 32;
		}
	}
	if (ok)
		advance(c, 2);
	else
		c->event_inject = EVENT_GP;
}

static void exit_vmmcall(struct vcpu *v)
{
	struct vmcb *c = v->vmcb;

	STAT_INC(exits_hypercall);
	if (c->cpl || !hv_hypercall_enabled()) {
		violation("hypercall at CPL %u, hypercall page %s", c->cpl,
			  hv_hypercall_enabled() ? "on" : "off");
		c->event_inject = EVENT_UD;
		return;
	}
	c->rax = hypercall(v->regs.rcx, v->regs.rdx);
	advance(c, 3);
}

/* Hidden ports: reads float high. */
static void exit_port(struct vcpu *v)
{
	struct vmcb *c = v->vmcb;
	u32 info = (u32)c->exit_info1;
	u64 mask = info & 0x10 ? 0xff : info & 0x20 ? 0xffff : 0xffffffff;

	if (info & 1)
		c->rax |= mask;
	c->rip = c->exit_info2;
	c->interrupt_shadow = 0;
}

void svm_watch_halts(struct vcpu *v, bool watch)
{
	if (watch)
		v->vmcb->intercept3 |= INTERCEPT3_HLT;
	else
		v->vmcb->intercept3 &= ~INTERCEPT3_HLT;
}

static bool is_given_back(const struct vmcb *c)
{
	if (c->exit_code == EXIT_HLT)
		return !(c->rflags & RFLAGS_IF);
	return c->exit_code == EXIT_VMMCALL && !c->cpl &&
	       c->rip == (u64)guest_reset_vector;
}

static void handle_exit(struct vcpu *v)
{
	struct vmcb *c = v->vmcb;

	STAT_INC(exits);
	/* What the exit interrupted half-way has to be delivered once more. */
	c->event_inject = c->exit_int_info & EVENT_VALID ? c->exit_int_info : 0;
	switch (c->exit_code) {
	case EXIT_CPUID:
		exit_cpuid(v);
		break;
	case EXIT_MSR:
		exit_msr(v);
		break;
	case EXIT_VMMCALL:
		exit_vmmcall(v);
		break;
	case EXIT_IOIO:
		exit_port(v);
		break;
	case EXIT_HLT:
		/* An idle CPU may as well look around. */
		advance(c, 1);
		break;
	case EXIT_VMRUN:
		c->event_inject = EVENT_UD;
		break;
	case EXIT_SHUTDOWN:
		console_event("reset: triple fault on CPU %u", v->index);
		fatal("the guest is gone");
	default:
		fatal("exit 0x%lx at 0x%lx on CPU %u", c->exit_code, c->rip,
		      v->index);
	}
}

void svm_run(struct vcpu *v, const struct guest_entry *entry)
{
	init_guest_state(v->vmcb, entry);
	v->regs = (struct guest_regs){ .rsi = entry->rsi };
	for (;;) {
		u64 start;

		guest_enter(&v->regs, (u64)v->vmcb);
		if (is_given_back(v->vmcb))
			break;
		start = rdtsc();
		handle_exit(v);
		STAT_ADD(host_tsc, rdtsc() - start);
	}
	/* No interrupt reaches a host that has left the guest and not said this. */
	asm volatile("stgi" : : : "memory");
}
