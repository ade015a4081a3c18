/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ring that the guest consumes: drivers/hvring/ring.c and receive.c against
 * a host that does what hosts do. See out.pml.
 *
 *	step of the model	function of the driver
 *
 *	guest, sleep		hvring_channel_interrupt(), and the worker
 *	guest, drain		hvring_drain()
 *	guest, peek		hvring_receive_some(), hvring_receive_one()
 *	publish()		hvring_in_publish()
 *	refresh()		hvring_in_refresh()
 *	unmask()		hvring_in_unmask()
 *	notify()		end of hvring_drain_within()
 *
 * The guest may publish after any packet and its budget may end after any.
 */
#ifndef CELLS
#define CELLS	3
#endif

#define E		1	/* refresh: write index before copies */
#define F		2	/* publish: copies before read index */
#define G		3	/* publish: read index, then pending size */
#define H		4	/* publish: pending size before write index */
#define I		5	/* unmask: read index before cleared mask */
#define J		6	/* unmask: cleared mask, then write index */
#define HOST_E		7	/* packets before write index */
#define HOST_F		8	/* read index before new packets */
#define HOST_G		9	/* pending size, then read index */
#define HOST_J		10	/* write index, then mask and read index */
#define UNMASK_FIRST	11	/* unmasks, and then publishes the read index */
#define NO_RECHECK	12	/* sleeps without a look after unmasking */
#define NO_ROOM_SIGNAL	13	/* does not care that the host waits */
#define STALE_ROOM	14	/* room from an old write index */
#define KICK_FORGOTTEN	15	/* a later "no" takes an earlier "yes" back */
#define NO_WORKER	16	/* nobody goes on when the budget is used up */
#define LATE_CLEAR	17	/* clears the event after draining */
#define HOST_NEVER_ASK	18	/* sleeps without a pending size */
#define HOST_NO_LAST_LOOK 19	/* sleeps without a look after asking */
#define HOST_STALE_BEFORE 20	/* compares with the end of the batch */
#define NO_BUDGET	21	/* it is used up before the first packet */

byte published;		/* the guest's read index */

/*
 * For the promise that signals are not needless: since the publish there was a
 * moment at which the host waited for no more than the room that there was.
 */
bool deciding;
bool due;

#define enough	(CELLS - distance(published, shared[WRITE]) > shared[PENDING])
#define observe()							\
	due = deciding && (due || (shared[PENDING] && enough))

#include "memory.pml"

inline refresh()
{
	load_acquire(E, WRITE, produced)
}

inline publish()
{
	atomic {
		freed = distance(published, cursor);
		published = cursor;
		if
		:: freed ->
			store_release(F, READ, published);
			full_barrier(G);
			deciding = true;
			observe();
			load_acquire(H, PENDING, pending)
		:: else
		fi
	}
	atomic {
		if
		:: pending ->
			if
			:: broken == STALE_ROOM
			:: else -> refresh()
			fi;
			after = CELLS - distance(published, produced);
			if
			:: after > pending && after - freed <= pending ->
				certain(me);
				kick = broken != NO_ROOM_SIGNAL;
				needless = needless || !due
			:: else -> kick = kick && broken != KICK_FORGOTTEN
			fi
		:: else
		fi;
		freed = 0;
		pending = 0;
		after = 0;
		deciding = false;
		due = false
	}
}

/* Goes to @more if something arrived that no interrupt may announce. */
inline unmask(more)
{
	store_release(I, MASK, 0);
	full_barrier(J);
	if
	:: broken == NO_RECHECK
	:: else ->
		refresh();
		if
		:: cursor != produced -> goto more
		:: else
		fi
	fi
}

inline notify()
{
	signal = signal || kick;
	kick = false
}

active proctype guest()
{
	byte cursor, produced, freed, pending, after;
	bool kick;

	goto drain;

sleep:	atomic { interrupt -> interrupt = (broken == LATE_CLEAR) }

drain:	atomic { store(MASK, 1) }
	if
	:: broken == NO_BUDGET -> goto drain
	:: else
	fi;

peek:	atomic {
		if
		:: cursor != produced
		:: else ->
			refresh();
			if
			:: cursor != produced
			:: else -> goto emptied
			fi
		fi;
		copy_packet(cursor)
	}
progress:
	if
	:: publish()
	:: true
	fi;
	if
	:: goto peek
	:: true		/* the budget is used up */
	fi;
	publish();
	atomic {
		notify();
		if
		:: broken == NO_WORKER -> goto sleep
		:: else -> goto drain
		fi
	}

emptied:
	if
	:: broken == UNMASK_FIRST -> atomic { unmask(drain) }
	:: else
	fi;
	publish();
	if
	:: broken == UNMASK_FIRST
	:: else -> atomic { unmask(drain) }
	fi;
	atomic {
		notify();
		interrupt = interrupt && broken != LATE_CLEAR;
		goto sleep
	}
}

/* One batch, one decision. */
inline announce()
{
	atomic {
		before = (broken == HOST_STALE_BEFORE -> staged : shown);
		shown = staged;
		store_release(HOST_E, WRITE, staged);
		full_barrier(HOST_J);
		mask = shared[MASK]
	}
	atomic {
		if
		:: mask
		:: else ->
			consumed = shared[READ];
			interrupt = interrupt || consumed == before
		fi;
		before = 0;
		mask = 0
	}
}

#define room()	(CELLS - 1 - distance(consumed, staged))

/*
 * Its loads are acquires even where no label says so. The pending size needs
 * no release: the barrier behind the write index was in between.
 */
active proctype host()
{
	byte staged, shown, consumed, wish, before, mask;

next:	atomic {
		if
		:: staged == shown -> stopped = true; goto done
		:: true
		fi;
		if
		:: room() > 0
		:: else ->
			load_acquire(HOST_F, READ, consumed);
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
	announce();
	goto next;

no_room:
	if
	:: staged != shown -> announce()
	:: else
	fi;
	atomic {
		wish = 1;
		do
		:: wish < CELLS - 1 -> wish++
		:: break
		od;
		if
		:: broken == HOST_NEVER_ASK
		:: else -> store(PENDING, wish)
		fi;
		wish = 0;
		full_barrier(HOST_G);
		if
		:: broken == HOST_NO_LAST_LOOK -> goto sleep
		:: else
		fi
	}

again:	atomic {
		load_acquire(HOST_F, READ, consumed);
		if
		:: room() > 0 -> store(PENDING, 0); goto next
		:: else
		fi
	}

sleep:	atomic { signal -> signal = false; goto again }

done:	skip
}

#ifdef OTHER_RING
/* Its signals and interrupts are ours too: any number, and then none. */
active proctype other_ring()
{
	do
	:: guest@sleep && !interrupt ->
progress:	interrupt = true
	:: host@sleep && !signal ->
progress_too:	signal = true
	:: break
	od
}
#endif
