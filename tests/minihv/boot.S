/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Way into long mode: the boot CPU comes from QEMU's multiboot loader in
 * 32-bit protected mode, every other CPU from a start-up IPI in real mode.
 * Both end on the same identity map and in C.
 */
#define CR0_PE		0x1
#define CR0_PG_NE_MP_PE	0x80000023
#define CR4_PAE_OSFXSR	0x620		/* PAE, OSFXSR, OSXMMEXCPT */
#define MSR_EFER	0xc0000080
#define EFER_LME_SVME	0x1900		/* LME, SVME, NXE */

#define MB_MAGIC	0x1badb002
#define MB_FLAGS	0x3		/* page-aligned modules, memory map */

	.section .multiboot, "a"
	.align 4
	.long MB_MAGIC
	.long MB_FLAGS
	.long -(MB_MAGIC + MB_FLAGS)

	.text
	.code32
	.global _start
_start:
	cli
	mov $boot_stack_top, %esp
	mov %ebx, multiboot_info

	/* Identity map of 1 TiB: two page directory pointer tables, 1 GiB pages. */
	mov $pdpt, %edi
	xor %ecx, %ecx
1:	mov %ecx, %eax
	shl $30, %eax
	or $0x83, %eax			/* present, writable, large */
	mov %eax, (%edi, %ecx, 8)
	mov %ecx, %eax
	shr $2, %eax
	mov %eax, 4(%edi, %ecx, 8)
	inc %ecx
	cmp $1024, %ecx
	jb 1b
	mov $pdpt + 3, %eax
	mov %eax, pml4
	add $4096, %eax
	mov %eax, pml4 + 8

	lgdt gdt_pointer
	call enter_long_mode
	ljmp $0x10, $boot64

	/* Turns on paging in compatibility mode; the caller jumps to 64 bit. */
enter_long_mode:
	mov $CR4_PAE_OSFXSR, %eax
	mov %eax, %cr4
	mov $pml4, %eax
	mov %eax, %cr3
	mov $MSR_EFER, %ecx
	mov $EFER_LME_SVME, %eax
	xor %edx, %edx
	wrmsr
	mov $CR0_PG_NE_MP_PE, %eax
	mov %eax, %cr0
	ret

	.code64
boot64:
	mov $0x18, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov %eax, %fs
	mov %eax, %gs
	mov multiboot_info, %edi
	call host_main
1:	cli
	hlt
	jmp 1b

	/*
	 * Copied to a page below 1 MiB, which the start-up IPI names; only its
	 * first few instructions run there.
	 */
	.code16
	.global ap_trampoline, ap_trampoline_end
ap_trampoline:
	cli
	xor %ax, %ax
	mov %ax, %ds
	lgdtl %cs:(ap_gdt_pointer - ap_trampoline)
	mov $CR0_PE, %eax
	mov %eax, %cr0
	ljmpl $0x08, $ap_protected
	.align 4
ap_gdt_pointer:
	.word gdt_end - gdt - 1
	.long gdt
ap_trampoline_end:

	.code32
ap_protected:
	mov $0x18, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	mov ap_stack, %esp
	call enter_long_mode
	ljmp $0x10, $ap64

	.code64
ap64:
	mov $0x18, %eax
	mov %eax, %fs
	mov %eax, %gs
	mov ap_stack, %rsp
	call host_ap_main
1:	cli
	hlt
	jmp 1b

	.data
	.align 16
	/* 0x10 and 0x18 are what the Linux boot protocol wants to find. */
	.global gdt, gdt_end
gdt:
	.quad 0
	.quad 0x00cf9b000000ffff	/* 0x08: 32-bit code */
	.quad 0x00af9b000000ffff	/* 0x10: 64-bit code */
	.quad 0x00cf93000000ffff	/* 0x18: data */
gdt_end:
gdt_pointer:
	.word gdt_end - gdt - 1
	.quad gdt

	.global ap_stack
ap_stack:
	.quad 0
multiboot_info:
	.long 0

	.bss
	.align 4096
	.global pml4
pml4:	.skip 4096
pdpt:	.skip 8192
boot_stack:
	.skip 16384
boot_stack_top:

	.section .note.GNU-stack, "", @progbits
