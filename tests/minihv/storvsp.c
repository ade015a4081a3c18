// SPDX-License-Identifier: GPL-2.0
/*
 * The storage provider (VSP): the start-up conversation of a controller and
 * the requests of its channels.
 */
#include "host.h"
#include "answer.h"
#include "disk.h"
#include "console.h"
#include "fault.h"
#include "scsi.h"
#include "vmbus.h"

enum state { STATE_BEGIN, STATE_VERSION, STATE_PROPERTIES, STATE_END, STATE_READY };

static struct controller {
	enum state state;
	u16 version;
	bool sub_channels_asked;
} controllers[MAX_CONTROLLERS];

/* A request between its arrival and its completion, and its answer. */
struct request {
	struct request *next;
	u64 id, due;
	bool done;
	struct answer answer;
	struct guest_buffer buf;
	u64 pfn[];
};

bool storvsp_outstanding(const struct channel *c, u64 id)
{
	const struct request *r;

	for (r = c->pending; r; r = r->next)
		if (r->id == id)
			return true;
	return false;
}

void storvsp_reset(u32 controller)
{
	controllers[controller] = (struct controller){ 0 };
	vmbus_rescind_sub_channels(controller);
}

static u32 srb_to_nt_status(u8 srb_status)
{
	switch (srb_status) {
	case VSTOR_SRB_SUCCESS:
		return VSTOR_STATUS_SUCCESS;
	case VSTOR_SRB_BUSY:
		return VSTOR_STATUS_BUSY;
	case VSTOR_SRB_DATA_OVERRUN:
		return VSTOR_STATUS_OVERFLOW;
	case VSTOR_SRB_INVALID_LUN:
	case VSTOR_SRB_INVALID_TARGET:
	case VSTOR_SRB_NO_DEVICE:
	case VSTOR_SRB_NO_HBA:
		return VSTOR_STATUS_NO_DEVICE;
	case VSTOR_SRB_TIMEOUT:
	case VSTOR_SRB_COMMAND_TIMEOUT:
		return VSTOR_STATUS_IO_TIMEOUT;
	case VSTOR_SRB_SELECTION_TIMEOUT:
		return VSTOR_STATUS_NOT_CONNECTED;
	case VSTOR_SRB_BAD_FUNCTION:
	case VSTOR_SRB_BAD_LENGTH:
		return VSTOR_STATUS_INVALID_REQUEST;
	case VSTOR_SRB_FLUSHED:
		return VSTOR_STATUS_UNSUCCESSFUL;
	case VSTOR_SRB_ABORTED:
		return VSTOR_STATUS_CANCELLED;
	}
	return VSTOR_STATUS_IO_DEVICE_ERROR;
}

static void execute_srb(struct channel *c, struct request *r)
{
	struct vstor_packet *pkt = &r->answer.pkt;
	struct vstor_srb in = pkt->srb, *out = &pkt->srb;
	struct scsi_io io = {
		.controller = (u8)c->controller,
		.path = in.path_id,
		.target = in.target_id,
		.lun = in.lun,
		.cdb = in.cdb,
		.data_in = in.data_in,
		.buf = r->buf,
	};

	scsi_execute(&io);
	pkt->status = srb_to_nt_status(io.srb_status);
	*out = (struct vstor_srb){
		.length = sizeof(*out),
		.srb_status = io.srb_status |
			      (io.sense_valid ? VSTOR_SRB_AUTOSENSE_VALID : 0),
		.scsi_status = io.scsi_status,
		.cdb_length = VSTOR_CDB_SIZE,
		.sense_length = VSTOR_SENSE_SIZE,
		.data_length = io.moved,
	};
	memcpy(out->sense, io.sense, sizeof(out->sense));
}

static u32 query_version(struct controller *ctl, struct vstor_packet *pkt)
{
	u16 v = pkt->version.major_minor;

	if (v != VSTOR_VERSION_5_1 && v != VSTOR_VERSION_6_0 &&
	    v != VSTOR_VERSION_6_2)
		return VSTOR_STATUS_REVISION_MISMATCH;
	if (v > options.vstor_cap)
		return VSTOR_STATUS_REVISION_MISMATCH;
	ctl->version = v;
	ctl->state = STATE_PROPERTIES;
	return VSTOR_STATUS_SUCCESS;
}

static u32 query_properties(struct controller *ctl, struct vstor_packet *pkt)
{
	pkt->properties = (struct vstor_properties){
		.max_sub_channels = options.sub_channels,
		.flags = options.sub_channels ? VSTOR_PROPERTY_MULTI_CHANNEL : 0,
		.max_transfer_bytes = options.max_transfer,
	};
	ctl->state = STATE_END;
	return VSTOR_STATUS_SUCCESS;
}

static u32 create_sub_channels(struct controller *ctl, u32 controller,
			       u16 count)
{
	if (fault_refuse(FAULT_CREATE))
		return VSTOR_STATUS_INVALID_REQUEST;
	if (count > options.sub_channels)
		return VSTOR_STATUS_INVALID_PARAMETER;
	if (ctl->state == STATE_END && ctl->sub_channels_asked)
		return VSTOR_STATUS_INVALID_STATE;
	ctl->sub_channels_asked = true;
	if (!fault_silent(FAULT_OFFER))
		vmbus_offer_sub_channels(controller, count);
	return VSTOR_STATUS_SUCCESS;
}

/* The start-up conversation: each operation has its one place in it. */
static u32 initialise(struct channel *c, u32 operation,
		      struct vstor_packet *pkt)
{
	struct controller *ctl = &controllers[c->controller];

	if (operation == VSTOR_OP_BEGIN_INIT && ctl->state == STATE_BEGIN) {
		ctl->state = STATE_VERSION;
		return VSTOR_STATUS_SUCCESS;
	}
	if (operation == VSTOR_OP_QUERY_VERSION &&
	    ctl->state == STATE_VERSION)
		return query_version(ctl, pkt);
	if (operation == VSTOR_OP_QUERY_PROPERTIES &&
	    ctl->state == STATE_PROPERTIES)
		return query_properties(ctl, pkt);
	if (operation == VSTOR_OP_CREATE_SUB_CHANNELS &&
	    (ctl->state == STATE_END || ctl->state == STATE_READY))
		return create_sub_channels(ctl, c->controller,
					   pkt->sub_channel_count);
	if (operation == VSTOR_OP_END_INIT && ctl->state == STATE_END) {
		ctl->state = STATE_READY;
		return VSTOR_STATUS_SUCCESS;
	}
	return VSTOR_STATUS_INVALID_STATE;
}

static void execute(struct channel *c, struct request *r)
{
	struct vstor_packet *pkt = &r->answer.pkt;
	u32 operation = pkt->operation;
	u8 opcode = pkt->srb.cdb[0];

	pkt->operation = VSTOR_OP_COMPLETE_IO;
	pkt->flags = 0;
	r->done = true;
	switch (operation) {
	case VSTOR_OP_EXECUTE_SRB:
		if (controllers[c->controller].state == STATE_READY)
			execute_srb(c, r);
		else
			pkt->status = VSTOR_STATUS_INVALID_STATE;
		break;
	case VSTOR_OP_RESET_LUN:
	case VSTOR_OP_RESET_ADAPTER:
	case VSTOR_OP_RESET_BUS:
		/* As on a real host: nothing is reset, nothing is aborted. */
		pkt->status = VSTOR_STATUS_SUCCESS;
		break;
	default:
		pkt->status = initialise(c, operation, pkt);
	}
	fault_answer(operation, opcode, &r->answer);
}

static void insert_by_due(struct channel *c, struct request *r)
{
	struct request **at = &c->pending;

	while (*at && (*at)->due <= r->due)
		at = &(*at)->next;
	r->next = *at;
	*at = r;
	c->outstanding++;
}

/* Microseconds that a request takes at least. */
static u64 duration(const struct channel *c, const struct vstor_packet *pkt)
{
	struct disk *d = NULL;

	if (pkt->operation == VSTOR_OP_EXECUTE_SRB)
		d = disk_find((u8)c->controller, pkt->srb.path_id,
			      pkt->srb.target_id, pkt->srb.lun);
	return options.delay + (d ? d->slow : 0);
}

void storvsp_request(struct channel *c, const struct packet *p)
{
	const struct vstor_packet *pkt = p->payload;
	u32 len = 0, pages;
	struct request *r;

	if (!storvsp_check(c, p))
		return;
	c->packet_size = p->payload_len;
	if (pkt->operation == VSTOR_OP_EXECUTE_SRB)
		len = pkt->srb.data_length;
	pages = len ? (p->range_offset + len + PAGE_SIZE - 1) / PAGE_SIZE : 0;
	r = heap_alloc(sizeof(*r) + pages * sizeof(u64));
	if (!r)
		fatal("no memory for a request");
	r->id = p->id;
	r->answer = (struct answer){
		.id = p->id,
		.type = HVRING_PKT_COMPLETION,
		.size = p->payload_len,
		.sub = c->sub_index,
		.times = 1,
		.pkt = *pkt,
	};
	memcpy(r->pfn, p->pfn, pages * sizeof(u64));
	r->buf = (struct guest_buffer){ r->pfn, p->range_offset, len };
	r->due = rdtsc();
	if (options.async)
		r->due += duration(c, pkt) * (tsc_hz / 1000000);
	insert_by_due(c, r);
}

/* True when it is off the host's mind: sent, or never to be sent. */
static bool answer(struct channel *c, struct answer *a)
{
	struct channel *to = c;
	u8 payload[256] = { 0 };

	if (a->sub != c->sub_index)
		to = channel_find(c->controller, a->sub);
	if (!to || c->broken)
		return true;
	memcpy(payload, &a->pkt, sizeof(a->pkt));
	for (; a->times; a->times--)
		if (!channel_send(to, a->type, a->id, payload,
				  MIN(a->size, (u32)sizeof(payload))))
			return false;
	/* This one's worker does not know of it. */
	if (to != c)
		channel_flush(to);
	return true;
}

bool storvsp_complete(struct channel *c, u64 now)
{
	bool any = false;

	while (c->pending && c->pending->due <= now) {
		struct request *r = c->pending;

		if (!r->done)
			execute(c, r);
		/* At the end of a channel nobody waits for room any more. */
		if (!answer(c, &r->answer) && now != STORVSP_ALL)
			break;
		c->pending = r->next;
		c->outstanding--;
		heap_free(r);
		any = true;
	}
	return any;
}

void storvsp_drop(struct channel *c)
{
	while (c->pending) {
		struct request *r = c->pending;

		c->pending = r->next;
		heap_free(r);
	}
	c->outstanding = 0;
}

u64 storvsp_next_due(const struct channel *c)
{
	/* What only waits for room is due when the guest signals. */
	if (!c->pending || c->pending->done)
		return STORVSP_ALL;
	return c->pending->due;
}

void storvsp_enumerate_bus(u32 controller)
{
	struct vstor_packet pkt = { .operation = VSTOR_OP_ENUMERATE_BUS };
	u32 i;

	if (controllers[controller].state != STATE_READY)
		return;
	for (i = 1; i <= MAX_CHANNELS; i++) {
		struct channel *c = &channels[i];

		if (c->state != CHANNEL_OPEN || c->broken ||
		    c->controller != controller || c->sub_index)
			continue;
		if (!channel_send(c, HVRING_PKT_INBAND, 0, &pkt, sizeof(pkt)))
			console_event("log: no room for ENUMERATE_BUS");
		channel_flush(c);
	}
}
