/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of an executable's content is never another one's: the kernel gives the room of an entry that goes to the
 * next one at once, also while somebody reads it. POSTERN_LONG for more tries.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "scratch.h"

#define OURS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define PERMITTED "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define PERMIT                                                                                     \
	"@id(\"one\") permit(principal, action in Action::\"egress\", resource)"                   \
	" when { principal.sha256 == \"" PERMITTED "\" };"
#define TRIES 10000
#define TRIES_LONG 500000

static struct scratch s;

/* One datagram of a process that is new. Its exit status: 0, or an errno. */
static int send_once(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? errno : 0;
}

/* The same of a process that is new, and so has to be found out. */
static int send_as_somebody(void)
{
	int status;
	pid_t pid = vfork();

	if (pid == 0)
		_exit(send_once());
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : -1;
}

/* How many of those were let through, or could not try. */
static int count_let_through(int tries)
{
	int n = 0;

	for (int i = 0; i < tries; i++)
		n += send_as_somebody() != EPERM;
	return n;
}

static bool take_key(const struct postern_digest_key *key, const struct postern_process *record,
		     void *arg)
{
	(void)record;
	*(struct postern_digest_key *)arg = *key;
	return true;
}

static void set_hex(struct postern_digest *d, const char *hex)
{
	memset(d, 0, sizeof(*d));
	memcpy(d->hex, hex, sizeof(d->hex));
}

/* Now our content is known, now another's, which is permitted: in the same place. */
static void change_for_ever(int fd, const struct postern_digest_key *ours)
{
	struct postern_digest_key other = *ours;
	struct postern_digest known, permitted;

	other.file.ino++;
	set_hex(&known, OURS);
	set_hex(&permitted, PERMITTED);
	for (;;) {
		known.put++;
		(void)bpf_map_update_elem(fd, ours, &known, BPF_ANY);
		(void)bpf_map_delete_elem(fd, ours);
		permitted.put = ++known.put;
		(void)bpf_map_update_elem(fd, &other, &permitted, BPF_ANY);
		(void)bpf_map_delete_elem(fd, &other);
	}
}

static pid_t start_changing(const struct postern_digest_key *ours)
{
	char path[256];
	pid_t pid;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/maps/digests", s.pin);
	fd = bpf_obj_get(path);
	assert_true(fd >= 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		change_for_ever(fd, ours);
	}
	(void)close(fd);
	return pid;
}

/* Whether all of so many new processes were refused. */
static bool are_refused(int tries)
{
	pid_t pid = fork();
	int status = 0;

	assert_true(pid >= 0);
	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		scratch_enter(&s, NULL);
		_exit(count_let_through(tries) != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void it_is_nobody_elses(void **state)
{
	struct postern_digest_key ours = { .size = 0 };
	bool refused;
	pid_t changing;

	(void)state;
	scratch_load(&s);
	(void)scratch_apply(&s, PERMIT, NULL, NULL);
	assert_true(are_refused(1));
	assert_true(loader_wanted(s.loader, take_key, &ours) > 0);
	changing = start_changing(&ours);
	refused = are_refused(getenv("POSTERN_LONG") ? TRIES_LONG : TRIES);
	assert_int_equal(kill(changing, SIGKILL), 0);
	assert_int_equal(waitpid(changing, NULL, 0), changing);
	assert_true(refused);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "content");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_is_nobody_elses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
