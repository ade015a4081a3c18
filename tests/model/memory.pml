/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that guest and host share and see out of order, and the verdict on a
 * run. The including model defines
 *
 *	CELLS		cells in the ring, one packet each; one stays free
 *	observe()	called whenever something has happened in memory
 *
 * and after this guest(), host() and any other processes, in this order.
 *
 * Each party has a queue of operations that it has issued and that have not
 * happened yet. Any of them may happen next, but for these rules:
 *
 *  - operations on the same word happen in the order of the queue;
 *  - a release happens after all that is older;
 *  - a full barrier waits until the queue is empty;
 *  - an acquire does not enter the queue: it happens at once, and so before
 *    all that follows. A load without acquire does enter it: it happens later,
 *    and the party goes on with a guess at the value. A run whose guess never
 *    comes true is no run at all and ends without a verdict.
 *
 * That is weaker than any processor with one copy of memory: stores pass
 * stores and loads, loads pass stores and loads. Dependencies order nothing
 * either, as a compiler need not keep those that lead to plain accesses. Two
 * things are stronger, as nothing else makes sense: a signal is never sent on
 * a guess, and the queue has an end.
 */

/* What is left out or done wrong, one thing a run. */
c_decl {
	static int broken_number;

	static void __attribute__((constructor)) read_number(void)
	{
		const char *number = getenv("BREAK");

		broken_number = number ? atoi(number) : 0;
	}
}

byte broken = c_expr { broken_number };

#define PARTIES	2
#define DEPTH	5	/* of a queue */

/* The words of the control page, one that only the guest has, and the data. */
#define WRITE	0
#define READ	1
#define MASK	2
#define PENDING	3
#define AWAITED	4
#define CELL	5
#define WORDS	(CELL + CELLS)

/* Numbers of packets: two laps, so that what an earlier lap left is wrong. */
#define PACKETS	(2 * CELLS)

#define HAPPENED	0
#define STORE		1
#define RELEASE		2
#define GUESS		3	/* a load whose value was guessed */
#define COPY		4	/* a load of a packet, which has to be @value */

typedef Operation {
	byte kind;
	byte word;
	byte value
};

typedef Party {
	byte length;
	Operation queue[DEPTH]
};

byte shared[WORDS];
Party party[PARTIES];

bool signal;		/* from guest to host */
bool interrupt;		/* from host to guest */

byte sent;		/* next packet to write */
byte received;		/* next packet to copy out */
bool stopped;		/* the producer has no more to send */

bool corrupt;		/* something else than the next packet was copied out */
bool needless;		/* the guest signalled and nothing asked for it */
bool lost;		/* all sleep and not all is done */
bool left_over;		/* nobody waits for room, and a pending size says so */

#define forward(index)		(((index) + 1) % CELLS)
#define distance(from, to)	(((to) + CELLS - (from)) % CELLS)
#define next_packet(number)	(((number) + 1) % PACKETS)
#define most(which)		(which == MASK -> 1 : CELLS - 1)

#define op(who, i)		party[who].queue[i]
#define guess(who, i)		(op(who, i).kind == GUESS)
#define certain(who)		(!(guess(who, 0) || guess(who, 1) ||	\
				   guess(who, 2) || guess(who, 3) ||	\
				   guess(who, 4)))

/*
 * For guest() and host(), inside atomic. Processes are numbered as they are
 * written down, and those at the end of this file come first.
 */
#define me			(_pid - 3)
#define on(which, i)		(guess(me, i) && op(me, i).word == which)
#define unguessed(which)	(!(on(which, 0) || on(which, 1) ||	\
				   on(which, 2) || on(which, 3) ||	\
				   on(which, 4)))

inline issue(what, which, val)
{
	party[me].length < DEPTH;
	op(me, party[me].length).kind = what;
	op(me, party[me].length).word = which;
	op(me, party[me].length).value = val;
	party[me].length++
}

inline store(which, val)
{
	issue(STORE, which, val)
}

inline store_release(label, which, val)
{
	issue((broken == label -> STORE : RELEASE), which, val)
}

inline load_acquire(label, which, val)
{
	if
	:: broken != label ->
		unguessed(which);
		val = shared[which]
	:: broken == label ->
		val = 0;
		do
		:: val < most(which) -> val++
		:: break
		od;
		issue(GUESS, which, val)
	fi
}

inline full_barrier(label)
{
	broken == label || party[me].length == 0
}

/* What the producer writes and the consumer copies out. */
inline write_packet(index)
{
	store(CELL + index, sent);
	sent = next_packet(sent);
	index = forward(index)
}

inline copy_packet(index)
{
	issue(COPY, CELL + index, received);
	received = next_packet(received);
	index = forward(index)
}

/* For memory(). */
#define whose		_pid
#define same(i, j)	(op(whose, i).word == op(whose, j).word)
#define possible(i)	(op(whose, i).kind != HAPPENED &&		\
			 (op(whose, i).kind != RELEASE || i == 0) &&	\
			 (op(whose, i).kind != GUESS ||			\
			  shared[op(whose, i).word] == op(whose, i).value))

inline happen(i)
{
	if
	:: op(whose, i).kind == STORE || op(whose, i).kind == RELEASE ->
		shared[op(whose, i).word] = op(whose, i).value
	:: op(whose, i).kind == COPY ->
		corrupt = corrupt ||
			  shared[op(whose, i).word] != op(whose, i).value
	:: else
	fi;
	at = i;
	do
	:: at < DEPTH - 1 ->
		op(whose, at).kind = op(whose, at + 1).kind;
		op(whose, at).word = op(whose, at + 1).word;
		op(whose, at).value = op(whose, at + 1).value;
		at++
	:: else -> break
	od;
	op(whose, at).kind = HAPPENED;
	op(whose, at).word = 0;
	op(whose, at).value = 0;
	at = 0;
	party[whose].length--;
	observe()
}

/* Lets happen what a party has issued. */
active [PARTIES] proctype memory()
{
	byte at;

	do
	:: d_step { possible(0) -> happen(0) }
	:: d_step { possible(1) && !same(1, 0) -> happen(1) }
	:: d_step { possible(2) && !same(2, 0) && !same(2, 1) -> happen(2) }
	:: d_step { possible(3) && !same(3, 0) && !same(3, 1) &&
		    !same(3, 2) -> happen(3) }
	:: d_step { possible(4) && !same(4, 0) && !same(4, 1) &&
		    !same(4, 2) && !same(4, 3) -> happen(4) }
	od
}

/* Nobody can go on: was it right so far, and is there nothing left to do? */
active proctype verdict()
{
	timeout;
	if
	:: certain(0) && certain(1) ->
		assert(!corrupt);
		assert(!needless);
		lost = !stopped || sent != received;
		assert(!lost);
		left_over = shared[PENDING] || shared[AWAITED];
		assert(!left_over)
	:: else
	fi
}
