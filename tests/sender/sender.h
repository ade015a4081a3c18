/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A driver for tests: takes a SCSI controller and runs loads on its channel
 * directly, with no SCSI layer that would batch, limit or repeat anything.
 */
#ifndef SENDER_H
#define SENDER_H

#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <hvring/channel.h>
#include <hvscsi/vstor.h>

#define SENDER_MAX_DEPTH	256
#define SENDER_MAX_SIZE		SZ_512K

/* The first part of the disk; loads go round and round in it. */
#define SENDER_AREA		SZ_16M

/* What is not answered, or not woken, by then is lost. */
#define SENDER_PATIENCE		(60 * HZ)

/* A question of the handshake; loads count from 1 on in the low half. */
#define SENDER_QUESTION_ID	0xffffffffull

/**
 * struct sender_settings - one load
 * @lun: the disk.
 * @size: bytes of a request; a power of two and no less than a page.
 * @depth: requests that are outstanding at most.
 * @batch: requests that are published together.
 * @count: requests in all.
 * @write: write stamps instead of reading them.
 * @polled: poll for answers, and leave the channel so.
 */
struct sender_settings {
	u32 lun;
	u32 size;
	u32 depth;
	u32 batch;
	u32 count;
	u32 write;
	u32 polled;
};

/**
 * struct sender_result - what became of it
 * @submitted: requests committed.
 * @completed: requests answered, whatever the answer.
 * @failed: of these, those whose status was not success.
 * @bad_data: of these, those that brought the wrong data.
 * @stops: times that a reservation said -EAGAIN.
 * @wakes: times that we were told to go on.
 * @empty_wakes: times that nothing could be reserved after that.
 * @gave_up: waits that did not end.
 */
struct sender_result {
	u32 submitted;
	u32 completed;
	u32 failed;
	u32 bad_data;
	u32 stops;
	u32 wakes;
	u32 empty_wakes;
	u32 gave_up;
};

/**
 * struct sender_slot - one request
 * @id: what it is outstanding under, 0 if it is not.
 * @generation: number of requests that the slot has carried.
 * @buffer: physically contiguous.
 * @page: where on the disk.
 */
struct sender_slot {
	u64 id;
	u32 generation;
	void *buffer;
	u64 page;
};

/**
 * struct sender - the controller
 * @ch: its channel.
 * @is_open: the handshake went well.
 * @max_transfer: bytes that the host takes in one request.
 * @work: one load, or one series of re-opens, at a time.
 * @load: what is running.
 * @slots: its requests; @load.depth of them.
 * @wait: for whoever runs a load.
 * @answered: for whoever asks a question.
 * @lock: protects the rest. Innermost.
 * @asking: a question waits for its @answer.
 * @stopped: the ring is full.
 * @woken: the ring was full, and nothing has been reserved since.
 * @free: slots that are not outstanding.
 * @notices: packets that came unasked, since the driver was bound.
 * @result: of the running load, or of the last one.
 */
struct sender {
	struct hvring_channel *ch;
	bool is_open;
	u32 max_transfer;
	struct mutex work;	/* one load at a time */
	struct sender_settings load;
	struct sender_slot *slots;
	wait_queue_head_t wait;
	struct completion answered;

	/* For all below; nothing is locked under it. */
	spinlock_t lock;
	bool asking;
	struct vstor_packet answer;
	bool stopped;
	bool woken;
	u32 free;
	u32 notices;
	struct sender_result result;
};

/* talk.c: opening, and what the host says. All may sleep. */
int sender_open(struct sender *s, u32 ring_bytes);
void sender_close(struct sender *s);

/* load.c */
int sender_run(struct sender *s, const struct sender_settings *load);
int sender_take_answer(struct sender *s, u64 id,
		       const struct vstor_packet *answer);
void sender_wake(void *priv);

#endif /* SENDER_H */
