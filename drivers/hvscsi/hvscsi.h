/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State of one controller, and what the files of the driver call in each
 * other. Everything about the bus and the rings is behind <hvring/channel.h>.
 */
#ifndef _HVSCSI_H
#define _HVSCSI_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/completion.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <scsi/scsi_cmnd.h>
#include <scsi/scsi_device.h>
#include <hvring/channel.h>
#include <hvscsi/compat.h>
#include <hvscsi/vstor.h>
#include "lun.h"

struct hvscsi;
struct Scsi_Host;

/* Hosts serve this many requests per channel at once and leave the rest. */
#define HVSCSI_MAX_DEPTH	256

/*
 * Largest transfer, whatever the host allows. Page lists stay in the ring until
 * the host has read them and each of our commands must find room for its
 * longest one, so a larger transfer would be paid for with queue depth.
 */
#define HVSCSI_MAX_TRANSFER	(512 * 1024)

/*
 * Seconds before we say that a command is late; hosts may take minutes. The
 * administrator may be less patient, see hvscsi_fail_seconds().
 */
#define HVSCSI_TIMEOUT_SECONDS	180

/* Addresses that hosts use. */
#define HVSCSI_LUNS		255
#define HVSCSI_MAX_TARGETS	2
#define HVSCSI_MAX_PATHS	8
#define HVSCSI_TARGETS		(HVSCSI_MAX_PATHS * HVSCSI_MAX_TARGETS)

/* The low half of a transaction id is the tag plus 1, or one of these. */
#define HVSCSI_HANDSHAKE_SLOT	U32_MAX
#define HVSCSI_KNOCK_SLOT	BIT(31)	/* plus the address, see knock.c */

/**
 * struct hvscsi_link - one channel of a controller
 * @hv: the controller.
 * @ch: the channel. Its struct stays until remove has returned.
 * @open: @ch is set, and open. Of a sub-channel this may come late, and goes
 *	when the controller is connected once more.
 * @cpus: CPUs whose queue was given this channel, as far as they are mapped.
 */
struct hvscsi_link {
	struct hvscsi *hv;
	struct hvring_channel *ch;
	bool open;
	u32 cpus;
};

/**
 * struct hvscsi_slot - one tag
 * @id: transaction id of the command that the host owns, 0 if it owns none.
 *	Whoever swaps it for 0 completes the command, so nobody does it twice.
 * @cmd: the command; valid while @id is not 0.
 * @link: where it was sent, and where its answer has to come from; likewise.
 * @generation: changes with each use, so that an old id is never valid again
 *	soon. Owner: who owns the tag.
 */
struct hvscsi_slot {
	atomic64_t id;
	struct scsi_cmnd *cmd;
	struct hvscsi_link *link;
	u32 generation;
};

/* Bits of hvscsi.giving_up. */
#define HVSCSI_GIVING_UP	0
#define HVSCSI_NEVER_GIVE_UP	1

/* Bits of hvscsi.scan_state: there is reason to; the SCSI host is there. */
#define HVSCSI_SCAN_WANTED	0
#define HVSCSI_SCAN_ALLOWED	1

/**
 * struct hvscsi_handshake - the question that is being asked
 * @answered: an answer is in the members below.
 * @awaiting: 1 while an answer is waited for. Whoever swaps it for 0 decides
 *	whether there was one; until then nobody writes the members below.
 * @got_id: transaction id of the answer.
 * @got_bytes: its payload length.
 * @got_type: its packet type.
 * @answer: its payload, as far as it fits.
 */
struct hvscsi_handshake {
	struct completion answered;
	int awaiting;
	u64 got_id;
	u32 got_bytes;
	u16 got_type;
	struct vstor_packet answer;
};

/* All addresses of a controller, of all its targets. */
#define HVSCSI_ADDRESSES	(HVSCSI_TARGETS * (HVSCSI_LUNS + 1))

/**
 * struct hvscsi_knocks - who has been asked whether it answers, by address
 * @out: the host has the question.
 * @answered: it has been answered.
 * @absent: the answer is that nobody is there.
 * @late: whoever wanted to know went on without the answer.
 * @wait: for answers.
 */
struct hvscsi_knocks {
	DECLARE_BITMAP(out, HVSCSI_ADDRESSES);
	DECLARE_BITMAP(answered, HVSCSI_ADDRESSES);
	DECLARE_BITMAP(absent, HVSCSI_ADDRESSES);
	DECLARE_BITMAP(late, HVSCSI_ADDRESSES);
	wait_queue_head_t wait;
};

/**
 * struct hvscsi - one controller, the private part of its Scsi_Host
 * @host: the SCSI host.
 * @ch: its primary channel.
 * @running: the handshake is over; answers belong to commands.
 * @handshake: used before that.
 * @version: agreed protocol version.
 * @max_transfer: bytes that the host takes in one request.
 * @direct: the DMA API would change nothing, see pages.c.
 * @depth: number of @slots, the SCSI host's can_queue.
 * @slots: one for each tag.
 * @links: the primary channel and room for the sub-channels that we may want.
 * @link_count: number of @links.
 * @asked: sub-channels that the host was asked for.
 * @arrived: sub-channels that it has offered since. Owner: the one who adds
 *	sub-channels.
 * @collected: completed when all have been offered.
 * @queues: for each hardware queue the link that it uses; a queue whose channel
 *	is gone uses the primary.
 * @queue_count: number of @queues. The last @poll_count of them are polled.
 * @poll_count: never all of them.
 * @connect_lock: whoever closes or opens the channels of a running controller.
 * @paused: they are being closed, and will be opened again: nothing is sent.
 * @watching: somebody waits for commands.
 * @watch: looks whether they can still end.
 * @giving_up: HVSCSI_GIVING_UP: @give_up has been asked for and is not over.
 *	HVSCSI_NEVER_GIVE_UP: it is to do nothing.
 * @give_up: resets the controller, because a command was late.
 * @luns: devices, struct hvscsi_lun.
 * @luns_lock: protects @luns. Never taken in an interrupt.
 * @scan_wq: for the works of topology.c and lun.c, of this controller only.
 * @scan_state: HVSCSI_SCAN_*.
 * @scan: compares what is known with what the host has.
 * @scan_next: not before this. Owner: @scan.
 * @scan_retries: how often in a row it has not been told. Owner: @scan.
 * @scanning: the first scan goes on in the background. Under @luns_lock.
 * @scanned: when it was through with asking.
 * @unidentified: devices that it waits for.
 * @poll: looks for disks that are idle.
 * @knocks: see knock.c.
 *
 * Members without a remark are set once, before the SCSI host is added.
 */
struct hvscsi {
	struct Scsi_Host *host;
	struct hvring_channel *ch;
	bool running;
	struct hvscsi_handshake handshake;
	u16 version;
	u32 max_transfer;
	bool direct;
	u32 depth;
	struct hvscsi_slot *slots;

	struct hvscsi_link *links;
	u32 link_count;
	u32 asked;
	u32 arrived;
	struct completion collected;
	struct hvscsi_link **queues;
	u32 queue_count;
	u32 poll_count;
	struct mutex connect_lock;	/* see above */
	bool paused;
	bool watching;
	struct delayed_work watch;
	unsigned long giving_up;
	struct work_struct give_up;

	struct list_head luns;
	spinlock_t luns_lock;		/* see above */
	struct workqueue_struct *scan_wq;
	unsigned long scan_state;
	struct delayed_work scan;
	unsigned long scan_next;
	u32 scan_retries;
	bool scanning;
	unsigned long scanned;
	atomic_t unidentified;
	struct delayed_work poll;
	struct hvscsi_knocks knocks;
};

/**
 * struct hvscsi_outcome - what the host said about a command
 * @opcode: first byte of the command.
 * @srb_status: as received, with its flags.
 * @scsi_status: as received.
 * @sense_valid: there is sense data, and it is well formed.
 * @asked: bytes that the command wanted to move.
 * @moved: bytes that the host says it moved.
 */
struct hvscsi_outcome {
	u8 opcode;
	u8 srb_status;
	u8 scsi_status;
	bool sense_valid;
	u32 asked;
	u32 moved;
};

/* main.c; the functions are parameters, as they were when asked */
extern struct workqueue_struct *hvscsi_wq;
unsigned int hvscsi_ring_bytes(void);
unsigned int hvscsi_handshake_seconds(void);
unsigned int hvscsi_channels(void);
unsigned int hvscsi_poll_queues(void);
unsigned int hvscsi_fail_seconds(void);
unsigned int hvscsi_capacity_poll_seconds(void);

/* host.c */
int hvscsi_probe(struct hvring_channel *ch);
void hvscsi_remove(struct hvring_channel *ch);
int hvscsi_suspend(struct hvring_channel *ch);
int hvscsi_resume(struct hvring_channel *ch);
void hvscsi_shutdown(struct hvring_channel *ch);
int hvscsi_reconnect(struct hvscsi *hv);

/* topology.c */
int hvscsi_topology_init(struct hvscsi *hv);
void hvscsi_topology_start(struct hvscsi *hv);
void hvscsi_topology_stop(struct hvscsi *hv);
void hvscsi_topology_free(struct hvscsi *hv);
void hvscsi_topology_ask(struct hvscsi *hv);
bool hvscsi_attention(struct scsi_cmnd *cmd);
void hvscsi_missed(struct scsi_cmnd *cmd);

/* scan.c */
int hvscsi_scan_again(struct hvscsi *hv);
void hvscsi_scan_start(struct Scsi_Host *host);
int hvscsi_scan_finished(struct Scsi_Host *host, unsigned long elapsed);

/* knock.c */
void hvscsi_knock_init(struct hvscsi *hv);
void hvscsi_knock(struct hvscsi *hv, u32 target, unsigned long *there);
int hvscsi_knock_answer(struct hvscsi *hv, u64 id, bool absent);
void hvscsi_knock_forget(struct hvscsi *hv);
bool hvscsi_knocks_out(const struct hvscsi *hv);

/* traits.c */
void hvscsi_traits_configure(struct hvscsi_lun *lun, bool ask);
void hvscsi_traits_update(struct hvscsi_lun *lun);
void hvscsi_traits_refused(struct scsi_cmnd *cmd);

/* A number for each target of each path. */
static inline u32 hvscsi_target_of(const struct scsi_device *sdev)
{
	return sdev->channel * HVSCSI_MAX_TARGETS + sdev->id;
}

/* negotiate.c */
int hvscsi_negotiate(struct hvscsi *hv);
void hvscsi_negotiate_receive(struct hvscsi *hv,
			      const struct hvring_packet *packet);

/* queues.c */
extern const struct hvring_client_ops hvscsi_client_ops;
int hvscsi_alloc_links(struct hvscsi *hv);
void hvscsi_free_links(struct hvscsi *hv);
void hvscsi_forget_sub_channels(struct hvscsi *hv);
void hvscsi_want_sub_channels(struct hvscsi *hv, u32 host_max);
void hvscsi_sub_channel(struct hvring_channel *primary,
			struct hvring_channel *ch);
void hvscsi_collect(struct hvscsi *hv);
void hvscsi_choose_queues(struct hvscsi *hv);
u32 hvscsi_capacity(const struct hvscsi *hv);
HVSCSI_MAP_TYPE hvscsi_map_queues(struct Scsi_Host *host);

/* recover.c */
HVSCSI_TIMEOUT_TYPE hvscsi_eh_timed_out(struct scsi_cmnd *cmd);
bool hvscsi_is_lost(const struct hvscsi *hv);
void hvscsi_look(struct hvscsi *hv);
void hvscsi_bypass(struct hvscsi_link *link, const char *why);
void hvscsi_retire(struct hvscsi_link *link);
int hvscsi_sever(struct hvscsi *hv, int host_byte);
void hvscsi_hold(struct hvscsi *hv);
int hvscsi_pause(struct hvscsi *hv, int host_byte);
int hvscsi_host_reset(struct Scsi_Host *host, int type);
void hvscsi_give_up_work(struct work_struct *work);
void hvscsi_give_up_stop(struct hvscsi *hv);
void hvscsi_give_up_start(struct hvscsi *hv);
void hvscsi_watch_begin(struct hvscsi *hv);
void hvscsi_watch_end(struct hvscsi *hv);
void hvscsi_watch_work(struct work_struct *work);

static inline bool hvscsi_is_open(const struct hvscsi_link *link)
{
	/* Whoever sees that it is open sees the channel. */
	return smp_load_acquire(&link->open);
}

static inline bool hvscsi_is_primary(const struct hvscsi_link *link)
{
	return link == link->hv->links;
}

/* pages.c */
void hvscsi_choose_pages(struct hvscsi *hv);
int hvscsi_fill_pages(const struct hvscsi *hv, struct scsi_cmnd *cmd,
		      int segments, const struct hvring_slot *slot);

/*
 * The number of segments, 0 without a buffer, or an error when there is no room
 * to bounce it now.
 */
static inline int hvscsi_map_pages(const struct hvscsi *hv,
				   struct scsi_cmnd *cmd)
{
	return hv->direct ? scsi_sg_count(cmd) : scsi_dma_map(cmd);
}

/* The host no longer touches the buffer. */
static inline void hvscsi_unmap_pages(const struct hvscsi *hv,
				      struct scsi_cmnd *cmd)
{
	if (!hv->direct)
		scsi_dma_unmap(cmd);
}

/* submit.c */
void hvscsi_fill_address(struct vstor_packet *request,
			 const struct Scsi_Host *host, u32 target, u8 lun);
void hvscsi_fill_template(struct vstor_packet *request,
			  const struct scsi_device *sdev);
HVSCSI_QUEUE_TYPE hvscsi_queuecommand(struct Scsi_Host *host,
				      struct scsi_cmnd *cmd);
void hvscsi_commit_rqs(struct Scsi_Host *host, u16 queue);
void hvscsi_publish(struct hvscsi_link *link);

/* complete.c */
int hvscsi_receive(void *priv, const struct hvring_packet *packet);
int hvscsi_map_outcome(const struct hvscsi_outcome *outcome);
u32 hvscsi_moved(const struct hvscsi_outcome *outcome);
bool hvscsi_idle(const struct hvscsi *hv);
void hvscsi_fail_outstanding(struct hvscsi *hv, const struct hvscsi_link *link,
			     int host_byte);

static inline bool hvscsi_slot_armed(const struct hvscsi_slot *slot)
{
	return atomic64_read(&slot->id);
}

/* A slot belongs to the host from arm to claim. */
static inline void hvscsi_slot_arm(struct hvscsi_slot *slot, u64 id,
				   struct scsi_cmnd *cmd,
				   struct hvscsi_link *link)
{
	slot->cmd = cmd;
	WRITE_ONCE(slot->link, link);
	/* Whoever claims the id finds the command; the claim is an acquire. */
	atomic64_set_release(&slot->id, id);
}

static inline struct scsi_cmnd *hvscsi_slot_claim(struct hvscsi_slot *slot,
						  u64 id)
{
	if (!id || atomic64_cmpxchg(&slot->id, id, 0) != id)
		return NULL;
	return slot->cmd;
}

#endif /* _HVSCSI_H */
