/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What this kernel and this configuration offer. Each hook is asked for by loading a program of two
 * instructions for it, which is attached to nothing.
 */
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "loader/object.h"

#define BTF_FILE "/sys/kernel/btf/vmlinux"

struct probing {
	const struct loader_config *cfg;
	struct loader_feature *ret;
	size_t n, max;
};

static void probe_optional(struct probing *p, const char *name, bool present, const char *remedy)
{
	struct loader_feature *f;

	if (p->n == p->max)
		return;
	f = &p->ret[p->n++];
	f->name = name;
	f->required = false;
	f->present = present;
	(void)snprintf(f->remedy, sizeof(f->remedy), "%s", present ? "" : remedy);
}

static void probe_add(struct probing *p, const char *name, bool present, const char *remedy)
{
	size_t at = p->n;

	probe_optional(p, name, present, remedy);
	if (p->n > at)
		p->ret[at].required = true;
}

static bool probe_program(enum bpf_prog_type type, enum bpf_attach_type hook)
{
	static const struct bpf_insn allow[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = hook);
	int fd = bpf_prog_load(type, "postern_probe", "BSD", allow, 2, &opts);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void probe_hooks(struct probing *p)
{
	static const struct {
		const char *name;
		enum bpf_prog_type type;
		enum bpf_attach_type hook;
	} hooks[] = {
		{ "sock_create", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET_SOCK_CREATE },
		{ "connect4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_CONNECT },
		{ "connect6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_CONNECT },
		{ "sendmsg4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP4_SENDMSG },
		{ "sendmsg6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_UDP6_SENDMSG },
		{ "bind4", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET4_BIND },
		{ "bind6", BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_CGROUP_INET6_BIND },
		{ "post_bind4", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET4_POST_BIND },
		{ "post_bind6", BPF_PROG_TYPE_CGROUP_SOCK, BPF_CGROUP_INET6_POST_BIND },
		{ "ingress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_INGRESS },
		{ "egress", BPF_PROG_TYPE_CGROUP_SKB, BPF_CGROUP_INET_EGRESS },
		{ "setsockopt", BPF_PROG_TYPE_CGROUP_SOCKOPT, BPF_CGROUP_SETSOCKOPT },
		{ "device", BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE },
	};
	size_t i;

	for (i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++)
		probe_add(p, hooks[i].name, probe_program(hooks[i].type, hooks[i].hook),
			  "run as root on a kernel built with CONFIG_CGROUP_BPF");
}

/* Attach types from linux/bpf.h of 6.7. */
bool probe_unix_connect(void)
{
	return probe_program(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, (enum bpf_attach_type)49);
}

bool probe_unix_sendmsg(void)
{
	return probe_program(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, (enum bpf_attach_type)50);
}

static void probe_optional_hooks(struct probing *p)
{
	probe_optional(p, "lsm", probe_lsm(),
		       "boot with bpf in lsm= to have packet sockets and other families governed");
	probe_optional(p, "connect_unix", probe_unix_connect(),
		       "run Linux 6.7 or newer to have named Unix sockets counted");
	probe_optional(p, "sendmsg_unix", probe_unix_sendmsg(),
		       "run Linux 6.7 or newer to have named Unix sockets counted");
}

/* libbpf's own probe attaches to BTF type 1, which newer kernels answer with EPERM. */
static bool probe_tracing(void)
{
	static const struct bpf_insn leave[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_RAW_TP);
	int id = libbpf_find_vmlinux_btf_id("sched_process_exec", BPF_TRACE_RAW_TP), fd;

	if (id < 0)
		return false;
	opts.attach_btf_id = (__u32)id;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "postern_probe", "GPL", leave, 2, &opts);
	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

static void probe_kernel(struct probing *p)
{
	probe_add(p, "btf", access(BTF_FILE, R_OK) == 0,
		  "run a kernel built with CONFIG_DEBUG_INFO_BTF");
	probe_add(p, "bpf_loop",
		  libbpf_probe_bpf_helper(BPF_PROG_TYPE_CGROUP_SOCK_ADDR, BPF_FUNC_loop, NULL) == 1,
		  "run Linux 6.1 or newer, as root");
	probe_add(p, "ring buffer", libbpf_probe_bpf_map_type(BPF_MAP_TYPE_RINGBUF, NULL) == 1,
		  "run Linux 6.1 or newer, as root");
	probe_add(p, "tracing", probe_tracing(),
		  "run as root on a kernel built with CONFIG_BPF_EVENTS");
}

static void probe_places(struct probing *p)
{
	const char *pin = p->cfg->pin;
	struct statfs fs;

	if (p->cfg->cgroup)
		probe_add(p, "cgroup2",
			  statfs(p->cfg->cgroup, &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC,
			  "mount cgroup2, and name a directory below it with --cgroup");
	/* one that is not there yet is made when it is needed, by root */
	if (pin)
		probe_add(p, "bpffs", bpffs_is(pin) || bpffs_is("/sys/fs/bpf") || geteuid() == 0,
			  "mount -t bpf bpf /sys/fs/bpf, or start posternd as root once");
}

size_t loader_probe(const struct loader_config *cfg, struct loader_feature *ret, size_t max)
{
	struct probing p = { .cfg = cfg, .ret = ret, .max = max };

	speech_begin();
	probe_kernel(&p);
	probe_hooks(&p);
	probe_optional_hooks(&p);
	probe_places(&p);
	(void)speech_end();
	return p.n;
}
