// SPDX-License-Identifier: BSD-2-Clause
/* See uring.h. */
#include "uring.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENTRIES 8
#define WAIT_US 1000000
#define STEP_US 500

static void *map(int fd, size_t n, off_t at)
{
	return mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
}

int uring_open(struct uring *u, unsigned flags)
{
	struct io_uring_params p = { .flags = flags, .sq_thread_idle = 50 };
	char *sq, *cq;

	u->fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	if (u->fd < 0)
		return errno;
	u->polls = flags & IORING_SETUP_SQPOLL;
	sq = map(u->fd, p.sq_off.array + p.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
	cq = map(u->fd, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe),
		 IORING_OFF_CQ_RING);
	u->sqes = map(u->fd, p.sq_entries * sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	if (sq == MAP_FAILED || cq == MAP_FAILED || u->sqes == MAP_FAILED)
		return errno;
	u->sq_tail = (unsigned *)(sq + p.sq_off.tail);
	u->sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
	u->sq_array = (unsigned *)(sq + p.sq_off.array);
	u->sq_flags = (unsigned *)(sq + p.sq_off.flags);
	u->cq_head = (unsigned *)(cq + p.cq_off.head);
	u->cq_tail = (unsigned *)(cq + p.cq_off.tail);
	u->cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
	u->cqes = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
	return 0;
}

static int enter(const struct uring *u, unsigned submit, unsigned flags)
{
	return (int)syscall(SYS_io_uring_enter, u->fd, submit, 0, flags, NULL, 0);
}

static int submit(struct uring *u)
{
	if (!u->polls)
		return enter(u, 1, 0) < 0 ? -errno : 0;
	if (__atomic_load_n(u->sq_flags, __ATOMIC_SEQ_CST) & IORING_SQ_NEED_WAKEUP)
		return enter(u, 0, IORING_ENTER_SQ_WAKEUP) < 0 ? -errno : 0;
	return 0;
}

int uring_do(struct uring *u, const struct io_uring_sqe *sqe)
{
	unsigned tail = *u->sq_tail, head = *u->cq_head;
	int r;

	u->sqes[tail & *u->sq_mask] = *sqe;
	u->sq_array[tail & *u->sq_mask] = tail & *u->sq_mask;
	__atomic_store_n(u->sq_tail, tail + 1, __ATOMIC_SEQ_CST);
	r = submit(u);
	for (int waited = 0; r == 0 && waited < WAIT_US; waited += STEP_US) {
		if (__atomic_load_n(u->cq_tail, __ATOMIC_ACQUIRE) != head) {
			r = u->cqes[head & *u->cq_mask].res;
			__atomic_store_n(u->cq_head, head + 1, __ATOMIC_RELEASE);
			return r;
		}
		(void)usleep(STEP_US);
		if (u->polls)
			(void)submit(u);
	}
	return r ? r : -ETIMEDOUT;
}

int uring_personality(const struct uring *u)
{
	int r = (int)syscall(SYS_io_uring_register, u->fd, IORING_REGISTER_PERSONALITY, NULL, 0);

	return r < 0 ? -errno : r;
}
