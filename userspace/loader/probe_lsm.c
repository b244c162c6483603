/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether eBPF programs run as a security module here. They load on every kernel that has them built in,
 * but run only where "bpf" is in the list that the kernel was booted with. That list is in securityfs,
 * which is looked at through a mount of our own: nobody else sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"

static int open_securityfs(void)
{
	_cleanup_close_ int fs = fsopen("securityfs", FSOPEN_CLOEXEC);

	if (fs < 0 || fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	return fsmount(fs, FSMOUNT_CLOEXEC, 0);
}

/* Modules with commas between them. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	while (list) {
		if (strncmp(list, word, len) == 0 && (list[len] == '\0' || list[len] == ','))
			return true;
		list = strchr(list, ',');
		list = list ? list + 1 : NULL;
	}
	return false;
}

static bool is_active(void)
{
	_cleanup_close_ int dir = open_securityfs(), fd = -1;
	char list[256];
	ssize_t n;

	fd = dir < 0 ? -1 : openat(dir, "lsm", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, list, sizeof(list) - 1);
	if (n < 0)
		return false;
	list[n] = '\0';
	return has_word(list, "bpf");
}

/* Whether a program that only answers `allow` loads for a hook. */
static bool loads(const char *hook, enum bpf_attach_type type, int allow)
{
	const struct bpf_insn insns[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = allow },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int id = libbpf_find_vmlinux_btf_id(hook, type), fd;

	if (id < 0)
		return false;
	opts.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_LSM, "postern_probe", "GPL", insns, 2, &opts);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

bool probe_lsm(void)
{
	return is_active() && loads("socket_create", BPF_LSM_CGROUP, 1);
}

bool probe_guard(void)
{
	return is_active() && loads("bpf_map", BPF_LSM_MAC, 0);
}
