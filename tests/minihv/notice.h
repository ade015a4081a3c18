/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets that no guest has asked for, on the operator's request and as fast as
 * the guest's ring takes them.
 */
#ifndef MINIHV_NOTICE_H
#define MINIHV_NOTICE_H

#include "lib.h"
#include "console.h"

struct channel;

/* Sends what is due and fits; true when that was anything. */
bool notice_send(struct channel *c);

extern const struct console_command notice_commands[];

#endif /* MINIHV_NOTICE_H */
