// SPDX-License-Identifier: GPL-2.0
/*
 * The local APIC. The guest owns the ones of its CPUs; the host only sends
 * interrupts through them, in an exit, and owns the one of the host CPU.
 */
#include "host.h"

#define APIC_BASE	0xfee00000ull
#define APIC_ID		0x020
#define APIC_SPURIOUS	0x0f0
#define APIC_ICR_LOW	0x300
#define APIC_ICR_HIGH	0x310
#define APIC_LVT_TIMER	0x320
#define APIC_INITIAL	0x380
#define APIC_CURRENT	0x390
#define APIC_DIVIDE	0x3e0

#define ICR_INIT	0x4500
#define ICR_STARTUP	0x4600
#define DIVIDE_BY_1	0xb
#define LVT_MASKED	0x10000
#define SPURIOUS_VECTOR	0xff
#define APIC_ENABLE	0x100

u64 tsc_hz;

static u32 apic_read(u32 reg)
{
	return *(volatile u32 *)(APIC_BASE + reg);
}

static void apic_write(u32 reg, u32 v)
{
	*(volatile u32 *)(APIC_BASE + reg) = v;
}

u32 apic_id(void)
{
	return apic_read(APIC_ID) >> 24;
}

void apic_enable(void)
{
	apic_write(APIC_SPURIOUS, APIC_ENABLE | SPURIOUS_VECTOR);
	apic_write(APIC_DIVIDE, DIVIDE_BY_1);
	apic_write(APIC_LVT_TIMER, LVT_MASKED | WAKE_VECTOR);
}

/*
 * The guest writes the two halves of the command register with interrupts off
 * and no exit between them, so an exit never finds a half-written command.
 */
static void apic_command(u32 dest, u32 command)
{
	apic_write(APIC_ICR_HIGH, dest << 24);
	apic_write(APIC_ICR_LOW, command);
}

void apic_send(u32 dest, u8 vector)
{
	apic_command(dest, vector);
}

void apic_timer(u32 ns)
{
	apic_write(APIC_LVT_TIMER, ns ? WAKE_VECTOR : LVT_MASKED | WAKE_VECTOR);
	apic_write(APIC_INITIAL, ns);
}

void apic_delay(u32 ns)
{
	apic_write(APIC_LVT_TIMER, LVT_MASKED | WAKE_VECTOR);
	apic_write(APIC_INITIAL, ns);
	while (apic_read(APIC_CURRENT))
		cpu_pause();
}

void apic_start_cpu(u32 id, u8 page)
{
	apic_command(id, ICR_INIT);
	apic_delay(10000);
	apic_command(id, ICR_STARTUP | page);
}

/*
 * Both clocks at one moment. The machine may take the CPU away between the two
 * reads, so the closest of several pairs counts.
 */
static void read_clocks(u32 *left, u64 *tsc)
{
	u64 best = ~0ull, before, after;
	u32 i, now;

	*left = 0;
	*tsc = 0;
	for (i = 0; i < 20; i++) {
		before = rdtsc();
		now = apic_read(APIC_CURRENT);
		after = rdtsc();
		if (after - before < best) {
			best = after - before;
			*left = now;
			*tsc = before + best / 2;
		}
	}
}

/* The APIC timer is exact, so it is what the time stamp counter is held to. */
void tsc_calibrate(void)
{
	const u32 window = 20000000;
	u64 tsc_start, tsc_end;
	u32 start, end;

	apic_write(APIC_LVT_TIMER, LVT_MASKED | WAKE_VECTOR);
	apic_write(APIC_INITIAL, 0xffffffff);
	read_clocks(&start, &tsc_start);
	while (start - apic_read(APIC_CURRENT) < window)
		cpu_pause();
	read_clocks(&end, &tsc_end);
	tsc_hz = (tsc_end - tsc_start) * (APIC_HZ / 1000) /
		 ((start - end) / 1000);
	apic_timer(0);
}

/* Takes what has been on its way, so that the guest does not get it. */
void apic_quiesce(void)
{
	apic_timer(0);
	asm volatile("sti; nop; nop; cli" : : : "memory");
}
