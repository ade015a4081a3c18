/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all of minihv knows: its CPUs, its options, its counters and its lock.
 *
 * All CPUs but the last belong to the guest. The last is the host's own: it
 * runs the console and, in asynchronous mode, the I/O. Whatever a guest CPU
 * asks for in an exit is done on that CPU, with one lock around all host state.
 */
#ifndef MINIHV_HOST_H
#define MINIHV_HOST_H

#include "lib.h"

#define MAX_CPUS		32

/* What the guest's general registers are kept in over an exit (entry.S). */
struct guest_regs {
	u64 rbx, rcx, rdx, rsi, rdi, rbp;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
};

#define SINT_COUNT		16
#define VMBUS_SINT		2

/**
 * struct synic - one CPU's synthetic interrupt controller
 * @control: SCONTROL. @siefp: event flag page. @simp: message page.
 * @sint: interrupt sources.
 * @head: first message that waits for the slot of VMBUS_SINT, or NULL.
 * @tail: last one.
 */
struct synic {
	u64 control, siefp, simp;
	u64 sint[SINT_COUNT];
	struct message *head, *tail;
};

/**
 * struct vcpu - a CPU of the guest
 * @index: its VP index. @apic_id: its local APIC.
 * @vmcb: control block of the guest mode. @host_save: where VMRUN keeps ours.
 * @regs: the guest's registers while the host runs.
 * @synic: as above.
 * @assist: VP assist page register: accepted and ignored.
 */
struct vcpu {
	u32 index, apic_id;
	struct vmcb *vmcb;
	void *host_save;
	struct guest_regs regs;
	struct synic synic;
	u64 assist;
};

extern struct vcpu vcpus[MAX_CPUS];
extern u32 vcpu_count;
extern u32 host_apic_id;

/**
 * struct options - from the boot command line, checked once
 * @hyperv: the guest is told that this is Hyper-V.
 * @memory: bytes of RAM that the guest gets.
 * @vmbus_cap: highest VMBus version offered, major << 16 | minor; 0 for none.
 * @vstor_cap: highest storage protocol version offered.
 * @sub_channels: most sub-channels a controller offers.
 * @controllers: SCSI controllers present at start.
 * @max_transfer: largest transfer of one request.
 * @async: I/O is done by the host CPU instead of inside the signal.
 * @delay: how long a request takes then, in microseconds.
 * @strict: a guest's mistake is an event that fails the test.
 */
struct options {
	bool hyperv;
	u64 memory;
	u32 vmbus_cap;
	u16 vstor_cap;
	u16 sub_channels;
	u32 controllers;
	u32 max_transfer;
	bool async;
	u64 delay;
	bool strict;
};

extern struct options options;

struct stats {
	u64 signals, signals_spurious, interrupts;
	u64 messages_in, messages_out;
	u64 packets_in, packets_out;
	u64 exits, exits_cpuid, exits_msr, exits_hypercall;
	u64 host_tsc;
	u64 violations;
	u64 abandoned;		/* requests whose guest has left the bus */
};

extern struct stats stats;

#define STAT_ADD(field, n) \
	__atomic_fetch_add(&stats.field, (n), __ATOMIC_RELAXED)
#define STAT_INC(field)	STAT_ADD(field, 1)

/* Full barrier: the peer is another CPU. */
static inline void full_barrier(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static inline void cpu_pause(void)
{
	asm volatile("pause" : : : "memory");
}

static inline void cpuid(u32 leaf, u32 sub, u32 *a, u32 *b, u32 *c, u32 *d)
{
	asm volatile("cpuid" : "=a"(*a), "=b"(*b), "=c"(*c), "=d"(*d)
		     : "a"(leaf), "c"(sub));
}

static inline u64 rdtsc(void)
{
	u32 lo, hi;

	asm volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (u64)hi << 32 | lo;
}

static inline u64 rdmsr(u32 msr)
{
	u32 lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (u64)hi << 32 | lo;
}

static inline void wrmsr(u32 msr, u64 v)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)));
}

static inline void outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static inline void outl(u16 port, u32 v)
{
	asm volatile("outl %0, %1" : : "a"(v), "Nd"(port));
}

static inline u32 inl(u16 port)
{
	u32 v;

	asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

/* Locks. Holders never halt and are never interrupted. */
struct spinlock {
	u32 taken;
};

static inline void spin_lock(struct spinlock *l)
{
	while (__atomic_exchange_n(&l->taken, 1, __ATOMIC_ACQUIRE))
		cpu_pause();
}

static inline void spin_unlock(struct spinlock *l)
{
	__atomic_store_n(&l->taken, 0, __ATOMIC_RELEASE);
}

/* Protects everything that vmbus.c, channel.c, storvsp.c and disk.c own. */
extern struct spinlock host_lock;

/* Where the guest made a mistake that a real host punishes or ignores. */
void violation(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Stops everything: a bug in minihv, or a machine it cannot run on. */
void fatal(const char *fmt, ...)
	__attribute__((format(printf, 1, 2), noreturn));

/* main.c */
extern u8 host_start[], host_end[];
bool guest_page_valid(u64 pfn);		/* RAM of the guest, not ours */

/* mem.c; the rest of it is in store.h */
void mem_add(u64 start, u64 end);	/* a page-aligned range for the pool */
void *mem_take(u64 bytes);		/* whole pages, for good, not zeroed */

/* apic.c: the local APIC of the CPU that runs it, 1 GHz in QEMU */
#define WAKE_VECTOR		0x20
#define APIC_HZ			1000000000ull

u32 apic_id(void);
void apic_enable(void);
void apic_send(u32 apic_id, u8 vector);
void apic_start_cpu(u32 apic_id, u8 page);
void apic_timer(u32 ns);		/* one WAKE_VECTOR after @ns; 0 stops it */
void apic_delay(u32 ns);
void apic_quiesce(void);		/* before the CPU becomes the guest's */
extern u64 tsc_hz;
void tsc_calibrate(void);

/* cpu.c */
void cpu_init_tables(void);
void cpu_start_others(void);
void cpu_halt_for(u32 ns);		/* until a wake-up or the time is over */
void host_wake(void);			/* get the host CPU out of its halt */
bool host_may_halt(void);

/* acpi.c */
struct mailbox {
	u16 command;
	u16 reserved;
	u32 apic_id;
	u64 entry;
} __attribute__((packed));

#define MAILBOX_WAKE_UP	1
#define MAILBOX_TEST	2	/* is it back? */

extern struct mailbox *acpi_mailbox;
extern u8 guest_reset_vector[];		/* entry.S */
u64 acpi_prepare(void);			/* returns the address of the RSDP */

/* linux.c: fills in where the boot CPU of the guest starts */
struct guest_entry {
	u64 rip, rsi, rsp;
};

struct multiboot_info;
void guest_load(const struct multiboot_info *mb, struct guest_entry *entry);

/* svm.c */
void svm_init_cpu(struct vcpu *v);
void svm_watch_halts(struct vcpu *v, bool watch);	/* in an exit of it */
/* Until the guest gives the CPU back. */
void svm_run(struct vcpu *v, const struct guest_entry *entry);

/* hyperv.c: CPUID leaves and synthetic MSRs. false: #GP for the guest. */
void hv_cpuid(u32 leaf, u32 *a, u32 *b, u32 *c, u32 *d);
bool hv_rdmsr(struct vcpu *v, u32 msr, u64 *value);
bool hv_wrmsr(struct vcpu *v, u32 msr, u64 value);
bool hv_hypercall_enabled(void);

/* hypercall.c: returns what the guest gets in RAX */
u64 hypercall(u64 control, u64 input);

/* synic.c, under the host lock unless stated */
void synic_init(struct vcpu *v);
bool synic_rdmsr(struct vcpu *v, u32 msr, u64 *value);
bool synic_wrmsr(struct vcpu *v, u32 msr, u64 value);	/* takes the lock */
void synic_post(u32 vp, const void *payload, u32 len);
void synic_signal(u32 vp, u32 flag);

#endif /* MINIHV_HOST_H */
