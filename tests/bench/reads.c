// SPDX-License-Identifier: GPL-2.0
/*
 * The load that tests/bench measures: random reads of 4 KiB.
 *
 *   reads jobs=N depth=N batch=N count=N [poll=1] DEVICE...
 *
 * Job I runs on CPU I and keeps "depth" reads outstanding, which it submits
 * "batch" at a time, on all devices in turn, until it has done "count". Prints
 * how many reads there were between the marks, how many in all, and how long the
 * former took in nanoseconds: instructions, where time is counted in those.
 */
#define _GNU_SOURCE	/* O_DIRECT, CPU sets */
#include <err.h>
#include <fcntl.h>
#include <liburing.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <linux/fs.h>
#include "count.h"

#define SIZE		4096u
#define MAX_DEPTH	256u
#define MAX_JOBS	64u
#define MAX_DEVICES	64u
#define WARM_UP		4u

struct device {
	int fd;
	unsigned long long blocks;
};

struct job {
	pthread_t thread;
	unsigned int cpu;
	struct io_uring ring;
	char *buffers;
	unsigned long long seed;
	unsigned int turn;		/* device of the next read */
	unsigned int free[MAX_DEPTH];	/* buffers, a stack */
	unsigned int free_count;
};

static unsigned int jobs = 1, depth = 1, batch = 1, count = 1, polled;
static struct device devices[MAX_DEVICES];
static unsigned int device_count;
static struct job job[MAX_JOBS];
static pthread_barrier_t barrier;

static const struct {
	const char *key;
	unsigned int *value;
	unsigned int max;
} settings[] = {
	{ "jobs", &jobs, MAX_JOBS },	{ "depth", &depth, MAX_DEPTH },
	{ "batch", &batch, MAX_DEPTH },	{ "count", &count, -1u },
	{ "poll", &polled, 1 },
};

static unsigned long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Knuth's constants; the low bits of such numbers are poor. */
static unsigned long long random_block(struct job *j, const struct device *d)
{
	j->seed = j->seed * 6364136223846793005ull + 1442695040888963407ull;
	return (j->seed >> 33) % d->blocks;
}

/*
 * Where time is counted in instructions one CPU runs at a time, and who spins
 * keeps the host from running: polling is left to us, who pause between looks.
 */
static void submit(struct job *j, unsigned int wait)
{
	int done = io_uring_submit_and_wait(&j->ring, polled ? 0 : wait);

	if (polled && wait && !io_uring_cq_ready(&j->ring))
		__builtin_ia32_pause();
	if (done < 0)
		errx(1, "io_uring: %s", strerror(-done));
}

static void queue_batch(struct job *j)
{
	unsigned int i;

	for (i = 0; i < batch; i++) {
		const struct device *d = &devices[j->turn++ % device_count];
		unsigned int buffer = j->free[--j->free_count];
		struct io_uring_sqe *sqe = io_uring_get_sqe(&j->ring);

		io_uring_prep_read(sqe, d->fd, j->buffers + buffer * SIZE, SIZE,
				   random_block(j, d) * SIZE);
		io_uring_sqe_set_data64(sqe, buffer);
	}
}

static unsigned int reap(struct job *j)
{
	struct io_uring_cqe *cqe;
	unsigned int head, found = 0;

	io_uring_for_each_cqe(&j->ring, head, cqe) {
		if (cqe->res != (int)SIZE)
			errx(1, "read: %s", cqe->res < 0 ?
			     strerror(-cqe->res) : "too short");
		j->free[j->free_count++] = io_uring_cqe_get_data64(cqe);
		found++;
	}
	io_uring_cq_advance(&j->ring, found);
	return found;
}

/* Returns when all of so many reads are done. */
static void run(struct job *j, unsigned int reads)
{
	unsigned int left = reads, done = 0, out;

	while (done < reads) {
		for (; left && j->free_count >= batch; left -= batch) {
			/* Each batch by itself, the last one with the wait. */
			if (io_uring_sq_ready(&j->ring))
				submit(j, 0);
			queue_batch(j);
		}
		out = depth - j->free_count;
		submit(j, out < batch ? out : batch);
		done += reap(j);
	}
}

static void prepare(struct job *j)
{
	cpu_set_t cpu;
	unsigned int i;
	int error;

	CPU_ZERO(&cpu);
	CPU_SET(j->cpu, &cpu);
	error = pthread_setaffinity_np(pthread_self(), sizeof(cpu), &cpu);
	if (error)
		errx(1, "CPU %u: %s", j->cpu, strerror(error));

	j->seed = j->cpu;
	j->buffers = aligned_alloc(SIZE, depth * SIZE);
	if (!j->buffers)
		errx(1, "no memory");
	memset(j->buffers, 0, depth * SIZE);
	for (i = 0; i < depth; i++)
		j->free[j->free_count++] = i;

	error = io_uring_queue_init(MAX_DEPTH, &j->ring,
				    polled ? IORING_SETUP_IOPOLL : 0);
	if (error)
		errx(1, "io_uring: %s", strerror(-error));
}

static void *job_main(void *arg)
{
	struct job *j = arg;

	prepare(j);
	/* What is done once, such as filling caches, is done before. */
	run(j, WARM_UP * depth);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	run(j, count);
	return NULL;
}

static void add_device(const char *path)
{
	struct device *d = &devices[device_count++];
	unsigned long long bytes;

	if (device_count > MAX_DEVICES)
		errx(2, "more than %u devices", MAX_DEVICES);
	d->fd = open(path, O_RDONLY | O_DIRECT);
	if (d->fd < 0 || ioctl(d->fd, BLKGETSIZE64, &bytes) || bytes < SIZE)
		err(1, "%s", path);
	d->blocks = bytes / SIZE;
}

static void set(const char *word, const char *value)
{
	unsigned int i;
	char *end;

	for (i = 0; i < sizeof(settings) / sizeof(*settings); i++) {
		if (strlen(settings[i].key) != (size_t)(value - word) ||
		    strncmp(settings[i].key, word, value - word))
			continue;
		*settings[i].value = strtoul(value + 1, &end, 10);
		if (!*end && end > value + 1 && *settings[i].value <= settings[i].max)
			return;
	}
	errx(2, "cannot be: %s", word);
}

static void parse(char **words)
{
	for (; *words; words++) {
		const char *value = strchr(*words, '=');

		if (value)
			set(*words, value);
		else
			add_device(*words);
	}
	if (!jobs || !batch || !device_count || depth % batch || count % batch)
		errx(2, "depth and count have to be multiples of batch, and there has to be a device");
}

int main(int argc, char **argv)
{
	unsigned long long start, stop;
	unsigned int i;

	(void)argc;
	parse(argv + 1);
	pthread_barrier_init(&barrier, NULL, jobs + 1);
	for (i = 0; i < jobs; i++) {
		job[i].cpu = i;
		if (pthread_create(&job[i].thread, NULL, job_main, &job[i]))
			err(1, "thread");
	}

	pthread_barrier_wait(&barrier);
	start = now();
	COUNT_MARK(COUNT_BEGIN);
	pthread_barrier_wait(&barrier);
	for (i = 0; i < jobs; i++)
		pthread_join(job[i].thread, NULL);
	COUNT_MARK(COUNT_END);
	stop = now();
	printf("%u %u %llu\n", jobs * count, jobs * (count + WARM_UP * depth),
	       stop - start);
	return 0;
}
