// SPDX-License-Identifier: GPL-2.0
/* The two hypercalls of VMBus: a message to the host, and a signal. */
#include "host.h"
#include "vmbus.h"

#define CALL_POST_MESSAGE	0x5c
#define CALL_SIGNAL_EVENT	0x5d
#define CONTROL_FAST		(1ull << 16)

#define STATUS_OK		0
#define STATUS_UNKNOWN_CALL	2
#define STATUS_BAD_INPUT	3
#define STATUS_BAD_ALIGNMENT	4
#define STATUS_BAD_PARAMETER	5
#define STATUS_BAD_CONNECTION	18

#define CONNECTION_OLD		1	/* before VMBus 5.0, and replies since */
#define CONNECTION_NEW		4	/* first contact from 5.0 on */
#define MESSAGE_CHANNEL		1
#define MESSAGE_MAX		240

struct post_message {
	u32 connection, reserved, type, len;
	u8 payload[MESSAGE_MAX];
};

struct signal_event {
	u32 connection;
	u16 flag, reserved;
};

static u64 post_message(const struct post_message *in)
{
	struct post_message m;

	memcpy(&m, in, sizeof(m));
	if (m.connection != CONNECTION_OLD && m.connection != CONNECTION_NEW) {
		violation("message to unknown connection %u", m.connection);
		return STATUS_BAD_CONNECTION;
	}
	if (m.type != MESSAGE_CHANNEL || m.len > MESSAGE_MAX) {
		violation("message of type %u with %u bytes", m.type, m.len);
		return STATUS_BAD_PARAMETER;
	}
	STAT_INC(messages_in);
	spin_lock(&host_lock);
	vmbus_message(m.payload, m.len);
	spin_unlock(&host_lock);
	return STATUS_OK;
}

static u64 signal_event(struct signal_event in)
{
	if (in.flag || in.reserved) {
		violation("signal with flag %u", in.flag);
		return STATUS_BAD_PARAMETER;
	}
	STAT_INC(signals);
	if (!channel_signal(in.connection)) {
		if (!channel_rescinded(in.connection))
			violation("signal to unknown connection 0x%x",
				  in.connection);
		return STATUS_BAD_CONNECTION;
	}
	return STATUS_OK;
}

/* Input of the slow form: aligned, within a page, in guest memory. */
static u64 check_input(u64 input, u64 size)
{
	if (input % 8 || input % PAGE_SIZE + size > PAGE_SIZE) {
		violation("hypercall input at 0x%lx", input);
		return STATUS_BAD_ALIGNMENT;
	}
	if (!guest_page_valid(input / PAGE_SIZE)) {
		violation("hypercall input at 0x%lx is no guest memory", input);
		return STATUS_BAD_PARAMETER;
	}
	return STATUS_OK;
}

u64 hypercall(u64 control, u64 input)
{
	struct signal_event event;
	u64 status;

	switch (control & 0xffff) {
	case CALL_POST_MESSAGE:
		if (control & CONTROL_FAST) {
			violation("PostMessage in the fast form");
			return STATUS_BAD_INPUT;
		}
		status = check_input(input, sizeof(struct post_message));
		return status ? status : post_message((void *)input);
	case CALL_SIGNAL_EVENT:
		if (control & CONTROL_FAST) {
			memcpy(&event, &input, sizeof(event));
			return signal_event(event);
		}
		status = check_input(input, sizeof(event));
		if (status)
			return status;
		memcpy(&event, (void *)input, sizeof(event));
		return signal_event(event);
	}
	violation("unknown hypercall 0x%lx", control);
	return STATUS_UNKNOWN_CALL;
}
