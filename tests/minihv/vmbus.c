// SPDX-License-Identifier: GPL-2.0
/*
 * The connection of the guest to the host: versions, and the dispatch of every
 * control message. A wrong message is logged and dropped, as on a real host.
 */
#include "host.h"
#include "fault.h"
#include "vmbus.h"
#include "vmbus_proto.h"

#define CONNECTION_REPLIES	1	/* where messages go from 5.0 on */

static struct {
	bool connected, offers_requested;
	u32 version, vp;
} connection;

u32 vmbus_version(void)
{
	return connection.connected ? connection.version : 0;
}

bool vmbus_offers_wanted(void)
{
	return connection.offers_requested;
}

void vmbus_send(const void *payload, u32 len)
{
	synic_post(connection.vp, payload, len);
}

static bool version_known(u32 version)
{
	static const u32 known[] = {
		VMBUS_VERSION(2, 4), VMBUS_VERSION(3, 0), VMBUS_VERSION(4, 0),
		VMBUS_VERSION(4, 1), VMBUS_VERSION(5, 0), VMBUS_VERSION(5, 1),
		VMBUS_VERSION(5, 2), VMBUS_VERSION(5, 3),
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (known[i] == version)
			return version <= options.vmbus_cap;
	return false;
}

static void disconnect(void)
{
	offer_reset();
	gpadl_free_all();
	connection.connected = false;
	connection.offers_requested = false;
}

/* Contact on a live connection: the old guest is forgotten first. */
static void initiate_contact(const void *message, u32 len)
{
	const struct vmbus_contact *m = message;
	struct vmbus_version_response reply = {
		.h.type = VMBUS_VERSION_RESPONSE,
	};
	bool modern = m->version >= VMBUS_VERSION(5, 0);

	(void)len;
	if (connection.connected)
		disconnect();
	connection.vp = m->version >= VMBUS_VERSION(3, 0) ? m->vp : 0;
	if (connection.vp >= vcpu_count) {
		violation("contact for messages on VP %u", connection.vp);
		connection.vp = 0;
	}
	if ((modern && m->sint != VMBUS_SINT) || !m->monitor[0] != !m->monitor[1])
		violation("contact with SINT %u and %s monitor page", m->sint,
			  m->monitor[0] || m->monitor[1] ? "one" : "no");
	else if (version_known(m->version))
		reply.supported = 1;
	if (reply.supported) {
		reply.connection_or_version =
			modern ? CONNECTION_REPLIES : m->version;
		connection.connected = true;
		connection.version = m->version;
	}
	vmbus_send(&reply, sizeof(reply));
}

static void request_offers(const void *message, u32 len)
{
	struct vmbus_header done = { .type = VMBUS_OFFERS_DELIVERED };

	(void)message;
	(void)len;
	if (connection.offers_requested) {
		violation("offers requested twice");
		return;
	}
	connection.offers_requested = true;
	offer_all();
	vmbus_send(&done, sizeof(done));
}

static const char *open_problem(const struct vmbus_open *m,
				const struct gpadl *g)
{
	if (channels[m->relid].state == CHANNEL_OPEN)
		return "which is open already";
	if (!g || g->relid != m->relid || g->filled != g->pages)
		return "with an unknown ring GPADL";
	if (!g->whole_pages)
		return "with a ring that is not made of whole pages";
	if (g->pages < 4 || m->split < 2 || m->split > g->pages - 2)
		return "with a ring that is split at the wrong page";
	if (m->vp != NO_VP && m->vp >= vcpu_count)
		return "for interrupts on an unknown VP";
	return NULL;
}

static void open_channel(const void *message, u32 len)
{
	const struct vmbus_open *m = message;
	struct vmbus_open_result reply = {
		.h.type = VMBUS_OPEN_RESULT,
		.relid = m->relid,
		.open_id = m->open_id,
	};
	const char *problem;
	struct gpadl *g;

	(void)len;
	/* Neither is answered by a real host. */
	if (!channel_exists(m->relid)) {
		violation("open of unknown channel %u", m->relid);
		return;
	}
	if (channels[m->relid].state == CHANNEL_RESCINDED ||
	    fault_silent(FAULT_OPEN))
		return;
	g = gpadl_find(m->gpadl);
	problem = open_problem(m, g);
	if (problem) {
		violation("open of channel %u, %s", m->relid, problem);
		if (channels[m->relid].state == CHANNEL_OPEN)
			return;
		reply.status = VMBUS_STATUS_FAILED;
	} else {
		channel_open(&channels[m->relid], g, m->split, m->vp);
	}
	vmbus_send(&reply, sizeof(reply));
}

static void close_channel(const void *message, u32 len)
{
	const struct vmbus_relid *m = message;

	(void)len;
	if (channel_exists(m->relid) &&
	    channels[m->relid].state == CHANNEL_RESCINDED)
		return;
	if (!channel_exists(m->relid) ||
	    channels[m->relid].state != CHANNEL_OPEN) {
		violation("close of channel %u, which is not open", m->relid);
		return;
	}
	channel_close(&channels[m->relid]);
}

static void teardown(const void *message, u32 len)
{
	(void)len;
	gpadl_teardown(message);
}

static void relid_released(const void *message, u32 len)
{
	(void)len;
	offer_released(((const struct vmbus_relid *)message)->relid);
}

static void modify_channel(const void *message, u32 len)
{
	const struct vmbus_modify *m = message;
	struct vmbus_modify reply = {
		.h.type = VMBUS_MODIFY_RESPONSE,
		.relid = m->relid,
	};
	struct channel *c = &channels[m->relid <= MAX_CHANNELS ? m->relid : 0];

	(void)len;
	/* Of a rescind under way the guest cannot know: no mistake of its. */
	if (c->state == CHANNEL_RESCINDED) {
		reply.vp_or_status = VMBUS_STATUS_FAILED;
	} else if (connection.version < VMBUS_VERSION(4, 1) ||
		   c->state != CHANNEL_OPEN || c->target_vp == NO_VP ||
		   m->vp_or_status >= vcpu_count) {
		violation("channel %u cannot be moved to VP %u", m->relid,
			  m->vp_or_status);
		reply.vp_or_status = VMBUS_STATUS_FAILED;
	} else {
		c->target_vp = m->vp_or_status;
		reply.vp_or_status = 0;
	}
	if (connection.version >= VMBUS_VERSION(5, 3))
		vmbus_send(&reply, sizeof(reply));
}

static void unload(const void *message, u32 len)
{
	struct vmbus_header done = { .type = VMBUS_UNLOAD_COMPLETE };

	(void)message;
	(void)len;
	disconnect();
	vmbus_send(&done, sizeof(done));
}

static const struct {
	u32 min_len;
	void (*handle)(const void *message, u32 len);
} handlers[] = {
	[VMBUS_REQUEST_OFFERS] = { sizeof(struct vmbus_header), request_offers },
	[VMBUS_OPEN] = { sizeof(struct vmbus_open), open_channel },
	[VMBUS_CLOSE] = { sizeof(struct vmbus_relid), close_channel },
	[VMBUS_GPADL_HEADER] = { sizeof(struct vmbus_gpadl_header), gpadl_header },
	[VMBUS_GPADL_BODY] = { sizeof(struct vmbus_gpadl_body), gpadl_body },
	[VMBUS_GPADL_TEARDOWN] = { sizeof(struct vmbus_gpadl_teardown), teardown },
	[VMBUS_RELID_RELEASED] = { sizeof(struct vmbus_relid), relid_released },
	[VMBUS_INITIATE_CONTACT] = { sizeof(struct vmbus_contact), initiate_contact },
	[VMBUS_UNLOAD] = { sizeof(struct vmbus_header), unload },
	[VMBUS_MODIFY_CHANNEL] = { sizeof(struct vmbus_modify), modify_channel },
};

void vmbus_message(const void *payload, u32 len)
{
	const struct vmbus_header *h = payload;

	if (len < sizeof(*h) || h->type >= ARRAY_SIZE(handlers) ||
	    !handlers[h->type].handle) {
		violation("control message of unknown type %u",
			  len < sizeof(*h) ? 0 : h->type);
		return;
	}
	if (len < handlers[h->type].min_len) {
		violation("control message %u has %u bytes, %u needed", h->type,
			  len, handlers[h->type].min_len);
		return;
	}
	if (h->type != VMBUS_INITIATE_CONTACT && !connection.connected) {
		/* Linux frees its devices after it has left the bus. */
		if (h->type == VMBUS_RELID_RELEASED)
			return;
		violation("control message %u without a connection", h->type);
		return;
	}
	handlers[h->type].handle(payload, len);
}
