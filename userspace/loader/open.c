/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a loader: from the object in this binary to programs that follow and hooks that are ours. */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "base/cleanup.h"
#include "loader/object.h"
#include "postern.skel.h"

static struct loader *loader_new(void)
{
	struct loader *l = calloc(1, sizeof(*l));
	size_t i;

	if (!l)
		return NULL;
	l->cgroup_fd = -1;
	l->staged = POSTERN_SLOTS;
	for (i = 0; i < PROGRAMS; i++)
		l->link_fd[i] = -1;
	return l;
}

void loader_close(struct loader **lp)
{
	struct loader *l = *lp;
	size_t i;

	if (!l)
		return;
	ring_buffer__free(l->ring);
	slots_release(l);
	if (l->texts)
		(void)munmap(l->texts, (size_t)POSTERN_ASK_TEXTS * POSTERN_PATH_MAX);
	for (i = 0; i < PROGRAMS; i++)
		cleanup_close(&l->link_fd[i]);
	cleanup_close(&l->cgroup_fd);
	postern_bpf__destroy(l->skel);
	free(l->pin);
	free(l->cgroup);
	free(l);
	*lp = NULL;
}

/* A cgroup's id is its inode number, for kernel and for us. */
static int open_cgroup(struct loader *l, const char *path, struct diags *d)
{
	struct statfs fs;
	struct stat st;

	l->cgroup_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (l->cgroup_fd < 0 || fstat(l->cgroup_fd, &st) < 0 || fstatfs(l->cgroup_fd, &fs) < 0) {
		int r = -errno;

		diag_error(d, "loader-cgroup", NOWHERE, "name an existing cgroup with --cgroup",
			   "cannot open the cgroup %s: %s", path, strerror(-r));
		return r;
	}
	if (fs.f_type != CGROUP2_SUPER_MAGIC) {
		diag_error(d, "loader-cgroup", NOWHERE,
			   "name a directory below the mount of type cgroup2 with --cgroup",
			   "%s is not a cgroup of version 2", path);
		return -EINVAL;
	}
	l->cgroup_id = st.st_ino;
	l->cgroup = strdup(path);
	return l->cgroup ? 0 : -ENOMEM;
}

/*
 * The host's mount namespace is that of process 1; where it cannot be asked for, our own, which is
 * then the only one that there is for us.
 */
static int host_mount_namespace(uint32_t *ret)
{
	struct stat st;

	if (stat("/proc/1/ns/mnt", &st) < 0 && stat("/proc/self/ns/mnt", &st) < 0)
		return -errno;
	*ret = (uint32_t)st.st_ino;
	return 0;
}

/* Whether a running executable can be opened for writing; where that cannot be told, it is taken so. */
static bool executables_change(void)
{
	_cleanup_close_ int fd = open("/proc/self/exe", O_WRONLY | O_CLOEXEC);

	return fd >= 0 || errno != ETXTBSY;
}

static void choose_program(struct loader *l, size_t i)
{
	enum bpf_attach_type hook = (enum bpf_attach_type)programs[i].hook;
	struct bpf_program *p = program_of(l, i);

	l->absent[i] = (programs[i].kind == PROGRAM_GUARDS && !l->guard) ||
		       (programs[i].offered && !programs[i].offered());
	if (programs[i].hook) {
		(void)bpf_program__set_type(p, BPF_PROG_TYPE_CGROUP_SOCK_ADDR);
		(void)bpf_program__set_expected_attach_type(p, hook);
	}
	(void)bpf_program__set_autoload(p, !l->absent[i]);
}

/* The offline engine only asks: nothing else of the object is loaded. */
static void choose_programs(struct loader *l)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++) {
		if (l->pin)
			choose_program(l, i);
		else
			(void)bpf_program__set_autoload(
				program_of(l, i), strcmp(programs[i].name, "postern_ask") == 0);
	}
}

static int prepare(struct loader *l, const struct loader_config *cfg, struct diags *d)
{
	int r;

	l->skel = postern_bpf__open();
	if (!l->skel) {
		diag_error(d, "loader-object", NOWHERE, NULL, "cannot open the eBPF object: %s",
			   strerror(errno));
		return -errno;
	}
	choose_programs(l);
	r = host_mount_namespace(&l->skel->rodata->knobs.host_mount_ns);
	if (r < 0) {
		diag_error(d, "loader-namespace", NOWHERE, "mount /proc",
			   "cannot tell the host's mount namespace: %s", strerror(-r));
		return r;
	}
	l->skel->rodata->knobs.exe_changes = executables_change();
	return maps_prepare(l, cfg, d);
}

static int load(struct loader *l, struct diags *d)
{
	const char *said;
	int r;

	speech_begin();
	r = postern_bpf__load(l->skel);
	said = speech_end();
	if (r < 0)
		diag_error(d, "loader-load", NOWHERE,
			   r == -EPERM
				   ? "run as root, or with CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN"
				   : "postern doctor says what this kernel lacks",
			   "cannot load the eBPF programs: %s: %s", strerror(-r), said);
	return r;
}

/*
 * Loaded, the object's file inside this program is read no more: its pages need not stay. They come from the file
 * again should anybody look.
 */
static void forget_object(void)
{
	size_t size = 0, page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)postern_bpf__elf_bytes(&size), to = from + size;

	from = (from + page - 1) / page * page;
	to = to / page * page;
	if (from < to)
		(void)madvise((void *)from, to - from, MADV_DONTNEED);
}

/* Everything that outlives us: pins, followers, and the hooks if they were there. */
static int take_over(struct loader *l, struct diags *d)
{
	bool gap = false;
	int r = maps_pin(l, d);

	if (r == 0)
		r = links_follow(l, &gap, d);
	if (r == 0)
		r = latch_older(l, gap, d);
	if (r == 0)
		r = links_adopt(l, d);
	return r;
}

/* Where nothing was pinned, a failure leaves nothing behind. */
static int open_online(struct loader *l, const struct loader_config *cfg, struct diags *d)
{
	bool fresh = false;
	int r = open_cgroup(l, cfg->cgroup, d);

	l->skel->rodata->knobs.cgroup_id = l->cgroup_id;
	if (r == 0)
		r = bpffs_ensure(cfg->pin, d);
	if (r == 0)
		fresh = !maps_are_pinned(l);
	if (r == 0)
		r = maps_adopt(l, d);
	if (r == 0)
		r = load(l, d);
	forget_object();
	if (r == 0)
		r = take_over(l, d);
	if (r == 0)
		r = guard_arm(l, d);
	if (r < 0 && fresh)
		(void)loader_detach(cfg);
	return r;
}

int loader_open(const struct loader_config *cfg, struct diags *d, struct loader **ret)
{
	_cleanup_loader_ struct loader *l = loader_new();
	int r;

	if (!l)
		return -ENOMEM;
	l->guard = cfg->guard;
	l->programs = cfg->programs ? cfg->programs : POSTERN_PROGRAMS_VERSION;
	if (cfg->pin) {
		if (strlen(cfg->pin) + PIN_NAME_MAX > PIN_PATH_MAX) {
			diag_error(d, "loader-pin", NOWHERE, "name a shorter directory with --pin",
				   "the directory for pins has a name of more than %d bytes",
				   PIN_PATH_MAX - PIN_NAME_MAX);
			return -ENAMETOOLONG;
		}
		l->pin = strdup(cfg->pin);
		if (!l->pin)
			return -ENOMEM;
	}
	r = prepare(l, cfg, d);
	if (r == 0)
		r = l->pin ? open_online(l, cfg, d) : load(l, d);
	if (r < 0)
		return r;
	slots_adopt(l);
	*ret = TAKE_PTR(l);
	return 0;
}
