/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory of a channel, as a bus would give it: for the guest each data area is
 * mapped twice in a row, for the host once.
 */
#ifndef _HVSCSI_KUNIT_RINGS_H
#define _HVSCSI_KUNIT_RINGS_H

#include <hvring/channel.h>
#include "host.h"

struct kunit;

/**
 * struct rings - both rings, both views
 * @memory: the guest's view.
 * @host: the host's.
 */
struct rings {
	struct hvring_memory memory;
	struct host host;
};

int rings_alloc(struct rings *rings, u32 data_bytes);
void rings_free(struct rings *rings);

/* As a bus leaves them: empty, both sides able to wait; and stale bytes. */
void rings_reset(struct rings *rings);

/* All that the two sides share; to see later that nothing was stored there. */
void *rings_copy(struct kunit *test, const struct rings *rings);
bool rings_equal(const struct rings *rings, const void *copy);

#endif /* _HVSCSI_KUNIT_RINGS_H */
