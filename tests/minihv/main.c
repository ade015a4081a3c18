// SPDX-License-Identifier: GPL-2.0
/*
 * Start of minihv on its first CPU, the life of the host CPU, and the console
 * commands about the host as a whole.
 */
#include "host.h"
#include "console.h"
#include "disk.h"
#include "guestmem.h"
#include "hostcpu.h"
#include "options.h"
#include "store.h"
#include "vmbus.h"

/* How often the host CPU looks at its serial port: there is no interrupt. */
#define CONSOLE_POLL_NS		2000000
#define BOOT_POLL_NS		1000000

struct stats stats;
struct spinlock host_lock;

static bool boot_requested;

void violation(const char *fmt, ...)
{
	char text[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	STAT_INC(violations);
	console_event("%s: %s", options.strict ? "violation" : "log", text);
}

void fatal(const char *fmt, ...)
{
	char text[192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	console_event("fatal: %s", text);
	for (;;)
		asm volatile("cli; hlt");
}

void host_disks_changed(unsigned int controller)
{
	storvsp_enumerate_bus(controller);
}

bool host_may_halt(void)
{
	return !channels_kicked();
}

void host_loop(void)
{
	for (;;) {
		u64 start = rdtsc();
		u32 wait;

		console_poll();
		wait = channels_work(CONSOLE_POLL_NS);
		STAT_ADD(host_tsc, rdtsc() - start);
		if (wait)
			host_idle(wait);
	}
}

static bool run_boot(struct console_request *rq)
{
	(void)rq;
	if (boot_requested)
		return console_fail("the guest has been started already");
	WRITE_ONCE(boot_requested, true);
	return true;
}

static bool run_mode(struct console_request *rq)
{
	if (rq->argc != 2 || !option_set_mode(rq->argv[1]))
		return console_fail("mode is sync or async");
	return true;
}

static bool run_delay(struct console_request *rq)
{
	if (rq->argc != 2 || !option_set_delay(rq->argv[1]))
		return console_fail("delay is a number of microseconds");
	return true;
}

static u32 open_channels(void)
{
	u32 i, n = 0;

	for (i = 1; i <= MAX_CHANNELS; i++)
		n += channels[i].state == CHANNEL_OPEN;
	return n;
}

static bool run_stats(struct console_request *rq)
{
	struct disk_stats d;
	const struct {
		const char *name;
		u64 value;
	} rows[] = {
		{ "signals", stats.signals },
		{ "signals_spurious", stats.signals_spurious },
		{ "interrupts", stats.interrupts },
		{ "messages_in", stats.messages_in },
		{ "messages_out", stats.messages_out },
		{ "packets_in", stats.packets_in },
		{ "packets_out", stats.packets_out },
		{ "exits", stats.exits },
		{ "exits_cpuid", stats.exits_cpuid },
		{ "exits_msr", stats.exits_msr },
		{ "exits_hypercall", stats.exits_hypercall },
		{ "host_tsc", stats.host_tsc },
		{ "violations", stats.violations },
		{ "abandoned", stats.abandoned },
		{ "channels_open", open_channels() },
		{ "vmbus_version", vmbus_version() },
	};
	u32 i;

	(void)rq;
	disk_totals(&d);
	console_line("ios %lu", d.reads + d.writes);
	console_line("reads %lu", d.reads);
	console_line("writes %lu", d.writes);
	console_line("unmaps %lu", d.unmaps);
	console_line("write_sames %lu", d.write_sames);
	console_line("flushes %lu", d.flushes);
	console_line("bytes_read %lu", d.bytes_read);
	console_line("bytes_written %lu", d.bytes_written);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		console_line("%s %lu", rows[i].name, rows[i].value);
	return true;
}

/* Whether the guest wants no interrupts for packets. */
static bool guest_masks(const struct channel *c)
{
	return c->state == CHANNEL_OPEN &&
	       READ_ONCE(c->out.control->interrupt_mask);
}

static bool run_channels(struct console_request *rq)
{
	u32 i;

	(void)rq;
	for (i = 1; i <= MAX_CHANNELS; i++) {
		const struct channel *c = &channels[i];
		static const char *const names[] = {
			"absent", "offered", "open", "rescinded",
		};

		if (c->state == CHANNEL_ABSENT)
			continue;
		console_line("%u controller=%u sub=%u %s vp=%u packets_in=%lu packets_out=%lu signals=%lu interrupts=%lu outstanding=%u notices=%lu guest_masks=%u%s",
			     c->relid, c->controller, c->sub_index,
			     names[c->state], c->target_vp, c->packets_in,
			     c->packets_out, c->signals, c->interrupts,
			     c->outstanding, c->notices, guest_masks(c),
			     c->broken ? " broken" : "");
	}
	return true;
}

static bool run_controller(struct console_request *rq)
{
	bool add = !strcmp(rq->argv[1], "add");
	u64 n;

	if (rq->argc != 3 || !parse_u64(rq->argv[2], &n) || n >= MAX_CONTROLLERS)
		return console_fail("controller %s takes a number from 0 to %u",
				    rq->argv[1], MAX_CONTROLLERS - 1);
	if (add ? !vmbus_controller_add((u32)n) : !vmbus_controller_remove((u32)n))
		return console_fail("controller %lu is %s", n,
				    add ? "there already" : "not there");
	return true;
}

static bool run_channel_offer(struct console_request *rq)
{
	u64 controller, count;

	if (rq->argc != 4 || !parse_u64(rq->argv[2], &controller) ||
	    controller >= MAX_CONTROLLERS || !parse_u64(rq->argv[3], &count) ||
	    count >= MAX_CHANNELS)
		return console_fail("channel offer takes a controller and a number, see help");
	vmbus_offer_sub_channels((u32)controller, (u32)count);
	return true;
}

static bool run_channel_rescind(struct console_request *rq)
{
	u64 relid;

	if (rq->argc != 3 || !parse_u64(rq->argv[2], &relid) ||
	    relid > MAX_CHANNELS || !vmbus_rescind_sub_channel((u32)relid))
		return console_fail("channel rescind takes the relid of a sub-channel, see channels");
	return true;
}

const struct console_command host_commands[] = {
	{ "help", ": this list", console_help },
	{ "boot", ": start the guest", run_boot },
	{ "stats", ": counters", run_stats },
	{ "channels", ": relids and what they have moved", run_channels },
	{ "mode", "sync|async: who does the I/O", run_mode },
	{ "delay", "US: how long a request takes in asynchronous mode", run_delay },
	{ "controller add", "N: a SCSI controller appears", run_controller },
	{ "controller remove", "N: and is rescinded", run_controller },
	{ "channel offer",
	  "CONTROLLER N: offer sub-channels until there are N, asked for or not",
	  run_channel_offer },
	{ "channel rescind", "RELID: take a sub-channel away", run_channel_rescind },
	{ NULL, NULL, NULL },
};

void host_main(u32 multiboot)
{
	const struct multiboot_info *mb = (void *)(u64)multiboot;
	struct guest_entry entry = { 0 };
	u32 i;

	console_init();
	cpu_init_tables();
	apic_enable();
	options_parse(guest_host_command_line(mb));
	guest_memory_init(mb);
	store_file_init();
	tsc_calibrate();
	cpu_start_others();
	for (i = 0; i < options.controllers; i++)
		vmbus_controller_add(i);
	guest_load(mb, &entry);
	console_event("ready");
	while (!READ_ONCE(boot_requested))
		cpu_halt_for(BOOT_POLL_NS);
	apic_quiesce();
	svm_init_cpu(&vcpus[0]);
	svm_run(&vcpus[0], &entry);
	/* The boot CPU does not come back: it is over. */
	for (;;)
		cpu_halt_for(0);
}
