/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The guard, where LSM programs run and the configuration asks for it: other processes, root's too, do
 * not get at the controller and at what it has loaded. It is held by the controller alone and ends with
 * it, so that a broken controller can be stopped and what it left taken away.
 *
 * What a program before ours answered is not looked at: the kernel goes on to the next one after 0 only,
 * and an argument that a hook gets later (bpf: `kernel`, in 6.15) would stand in its place.
 */
#include "core/guard.bpf.h"
#include "read/link.bpf.h"

#define BPFFS_MAGIC 0xcafe4a11
#define FMODE_WRITES 2
#define PTRACE_ATTACHES 2
#define SIGNAL_HANGUP 1
#define SIGNAL_CHILD 17
#define SIGNAL_CONTINUE 18

/* By who runs it, once: from then on only others' requests are refused. */
SEC("syscall")
int postern_arm(void *ctx)
{
	struct task_struct *t = bpf_get_current_task_btf();
	const struct postern_process *r;
	struct postern_process_key key;

	(void)ctx;
	task_key(t, &key);
	r = bpf_map_lookup_elem(&processes, &key);
	if (!r || r->exec_id != task_exec_id(t) || guard.armed)
		return 1;
	guard.exe = r->file;
	guard.controller = key;
	guard.armed = 1;
	return 0;
}

/* Descriptors that only read are given: what is in force is no secret of root's. */
SEC("lsm/bpf_map")
int BPF_PROG(postern_map, struct bpf_map *map, fmode_t mode)
{
	if (!(mode & FMODE_WRITES) || !guard_owns(POSTERN_OWN_MAP, 0, map->id))
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}

SEC("lsm/bpf_prog")
int BPF_PROG(postern_prog, struct bpf_prog *prog)
{
	if (!guard_owns(POSTERN_OWN_PROGRAM, 0, prog->aux->id))
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}

/*
 * A link is known by the program that it runs, and its descriptor is in the first word for both
 * commands. Who exchanges descriptors between this look and the kernel's own gets past it: the
 * controller attaches again what he detached.
 */
SEC("lsm/bpf")
int BPF_PROG(postern_cmd, int cmd, union bpf_attr *attr)
{
	__u32 fd = 0;

	if (cmd != BPF_LINK_DETACH && cmd != BPF_LINK_UPDATE)
		return 0;
	bpf_probe_read_kernel(&fd, sizeof(fd), attr);
	if (!guard_owns(POSTERN_OWN_PROGRAM, 0, link_program(bpf_get_current_task_btf(), fd)))
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}

static __always_inline int guard_owns_directory(struct inode *inode)
{
	return inode && inode->i_sb->s_magic == BPFFS_MAGIC &&
	       guard_owns(POSTERN_OWN_DIRECTORY, inode->i_sb->s_dev, inode->i_ino);
}

/* Something goes out of a directory: ours may not, and nothing may out of ours. */
static __always_inline int guard_leaves(struct inode *dir, struct dentry *what)
{
	if (!guard_owns_directory(dir) && !guard_owns_directory(what->d_inode))
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}

SEC("lsm/inode_unlink")
int BPF_PROG(postern_unlink, struct inode *dir, struct dentry *what)
{
	return guard_leaves(dir, what);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(postern_rmdir, struct inode *dir, struct dentry *what)
{
	return guard_leaves(dir, what);
}

SEC("lsm/inode_rename")
int BPF_PROG(postern_rename, struct inode *from, struct dentry *what, struct inode *to,
	     struct dentry *over)
{
	int answer = guard_leaves(from, what);

	return answer ? answer : guard_leaves(to, over);
}

/*
 * The service manager ends what it has started, and a signal that asks for the settings to be read again
 * does no harm. What the kernel sends by itself is never asked about.
 */
SEC("lsm/task_kill")
int BPF_PROG(postern_kill, struct task_struct *p, struct kernel_siginfo *info, int sig,
	     const struct cred *cred)
{
	struct task_struct *t = bpf_get_current_task_btf();

	if (!guard_is_controller(p) || t->tgid == 1)
		return 0;
	if (!sig || sig == SIGNAL_HANGUP || sig == SIGNAL_CHILD || sig == SIGNAL_CONTINUE)
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}

/* Also for its memory and its descriptors; what ps(1) reads stays readable. */
SEC("lsm/ptrace_access_check")
int BPF_PROG(postern_ptrace, struct task_struct *child, unsigned int mode)
{
	if (!(mode & PTRACE_ATTACHES) || !guard_is_controller(child))
		return 0;
	return guard_is_other() ? GUARD_REFUSED : 0;
}
