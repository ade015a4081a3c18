// SPDX-License-Identifier: GPL-2.0
/* The machine under the guest: serial line, exceptions, ring 3. */
#include "rogue.h"

#define COM1		0x3f8
#define UART_IER	1
#define UART_FCR	2
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define LSR_READY	0x01
#define LSR_EMPTY	0x20

#define KERNEL_CS	0x10
#define KERNEL_DS	0x18
#define TSS_SELECTOR	0x30
#define VECTORS		16
#define STACK_SIZE	8192
#define GIB		(1ull << 30)
#define PAGE_USER_LARGE	0x87ull		/* present, writable, user, large */
#define PAGE_USER_TABLE	0x07ull

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

struct tss {
	u32 reserved1;
	u64 rsp0;
	u8 reserved2[90];
	u16 io_map;
} __attribute__((packed));

_Static_assert(sizeof(struct tss) == 104, "size");

struct trap_frame {
	u64 rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11;
	u64 vector, error;
	u64 rip, cs, rflags, rsp, ss;
};

extern void *const trap_stubs[VECTORS];
extern u64 user_kernel_stack;
extern u8 user_return[];
void user_run(void (*code)(void));
void user_hypercall(void);
void trap(struct trap_frame *f);

static struct idt_entry idt[VECTORS];
static struct tss tss;
static u8 trap_stack[STACK_SIZE] __attribute__((aligned(16)));
static u64 pml4[512] __attribute__((aligned(4096)));
static u64 pdpt[512] __attribute__((aligned(4096)));
static u64 gdt[] = {
	0, 0,
	0x00af9b000000ffff,	/* 0x10: code */
	0x00cf93000000ffff,	/* 0x18: data */
	0x00cff3000000ffff,	/* 0x20: data of ring 3 */
	0x00affb000000ffff,	/* 0x28: code of ring 3 */
	0, 0,			/* 0x30: TSS */
};

/* Where to go on after an exception that somebody waits for. */
u64 trap_resume;
static u32 trap_vector;

static void outb(u16 port, u8 v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port));
}

static u8 inb(u16 port)
{
	u8 v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port));
	return v;
}

static void put_char(char c)
{
	while (!(inb(COM1 + UART_LSR) & LSR_EMPTY))
		cpu_pause();
	outb(COM1, (u8)c);
}

void say(const char *fmt, ...)
{
	char text[256];
	const char *s;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (s = text; *s; s++)
		put_char(*s);
	put_char('\n');
}

void read_line(char *line, u32 size)
{
	u32 n = 0;

	for (;;) {
		char c;

		while (!(inb(COM1 + UART_LSR) & LSR_READY))
			cpu_pause();
		c = (char)inb(COM1);
		if (c == '\n')
			break;
		if (n + 1 < size)
			line[n++] = c;
	}
	line[n] = '\0';
}

static void serial_init(void)
{
	outb(COM1 + UART_IER, 0);
	outb(COM1 + UART_LCR, 0x80);
	outb(COM1, 1);
	outb(COM1 + UART_IER, 0);
	outb(COM1 + UART_LCR, 0x03);
	outb(COM1 + UART_FCR, 0x07);
	outb(COM1 + UART_MCR, 0x03);
}

/* A map of our own, that ring 3 may use. */
static void map_for_all(void)
{
	u64 i;

	for (i = 0; i < 4; i++)
		pdpt[i] = i * GIB | PAGE_USER_LARGE;
	pml4[0] = (u64)pdpt | PAGE_USER_TABLE;
	asm volatile("mov %0, %%cr3" : : "r"(pml4) : "memory");
}

static void load_tables(void)
{
	struct table_pointer g = { sizeof(gdt) - 1, (u64)gdt };
	struct table_pointer i = { sizeof(idt) - 1, (u64)idt };
	u64 base = (u64)&tss;
	u32 n;

	for (n = 0; n < VECTORS; n++) {
		u64 stub = (u64)trap_stubs[n];

		idt[n] = (struct idt_entry){
			.offset_low = (u16)stub,
			.selector = KERNEL_CS,
			.type = 0x8e,
			.offset_mid = (u16)(stub >> 16),
			.offset_high = (u32)(stub >> 32),
		};
	}
	tss.rsp0 = (u64)trap_stack + STACK_SIZE;
	tss.io_map = sizeof(tss);
	gdt[6] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 |
		 (base >> 24 & 0xff) << 56;
	gdt[7] = base >> 32;
	asm volatile("lgdt %0; lidt %1; ltr %2" : : "m"(g), "m"(i),
		     "r"((u16)TSS_SELECTOR) : "memory");
}

void machine_init(void)
{
	serial_init();
	load_tables();
	map_for_all();
}

void trap(struct trap_frame *f)
{
	trap_vector = (u32)f->vector;
	if (f->cs & 3) {
		f->rip = (u64)user_return;
		f->cs = KERNEL_CS;
		f->rsp = user_kernel_stack;
		f->ss = KERNEL_DS;
		return;
	}
	if (trap_resume) {
		f->rip = trap_resume;
		return;
	}
	say("lost: exception %lu at 0x%lx", f->vector, f->rip);
	for (;;)
		asm volatile("cli; hlt");
}

/* One instruction that may trap; execution goes on behind it either way. */
#define GUARDED(instruction)				\
	"movq $1f, trap_resume\n\t" instruction "\n"	\
	"1:\tmovq $0, trap_resume"

u32 msr_read(u32 msr, u64 *value)
{
	u32 lo = 0, hi = 0;

	trap_vector = 0;
	asm volatile(GUARDED("rdmsr")
		     : "+a"(lo), "+d"(hi) : "c"(msr) : "memory");
	*value = (u64)hi << 32 | lo;
	return trap_vector;
}

u32 msr_write(u32 msr, u64 value)
{
	trap_vector = 0;
	asm volatile(GUARDED("wrmsr")
		     : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
		     : "memory");
	return trap_vector;
}

u32 hypercall_bare(void)
{
	u64 rax = 0;

	trap_vector = 0;
	asm volatile(GUARDED("vmmcall")
		     : "+a"(rax) : "c"(CALL_SIGNAL_EVENT | CALL_FAST), "d"(0)
		     : "memory");
	return trap_vector;
}

u32 hypercall_ring3(void)
{
	trap_vector = 0;
	user_run(user_hypercall);
	return trap_vector;
}

void triple_fault(void)
{
	static const struct table_pointer none;

	asm volatile("lidt %0; ud2" : : "m"(none));
	__builtin_unreachable();
}
