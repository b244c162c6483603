/* SPDX-License-Identifier: BSD-2-Clause */
/* See gate.h. */
#include "gate.h"

#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

int gate_open(struct gate *g, const char *name)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	g->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (bind(g->listener, (struct sockaddr *)&at, len) || listen(g->listener, 64) ||
	    getsockname(g->listener, (struct sockaddr *)&at, &len))
		return -1;
	g->port = ntohs(at.sin_port);
	scratch_open(&g->scratch, name);
	scratch_load(&g->scratch);
	return 0;
}

void gate_close(struct gate *g)
{
	(void)close(g->listener);
	scratch_close(&g->scratch);
}

uint32_t gate_apply(struct gate *g, const char *policies)
{
	static const char entities[] =
		"[{\"uid\":{\"type\":\"Team\",\"id\":\"t\"},\"parents\":[],\"attrs\":{}},"
		"{\"uid\":{\"type\":\"Identity\",\"id\":\"ana@example.com\"},\"parents\":[{\"type\":\"Team\",\"id\":\"t\"}],"
		"\"attrs\":{\"user\":\"ana\",\"keys\":[\"ssh-ed25519 "
		"AAAAC3NzaC1lZDI1NTE5AAAAIFjuh0SZ7dEz0LzvrV7Kq9yQf3lW2nKxIz4m5sL0aYxE\"],\"requireVerified\":false}}]";

	return scratch_apply(&g->scratch, policies, entities, NULL);
}

struct postern_conditions gate_noon(void)
{
	return (struct postern_conditions){
		.real_minus_boot_ns = GATE_NOON * GATE_MS - (int64_t)clock_boot_ns(),
		.zones = 1,
		.zone = { { INT64_MIN, 0 } },
	};
}

void gate_tell(struct gate *g, const struct postern_conditions *c)
{
	assert_int_equal(loader_conditions(g->scratch.loader, c), 0);
}

void gate_tell_time(struct gate *g, int64_t now_ms, int64_t shift_ms)
{
	struct postern_conditions c = gate_noon();

	c.real_minus_boot_ns += (now_ms - GATE_NOON) * GATE_MS;
	c.zone[0].shift_ms = shift_ms;
	gate_tell(g, &c);
}

struct postern_session gate_proven(int64_t age_ns, int64_t left_ns)
{
	uint64_t now = clock_boot_ns();
	struct postern_session p = {
		.proof_boottime = now - (uint64_t)age_ns,
		.end_boottime = now + (uint64_t)left_ns,
		.uid = 1000,
		.identity_len = 15,
		.identity = "ana@example.com",
	};

	return p;
}

void gate_tell_session(struct gate *g, const struct visitor *v, const struct postern_session *p)
{
	assert_int_equal(loader_session_put(g->scratch.loader, v->session, p), 0);
}

/* What got through is taken, so that the queue never fills. */
int gate_try_as(struct gate *g, struct visitor *v, uint32_t uid, uint16_t from)
{
	int r = visitor_connect(v, uid, g->port, from), fd;

	while ((fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
		(void)close(fd);
	return r;
}

int gate_try(struct gate *g, struct visitor *v)
{
	return gate_try_as(g, v, 0, 0);
}

uint32_t gate_reason(struct gate *g)
{
	struct postern_event e;

	assert_true(scratch_denials(&g->scratch, &e) > 0);
	return e.reason;
}

void gate_lapses_at(struct gate *g, struct visitor *v, uint64_t end)
{
	const struct timespec moment = { .tv_nsec = 5000000 };

	for (;;) {
		uint64_t before = clock_boot_ns();
		int r = gate_try(g, v);
		uint64_t after = clock_boot_ns();

		assert_true(r == 0 || r == EPERM);
		if (r == 0 && before >= end)
			fail_msg("allowed %llu ns after its end",
				 (unsigned long long)(before - end));
		if (r == EPERM && after < end)
			fail_msg("refused %llu ns before its end",
				 (unsigned long long)(end - after));
		if (r == EPERM)
			return;
		(void)nanosleep(&moment, NULL);
	}
}
