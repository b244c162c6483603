/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What packets themselves are asked: replies, sockets bound by a refused send, verdicts that another program
 * undoes, source routes, and flows whose permission is withdrawn.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "actor.h"
#include "packet.skel.h"
#include "scratch.h"
#include "stranger.h"

#define PORT 47921

static struct scratch s;
static char good[256];
static struct packet_bpf *others;
static int cgroup = -1;

static void policy(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void policy(const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)scratch_apply(&s, text, NULL, NULL);
	(void)scratch_denials(&s, NULL);
}

static pid_t start(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static pid_t start(const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	return scratch_spawn(&s, NULL, good, words);
}

static int run(const char *words)
{
	return scratch_run(&s, NULL, good, words);
}

#define ACCEPT_NEAR                                                                                \
	"@id(\"in\") permit(principal, action in Action::\"ingress\", resource) when"              \
	" { resource.ip.isInRange(ip(\"127.0.1.0/24\")) || resource.ip == ip(\"127.0.0.1\") };"
#define SEND_NEAR                                                                                  \
	"@id(\"out\") permit(principal, action == Action::\"send\", resource) when"                \
	" { resource.ip.isInRange(ip(\"127.0.1.0/24\")) };"
#define SERVE "hold 2 2 0 name 127.0.0.1 47921 port %s/at get 9000 answer"

/* A server that may accept from there may answer there, and nobody else hears from it. */
static void a_server_may_answer(void **state)
{
	struct postern_event e;
	uint16_t own;
	pid_t pid;
	int fd;

	(void)state;
	policy(ACCEPT_NEAR);
	fd = stranger_socket("127.0.1.1", &own);
	pid = start(SERVE, s.dir);
	(void)stranger_port(&s, "at");
	stranger_send(fd, "127.0.0.1", PORT);
	assert_int_equal(stranger_receive(fd), 0);
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	(void)close(fd);

	fd = stranger_socket("127.0.2.1", &own);
	pid = start(SERVE, s.dir);
	(void)stranger_port(&s, "at");
	stranger_send(fd, "127.0.0.1", PORT);
	(void)scratch_await_denial(&s, &e);
	scratch_stop(pid);
	assert_int_equal(e.action, POSTERN_ACCEPT);
	assert_int_equal(e.protocol, POSTERN_UDP);
	assert_int_equal(e.port, own);
	assert_int_equal(e.local_port, PORT);
	assert_string_equal(e.exe, good);
	(void)close(fd);
}

/* A client that may send there hears what comes back, and nothing from elsewhere. */
static void a_client_hears_the_answer(void **state)
{
	uint16_t own, port;
	char words[256];
	int near, far;
	pid_t pid;

	(void)state;
	policy(SEND_NEAR);
	near = stranger_socket("127.0.1.1", &own);
	far = stranger_socket("127.0.2.1", &port);
	(void)snprintf(words, sizeof(words), "hold 2 2 0 say 127.0.1.1 %u port %s/at get 9000", own,
		       s.dir);
	pid = start("%s", words);
	port = stranger_port(&s, "at");
	stranger_send(near, "127.0.0.1", port);
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
	pid = start("%s", words);
	port = stranger_port(&s, "at");
	stranger_send(far, "127.0.0.1", port);
	assert_int_equal(scratch_await_denial(&s, NULL), 1);
	scratch_stop(pid);
	(void)close(near);
	(void)close(far);
}

/* What comes in is not made good by what may go out where somebody forbids it, and the other way round. */
static void a_forbid_is_never_overridden(void **state)
{
	struct postern_event e;
	uint16_t own, port;
	char words[256];
	pid_t pid;
	int fd;

	(void)state;
	policy(SEND_NEAR
	       "@id(\"not-in\") forbid(principal, action == Action::\"accept\", resource);");
	fd = stranger_socket("127.0.1.1", &own);
	(void)snprintf(words, sizeof(words), "hold 2 2 0 say 127.0.1.1 %u port %s/at get 9000", own,
		       s.dir);
	pid = start("%s", words);
	port = stranger_port(&s, "at");
	stranger_send(fd, "127.0.0.1", port);
	assert_int_equal(scratch_await_denial(&s, &e), 1);
	scratch_stop(pid);
	assert_int_equal(e.reason, POSTERN_R_FORBID);
	policy(ACCEPT_NEAR
	       "@id(\"not-out\") forbid(principal, action == Action::\"send\", resource);");
	pid = start(SERVE, s.dir);
	(void)stranger_port(&s, "at");
	stranger_send(fd, "127.0.0.1", PORT);
	assert_int_equal(scratch_wait(pid), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.action, POSTERN_SEND);
	assert_int_equal(e.reason, POSTERN_R_FORBID);
	(void)close(fd);
}

/* The kernel has bound the socket by the time that it asks. */
static void a_refused_send_opens_no_port(void **state)
{
	struct postern_event e;
	uint16_t own, port;
	pid_t pid;
	int fd;

	(void)state;
	policy(SEND_NEAR);
	fd = stranger_socket("127.0.2.1", &own);
	pid = start("hold 2 2 0 denied say 127.0.2.1 %u port %s/at get 9000", own, s.dir);
	port = stranger_port(&s, "at");
	assert_int_equal(scratch_denials(&s, NULL), 1);
	assert_true(port != 0);
	stranger_send(fd, "127.0.0.1", port);
	assert_int_equal(scratch_await_denial(&s, &e), 1);
	scratch_stop(pid);
	assert_int_equal(e.hook, POSTERN_H_INGRESS);
	(void)close(fd);
}

/* ---- other programs ---------------------------------------------------------------------------- */

static int attach(struct bpf_program *p)
{
	int fd = bpf_link_create(bpf_program__fd(p), cgroup, bpf_program__expected_attach_type(p),
				 NULL);

	assert_true(fd >= 0);
	return fd;
}

static void an_undone_refusal_stays_one(void **state)
{
	struct postern_event e;
	uint16_t own;
	char words[64];
	int link, fd;

	(void)state;
	policy("@id(\"no\") permit(principal, action == Action::\"connect\", resource) when"
	       " { resource.port == 1 };");
	fd = stranger_socket("127.0.0.1", &own);
	link = attach(others->progs.other_send);
	(void)snprintf(words, sizeof(words), "send4 127.0.0.1 %u", own);
	assert_int_equal(run(words), EPERM);
	assert_int_equal(stranger_receive(fd), ETIMEDOUT);
	assert_int_equal(scratch_denials(&s, &e), 2);
	assert_int_equal(e.hook, POSTERN_H_EGRESS);
	assert_string_equal(e.exe, good);
	(void)close(link);

	link = attach(others->progs.other_connect);
	(void)snprintf(words, sizeof(words), "hold 2 2 0 to 127.0.0.1 %u put", own);
	assert_int_equal(run(words), EPERM);
	assert_int_equal(stranger_receive(fd), ETIMEDOUT);
	assert_true(scratch_denials(&s, &e) >= 2);
	assert_int_equal(e.hook, POSTERN_H_EGRESS);
	assert_int_equal(e.port, own);
	(void)close(link);
	(void)close(fd);
}

/* The address on the wire is asked for where it is not the one that was approved. */
static void a_rewritten_address_is_judged(void **state)
{
	struct postern_event e;
	char words[64];
	uint16_t own;
	int link, fd;

	(void)state;
	policy("@id(\"two\") permit(principal, action == Action::\"connect\", resource) when"
	       " { resource.ip == ip(\"127.0.0.2\") };");
	fd = stranger_socket("127.0.0.3", &own);
	link = attach(others->progs.other_rewrite);
	(void)snprintf(words, sizeof(words), "hold 2 2 0 to 127.0.0.2 %u put", own);
	assert_int_equal(run(words), EPERM);
	assert_int_equal(stranger_receive(fd), ETIMEDOUT);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.hook, POSTERN_H_EGRESS);
	assert_memory_equal(e.addr + 12, "\x7f\x00\x00\x03", 4);
	policy("@id(\"both\") permit(principal, action == Action::\"connect\", resource) when"
	       " { resource.ip == ip(\"127.0.0.2\") || resource.ip == ip(\"127.0.0.3\") };");
	assert_int_equal(run(words), 0);
	assert_int_equal(stranger_receive(fd), 0);
	(void)close(link);
	(void)close(fd);
}

static void a_rewritten_port_is_no_approved_one(void **state)
{
	struct postern_event e;
	int link;

	(void)state;
	policy("@id(\"one\") permit(principal, action == Action::\"listen\", resource) when"
	       " { resource.port == 47921 };");
	assert_int_equal(run("hold 2 1 0 name 127.0.0.1 47921"), 0);
	link = attach(others->progs.other_port);
	assert_int_equal(run("hold 2 1 0 name 127.0.0.1 47921"), EPERM);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.hook, POSTERN_H_POST_BIND4);
	assert_int_equal(e.port, 47923);
	(void)close(link);
}

/* ---- withdrawn --------------------------------------------------------------------------------- */

static void a_withdrawn_flow_is_cut_and_told_once(void **state)
{
	uint64_t cut = loader_counter(s.loader, POSTERN_C_PACKETS_CUT);
	struct postern_event e;
	uint16_t own;
	pid_t pid;
	int fd;

	(void)state;
	policy("@id(\"ok\") permit(principal, action == Action::\"connect\", resource);");
	fd = stranger_socket("127.0.0.1", &own);
	pid = start("hold 2 2 0 to 127.0.0.1 %u put port %s/at wait %s/go denied put denied put"
		    " touch %s/done wait %s/again put",
		    own, s.dir, s.dir, s.dir, s.dir);
	(void)stranger_port(&s, "at");
	assert_int_equal(stranger_receive(fd), 0);
	policy("@id(\"other\") permit(principal, action == Action::\"connect\", resource) when"
	       " { resource.port == 1 };");
	scratch_touch(&s, "go");
	scratch_await(&s, "done");
	assert_int_equal(stranger_receive(fd), ETIMEDOUT);
	assert_int_equal(scratch_denials(&s, &e), 1);
	assert_int_equal(e.hook, POSTERN_H_EGRESS);
	assert_int_equal(e.action, POSTERN_CONNECT);
	assert_int_equal(loader_counter(s.loader, POSTERN_C_PACKETS_CUT), cut + 2);
	policy("@id(\"ok\") permit(principal, action == Action::\"connect\", resource);");
	scratch_touch(&s, "again");
	assert_int_equal(scratch_wait(pid), 0);
	assert_int_equal(stranger_receive(fd), 0);
	(void)close(fd);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "packet");
	scratch_program(&s, "good", good);
	scratch_load(&s);
	cgroup = open(s.cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	others = packet_bpf__open_and_load();
	return cgroup < 0 || !others;
}

static int teardown(void **state)
{
	(void)state;
	packet_bpf__destroy(others);
	(void)close(cgroup);
	scratch_close(&s);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_may_answer),
		cmocka_unit_test(a_client_hears_the_answer),
		cmocka_unit_test(a_forbid_is_never_overridden),
		cmocka_unit_test(a_refused_send_opens_no_port),
		cmocka_unit_test(an_undone_refusal_stays_one),
		cmocka_unit_test(a_rewritten_address_is_judged),
		cmocka_unit_test(a_rewritten_port_is_no_approved_one),
		cmocka_unit_test(a_withdrawn_flow_is_cut_and_told_once),
	};

	actor_take(argc, argv);
	return cmocka_run_group_tests(tests, setup, teardown);
}
