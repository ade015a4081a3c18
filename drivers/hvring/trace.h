/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Events of the transport, in tracefs below events/hvring. Each names the
 * device of its channel. They cost one skipped jump each while nobody listens.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM hvring

#if !defined(_HVRING_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _HVRING_TRACE_H

#include <linux/device.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include "internal.h"

/* A name on the bus is a GUID. */
#define HVRING_TRACE_NAME	40
#define HVRING_TRACE_WHY	48

TRACE_EVENT(hvring_publish,
	TP_PROTO(const struct hvring_channel *ch, u32 bytes, bool kick),
	TP_ARGS(ch, bytes, kick),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__field(u32, bytes)
		__field(bool, kick)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		__entry->bytes = bytes;
		__entry->kick = kick;
	),
	TP_printk("%s bytes=%u kick=%d", __entry->device, __entry->bytes,
		  __entry->kick)
);

TRACE_EVENT(hvring_signal,
	TP_PROTO(const struct hvring_channel *ch, bool room),
	TP_ARGS(ch, room),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__field(bool, room)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		__entry->room = room;
	),
	TP_printk("%s why=%s", __entry->device,
		  __entry->room ? "room" : "data")
);

TRACE_EVENT(hvring_receive,
	TP_PROTO(const struct hvring_channel *ch,
		 const struct hvring_packet *packet),
	TP_ARGS(ch, packet),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__field(u64, id)
		__field(u32, bytes)
		__field(u16, type)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		__entry->id = packet->id;
		__entry->bytes = packet->payload_bytes;
		__entry->type = packet->type;
	),
	TP_printk("%s type=%u id=%#llx payload=%u", __entry->device,
		  __entry->type, __entry->id, __entry->bytes)
);

TRACE_EVENT(hvring_full,
	TP_PROTO(const struct hvring_channel *ch, u32 bytes),
	TP_ARGS(ch, bytes),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__field(u32, bytes)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		__entry->bytes = bytes;
	),
	TP_printk("%s packet=%u", __entry->device, __entry->bytes)
);

TRACE_EVENT(hvring_wake,
	TP_PROTO(const struct hvring_channel *ch, bool timer),
	TP_ARGS(ch, timer),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__field(bool, timer)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		__entry->timer = timer;
	),
	TP_printk("%s by=%s", __entry->device,
		  __entry->timer ? "timer" : "host")
);

TRACE_EVENT(hvring_violation,
	TP_PROTO(const struct hvring_channel *ch, const char *why, u64 value),
	TP_ARGS(ch, why, value),
	TP_STRUCT__entry(
		__array(char, device, HVRING_TRACE_NAME)
		__array(char, why, HVRING_TRACE_WHY)
		__field(u64, value)
	),
	TP_fast_assign(
		strscpy(__entry->device, dev_name(ch->dev), HVRING_TRACE_NAME);
		strscpy(__entry->why, why, HVRING_TRACE_WHY);
		__entry->value = value;
	),
	TP_printk("%s why=%s value=%#llx", __entry->device, __entry->why,
		  __entry->value)
);

#endif /* _HVRING_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
