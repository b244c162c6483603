/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hooks cost. One process moves between cgroups that differ only in the hooks attached to them: none, all of
 * them, and for the table a row a hook, the first one, the first two, and so on. Everything runs on loopback in one
 * thread, where the packets of a send are delivered before it returns.
 *
 * BENCH_ROUNDS=N (default 31) rounds; each measures every cgroup, and what is printed are medians over the rounds.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "measure.h"
#include "scratch.h"

enum {
	HOOKS = 32,
	ROUNDS_MAX = 200,
	CHUNK = 65536,
	STREAM = 1 << 20,
	BULK = 200,
	SMALL = 1000,
	OPEN = 200
};

/* A cgroup with the first so many hooks. */
struct place {
	char path[300];
	int procs;
	int links[HOOKS];
	size_t hooks;
};

static struct scratch s;
static struct place home, all, some[HOOKS + 1]; /* some[0]: none */
static struct loader_hook hook[HOOKS];
static size_t hooks, rounds = 31;

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- places ----------------------------------------------------------------------------------- */

static void place_open(struct place *p)
{
	char file[400];

	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", p->path);
	p->procs = open(file, O_WRONLY | O_CLOEXEC);
	must(p->procs, file);
}

static void enter(const struct place *p)
{
	must((int)write(p->procs, "0", 1), p->path);
}

static void attach(struct place *p, const struct loader_hook *h)
{
	enum bpf_prog_type type;
	enum bpf_attach_type where;
	int prog = bpf_prog_get_fd_by_id(h->prog_id), cgroup = open(p->path, O_RDONLY | O_CLOEXEC);

	must(prog, h->name);
	must(libbpf_prog_type_by_name(h->attach, &type, &where), h->attach);
	p->links[p->hooks] = bpf_link_create(prog, cgroup, where, NULL);
	must(p->links[p->hooks++], h->attach);
	(void)close(prog);
	(void)close(cgroup);
}

/* Cgroups beside the governed one, each with one hook more than the one before. */
static void places_make(void)
{
	for (size_t n = 0; n <= hooks; n++) {
		(void)snprintf(some[n].path, sizeof(some[n].path), "%s-%zu", s.cgroup, n);
		(void)rmdir(some[n].path);
		must(mkdir(some[n].path, 0755), some[n].path);
		place_open(&some[n]);
		for (size_t i = 0; i < n; i++)
			attach(&some[n], &hook[i]);
	}
}

static void places_remove(void)
{
	if (home.procs > 0)
		enter(&home);
	for (size_t n = 0; n <= hooks; n++) {
		for (size_t i = 0; i < some[n].hooks; i++)
			(void)close(some[n].links[i]);
		(void)close(some[n].procs);
		for (int tries = 0; rmdir(some[n].path) < 0 && errno == EBUSY && tries < 100;
		     tries++)
			(void)usleep(10000);
	}
	scratch_close(&s);
}

/* The cgroup that we came from. */
static void home_find(void)
{
	char line[300], *at;
	FILE *f = fopen("/proc/self/cgroup", "re");
	size_t root = strlen(s.cgroup) - strlen(strrchr(s.cgroup, '/'));

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		at = strchr(line, '\n');
		if (at)
			*at = '\0';
		(void)snprintf(home.path, sizeof(home.path), "%.*s%.200s", (int)root, s.cgroup,
			       line + 3);
	}
	if (f)
		(void)fclose(f);
	place_open(&home);
}

/* ---- what is measured ------------------------------------------------------------------------- */

static char bytes[CHUNK];
static struct sockaddr_in target; /* of what is open */
static int listener = -1, end[2] = { -1, -1 };
static pthread_t drainer;
static bool drains;

static int bound(int type)
{
	socklen_t len = sizeof(target);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	target = (struct sockaddr_in){ .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	must(fd, "socket");
	must(bind(fd, (struct sockaddr *)&target, len), "bind");
	must(getsockname(fd, (struct sockaddr *)&target, &len), "getsockname");
	return fd;
}

static void open_tcp(void)
{
	int on = 1;

	listener = bound(SOCK_STREAM);
	must(listen(listener, 64), "listen");
	end[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(connect(end[0], (struct sockaddr *)&target, sizeof(target)), "connect");
	end[1] = accept(listener, NULL, NULL);
	must(end[1], "accept");
	for (int i = 0; i < 2; i++)
		must(setsockopt(end[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)), "TCP_NODELAY");
}

/* A processor of its own for each end, where there are two: who wakes where is half of what a stream costs. */
static void pin(pthread_t thread, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	(void)pthread_setaffinity_np(thread, sizeof(set), &set);
}

/* Reads all there is, and answers each MiB. */
static void *drain(void *arg)
{
	static char into[STREAM];
	size_t got = 0;
	ssize_t n;

	(void)arg;
	while ((n = recv(end[1], into, STREAM, 0)) > 0) {
		for (got += (size_t)n; got >= STREAM; got -= STREAM)
			(void)!send(end[1], "x", 1, MSG_NOSIGNAL);
	}
	return NULL;
}

static void open_stream(void)
{
	open_tcp();
	must(-pthread_create(&drainer, NULL, drain, NULL), "pthread_create");
	drains = true;
	pin(pthread_self(), 0);
	pin(drainer, 1);
}

static void open_udp(void)
{
	end[1] = bound(SOCK_DGRAM);
	end[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

static void open_udp_connected(void)
{
	open_udp();
	must(connect(end[0], (struct sockaddr *)&target, sizeof(target)), "connect");
}

static void open_listener(void)
{
	listener = bound(SOCK_STREAM);
	must(listen(listener, 64), "listen");
}

static void close_all(void)
{
	int *all_fds[] = { &listener, &end[0], &end[1] };

	if (drains) {
		(void)shutdown(end[0], SHUT_RDWR);
		(void)pthread_join(drainer, NULL);
		drains = false;
	}
	for (size_t i = 0; i < 3; i++) {
		if (*all_fds[i] >= 0)
			(void)close(*all_fds[i]);
		*all_fds[i] = -1;
	}
}

/* To another thread, as between programs: both processors copy, and buffers fill. */
static int stream(void *arg)
{
	static char from[STREAM];
	size_t put = 0;
	ssize_t n = 1;

	(void)arg;
	for (; put < STREAM && n > 0; put += (size_t)n)
		n = send(end[0], from + put, STREAM - put, 0);
	return n <= 0 || recv(end[0], bytes, 1, MSG_WAITALL) != 1;
}

static int bulk(void *arg)
{
	ssize_t n = send(end[0], bytes, CHUNK, 0), got = 0, r = 1;

	(void)arg;
	while (got < n && r > 0)
		got += r = recv(end[1], bytes, CHUNK, 0);
	return r <= 0;
}

static int round_trip(void *arg)
{
	(void)arg;
	return send(end[0], "x", 1, 0) != 1 || recv(end[1], bytes, 1, 0) != 1 ||
	       send(end[1], "x", 1, 0) != 1 || recv(end[0], bytes, 1, 0) != 1;
}

static int datagram(void *arg)
{
	(void)arg;
	return sendto(end[0], "x", 1, 0, (struct sockaddr *)&target, sizeof(target)) != 1 ||
	       recv(end[1], bytes, CHUNK, 0) != 1;
}

static int datagram_connected(void *arg)
{
	(void)arg;
	return send(end[0], "x", 1, 0) != 1 || recv(end[1], bytes, CHUNK, 0) != 1;
}

/* Ends with a reset, so that no port stays taken for a minute. */
static int open_close(void *arg)
{
	const struct linger reset = { .l_onoff = 1 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), r, peer;

	(void)arg;
	r = connect(fd, (struct sockaddr *)&target, sizeof(target));
	peer = accept(listener, NULL, NULL);
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	(void)close(fd);
	(void)close(peer);
	return r < 0 || peer < 0;
}

static const struct thing {
	const char *name;
	void (*open)(void);
	int (*op)(void *arg);
	size_t n;
	double least, most; /* allowed ratio; 0: any */
} things[] = {
	{ "established TCP, 1 MiB to a thread", open_stream, stream, BULK, 0.97, 1.03 },
	{ "established TCP, 64 KiB, cached", open_tcp, bulk, BULK, 0, 0 },
	{ "established TCP, 1 byte to and fro", open_tcp, round_trip, SMALL, 0, 1.10 },
	{ "connected UDP, 1 byte", open_udp_connected, datagram_connected, SMALL, 0, 0 },
	{ "unconnected UDP, 1 byte", open_udp, datagram, SMALL, 0, 0 },
	{ "socket, connect, accept, close", open_listener, open_close, OPEN, 0, 0 },
};

enum { THINGS = sizeof(things) / sizeof(things[0]) };

/* Median ns of that in that cgroup. */
static double measured(const struct place *p, const struct thing *t)
{
	double ns;

	enter(p);
	t->open();
	(void)measure_op(t->op, NULL, t->n / 10 + 1);
	ns = measure_op(t->op, NULL, t->n);
	close_all();
	return ns;
}

/* ---- the tables ------------------------------------------------------------------------------- */

static const char *judged(const struct thing *t, double ratio, int *missed)
{
	if (!t->most)
		return "";
	if (ratio >= t->least && ratio <= t->most)
		return "  as it must be";
	(*missed)++;
	return "  MISSED";
}

/* All hooks against none, twice: with nothing that can lapse, and with a fact that does in 2090. */
static int compare_all(const char *under)
{
	static double none[THINGS][ROUNDS_MAX], with[THINGS][ROUNDS_MAX], ratio[THINGS][ROUNDS_MAX];
	int missed = 0;

	for (size_t r = 0; r < rounds; r++) {
		for (size_t i = 0; i < THINGS; i++) {
			none[i][r] = measured(&some[0], &things[i]);
			with[i][r] = measured(&all, &things[i]);
			ratio[i][r] = with[i][r] / none[i][r];
		}
	}
	(void)printf("\nall hooks against none, %s (%zu rounds)\n", under, rounds);
	for (size_t i = 0; i < THINGS; i++) {
		double x = measure_median(ratio[i], rounds);

		(void)printf("  %-36s %9.0f ns %9.0f ns  ratio %.3f%s\n", things[i].name,
			     measure_median(none[i], rounds), measure_median(with[i], rounds), x,
			     judged(&things[i], x, &missed));
	}
	return missed;
}

static void each_hook(const struct thing *t)
{
	static double took[HOOKS + 1][ROUNDS_MAX], added[HOOKS + 1][ROUNDS_MAX];

	for (size_t r = 0; r < rounds; r++) {
		for (size_t n = 0; n <= hooks; n++) {
			took[n][r] = measured(&some[n], t);
			added[n][r] = n ? took[n][r] - took[n - 1][r] : 0;
		}
	}
	(void)printf("\n%s: %.0f ns without hooks; added by\n", t->name,
		     measure_median(took[0], rounds));
	for (size_t n = 1; n <= hooks; n++)
		(void)printf("  %-24s %+7.0f ns\n", hook[n - 1].attach,
			     measure_median(added[n], rounds));
}

#define OPEN_DOOR                                                                                  \
	"@id(\"loopback\") permit(principal, action in [Action::\"connect\", Action::\"send\", "   \
	"Action::\"listen\", Action::\"accept\"], resource) when { resource.ip.isLoopback()"

/* Those that this libbpf has a word for: not the Unix ones, which no inet socket meets. */
static void hooks_find(void)
{
	enum bpf_attach_type where;
	enum bpf_prog_type type;
	struct loader_hook every[HOOKS];
	size_t n = loader_hooks(s.loader, every, HOOKS);

	for (size_t i = 0; i < n; i++)
		if (strncmp(every[i].attach, "cgroup", 6) == 0 && every[i].attached &&
		    libbpf_prog_type_by_name(every[i].attach, &type, &where) == 0)
			hook[hooks++] = every[i];
}

/* With the clock told: a fact about the time is a worst one otherwise. */
static void tell_the_time(void)
{
	struct postern_conditions c = { .zones = 1, .zone = { { .from_ms = INT64_MIN } } };
	struct timespec real, boot;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	c.real_minus_boot_ns =
		(real.tv_sec - boot.tv_sec) * 1000000000ll + (real.tv_nsec - boot.tv_nsec);
	must(loader_conditions(s.loader, &c), "loader_conditions");
}

int main(void)
{
	const char *wanted = getenv("BENCH_ROUNDS");
	int missed;

	if (wanted && atoi(wanted) > 0 && atoi(wanted) <= ROUNDS_MAX)
		rounds = (size_t)atoi(wanted);
	measure_no_stats();
	(void)libbpf_set_print(NULL);
	scratch_open(&s, "bench-hooks");
	(void)atexit(places_remove);
	scratch_load(&s);
	tell_the_time();
	(void)scratch_apply(&s, OPEN_DOOR " };", NULL, NULL);
	home_find();
	(void)snprintf(all.path, sizeof(all.path), "%s", s.cgroup);
	place_open(&all);
	hooks_find();
	places_make();
	missed = compare_all("where nothing can lapse");
	each_hook(&things[THINGS - 1]);
	(void)scratch_apply(&s, OPEN_DOOR " && context.now < datetime(\"2090-01-01T00:00:00Z\") };",
			    NULL, NULL);
	missed += compare_all("where everything hangs on a fact");
	return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
