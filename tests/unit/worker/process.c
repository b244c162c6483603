/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Workers as processes. A worker is this program started anew, so what a hostile one does is done
 * here, behind the very confinement that a sound one has.
 */
#include "worker/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "worker/confine.h"

#include "cm.h"
#include "hostile.h"

/* Asks a worker to do a deed; what became of it in `d`. */
static int deed(const char *word, unsigned most_ms, struct diags *d)
{
	_cleanup_worker_ struct worker *w = NULL;
	struct bundle *b = NULL;
	int r;

	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(worker_ask_open(w, word, strlen(word)), 0);
	if (most_ms)
		w->until_ns = clock_boot_ns() + UINT64_C(1000000) * most_ms;
	worker_wait(w);
	r = worker_take_open(w, d, &b);
	assert_null(b);
	return r;
}

/* What a sanitizer has to say of a crash or at an exit, it says with calls that a worker does not have. */
static bool is_of_sanitizer(const char *word)
{
	return SANITIZED && (strcmp(word, "segv") == 0 || strcmp(word, "quit") == 0);
}

static void what_it_did_is_told(void **state)
{
	static const struct {
		const char *word;
		unsigned most_ms; /* of those that take all the time they are given; 0: as it is */
		const char *cause;
	} cases[] = {
		{ "segv", 0, "crashed (a wrong memory access)" },
		{ "abort", 0, "crashed (SIGABRT)" },
		{ "spin", 300, "did not answer in time" },
		{ "hang", 300, "did not answer in time" },
		{ "quit", 0, "ended without an answer" },
		{ "hang-up", 0, "killed, or went on without an answer" },
		{ "socket", 0, "(SIGSYS)" },
		{ "file", 0, "(SIGSYS)" },
		{ "fork", 0, "(SIGSYS)" },
		{ "exec", 0, "(SIGSYS)" },
		{ "kill", 0, "(SIGSYS)" },
		{ "ptrace", 0, "(SIGSYS)" },
		{ "code", 0, "(SIGSYS)" },
		{ "bpf", 0, "(SIGSYS)" },
		{ "garbage", 0, "no sound answer" },
		{ "noise", 0, "its answer is none" },
		{ "much", 0, "longer than any answer" },
		{ "short", 0, "shorter than it says" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;

		if (is_of_sanitizer(cases[i].word))
			continue;
		assert_true(deed(cases[i].word, cases[i].most_ms, &d) < 0);
		assert_int_equal(d.errors, 1);
		if (!strstr(d.items[0].text, cases[i].cause))
			fail_msg("%s: no \"%s\" in: %s", cases[i].word, cases[i].cause,
				 d.items[0].text);
	}
}

/* The limit that a worker has, once it has been given its own; then the test's. */
static void lower(const struct worker *w, int resource, rlim_t usual)
{
	const struct rlimit low = { 256 << 20, 256 << 20 };
	uint64_t end = clock_boot_ns() + UINT64_C(30000000000);
	struct rlimit is = { 0 };

	while (is.rlim_max != usual && clock_boot_ns() < end)
		assert_int_equal(prlimit(w->pid, (__rlimit_resource_t)resource, NULL, &is), 0);
	assert_true(is.rlim_max == usual);
	assert_int_equal(prlimit(w->pid, (__rlimit_resource_t)resource, &low, NULL), 0);
}

static void output_has_an_end(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_worker_ struct worker *w = NULL;
	struct bundle *b = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	lower(w, RLIMIT_FSIZE, WORKER_ANSWER_MAX);
	assert_int_equal(worker_ask_open(w, "endless", 7), 0);
	worker_wait(w);
	assert_int_equal(worker_take_open(w, &d, &b), -EPROTO);
	assert_non_null(strstr(d.items[0].text, "SIGXFSZ"));
}

/* What a worker takes up is far from what it asks for. */
static void memory_has_an_end(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_worker_ struct worker *w = NULL;
	struct bundle *b = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(worker_ask_open(w, "allocate", 8), 0);
	w->until_ns = clock_boot_ns() + UINT64_C(300000000);
	worker_wait(w);
	assert_int_equal(worker_take_open(w, &d, &b), -EPROTO);
	assert_non_null(strstr(d.items[0].text, "did not answer in time"));
}

/* What the kernel says of a worker that waits for its first question. */
static void it_has_nothing(void **state)
{
	_cleanup_worker_ struct worker *w = NULL;
	_cleanup_free_ char *status = NULL, *limits = NULL;
	char path[64];
	size_t len;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	/* it is confined once it has answered */
	assert_int_equal(worker_ask_open(w, "here", 4), 0);
	worker_wait(w);
	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)w->pid);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &status, &len), 0);
	assert_non_null(strstr(status, "NoNewPrivs:\t1\n"));
	assert_non_null(strstr(status, "Seccomp:\t2\n"));
	assert_non_null(strstr(status, "CapPrm:\t0000000000000000\n"));
	assert_non_null(strstr(status, "CapEff:\t0000000000000000\n"));
	assert_non_null(strstr(status, "CapInh:\t0000000000000000\n"));
	assert_non_null(strstr(status, "CapAmb:\t0000000000000000\n"));
	(void)snprintf(path, sizeof(path), "/proc/%d/limits", (int)w->pid);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &limits, &len), 0);
	assert_true((strstr(limits, "Max address space         unlimited") != NULL) == SANITIZED);
	assert_non_null(strstr(limits, "Max cpu time              180 "));
	assert_non_null(strstr(limits, "Max processes             0 "));
	assert_non_null(strstr(limits, "Max open files            6 "));
	assert_non_null(strstr(limits, "Max core file size        0 "));
}

static bool is_open(pid_t pid, int fd)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)pid, fd);
	return lstat(path, &st) == 0;
}

/* Also a descriptor that was opened without O_CLOEXEC. */
static void no_descriptor_travels(void **state)
{
	_cleanup_close_ int secret = open("/etc/passwd", O_RDONLY);
	_cleanup_worker_ struct worker *w = NULL;
	_cleanup_free_ char *environment = NULL;
	char path[64];
	static const char own[] =
		"GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:"
		"glibc.malloc.trim_threshold=4294967296"; /* and nothing that we had */
	size_t len = 1;

	(void)state;
	assert_int_equal(setenv("SECRET", "of the controller", 1), 0);
	assert_true(secret >= 0);
	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(worker_ask_open(w, "here", 4), 0);
	worker_wait(w);
	for (int fd = 0; fd <= WORKER_OUT; fd++)
		assert_true(is_open(w->pid, fd));
	for (int fd = WORKER_OUT + 1; fd < 256; fd++)
		assert_false(is_open(w->pid, fd));
	(void)snprintf(path, sizeof(path), "/proc/%d/environ", (int)w->pid);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &environment, &len), 0);
	assert_int_equal(len, sizeof(own));
	/* some versions of the C library take it apart where it is */
	for (size_t i = 0; i < len - 1; i++)
		if (environment[i] == '\0')
			environment[i] = ':';
	assert_memory_equal(environment, own, sizeof(own));
}

/* Who hangs up is not waited for. */
static void it_ends_with_its_controller(void **state)
{
	struct worker *w = NULL;
	pid_t pid;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	pid = w->pid;
	worker_end(&w);
	assert_null(w);
	assert_int_equal(kill(pid, 0), -1);
	assert_int_equal(errno, ESRCH);
}

static void one_that_is_gone_is_noticed(void **state)
{
	_cleanup_worker_ struct worker *w = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(kill(w->pid, SIGKILL), 0);
	assert_int_equal(worker_ask_open(w, "here", 4), 0);
	worker_wait(w);
	assert_int_equal(worker_take_open(w, &d, &b), -EPROTO);
	assert_int_equal(d.errors, 1);
}

/* As worker_serve(), but what it is asked to open is a deed; "here" is answered with a refusal. */
_Noreturn static void serve(void)
{
	struct worker_head asked;
	char word[32] = "";
	int r = confine();

	if (r)
		_exit(r);
	if (recv(WORKER_SOCKET, &asked, sizeof(asked), 0) == sizeof(asked) &&
	    asked.len < sizeof(word) &&
	    pread(WORKER_IN, word, asked.len, 0) == (ssize_t)asked.len && !hostile_do(word)) {
		asked.len = 0;
		(void)!send(WORKER_SOCKET, &asked, sizeof(asked), 0);
		(void)!recv(WORKER_SOCKET, &asked, sizeof(asked), 0);
	}
	_exit(99); /* a deed that the confinement did not stop */
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_it_did_is_told),
		cmocka_unit_test(output_has_an_end),
		cmocka_unit_test(memory_has_an_end),
		cmocka_unit_test(it_has_nothing),
		cmocka_unit_test(no_descriptor_travels),
		cmocka_unit_test(it_ends_with_its_controller),
		cmocka_unit_test(one_that_is_gone_is_noticed),
	};

	if (argc == 1 && strcmp(argv[0], WORKER_NAME) == 0)
		serve();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
