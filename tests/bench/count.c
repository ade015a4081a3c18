// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU plugin: which instructions each CPU executes between two marks.
 *
 *   -plugin count.so,out=FILE
 *
 * At each end mark one line "begin" is added to FILE and then, for each block of
 * code that ran, "CPU ADDRESS INSTRUCTIONS RUNS". A block is counted when it is
 * entered; the few that an exception leaves early are counted whole.
 *
 * For one thread of emulation, as with -icount: nothing here is locked.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "count.h"

/*
 * The part of QEMU's plugin interface, version 1, that is used here. Debian
 * has its header in no package but the source.
 */
typedef uint64_t qemu_plugin_id_t;
struct qemu_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

enum qemu_plugin_cb_flags {
	QEMU_PLUGIN_CB_NO_REGS,
};

typedef void (*tb_callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *tb);
typedef void (*exec_callback)(unsigned int cpu, void *data);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, tb_callback cb);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb,
					  exec_callback cb,
					  enum qemu_plugin_cb_flags flags,
					  void *data);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn,
					    exec_callback cb,
					    enum qemu_plugin_cb_flags flags,
					    void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *
qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
const void *qemu_plugin_insn_data(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = 1;

#define MAX_CPUS	64
#define MARK_BYTES	7

/* Code that was translated; translated once more, it is there once more. */
struct block {
	struct block *next;
	uint64_t address;
	size_t instructions;
	uint64_t runs[MAX_CPUS];
};

static struct block *blocks;
static FILE *out;

static void ran(unsigned int cpu, void *data)
{
	struct block *block = data;

	if (cpu < MAX_CPUS)
		block->runs[cpu]++;
}

static void begin(unsigned int cpu, void *data)
{
	struct block *block;

	for (block = blocks; block; block = block->next)
		memset(block->runs, 0, sizeof(block->runs));
}

static void end(unsigned int cpu, void *data)
{
	struct block *block;
	unsigned int i;

	fprintf(out, "begin\n");
	for (block = blocks; block; block = block->next)
		for (i = 0; i < MAX_CPUS; i++)
			if (block->runs[i])
				fprintf(out, "%u %llx %zu %llu\n", i,
					(unsigned long long)block->address,
					block->instructions,
					(unsigned long long)block->runs[i]);
	fflush(out);
}

/* The mark that an instruction is, or 0. */
static uint32_t mark_of(const struct qemu_plugin_insn *insn)
{
	static const uint8_t nopl[] = { 0x0f, 0x1f, 0x80 };
	const uint8_t *data = qemu_plugin_insn_data(insn);
	uint32_t mark;

	if (qemu_plugin_insn_size(insn) != MARK_BYTES ||
	    memcmp(data, nopl, sizeof(nopl)))
		return 0;
	memcpy(&mark, data + sizeof(nopl), sizeof(mark));
	return mark;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));
	size_t i;

	if (!block)
		abort();
	block->address = qemu_plugin_tb_vaddr(tb);
	block->instructions = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, ran, QEMU_PLUGIN_CB_NO_REGS,
					     block);

	for (i = 0; i < block->instructions; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint32_t mark = mark_of(insn);
		exec_callback cb = mark == COUNT_BEGIN ? begin :
				   mark == COUNT_END ? end : NULL;

		if (cb)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, cb,
							       QEMU_PLUGIN_CB_NO_REGS,
							       NULL);
	}
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			       int argc, char **argv)
{
	static const char key[] = "out=";

	if (argc != 1 || strncmp(argv[0], key, sizeof(key) - 1)) {
		fprintf(stderr, "count: one argument: out=FILE\n");
		return -1;
	}
	out = fopen(argv[0] + sizeof(key) - 1, "w");
	if (!out) {
		perror(argv[0]);
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
