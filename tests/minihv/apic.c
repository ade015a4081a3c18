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

/* The APIC timer is exact, so it is what the time stamp counter is held to. */
void tsc_calibrate(void)
{
	const u32 window = 20000000;
	u64 start = rdtsc();
	u32 left;

	apic_write(APIC_LVT_TIMER, LVT_MASKED | WAKE_VECTOR);
	apic_write(APIC_INITIAL, 0xffffffff);
	start = rdtsc();
	do {
		left = apic_read(APIC_CURRENT);
	} while (0xffffffff - left < window);
	tsc_hz = (rdtsc() - start) * (APIC_HZ / 1000) /
		 ((0xffffffff - left) / 1000);
	apic_timer(0);
}
