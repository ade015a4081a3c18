/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Faults that the operator asks for: where the host, for once, does not do
 * what it should. Each fault is for the next few times only.
 */
#ifndef MINIHV_FAULT_H
#define MINIHV_FAULT_H

#include "lib.h"
#include "console.h"

struct answer;

enum fault_point {
	FAULT_OPEN,		/* OPEN is not answered */
	FAULT_GPADL,		/* GPADL_CREATED is not sent */
	FAULT_BEGIN,		/* steps of the storage conversation */
	FAULT_VERSION,
	FAULT_PROPERTIES,
	FAULT_END,
	FAULT_CREATE,
	FAULT_COMMAND,		/* SCSI commands */
	FAULT_OFFER,		/* sub-channels that were asked for */
	FAULT_ROOM,		/* a guest that waits for room is not told of it */
	FAULT_POINTS,
};

/* True when nothing is to be said at this point. */
bool fault_silent(enum fault_point point);

/* True when what is asked for at this point is refused, and so not done. */
bool fault_refuse(enum fault_point point);

/* True when sub-channels are to be offered from the last one on. */
bool fault_backwards(void);

/*
 * Spoils the answer to @operation, a step of the storage conversation or a SCSI
 * command; @opcode is the first byte of that.
 */
void fault_answer(u32 operation, u8 opcode, struct answer *a);

extern const struct console_command fault_commands[];

#endif /* MINIHV_FAULT_H */
