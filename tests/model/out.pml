/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ring that the guest produces: drivers/hvring/ring.c and send.c against a
 * host that does what hosts do, packets without end, each batch and each stop
 * of any length. "run" searches all of it.
 *
 * Each label is the barrier of that name in the registry at the top of ring.c;
 * HOST_ and a label is what the host pairs with it. The rest are mistakes that
 * must be found.
 *
 *	step of the model	function of the driver
 *
 *	guest, next		hvring_out_reserve(), hvring_out_commit()
 *	publish()		hvring_out_publish()
 *	guest, no_room		hvring_reserve_full(), hvring_out_wait()
 *	guest, sleep		hvring_out_relieved(), hvring_out_resume()
 *	unlock			hvring_channel_unlock()
 *	wake			hvring_send_wake() before it takes the lock
 *
 * Callers are serialised by a lock that orders nothing, as in the contract of
 * ring.h. The timer for hosts that ignore the pending size is left out: it
 * must not be needed.
 */
#ifndef CELLS
#define CELLS	3
#endif

#define A		1	/* publish: packets before write index */
#define B		2	/* publish: write index, then mask */
#define C		3	/* publish: mask before read index */
#define D		4	/* reserve: read index before new packets */
#define K		5	/* ask: our note before the pending size */
#define L		6	/* wait: pending size, then read index */
#define M		7	/* wait: read index before new packets */
#define N		8	/* relieved: read index before new packets */
#define O		9	/* publish: read index before new packets */
#define HOST_A		10	/* write index before copies */
#define HOST_B		11	/* cleared mask, then write index */
#define HOST_D		12	/* copies before read index */
#define HOST_L		13	/* read index, then pending size */
#define EARLY_DECISION	14	/* signal or not, and then publish */
#define STALE_BEFORE	15	/* compares with the batch before */
#define KICK_FORGOTTEN	16	/* a later "no" takes an earlier "yes" back */
#define NO_LAST_LOOK	17	/* sleeps without a look after asking */
#define NEVER_ASK	18	/* sleeps without a pending size */
#define NEVER_RESUME	19	/* leaves the pending size behind */
#define LATE_CLEAR	20	/* clears the event after looking */
#define HOST_NO_RECHECK	21	/* sleeps without a look after unmasking */
#define HOST_STALE_ROOM	22	/* room from a write index before the barrier */
#define NEVER_SLEEP	23	/* looks for room again and again */

bool kick;		/* decided, and sent any time after the lock */
bool woken;		/* an interrupt found that somebody waits */

/*
 * For the promise that signals are not needless: since the publish there was a
 * moment at which the mask was clear and the batch not taken yet.
 */
byte batch_start, batch_end;
bool due;

#define untouched	(distance(shared[READ], batch_end) >=		\
			 distance(batch_start, batch_end))
#define observe()							\
	due = batch_start != batch_end &&				\
	      (due || (!shared[MASK] && untouched))

#include "memory.pml"

#define room()	(CELLS - 1 - distance(consumed, staged))

inline ask(cells)
{
	store(AWAITED, cells);
	if
	:: broken == NEVER_ASK
	:: broken == NEVER_RESUME && cells == 0
	:: else -> store_release(K, PENDING, cells)
	fi
}

inline reveal()
{
	store_release(A, WRITE, staged);
	full_barrier(B)
}

inline publish()
{
	atomic {
		before = (broken == STALE_BEFORE -> last : published);
		last = (broken == STALE_BEFORE -> published : 0);
		published = staged;
		if
		:: broken == EARLY_DECISION
		:: else -> reveal()
		fi;
		batch_start = before;
		batch_end = published;
		observe();
		load_acquire(C, MASK, mask)
	}
	atomic {
		if
		:: mask
		:: else ->
			load_acquire(O, READ, consumed);
			if
			:: consumed == before ->
				certain(me);
				kick = true;
				needless = needless || !due
			:: else -> kick = kick && broken != KICK_FORGOTTEN
			fi
		fi;
		if
		:: broken == EARLY_DECISION -> reveal()
		:: else
		fi;
		before = 0;
		mask = 0;
		batch_start = 0;
		batch_end = 0;
		due = false
	}
}

active proctype guest()
{
	byte staged, published, consumed, wish, before, last, mask;

next:	atomic {
		if
		:: staged == published -> stopped = true; goto done
		:: true
		fi;
		if
		:: room() > 0
		:: else ->
			load_acquire(D, READ, consumed);
			if
			:: room() > 0
			:: else -> goto no_room
			fi
		fi;
		write_packet(staged);
		if
		:: goto next
		:: true
		fi
	}
	publish();
	goto next;

no_room:
	if
	:: staged != published -> publish()
	:: else
	fi;
	atomic {
		wish = 1;
		do
		:: wish < CELLS - 1 -> wish++
		:: break
		od;
		ask(wish);
		if
		:: broken == NO_LAST_LOOK
		:: else ->
			full_barrier(L);
			load_acquire(M, READ, consumed);
			if
			:: room() > 0 -> ask(0); wish = 0; goto next
			:: else
			fi
		fi
	}

sleep:	atomic { woken || broken == NEVER_SLEEP -> woken = false }
	atomic {
		load_acquire(N, READ, consumed);
		if
		:: room() >= wish -> ask(0); wish = 0; goto next
		:: else -> goto sleep
		fi
	}

done:	skip
}

/*
 * Takes any number of packets of those it has seen. Masked while it is awake;
 * the mask goes up before the first read index, down before it sleeps. The
 * clearing needs no release: the barrier for the pending size was in between.
 */
active proctype host()
{
	byte cursor, write, taken, pending, free;
	bool masked;

look:	atomic {
		load_acquire(HOST_A, WRITE, write);
		if
		:: write == cursor -> goto nothing
		:: else
		fi;
		do
		:: copy_packet(cursor);
			taken++;
			if
			:: cursor != write
			:: break
			fi
		od;
		if
		:: masked
		:: else -> store(MASK, 1); masked = true
		fi;
		store_release(HOST_D, READ, cursor);
		full_barrier(HOST_L);
		pending = shared[PENDING]
	}
progress:
	atomic {
		if
		:: pending ->
			if
			:: broken == HOST_STALE_ROOM
			:: else -> write = shared[WRITE]
			fi;
			free = CELLS - distance(cursor, write);
			interrupt = interrupt || (free > pending &&
						  free - taken <= pending)
		:: else
		fi;
		pending = 0;
		taken = 0;
		free = 0;
		write = 0;
		goto look
	}

nothing:
	atomic {
		write = 0;
		if
		:: masked ->
			masked = false;
			store(MASK, 0);
			if
			:: broken == HOST_NO_RECHECK
			:: else -> full_barrier(HOST_B); goto look
			fi
		:: else
		fi
	}

sleep:	atomic { signal -> signal = false; goto look }
}

active proctype unlock()
{
	do
	:: atomic { kick -> kick = false; signal = true }
	od
}

active proctype wake()
{
again:	do
	:: atomic { interrupt -> interrupt = (broken == LATE_CLEAR) }
		atomic {
			woken = woken || shared[AWAITED];
			if
			:: broken != LATE_CLEAR -> goto again
			:: else
			fi
		}
		interrupt = false
	od
}

#ifdef OTHER_RING
/* Its signals and interrupts are ours too: any number, and then none. */
active proctype other_ring()
{
	do
	:: guest@sleep && !woken ->
progress:	woken = true
	:: host@sleep && !signal ->
progress_too:	signal = true
	:: break
	od
}
#endif
