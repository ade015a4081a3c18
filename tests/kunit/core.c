// SPDX-License-Identifier: GPL-2.0
/*
 * The transport once more, for the tests alone: without a bus, which a kernel
 * under test may lack, and (see Kbuild) without what two modules cannot both
 * have, exported names and events. So nothing has to be exported for tests, and
 * the real module may be loaded beside them.
 */
#include <linux/sched/clock.h>
#include <linux/workqueue.h>
#include "bus.h"

/* The time that a drain may take is the tests' to pass, and so are timers. */
#define local_clock()	bus_clock
#define queue_delayed_work(wq, work, delay) \
	queue_delayed_work(wq, work, bus_timer_runs ? (delay) : BUS_NEVER)

#include "../../drivers/hvring/ring.c"
#include "../../drivers/hvring/signal.c"
#include "../../drivers/hvring/channel.c"
#include "../../drivers/hvring/send.c"
#include "../../drivers/hvring/receive.c"
#include "../../drivers/hvring/debugfs.c"
