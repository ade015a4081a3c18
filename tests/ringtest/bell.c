// SPDX-License-Identifier: GPL-2.0
/*
 * A short look around before the real sleep makes for many sleeps in a second,
 * and every one of them is a chance to lose a wake-up. That look is relaxed:
 * an order that the bell gave would be an order that the ring need not give.
 */
#include <pthread.h>
#include <stdbool.h>

#include "bell.h"

#define LOOKS	500

struct bell {
	bool rung;
	bool asleep;
	bool gone;
	pthread_cond_t wake;
};

static struct bell bells[SIDES] = {
	{ .wake = PTHREAD_COND_INITIALIZER },
	{ .wake = PTHREAD_COND_INITIALIZER },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void (*when_stuck)(void);

static struct bell *other(struct bell *bell)
{
	return bell == &bells[GUEST] ? &bells[HOST] : &bells[GUEST];
}

static bool rung(const struct bell *bell)
{
	return __atomic_load_n(&bell->rung, __ATOMIC_RELAXED);
}

static bool answer(struct bell *bell)
{
	if (!rung(bell))
		return false;
	__atomic_store_n(&bell->rung, false, __ATOMIC_RELAXED);
	return true;
}

static bool hopeless(const struct bell *bell)
{
	return bell->gone || (bell->asleep && !rung(bell));
}

void bell_reset(void (*stuck)(void))
{
	enum side side;

	when_stuck = stuck;
	for (side = 0; side < SIDES; side++) {
		bells[side].rung = false;
		bells[side].asleep = false;
		bells[side].gone = false;
	}
}

void bell_ring(enum side whom)
{
	struct bell *bell = &bells[whom];

	pthread_mutex_lock(&lock);
	__atomic_store_n(&bell->rung, true, __ATOMIC_RELAXED);
	pthread_cond_signal(&bell->wake);
	pthread_mutex_unlock(&lock);
}

void bell_sleep(enum side who)
{
	struct bell *bell = &bells[who];
	int i;

	for (i = 0; i < LOOKS; i++) {
		if (answer(bell))
			return;
		__builtin_ia32_pause();
	}

	pthread_mutex_lock(&lock);
	bell->asleep = true;
	while (!answer(bell)) {
		if (hopeless(other(bell)))
			when_stuck();
		pthread_cond_wait(&bell->wake, &lock);
	}
	bell->asleep = false;
	pthread_mutex_unlock(&lock);
}

void bell_leave(enum side who)
{
	struct bell *bell = &bells[who];

	pthread_mutex_lock(&lock);
	bell->gone = true;
	if (!other(bell)->gone && hopeless(other(bell)))
		when_stuck();
	pthread_mutex_unlock(&lock);
}
