/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that the operator asks for: where the host, for once, does not do
 * what it should. Each fault is for the next few times only.
 */
#ifndef MINIHV_FAULT_H
#define MINIHV_FAULT_H

#include "lib.h"
#include "console.h"

struct vstor_packet;

enum fault_point {
	FAULT_OPEN,		/* OPEN is not answered */
	FAULT_GPADL,		/* GPADL_CREATED is not sent */
	FAULT_BEGIN,		/* steps of the storage conversation */
	FAULT_VERSION,
	FAULT_PROPERTIES,
	FAULT_END,
	FAULT_CREATE,
	FAULT_OFFER,		/* sub-channels that were asked for never come */
	FAULT_ROOM,		/* a guest that waits for room is not told of it */
	FAULT_POINTS,
};

/* True when nothing is to be said at this point. */
bool fault_silent(enum fault_point point);

/*
 * Spoils the answer to @operation, a step of the storage conversation: its
 * contents, or the size of it. True when it is not to be sent.
 */
bool fault_answer(u32 operation, struct vstor_packet *pkt, u32 *size);

extern const struct console_command fault_commands[];

#endif /* MINIHV_FAULT_H */
