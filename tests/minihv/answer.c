// SPDX-License-Identifier: GPL-2.0
/* The fields of an answer that the operator may change, and how they are named. */
#include "answer.h"

static const struct field {
	const char *name;
	size_t offset, size;
} fields[ANSWER_FIELDS] = {
#define FIELD(name, member) { name, offsetof(struct answer, member), \
	sizeof(((struct answer *)0)->member) }
	FIELD("id", id),
	FIELD("type", type),
	FIELD("size", size),
	FIELD("sub", sub),
	FIELD("times", times),
	FIELD("operation", pkt.operation),
	FIELD("status", pkt.status),
	FIELD("srb_status", pkt.srb.srb_status),
	FIELD("scsi_status", pkt.srb.scsi_status),
	FIELD("sense_length", pkt.srb.sense_length),
	FIELD("data_length", pkt.srb.data_length),
	FIELD("sense", pkt.srb.sense),
	FIELD("srb_flags", pkt.srb.srb_flags),
	FIELD("property_flags", pkt.properties.flags),
	FIELD("max_sub_channels", pkt.properties.max_sub_channels),
	FIELD("max_transfer", pkt.properties.max_transfer_bytes),
#undef FIELD
};

static bool is_number(const struct field *f)
{
	return f->size <= sizeof(u64);
}

/* "70000300": from the first byte on; the others become 0. */
static bool parse_bytes(const char *s, u8 *bytes, size_t size)
{
	size_t n;

	for (n = 0; *s; n++, s += 2) {
		int high = digit_value(s[0]);
		int low = high > 15 ? high : digit_value(s[1]);

		if (low > 15 || n == size)
			return false;
		bytes[n] = (u8)(high << 4 | low);
	}
	return n > 0;
}

/* A sum may overflow, as the guest's own numbers do. */
static bool parse_number(const char *s, size_t size,
			 struct answer_change *change)
{
	bool minus = *s == '-';

	change->sum = minus || *s == '+';
	if (!parse_u64(s + change->sum, &change->value))
		return false;
	if (minus)
		change->value = -change->value;
	return change->sum || size == sizeof(u64) ||
	       !(change->value >> size * 8);
}

bool answer_parse(struct console_request *rq, int first,
		  struct answer_change changes[ANSWER_FIELDS])
{
	u32 i;

	for (i = 0; i < ANSWER_FIELDS; i++) {
		const struct field *f = &fields[i];
		struct answer_change *change = &changes[i];
		const char *value = console_option(rq, first, f->name);

		*change = (struct answer_change){ .wanted = value };
		if (!value)
			continue;
		if (is_number(f) ? !parse_number(value, f->size, change) :
		    !parse_bytes(value, change->bytes, f->size))
			return console_fail("%s cannot be '%s'", f->name, value);
	}
	return true;
}

void answer_apply(struct answer *a,
		  const struct answer_change changes[ANSWER_FIELDS])
{
	u32 i;

	for (i = 0; i < ANSWER_FIELDS; i++) {
		u8 *at = (u8 *)a + fields[i].offset;
		u64 value = 0;

		if (!changes[i].wanted)
			continue;
		if (!is_number(&fields[i])) {
			memcpy(at, changes[i].bytes, fields[i].size);
			continue;
		}
		if (changes[i].sum)
			memcpy(&value, at, fields[i].size);
		value += changes[i].value;
		memcpy(at, &value, fields[i].size);
	}
}
