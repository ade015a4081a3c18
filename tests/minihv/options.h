/* SPDX-License-Identifier: GPL-2.0 */
/* The boot command line, and what of it the console may change later. */
#ifndef MINIHV_OPTIONS_H
#define MINIHV_OPTIONS_H

#include "lib.h"

void options_parse(const char *line);

/* false, and nothing changed, when the value is none. */
bool option_set_mode(const char *value);
bool option_set_delay(const char *microseconds);

#endif /* MINIHV_OPTIONS_H */
