// SPDX-License-Identifier: BSD-2-Clause
/* See bpfcall.h. */
#include "bpfcall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <postern/process.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SET_RETVAL 187
#define MAPS_MAX 64
#define KEY_MAX 64
#define VALUE_MAX 65536

static long call(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static struct bpf_insn move(int reg, int value)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K,
				  .dst_reg = (uint8_t)reg,
				  .imm = value };
}

static int load(const struct bpf_insn *code, unsigned n)
{
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
				.expected_attach_type = BPF_CGROUP_INET4_CONNECT,
				.insns = (unsigned long)code,
				.insn_cnt = n,
				.license = (unsigned long)"GPL" };
	int fd = (int)call(BPF_PROG_LOAD, &attr);

	return fd < 0 ? -errno : fd;
}

#define END                                                                                        \
	{                                                                                          \
		.code = BPF_JMP | BPF_EXIT                                                         \
	}
#define CALL(n)                                                                                    \
	{                                                                                          \
		.code = BPF_JMP | BPF_CALL, .imm = (n)                                             \
	}

int bpfcall_returns(int value)
{
	const struct bpf_insn code[] = { move(0, value), END };

	return load(code, 2);
}

int bpfcall_undoes(void)
{
	const struct bpf_insn code[] = { move(1, 0), CALL(SET_RETVAL), move(0, 1), END };

	return load(code, 4);
}

static struct bpf_insn store(int offset, int reg)
{
	return (struct bpf_insn){ .code = BPF_STX | BPF_MEM | BPF_W,
				  .dst_reg = 1,
				  .src_reg = (uint8_t)reg,
				  .off = (short)offset };
}

int bpfcall_rewrites(uint32_t address, uint16_t port)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = 2, .imm = (int)address },
		store(offsetof(struct bpf_sock_addr, user_ip4), 2),
		move(2, port),
		store(offsetof(struct bpf_sock_addr, user_port), 2),
		move(0, 1),
		END,
	};

	return load(code, 6);
}

int bpfcall_attach(int program, int cgroup, unsigned flags)
{
	union bpf_attr attr = { .target_fd = (unsigned)cgroup,
				.attach_bpf_fd = (unsigned)program,
				.attach_type = BPF_CGROUP_INET4_CONNECT,
				.attach_flags = flags };

	return call(BPF_PROG_ATTACH, &attr) ? errno : 0;
}

int bpfcall_detach(int program, int cgroup)
{
	union bpf_attr attr = { .target_fd = (unsigned)cgroup,
				.attach_bpf_fd = (unsigned)program,
				.attach_type = BPF_CGROUP_INET4_CONNECT };

	return call(BPF_PROG_DETACH, &attr) ? errno : 0;
}

static int info_of(int fd, void *info, uint32_t n)
{
	union bpf_attr attr = {
		.info = { .bpf_fd = (uint32_t)fd, .info_len = n, .info = (unsigned long)info }
	};

	return call(BPF_OBJ_GET_INFO_BY_FD, &attr) ? errno : 0;
}

static int open_id(int command, uint32_t id)
{
	union bpf_attr attr = { .link_id = id };

	return (int)call(command, &attr);
}

/* The next link of exactly this cgroup, after `id`; -1 when there are no more. */
static int next_link(uint64_t cgroup, uint32_t *id, struct bpf_link_info *ret)
{
	union bpf_attr attr;
	int fd;

	for (;;) {
		attr = (union bpf_attr){ .start_id = *id };
		if (call(BPF_LINK_GET_NEXT_ID, &attr))
			return -1;
		*id = attr.next_id;
		fd = open_id(BPF_LINK_GET_FD_BY_ID, *id);
		*ret = (struct bpf_link_info){ 0 };
		if (fd >= 0 && info_of(fd, ret, sizeof(*ret)) == 0 &&
		    ret->type == BPF_LINK_TYPE_CGROUP && ret->cgroup.cgroup_id == cgroup)
			return fd;
		if (fd >= 0)
			(void)close(fd);
	}
}

static uint64_t id_of(const char *cgroup)
{
	struct stat st;

	return stat(cgroup, &st) ? 0 : st.st_ino;
}

int bpfcall_links(const char *cgroup)
{
	uint32_t id = 0;
	struct bpf_link_info info;
	int fd, n = 0;

	for (; (fd = next_link(id_of(cgroup), &id, &info)) >= 0; n++)
		(void)close(fd);
	return n;
}

int bpfcall_detach_links(const char *cgroup)
{
	uint32_t id = 0;
	struct bpf_link_info info;
	int fd, r = 0;

	while ((fd = next_link(id_of(cgroup), &id, &info)) >= 0) {
		union bpf_attr attr = { .link_detach = { .link_fd = (uint32_t)fd } };

		if (call(BPF_LINK_DETACH, &attr))
			r = errno;
		(void)close(fd);
	}
	return r;
}

/* The map of a name that a program uses; -1. */
static int map_of(uint32_t program, const char *name)
{
	uint32_t ids[MAPS_MAX] = { 0 };
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (unsigned long)ids };
	struct bpf_map_info map;
	int at = open_id(BPF_PROG_GET_FD_BY_ID, program), fd;

	if (at < 0 || info_of(at, &info, sizeof(info)))
		return -1;
	(void)close(at);
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX; i++) {
		fd = open_id(BPF_MAP_GET_FD_BY_ID, ids[i]);
		map = (struct bpf_map_info){ 0 };
		if (fd >= 0 && info_of(fd, &map, sizeof(map)) == 0 && strcmp(map.name, name) == 0)
			return fd;
		if (fd >= 0)
			(void)close(fd);
	}
	return -1;
}

/* The key that begins with `first`; false when there is none. */
static bool find_key(int map, uint32_t first, void *ret, const void *from)
{
	union bpf_attr attr = { .map_fd = (uint32_t)map,
				.key = (unsigned long)from,
				.next_key = (unsigned long)ret };

	while (call(BPF_MAP_GET_NEXT_KEY, &attr) == 0) {
		if (memcmp(ret, &first, sizeof(first)) == 0)
			return true;
		attr.key = (unsigned long)ret;
	}
	return false;
}

static int copy_value(int map, void *from, void *to)
{
	static union {
		struct postern_process process;
		char room[VALUE_MAX];
	} value;
	union bpf_attr attr = { .map_fd = (uint32_t)map,
				.key = (unsigned long)to,
				.value = (unsigned long)&value };
	uint16_t execs;

	if (call(BPF_MAP_LOOKUP_ELEM, &attr))
		return errno;
	execs = value.process.exec_id;
	attr.key = (unsigned long)from;
	if (call(BPF_MAP_LOOKUP_ELEM, &attr))
		return errno;
	value.process.exec_id = execs;
	attr.key = (unsigned long)to;
	return call(BPF_MAP_UPDATE_ELEM, &attr) ? errno : 0;
}

int bpfcall_copy_process(const char *cgroup, uint32_t from, uint32_t to)
{
	uint32_t id = 0;
	struct bpf_link_info info;
	char keys[2][KEY_MAX];
	int fd, map = -1;

	while (map < 0 && (fd = next_link(id_of(cgroup), &id, &info)) >= 0) {
		map = map_of(info.prog_id, "processes");
		(void)close(fd);
	}
	if (map < 0)
		return 0;
	if (!find_key(map, from, keys[0], NULL) || !find_key(map, to, keys[1], NULL))
		return ENOENT;
	return copy_value(map, keys[0], keys[1]);
}
