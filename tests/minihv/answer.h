/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The answer to a request of the guest, all of it that a host decides, and
 * changes to its fields by name.
 */
#ifndef MINIHV_ANSWER_H
#define MINIHV_ANSWER_H

#include "lib.h"
#include "console.h"
#include <hvscsi/vstor.h>

/**
 * struct answer - a completion before it is sent
 * @id: transaction id. @type: HVRING_PKT_*. @size: bytes of payload.
 * @sub: which of the controller's channels it goes to, 0 for the primary.
 * @times: how often it is still to be sent.
 * @pkt: the payload; what is behind it, when @size is more, is 0.
 */
struct answer {
	u64 id;
	u16 type;
	u32 size;
	u32 sub;
	u32 times;
	struct vstor_packet pkt;
};

#define ANSWER_FIELDS	16

/**
 * struct answer_change - what becomes of one field
 * @wanted: anything at all.
 * @sum: @value is added to what the field has.
 * @value: otherwise the field becomes that.
 * @bytes: or that, if it is no number.
 */
struct answer_change {
	bool wanted, sum;
	u64 value;
	u8 bytes[VSTOR_SENSE_SIZE];
};

/*
 * Reads the words FIELD=VALUE, FIELD=+VALUE and FIELD=-VALUE from @first on.
 * All changes are written; false after console_fail().
 */
bool answer_parse(struct console_request *rq, int first,
		  struct answer_change changes[ANSWER_FIELDS]);

void answer_apply(struct answer *a,
		  const struct answer_change changes[ANSWER_FIELDS]);

#endif /* MINIHV_ANSWER_H */
