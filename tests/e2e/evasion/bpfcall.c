// SPDX-License-Identifier: BSD-2-Clause
/* See bpfcall.h. */
#include "bpfcall.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SET_RETVAL 187
#define MAPS_MAX 64

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

/* The one number of a map of that name; others are left alone. */
static int turn_back(uint32_t id, const char *name)
{
	struct bpf_map_info info = { 0 };
	uint32_t key = 0, word = 0;
	int fd = open_id(BPF_MAP_GET_FD_BY_ID, id), r;
	union bpf_attr attr = { .map_fd = (uint32_t)fd,
				.key = (unsigned long)&key,
				.value = (unsigned long)&word };

	if (fd < 0)
		return errno;
	r = info_of(fd, &info, sizeof(info));
	if (r == 0 && strcmp(info.name, name) == 0 && info.value_size == sizeof(word)) {
		r = call(BPF_MAP_LOOKUP_ELEM, &attr) ? errno : 0;
		word -= word > 1;
		if (r == 0 && call(BPF_MAP_UPDATE_ELEM, &attr))
			r = errno;
	}
	(void)close(fd);
	return r;
}

static int turn_maps_of(uint32_t program, const char *name)
{
	uint32_t ids[MAPS_MAX] = { 0 };
	struct bpf_prog_info info = { .nr_map_ids = MAPS_MAX, .map_ids = (unsigned long)ids };
	int fd = open_id(BPF_PROG_GET_FD_BY_ID, program), r;

	if (fd < 0)
		return errno;
	r = info_of(fd, &info, sizeof(info));
	for (uint32_t i = 0; i < info.nr_map_ids && i < MAPS_MAX && r == 0; i++)
		r = turn_back(ids[i], name);
	(void)close(fd);
	return r;
}

int bpfcall_turn_back(const char *cgroup, const char *name)
{
	uint32_t id = 0;
	struct bpf_link_info info;
	int fd = next_link(id_of(cgroup), &id, &info), r;

	if (fd < 0)
		return 0;
	r = turn_maps_of(info.prog_id, name);
	(void)close(fd);
	return r;
}
