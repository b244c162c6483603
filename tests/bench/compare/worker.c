/* SPDX-License-Identifier: BSD-2-Clause */
/* A variant's process: it takes orders through one pipe and answers through another. */
#include "compare.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum order_kind { ORDER_ENTER, ORDER_MEASURE, ORDER_FLOOD };

struct order {
	enum order_kind kind;
	enum op_id op;
	size_t n;
	char command[400];
};

static void read_whole(int fd, void *to, size_t n)
{
	for (size_t got = 0; got < n;) {
		ssize_t r = read(fd, (char *)to + got, n - got);

		if (r <= 0)
			die("a worker ended");
		got += (size_t)r;
	}
}

static void write_whole(int fd, const void *from, size_t n)
{
	if (write(fd, from, n) != (ssize_t)n)
		die("a worker does not listen");
}

static void run(const char *command)
{
	if (*command && system(command) != 0) {
		(void)fprintf(stderr, "failed: %s\n", command);
		exit(EXIT_FAILURE);
	}
}

static void into_cgroup(const struct variant *v)
{
	char path[300];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/cgroup.procs", v->cgroup);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die(path);
	(void)close(fd);
}

/* Everything of IPv4 is this namespace's own. */
static void into_namespace(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		die("unshare a network namespace");
	run("ip link set lo up && ip route add local 0.0.0.0/1 dev lo && "
	    "ip route add local 128.0.0.0/1 dev lo");
}

static double obey(const struct variant *v, const struct order *o)
{
	switch (o->kind) {
	case ORDER_ENTER:
		if (v->enter)
			v->enter();
		run(o->command);
		return 0;
	case ORDER_FLOOD:
		return (double)op_flood((unsigned)o->n);
	default:
		return op_measure(o->op, o->n);
	}
}

static void serve(const struct variant *v)
{
	struct order o;
	double answer;
	bool opened = false;

	working_as = v->name;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	into_namespace();
	op_open_elsewhere();
	into_cgroup(v);
	write_whole(v->answers, &(double){ 0 }, sizeof(double));
	while (read(v->orders, &o, sizeof(o)) == (ssize_t)sizeof(o)) {
		if (o.kind != ORDER_ENTER && !opened)
			op_open();
		opened = opened || o.kind != ORDER_ENTER;
		answer = obey(v, &o);
		write_whole(v->answers, &answer, sizeof(answer));
	}
	_exit(0);
}

void worker_start(struct variant *v)
{
	int orders[2], answers[2];
	double ready;

	if (pipe2(orders, O_CLOEXEC) < 0 || pipe2(answers, O_CLOEXEC) < 0)
		die("pipe");
	v->pid = fork();
	if (v->pid < 0)
		die("fork");
	if (v->pid == 0) {
		(void)close(orders[1]);
		v->orders = orders[0];
		v->answers = answers[1];
		serve(v);
	}
	(void)close(orders[0]);
	(void)close(answers[1]);
	v->orders = orders[1];
	v->answers = answers[0];
	read_whole(v->answers, &ready, sizeof(ready));
}

void worker_stop(struct variant *v)
{
	if (v->pid <= 0)
		return;
	(void)kill(v->pid, SIGKILL);
	(void)waitpid(v->pid, NULL, 0);
	v->pid = 0;
	(void)close(v->orders);
	(void)close(v->answers);
}

static double ask(struct variant *v, const struct order *o)
{
	double answer;

	write_whole(v->orders, o, sizeof(*o));
	read_whole(v->answers, &answer, sizeof(answer));
	return answer;
}

void worker_enter(struct variant *v, const char *command)
{
	struct order o = { .kind = ORDER_ENTER };

	(void)snprintf(o.command, sizeof(o.command), "%s", command);
	(void)ask(v, &o);
}

double worker_measure(struct variant *v, enum op_id op, size_t n)
{
	const struct order o = { .kind = ORDER_MEASURE, .op = op, .n = n };

	return ask(v, &o);
}

void worker_flood_begin(struct variant *v, unsigned ms)
{
	const struct order o = { .kind = ORDER_FLOOD, .n = ms };

	write_whole(v->orders, &o, sizeof(o));
}

bool worker_flood_done(struct variant *v, uint64_t *ret)
{
	struct pollfd fd = { .fd = v->answers, .events = POLLIN };
	double answer;

	if (poll(&fd, 1, 1) == 0)
		return false;
	read_whole(v->answers, &answer, sizeof(answer));
	*ret = (uint64_t)answer;
	return true;
}
