/* SPDX-License-Identifier: BSD-2-Clause */
/* The object in this binary: what of it this host takes, and loading that. libbpf's picture of it does not outlive the load. */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"
#include "postern.skel.h"

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

static struct bpf_program *program_of(const struct loader *l, size_t i)
{
	return bpf_object__find_program_by_name(l->skel->obj, programs[i].name);
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

int object_open(struct loader *l, const struct loader_config *cfg, struct diags *d)
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

	l->skel->rodata->knobs.cgroup_id = l->cgroup_id;
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

int object_load(struct loader *l, struct diags *d)
{
	int r = load(l, d);

	if (r == 0)
		r = kept_take(l);
	object_close(l);
	return r;
}

void object_close(struct loader *l)
{
	postern_bpf__destroy(l->skel);
	l->skel = NULL;
	forget_object();
	(void)malloc_trim(0);
}
