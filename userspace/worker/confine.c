/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker keeps the controller's user: another one would take CAP_SETUID, which posternd's unit
 * does not have, and as whom it may open nothing matters little.
 */
#include "worker/confine.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "worker/message.h"

enum { CPU_SECONDS = 180 };
#define MEMORY_MOST (UINT64_C(4) << 30)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true /* its shadow is terabytes of address space */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

/* Half of what the host has: a bundle must not push out what the host is for. */
static rlim_t memory_most(void)
{
	uint64_t half = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE) / 2;

	if (SANITIZED)
		return RLIM_INFINITY;
	return half < MEMORY_MOST ? half : MEMORY_MOST;
}

static int limit(int resource, rlim_t most)
{
	const struct rlimit r = { most, most };

	return setrlimit((__rlimit_resource_t)resource, &r) < 0 ? -errno : 0;
}

/* Raising it takes no privilege. That it cannot be is no reason not to work. */
static void be_first_victim(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, "1000", 4);
}

int confine_limits(void)
{
	int r = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;

	be_first_victim();
	if (r == 0)
		r = limit(RLIMIT_AS, memory_most());
	if (r == 0)
		r = limit(RLIMIT_CPU, CPU_SECONDS);
	if (r == 0)
		r = limit(RLIMIT_NPROC, 0);
	if (r == 0)
		r = limit(RLIMIT_FSIZE, WORKER_ANSWER_MAX);
	return r < 0 ? r : limit(RLIMIT_CORE, 0);
}

static int drop_capabilities(void)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_apply(CAPNG_SELECT_CAPS) < 0)
		return -EPERM;
	/* No exec is left that these could matter to; where they can be dropped they are. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return 0;
}

/* linux/landlock.h of newer kernels has all three; each version reads as much as it knows. */
struct landlock_attr {
	uint64_t fs, net, scoped;
};

/* Access rights of files that each version of Landlock has (1…5), as bits from 0. */
static const uint64_t landlock_fs[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };

static int landlock(void)
{
	const long abi =
		syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	const struct landlock_attr attr = { landlock_fs[abi < 1 ? 0 : abi > 5 ? 5 : abi], 3, 3 };
	_cleanup_close_ int rules = -1;

	if (abi < 1) /* this kernel has none */
		return 0;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
			     abi < 4   ? 8
			     : abi < 6 ? 16
				       : sizeof(attr),
			     0);
	if (rules < 0 || syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return -errno;
	return 0;
}

/* Memory, the open descriptors, the time, and dying. */
static const int allowed[] = {
	SCMP_SYS(read),		 SCMP_SYS(write),	    SCMP_SYS(pread64),
	SCMP_SYS(pwrite64),	 SCMP_SYS(ftruncate),	    SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),	 SCMP_SYS(fstat),	    SCMP_SYS(close),
	SCMP_SYS(brk),		 SCMP_SYS(munmap),	    SCMP_SYS(mremap),
	SCMP_SYS(madvise),	 SCMP_SYS(futex),	    SCMP_SYS(getrandom),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),    SCMP_SYS(getpid),
	SCMP_SYS(gettid),	 SCMP_SYS(rt_sigprocmask),  SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigreturn),	 SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group),	 SCMP_SYS(writev),	    SCMP_SYS(sysinfo),
};

/* Memory that is never code; and abort(), which is a signal to oneself. */
static int allow_with_care(scmp_filter_ctx filter)
{
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	const struct scmp_arg_cmp myself = SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0);
	int r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_code);

	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
	return r < 0 ? r : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, myself);
}

/* Anything else ends the process at once. */
static int filter_calls(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int r = filter ? allow_with_care(filter) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sizeof(allowed) / sizeof(allowed[0]); i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
	if (r == 0)
		r = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	return r;
}

int confine(void)
{
	if (landlock() < 0)
		return WORKER_EXIT_LANDLOCK;
	if (drop_capabilities() < 0)
		return WORKER_EXIT_CAPABILITIES;
	/* Beyond the standard streams, the socket and the two memory files: none. */
	if (limit(RLIMIT_NOFILE, WORKER_OUT + 1) < 0)
		return WORKER_EXIT_LIMITS;
	return filter_calls() < 0 ? WORKER_EXIT_SECCOMP : 0;
}
