// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a device that is added answers at all, before the mid-layer asks it what
 * it is: the mid-layer asks one at a time, so one that is silent would hold up all
 * others. The first scan does without: what the system is on is waited for.
 *
 * A knock is a TEST UNIT READY that the mid-layer does not know of. It has no tag
 * and no pages, so it can be waited for or not. Owns hvscsi.knocks; takes no lock
 * but the channel's. Only the scan's work knocks. An answer that comes too late has
 * the devices looked at once more, and is kept until then if somebody is there.
 */
#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/wait.h>
#include "hvscsi.h"

/* How long the others wait for one that is silent, once. */
#define HVSCSI_KNOCK_PATIENCE	HZ

#define HVSCSI_KNOCK_CDB	6

static u32 hvscsi_address(u32 target, u32 lun)
{
	return target * (HVSCSI_LUNS + 1) + lun;
}

static void hvscsi_knock_fill(const struct hvscsi *hv, u32 target, u32 lun,
			      struct vstor_packet *request)
{
	/* The command is all zeroes. */
	hvscsi_fill_address(request, hv->host, target, lun);
	request->srb.cdb_length = HVSCSI_KNOCK_CDB;
	request->srb.data_in = VSTOR_DATA_NONE;
}

static int hvscsi_knock_send(struct hvscsi *hv, u32 target, u32 lun)
{
	struct hvring_slot slot = {
		.id = HVSCSI_KNOCK_SLOT + hvscsi_address(target, lun),
		.payload_bytes = sizeof(struct vstor_packet),
	};
	unsigned long flags;
	int err;

	flags = hvring_channel_lock(hv->ch);
	err = hvring_channel_reserve(hv->ch, &slot);
	if (!err) {
		hvscsi_knock_fill(hv, target, lun, slot.payload);
		hvring_channel_commit(hv->ch, &slot);
		hvring_channel_publish(hv->ch);
	}
	hvring_channel_unlock(hv->ch, flags);
	return err;
}

/*
 * Returns whether there is an answer to wait for now. What cannot be asked is left
 * to the mid-layer, which is patient.
 */
static bool hvscsi_knock_once(struct hvscsi *hv, u32 target, u32 lun)
{
	struct hvscsi_knocks *knocks = &hv->knocks;
	u32 address = hvscsi_address(target, lun);
	int err = -EBUSY;

	if (test_bit(address, knocks->answered) ||
	    test_and_set_bit(address, knocks->out))
		return false;
	clear_bit(address, knocks->late);

	/* Who holds commands back waits until nobody is in here. */
	rcu_read_lock();
	if (!READ_ONCE(hv->paused))
		err = hvscsi_knock_send(hv, target, lun);
	rcu_read_unlock();
	if (err && test_and_clear_bit(address, knocks->out))
		set_bit(address, knocks->answered);
	return !err;
}

static bool hvscsi_knocks_answered(const struct hvscsi *hv, u32 target,
				   const unsigned long *asked)
{
	unsigned long lun;

	for_each_set_bit(lun, asked, HVSCSI_LUNS)
		if (!test_bit(hvscsi_address(target, lun), hv->knocks.answered))
			return false;
	return true;
}

/* Whether somebody is there, and has said so by now. */
static bool hvscsi_knock_take(struct hvscsi *hv, u32 address)
{
	struct hvscsi_knocks *knocks = &hv->knocks;

	set_bit(address, knocks->late);
	/* Either we see the answer, or who brings it sees that it is late. */
	smp_mb__after_atomic();
	if (!test_and_clear_bit(address, knocks->answered))
		return false;
	clear_bit(address, knocks->late);
	return !test_and_clear_bit(address, knocks->absent);
}

/**
 * hvscsi_knock() - see who answers
 * @hv: the controller.
 * @target: number of the target.
 * @there: its LUNs in question; those that are there and answer stay in it.
 *
 * When one that has not answered does so, all are looked at again.
 *
 * Context: may sleep, for a second when one is asked that does not answer. Only
 * from the scan's work.
 */
void hvscsi_knock(struct hvscsi *hv, u32 target, unsigned long *there)
{
	DECLARE_BITMAP(asked, HVSCSI_LUNS);
	unsigned long lun;

	bitmap_zero(asked, HVSCSI_LUNS);
	for_each_set_bit(lun, there, HVSCSI_LUNS)
		if (hvscsi_knock_once(hv, target, lun))
			__set_bit(lun, asked);
	wait_event_timeout(hv->knocks.wait,
			   hvscsi_knocks_answered(hv, target, asked),
			   HVSCSI_KNOCK_PATIENCE);
	for_each_set_bit(lun, there, HVSCSI_LUNS)
		if (!hvscsi_knock_take(hv, hvscsi_address(target, lun)))
			__clear_bit(lun, there);
}

/**
 * hvscsi_knock_answer() - the host has answered something without a tag
 * @hv: the controller.
 * @id: transaction id.
 * @absent: the answer is that nobody is there.
 *
 * Context: any.
 *
 * Return: 0, or -ENOENT if it was not asked.
 */
int hvscsi_knock_answer(struct hvscsi *hv, u64 id, bool absent)
{
	struct hvscsi_knocks *knocks = &hv->knocks;
	u64 address = id - HVSCSI_KNOCK_SLOT;

	if (address >= HVSCSI_ADDRESSES ||
	    !test_and_clear_bit(address, knocks->out))
		return -ENOENT;

	if (absent)
		set_bit(address, knocks->absent);
	/* Who sees that it is answered sees what the answer is. */
	smp_mb__before_atomic();
	set_bit(address, knocks->answered);
	wake_up(&knocks->wait);
	/* Pairs with hvscsi_knock_take(). */
	smp_mb__after_atomic();
	if (test_and_clear_bit(address, knocks->late)) {
		/* Who is there next would pay for it. */
		if (test_and_clear_bit(address, knocks->absent))
			clear_bit(address, knocks->answered);
		hvscsi_topology_ask(hv);
	}
	return 0;
}

/**
 * hvscsi_knock_forget() - nothing that has been asked will be answered
 * @hv: the controller, whose channels are closed.
 *
 * Context: any.
 */
void hvscsi_knock_forget(struct hvscsi *hv)
{
	bitmap_zero(hv->knocks.out, HVSCSI_ADDRESSES);
}

/**
 * hvscsi_knocks_out() - is a question with the host?
 * @hv: the controller.
 *
 * Context: any.
 */
bool hvscsi_knocks_out(const struct hvscsi *hv)
{
	return !bitmap_empty(hv->knocks.out, HVSCSI_ADDRESSES);
}

/**
 * hvscsi_knock_init() - before anything is sent or received
 * @hv: the controller.
 */
void hvscsi_knock_init(struct hvscsi *hv)
{
	init_waitqueue_head(&hv->knocks.wait);
}
