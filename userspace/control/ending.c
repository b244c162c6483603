/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a connection whatever lies in it unread. Descriptors that nobody has received are closed with it, and the last
 * close of a file can take as long as its sender pleases: of a socket that lingers (SO_LINGER of socket(7)) as many
 * seconds as he has set, and whoever closes it waits. A thread that ends does not. So such a connection is left to one
 * with a table of descriptors of its own (CLONE_FILES of unshare(2)), which has the last copy of it when it ends.
 */
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/server.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static uint64_t copied,
	closed; /* how many connections threads have had a copy of, and of how many that is the last */

/* Without a table of its own, for lack of memory, it changes nothing. */
static void *end_apart(void *arg)
{
	uint64_t number;

	(void)unshare(CLONE_FILES);
	(void)pthread_mutex_lock(&lock);
	number = ++copied;
	(void)pthread_cond_broadcast(&changed);
	while (closed < number)
		(void)pthread_cond_wait(&changed, &lock);
	(void)pthread_mutex_unlock(&lock);
	return arg;
}

/* Whether such a thread was there, and has gone with it. */
static bool close_apart(int fd)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, end_apart, NULL) != 0)
		return false;
	(void)pthread_detach(thread);
	(void)pthread_mutex_lock(&lock);
	while (copied == closed)
		(void)pthread_cond_wait(&changed, &lock);
	(void)close(fd);
	closed = copied;
	(void)pthread_cond_broadcast(&changed);
	(void)pthread_mutex_unlock(&lock);
	return true;
}

/* Once nothing more can come. Whoever has sent nothing more than was received has sent no descriptor either. */
static bool is_unread(int fd)
{
	char byte;

	(void)shutdown(fd, SHUT_RDWR);
	return recv(fd, &byte, sizeof(byte), MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* Where no thread can be started, whoever calls this waits after all. */
void ending_close(int fd)
{
	if (!is_unread(fd) || !close_apart(fd))
		(void)close(fd);
}
