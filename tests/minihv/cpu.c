// SPDX-License-Identifier: GPL-2.0
/*
 * The host's CPUs: its interrupt table, the start of all CPUs but the first,
 * what they do until the guest asks for them, and halting.
 */
#include "host.h"
#include "hostcpu.h"
#include "store.h"

#define TRAMPOLINE	0x8000ull
#define AP_STACK_SIZE	16384
#define NMI_VECTOR	2
#define PIC1_MASK	0x21
#define PIC2_MASK	0xa1
#define MAILBOX_POLL_NS	1000000

struct idt_entry {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
	u32 offset_high, reserved;
} __attribute__((packed));

struct table_pointer {
	u16 limit;
	u64 base;
} __attribute__((packed));

extern u8 ap_trampoline[], ap_trampoline_end[];
extern u64 ap_stack;
extern void *const exception_stubs[20];
extern u8 host_wake_stub[], host_nmi_stub[];

static struct idt_entry idt[256];
static u8 ap_stacks[MAX_CPUS][AP_STACK_SIZE] __attribute__((aligned(16)));
static u32 cpus_started;
static bool host_halted;

struct vcpu vcpus[MAX_CPUS];
u32 vcpu_count;
u32 host_apic_id;

static void idt_set(u32 vector, u64 handler)
{
	idt[vector] = (struct idt_entry){
		.offset_low = (u16)handler,
		.selector = 0x10,
		.type = 0x8e,
		.offset_mid = (u16)(handler >> 16),
		.offset_high = (u32)(handler >> 32),
	};
}

static void idt_load(void)
{
	struct table_pointer p = { sizeof(idt) - 1, (u64)idt };

	asm volatile("lidt %0" : : "m"(p));
}

void cpu_init_tables(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(exception_stubs); i++)
		idt_set(i, (u64)exception_stubs[i]);
	/* A guest's "all but self" reaches the host's CPU too: no harm done. */
	for (i = WAKE_VECTOR; i < ARRAY_SIZE(idt); i++)
		idt_set(i, (u64)host_wake_stub);
	idt_set(NMI_VECTOR, (u64)host_nmi_stub);
	idt_load();
	/* The firmware's timer tick would arrive as exception 8. */
	outb(PIC1_MASK, 0xff);
	outb(PIC2_MASK, 0xff);
}

void host_exception(u64 vector, u64 error, u64 rip)
{
	u64 cr2;

	asm volatile("mov %%cr2, %0" : "=r"(cr2));
	fatal("exception %lu error 0x%lx at 0x%lx cr2 0x%lx", vector, error,
	      rip, cr2);
}

void cpu_halt_for(u32 ns)
{
	apic_timer(ns);
	/* STI takes effect behind the next instruction: no wake-up is lost. */
	asm volatile("sti; hlt; cli" : : : "memory");
}

/*
 * Dekker with host_wake(): the host CPU says that it halts and then looks for
 * work; who makes work looks at that word afterwards.
 */
void host_idle(u32 ns)
{
	__atomic_store_n(&host_halted, true, __ATOMIC_SEQ_CST);
	if (host_may_halt())
		cpu_halt_for(ns);
	__atomic_store_n(&host_halted, false, __ATOMIC_SEQ_CST);
}

void host_wake(void)
{
	full_barrier();
	if (READ_ONCE(host_halted))
		apic_send(host_apic_id, WAKE_VECTOR);
}

/* What the guest asks of this CPU, or 0. */
static u16 mailbox_command(const struct vcpu *v)
{
	const struct mailbox *m = READ_ONCE(acpi_mailbox);

	/* The id is written before the command. */
	if (!m || !__atomic_load_n(&m->command, __ATOMIC_ACQUIRE) ||
	    READ_ONCE(m->apic_id) != v->apic_id)
		return 0;
	return m->command;
}

static void mailbox_done(void)
{
	__atomic_store_n(&acpi_mailbox->command, 0, __ATOMIC_RELEASE);
}

/* The guest's wake-up of one of its CPUs: entered at the address it gives. */
static void wait_for_mailbox(struct vcpu *v)
{
	struct guest_entry entry = { 0 };
	u16 command;

	while ((command = mailbox_command(v)) != MAILBOX_WAKE_UP) {
		if (command == MAILBOX_TEST)
			mailbox_done();
		cpu_halt_for(MAILBOX_POLL_NS);
	}
	entry.rip = acpi_mailbox->entry;
	apic_quiesce();
	mailbox_done();
	svm_run(v, &entry);
}

void host_ap_main(void)
{
	u32 id = apic_id(), i;

	idt_load();
	apic_enable();
	__atomic_fetch_add(&cpus_started, 1, __ATOMIC_SEQ_CST);
	while (!READ_ONCE(vcpu_count))
		cpu_halt_for(MAILBOX_POLL_NS);
	if (id == host_apic_id)
		host_loop();
	for (i = 0; vcpus[i].apic_id != id; i++)
		;
	svm_init_cpu(&vcpus[i]);
	for (;;) {
		wait_for_mailbox(&vcpus[i]);
		/* The guest leaves it switched off. */
		apic_enable();
	}
}

/* Starts one CPU; false when no CPU answers to that id. */
static bool start_cpu(u32 id)
{
	u32 before = READ_ONCE(cpus_started), i;

	ap_stack = (u64)ap_stacks[id] + AP_STACK_SIZE;
	apic_start_cpu(id, TRAMPOLINE / PAGE_SIZE);
	for (i = 0; i < 200; i++) {
		if (READ_ONCE(cpus_started) != before)
			return true;
		apic_delay(1000000);
	}
	return false;
}

/* QEMU numbers its CPUs from 0 without a gap; the last becomes the host's. */
void cpu_start_others(void)
{
	u32 id, count = 1, threads, eax, ecx, edx;

	cpuid(1, 0, &eax, &threads, &ecx, &edx);
	threads = MIN(threads >> 16 & 0xff, MAX_CPUS);
	memcpy((void *)TRAMPOLINE, ap_trampoline,
	       ap_trampoline_end - ap_trampoline);
	for (id = 1; id < threads; id++, count++)
		if (!start_cpu(id))
			fatal("CPU %u does not start", id);
	if (count < 2)
		fatal("one CPU is not enough: the last one is the host's, give QEMU -smp 2 or more");
	host_apic_id = count - 1;
	for (id = 0; id < count - 1; id++) {
		vcpus[id].index = id;
		vcpus[id].apic_id = id;
	}
	WRITE_ONCE(vcpu_count, count - 1);
}
