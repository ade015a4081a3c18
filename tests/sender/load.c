// SPDX-License-Identifier: GPL-2.0
/*
 * A load: requests of one size at one depth, published in batches.
 *
 * Every page on the disk that a load wrote bears its own number at both ends,
 * and a load that reads expects to find it. Requests go through the area in
 * order, so a load that writes all of it prepares for any that reads.
 */
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <scsi/scsi_proto.h>
#include "sender.h"

#define SENDER_SECTOR	512
#define SENDER_WORDS	(PAGE_SIZE / sizeof(u64))

/* What a page holds before the host writes to it: no number of a page. */
#define SENDER_POISON	~0ull

static void sender_stamp(const struct sender *s, struct sender_slot *own)
{
	u64 *word = own->buffer;
	u32 i;

	for (i = 0; i < s->load.size / PAGE_SIZE; i++, word += SENDER_WORDS) {
		word[0] = s->load.write ? own->page + i : SENDER_POISON;
		word[SENDER_WORDS - 1] = word[0];
	}
}

static bool sender_stamp_found(const struct sender *s,
			       const struct sender_slot *own)
{
	const u64 *word = own->buffer;
	u32 i;

	for (i = 0; i < s->load.size / PAGE_SIZE; i++, word += SENDER_WORDS)
		if (word[0] != own->page + i ||
		    word[SENDER_WORDS - 1] != own->page + i)
			return false;
	return true;
}

static void sender_fill(const struct sender *s, const struct sender_slot *own,
			const struct hvring_slot *slot)
{
	u64 first = virt_to_phys(own->buffer) >> HVRING_PAGE_SHIFT;
	u32 lba = own->page * (PAGE_SIZE / SENDER_SECTOR);
	u32 sectors = s->load.size / SENDER_SECTOR;
	struct vstor_packet *request = slot->payload;
	struct vstor_srb *srb = &request->srb;
	u32 i;

	for (i = 0; i < slot->pfn_count; i++)
		slot->pfn[i] = first + i;

	memset(request, 0, sizeof(*request));
	request->operation = VSTOR_OP_EXECUTE_SRB;
	request->flags = VSTOR_FLAG_COMPLETION_REQUESTED;
	srb->length = sizeof(*srb);
	srb->lun = s->load.lun;
	srb->sense_length = VSTOR_SENSE_SIZE;
	srb->data_in = s->load.write ? VSTOR_DATA_OUT : VSTOR_DATA_IN;
	srb->data_length = s->load.size;
	srb->cdb_length = 10;
	srb->cdb[0] = s->load.write ? WRITE_10 : READ_10;
	srb->cdb[2] = lba >> 24;
	srb->cdb[3] = lba >> 16;
	srb->cdb[4] = lba >> 8;
	srb->cdb[5] = lba;
	srb->cdb[7] = sectors >> 8;
	srb->cdb[8] = sectors;
}

/* There is one, it was waited for; and nobody else takes any. */
static struct sender_slot *sender_free_slot(struct sender *s)
{
	struct sender_slot *own = s->slots;

	/* Pairs with the release in sender_take_answer(). */
	while (smp_load_acquire(&own->id))
		own++;
	return own;
}

/* One packet, with the channel locked, which keeps wakes away. */
static int sender_put(struct sender *s)
{
	u32 pages = s->load.size / PAGE_SIZE;
	struct sender_result *result = &s->result;
	struct hvring_slot slot = {
		.payload_bytes = sizeof(struct vstor_packet),
		.data_bytes = s->load.size,
	};
	struct sender_slot *own = sender_free_slot(s);
	int err;

	own->generation++;
	slot.id = (u64)own->generation << 32 | (own - s->slots + 1);
	err = hvring_channel_reserve(s->ch, &slot);
	if (!err) {
		own->page = (u64)result->submitted * pages %
			    (SENDER_AREA / PAGE_SIZE);
		sender_stamp(s, own);
		sender_fill(s, own, &slot);
		hvring_channel_commit(s->ch, &slot);
	}

	spin_lock(&s->lock);
	if (!err) {
		own->id = slot.id;
		s->free--;
		result->submitted++;
	} else if (err == -EAGAIN) {
		result->stops++;
		result->empty_wakes += s->woken;
		s->stopped = true;
	}
	s->woken = false;
	spin_unlock(&s->lock);
	return err;
}

/* Returns how many of @wanted were taken, or an error other than "full". */
static int sender_submit(struct sender *s, u32 wanted)
{
	unsigned long flags;
	u32 taken = 0;
	int err = 0;

	flags = hvring_channel_lock(s->ch);
	while (taken < wanted) {
		err = sender_put(s);
		if (err)
			break;
		taken++;
	}
	hvring_channel_publish(s->ch);
	hvring_channel_unlock(s->ch, flags);
	return err && err != -EAGAIN ? err : taken;
}

void sender_wake(void *priv)
{
	struct sender *s = priv;
	unsigned long flags;

	spin_lock_irqsave(&s->lock, flags);
	s->result.wakes++;
	s->stopped = false;
	s->woken = true;
	spin_unlock_irqrestore(&s->lock, flags);
	wake_up(&s->wait);
}

/* An id that is not outstanding is the host's fault, and the channel's end. */
int sender_take_answer(struct sender *s, u64 id,
		       const struct vstor_packet *answer)
{
	const struct vstor_srb *srb = &answer->srb;
	struct sender_slot *own;
	u32 number = id;
	int err = -ENOENT;

	spin_lock(&s->lock);
	if (!s->slots || !number || number > s->load.depth)
		goto unlock;
	own = &s->slots[number - 1];
	if (own->id != id)
		goto unlock;

	err = 0;
	s->result.completed++;
	if (answer->status || srb->scsi_status ||
	    srb->srb_status != VSTOR_SRB_SUCCESS ||
	    srb->data_length != s->load.size)
		s->result.failed++;
	else if (!s->load.write && !sender_stamp_found(s, own))
		s->result.bad_data++;
	/* Whoever finds it free fills the buffer that we have looked at. */
	smp_store_release(&own->id, 0);
	s->free++;
unlock:
	spin_unlock(&s->lock);
	wake_up(&s->wait);
	return err;
}

static bool sender_ready(struct sender *s, u32 slots)
{
	return !READ_ONCE(s->stopped) && READ_ONCE(s->free) >= slots;
}

/* Until that many slots are free and the ring is not known to be full. */
static int sender_await(struct sender *s, u32 slots)
{
	unsigned long deadline = jiffies + SENDER_PATIENCE;

	while (!sender_ready(s, slots)) {
		if (hvring_channel_broken(s->ch) ||
		    hvring_channel_rescinded(s->ch))
			return -EIO;
		if (time_after(jiffies, deadline)) {
			s->result.gave_up++;
			return -ETIMEDOUT;
		}
		if (!s->load.polled)
			wait_event_timeout(s->wait, sender_ready(s, slots), HZ);
		else if (!hvring_channel_poll(s->ch, s->load.depth))
			cond_resched();
	}
	return 0;
}

static int sender_submit_all(struct sender *s)
{
	u32 left = s->load.count, batch = 0;
	int err, taken;

	while (left) {
		/* What a full ring has left of a batch goes first. */
		if (!batch)
			batch = min(s->load.batch, left);
		err = sender_await(s, batch);
		if (err)
			return err;
		taken = sender_submit(s, batch);
		if (taken < 0)
			return taken;
		batch -= taken;
		left -= taken;
	}
	return sender_await(s, s->load.depth);
}

static void sender_set_slots(struct sender *s, struct sender_slot *slots,
			     u32 count)
{
	spin_lock_irq(&s->lock);
	s->slots = slots;
	s->free = count;
	s->stopped = false;
	s->woken = false;
	spin_unlock_irq(&s->lock);
}

static void sender_free_slots(struct sender_slot *slots, u32 count, u32 size)
{
	u32 i;

	for (i = 0; i < count; i++)
		if (slots[i].buffer)
			free_pages_exact(slots[i].buffer, size);
	kfree(slots);
}

static struct sender_slot *sender_alloc_slots(u32 count, u32 size)
{
	struct sender_slot *slots;
	u32 i;

	slots = kcalloc(count, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return NULL;

	for (i = 0; i < count; i++) {
		slots[i].buffer = alloc_pages_exact(size, GFP_KERNEL);
		if (!slots[i].buffer) {
			sender_free_slots(slots, count, size);
			return NULL;
		}
	}
	return slots;
}

static bool sender_valid(const struct sender *s,
			 const struct sender_settings *load)
{
	return load->size >= PAGE_SIZE && load->size <= SENDER_MAX_SIZE &&
	       load->size <= s->max_transfer && is_power_of_2(load->size) &&
	       load->depth && load->depth <= SENDER_MAX_DEPTH &&
	       load->batch && load->batch <= load->depth;
}

/* What did not come back belongs to the host until the channel is closed. */
int sender_run(struct sender *s, const struct sender_settings *load)
{
	struct sender_slot *slots;
	int err;

	if (!s->is_open)
		return -ENODEV;
	if (!sender_valid(s, load))
		return -EINVAL;
	slots = sender_alloc_slots(load->depth, load->size);
	if (!slots)
		return -ENOMEM;

	s->load = *load;
	s->result = (struct sender_result){};
	sender_set_slots(s, slots, load->depth);
	hvring_channel_set_polled(s->ch, load->polled);
	err = sender_submit_all(s);
	if (err)
		sender_close(s);
	sender_set_slots(s, NULL, 0);
	sender_free_slots(slots, load->depth, load->size);
	return err;
}
