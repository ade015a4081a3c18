/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry to and exit from the guest, and the host's own interrupt stubs.
 * VMRUN switches RAX, RSP and the system registers; the other general
 * registers are swapped here. The host uses no vector registers, so the
 * guest's stay in the CPU.
 */
	.text
	.code64

	/* void guest_enter(struct guest_regs *regs, u64 vmcb) */
	.global guest_enter
guest_enter:
	push %rbx
	push %rbp
	push %r12
	push %r13
	push %r14
	push %r15
	push %rdi
	mov %rsi, %rax
	mov 0x00(%rdi), %rbx
	mov 0x08(%rdi), %rcx
	mov 0x10(%rdi), %rdx
	mov 0x18(%rdi), %rsi
	mov 0x28(%rdi), %rbp
	mov 0x30(%rdi), %r8
	mov 0x38(%rdi), %r9
	mov 0x40(%rdi), %r10
	mov 0x48(%rdi), %r11
	mov 0x50(%rdi), %r12
	mov 0x58(%rdi), %r13
	mov 0x60(%rdi), %r14
	mov 0x68(%rdi), %r15
	mov 0x20(%rdi), %rdi
	clgi
	vmrun %rax
	xchg %rdi, (%rsp)		/* RDI = regs, stack = the guest's RDI */
	mov %rbx, 0x00(%rdi)
	mov %rcx, 0x08(%rdi)
	mov %rdx, 0x10(%rdi)
	mov %rsi, 0x18(%rdi)
	pop %rbx
	mov %rbx, 0x20(%rdi)
	mov %rbp, 0x28(%rdi)
	mov %r8, 0x30(%rdi)
	mov %r9, 0x38(%rdi)
	mov %r10, 0x40(%rdi)
	mov %r11, 0x48(%rdi)
	mov %r12, 0x50(%rdi)
	mov %r13, 0x58(%rdi)
	mov %r14, 0x60(%rdi)
	mov %r15, 0x68(%rdi)
	pop %r15
	pop %r14
	pop %r13
	pop %r12
	pop %rbp
	pop %rbx
	ret

	/*
	 * Here the guest jumps with a CPU that it does not need any more. Never
	 * executed to its end: see svm.c.
	 */
	.global guest_reset_vector
guest_reset_vector:
	vmmcall
	ud2

	/*
	 * What an interrupt means to the host: a CPU that halts looks around.
	 * Nothing is done here but the end of interrupt.
	 */
	.global host_wake_stub
host_wake_stub:
	push %rax
	mov $0xfee000b0, %eax
	movl $0, (%rax)
	pop %rax
	iretq

	.global host_nmi_stub
host_nmi_stub:
	iretq

	/* Every exception of the host is a bug in it: report and stop. */
	.macro exception_stub vector, has_error
stub_\vector:
	.if \has_error == 0
	push $0
	.endif
	push $\vector
	jmp exception_common
	.endm

	exception_stub 0, 0
	exception_stub 1, 0
	exception_stub 2, 0
	exception_stub 3, 0
	exception_stub 4, 0
	exception_stub 5, 0
	exception_stub 6, 0
	exception_stub 7, 0
	exception_stub 8, 1
	exception_stub 9, 0
	exception_stub 10, 1
	exception_stub 11, 1
	exception_stub 12, 1
	exception_stub 13, 1
	exception_stub 14, 1
	exception_stub 15, 0
	exception_stub 16, 0
	exception_stub 17, 1
	exception_stub 18, 0
	exception_stub 19, 0

exception_common:
	pop %rdi			/* vector */
	pop %rsi			/* error code */
	mov (%rsp), %rdx		/* RIP */
	call host_exception

	.section .rodata
	.align 8
	.global exception_stubs
exception_stubs:
	.quad stub_0, stub_1, stub_2, stub_3, stub_4, stub_5, stub_6, stub_7
	.quad stub_8, stub_9, stub_10, stub_11, stub_12, stub_13, stub_14
	.quad stub_15, stub_16, stub_17, stub_18, stub_19

	.section .note.GNU-stack, "", @progbits
