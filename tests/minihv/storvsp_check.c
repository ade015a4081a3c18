// SPDX-License-Identifier: GPL-2.0
/*
 * The rules for requests. Whatever a real host would answer with silence or
 * take for corruption breaks the channel, loudly.
 */
#include "host.h"
#include "vmbus.h"
#include <hvscsi/vstor.h>

/* True when the guest's pages may hold the transfer that it asks for. */
static bool check_buffer(struct channel *c, const struct packet *p, u32 len)
{
	u32 i, pages;

	if (!len)
		return true;
	if (p->type != HVRING_PKT_GPA_DIRECT)
		channel_break(c, "transfer of %u bytes without pages", len);
	else if (p->ranges != 1)
		channel_break(c, "%u GPA ranges instead of one", p->ranges);
	else if (p->range_bytes < len)
		channel_break(c, "GPA range of %u bytes for a transfer of %u",
			      p->range_bytes, len);
	else if (len > options.max_transfer)
		channel_break(c, "transfer of %u bytes, the limit is %u", len,
			      options.max_transfer);
	else if (p->range_offset >= PAGE_SIZE)
		channel_break(c, "GPA range starts at byte %u of a page",
			      p->range_offset);
	if (c->broken)
		return false;
	pages = (p->range_offset + len + PAGE_SIZE - 1) / PAGE_SIZE;
	if (p->pfn_count < pages) {
		channel_break(c, "%u pages named, %u needed", p->pfn_count,
			      pages);
		return false;
	}
	for (i = 0; i < pages; i++)
		if (!guest_page_valid(p->pfn[i])) {
			channel_break(c, "page 0x%lx is no guest memory",
				      p->pfn[i]);
			return false;
		}
	return true;
}

static bool check_srb(struct channel *c, const struct vstor_srb *srb)
{
	if (srb->length != sizeof(*srb))
		channel_break(c, "SRB length %u instead of %lu", srb->length,
			      sizeof(*srb));
	else if (srb->cdb_length > VSTOR_CDB_SIZE)
		channel_break(c, "CDB length %u", srb->cdb_length);
	else if (srb->data_in > VSTOR_DATA_NONE)
		channel_break(c, "data direction %u", srb->data_in);
	return !c->broken;
}

static bool check_operation(struct channel *c, const struct packet *p)
{
	u32 operation = ((const struct vstor_packet *)p->payload)->operation;

	switch (operation) {
	case VSTOR_OP_EXECUTE_SRB:
	case VSTOR_OP_RESET_LUN:
	case VSTOR_OP_RESET_ADAPTER:
	case VSTOR_OP_RESET_BUS:
		return true;
	case VSTOR_OP_BEGIN_INIT:
	case VSTOR_OP_END_INIT:
	case VSTOR_OP_QUERY_VERSION:
	case VSTOR_OP_QUERY_PROPERTIES:
	case VSTOR_OP_CREATE_SUB_CHANNELS:
		if (!c->sub_index)
			return true;
		channel_break(c, "operation %u on a sub-channel", operation);
		return false;
	}
	channel_break(c, "unknown operation %u", operation);
	return false;
}

/* The rules for any request, whatever it asks for. */
static bool check_packet(struct channel *c, const struct packet *p)
{
	if (p->type == HVRING_PKT_COMPLETION)
		channel_break(c, "completion packet from the guest");
	else if (p->type != HVRING_PKT_INBAND && p->type != HVRING_PKT_GPA_DIRECT)
		channel_break(c, "packet type %u", p->type);
	else if (!(p->flags & HVRING_FLAG_COMPLETION_REQUESTED))
		channel_break(c, "request that asks for no completion");
	else if (!p->id)
		channel_break(c, "request with transaction id 0");
	else if (storvsp_outstanding(c, p->id))
		channel_break(c, "transaction id 0x%lx is outstanding already",
			      p->id);
	else if (p->payload_len < sizeof(struct vstor_packet))
		channel_break(c, "payload of %u bytes", p->payload_len);
	else if (c->packet_size && c->packet_size != p->payload_len)
		channel_break(c, "payload of %u bytes after one of %u",
			      p->payload_len, c->packet_size);
	return !c->broken;
}

bool storvsp_check(struct channel *c, const struct packet *p)
{
	const struct vstor_packet *pkt = p->payload;

	if (!check_packet(c, p) || !check_operation(c, p))
		return false;
	return pkt->operation != VSTOR_OP_EXECUTE_SRB ||
	       (check_srb(c, &pkt->srb) &&
		check_buffer(c, p, pkt->srb.data_length));
}
