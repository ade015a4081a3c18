/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry, exceptions and a way into ring 3 and back. The guest runs with
 * interrupts off, so exceptions are all that its interrupt table is for.
 */
#define KERNEL_CS	0x10
#define USER_DS		0x23
#define USER_CS		0x2b

	.text
	.code64
	.global _start
_start:
	cli
	and $-16, %rsp
	call rogue_main
1:	hlt
	jmp 1b

	/* void user_run(void (*code)(void)): returns when it has trapped */
	.global user_run, user_return
user_run:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	mov %rsp, user_kernel_stack
	push $USER_DS
	push user_kernel_stack		/* it uses no stack */
	pushfq
	push $USER_CS
	push %rdi
	iretq
user_return:
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	/* A hypercall by somebody who must not make any. */
	.global user_hypercall
user_hypercall:
	vmmcall
	ud2

	.macro trap_stub vector, has_error
trap_\vector:
	.if \has_error == 0
	push $0
	.endif
	push $\vector
	jmp trap_common
	.endm

	trap_stub 0, 0
	trap_stub 1, 0
	trap_stub 2, 0
	trap_stub 3, 0
	trap_stub 4, 0
	trap_stub 5, 0
	trap_stub 6, 0
	trap_stub 7, 0
	trap_stub 8, 1
	trap_stub 9, 0
	trap_stub 10, 1
	trap_stub 11, 1
	trap_stub 12, 1
	trap_stub 13, 1
	trap_stub 14, 1
	trap_stub 15, 0

	/* struct trap_frame, from its first field on */
trap_common:
	push %r11
	push %r10
	push %r9
	push %r8
	push %rdi
	push %rsi
	push %rdx
	push %rcx
	push %rax
	cld
	mov %rsp, %rdi
	call trap
	pop %rax
	pop %rcx
	pop %rdx
	pop %rsi
	pop %rdi
	pop %r8
	pop %r9
	pop %r10
	pop %r11
	add $16, %rsp			/* vector, error code */
	iretq

	.section .rodata
	.align 8
	.global trap_stubs
trap_stubs:
	.quad trap_0, trap_1, trap_2, trap_3, trap_4, trap_5, trap_6, trap_7
	.quad trap_8, trap_9, trap_10, trap_11, trap_12, trap_13, trap_14
	.quad trap_15

	.bss
	.global user_kernel_stack
	.align 8
user_kernel_stack:
	.skip 8

	.section .note.GNU-stack, "", @progbits
