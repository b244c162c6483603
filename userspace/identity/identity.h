/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of identity/: what this host says about names. Users, groups and programs that policies name
 * become numbers and files; numbers that events carry become names again. Reads the account
 * database, /proc and file systems; keeps nothing.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <postern/process.h>

#include "base/cleanup.h"

/* ---- accounts -------------------------------------------------------------------------------- */

enum identity_accounts { IDENTITY_USERS, IDENTITY_GROUPS };

/* A uid or gid with those of the asked names that stand for it, "#number" always last. */
struct identity_account {
	uint32_t number;
	char **names; /* owned */
	size_t n_names;
};

struct identity_accounts_found {
	struct identity_account *items; /* owned; by number, each once */
	size_t n;
	char **missing; /* owned: asked names that no account has */
	size_t n_missing;
};

/*
 * Looks names up with the system's resolver (NSS). "#7" is the number 7, the user "#kernel" is
 * POSTERN_UID_KERNEL. Two names of one number
 * end in one entry. A name that is unknown is `missing`, not an error: nobody has it. 0, -ENOMEM,
 * or -errno when the resolver itself fails: whether somebody has the name is not known then, and
 * nothing may be built on it.
 */
int identity_find_accounts(enum identity_accounts kind, const char *const *names, size_t n,
			   struct identity_accounts_found *ret);
/* Releases and returns to rest. */
void identity_accounts_free(struct identity_accounts_found *f);

/* Name of a uid or gid, or "#number" when it has none. Always fills `ret`. */
void identity_account_name(enum identity_accounts kind, uint32_t number, char *ret, size_t size);

/* ---- programs -------------------------------------------------------------------------------- */

struct identity_program {
	char *name; /* owned: as asked */
	char *path; /* owned: what it resolves to, without links; NULL: there is no such file */
	bool script; /* starts with "#!": the kernel runs its interpreter, not it */
	bool has_file; /* `file` is what the kernel side will read */
	struct postern_file_key file;
};

struct identity_programs {
	struct identity_program *items; /* owned; in the order asked */
	size_t n;
};

/*
 * Resolves absolute paths; other names (such as "container:/usr/bin/x") stand for themselves and
 * get path NULL. A file that cannot be read or is no regular file is as good as none: path NULL. 0
 * or -ENOMEM.
 */
int identity_find_programs(const char *const *names, size_t n, struct identity_programs *ret);
/* Releases and returns to rest. */
void identity_programs_free(struct identity_programs *p);

/*
 * The file of an open descriptor as the kernel side sees it: i_sb->s_dev, i_ino, i_generation. 0,
 * or -EOPNOTSUPP when the file system does not tell its generations: such a file can be matched by
 * path only. -errno.
 */
int identity_file_key(int fd, struct postern_file_key *ret);

/*
 * Opens what `record` says is run, to be read: through the process, or by the path it was exec'd by. It is
 * the content that `key` names, and nobody has the file open for writing; who opens it so afterwards waits
 * until the descriptor is closed, and identity_content_holds() tells. 0, or
 *   -EAGAIN      changed a moment ago or being written: later
 *   -EOPNOTSUPP  on a file system that cannot be trusted to tell of changes
 *   -ESTALE      not to be found any more
 * or another -errno, which is as final.
 */
int identity_content_open(const struct postern_digest_key *key,
			  const struct postern_process *record, int *ret_fd);
/* Whether that open file has not changed and nobody waits to write it. */
bool identity_content_holds(int fd, const struct postern_digest_key *key);

/* ---- the host, its cgroups, its processes ---------------------------------------------------- */

/* Fills `ret` (256 bytes or more) with the host's name. 0 or -errno. */
int identity_host_name(char *ret, size_t size);

/*
 * What tells this installation from all others (machine-id(5)), or where it has none the host's
 * name. Fills `ret` (256 bytes or more). Not for others' eyes: hash it. 0 or -errno.
 */
int identity_machine(char *ret, size_t size);

/* Where the cgroup2 hierarchy is mounted, owned by the caller. 0, -ENOENT when it is not. */
int identity_cgroup_root(char **ret);

/*
 * Path of a cgroup below `root` ("/system.slice/x.service"; "/" is the root), by its id. 0, -ENOENT
 * or -ESTALE when it is gone, -errno. Needs CAP_DAC_READ_SEARCH.
 */
int identity_cgroup_path(const char *root, uint64_t id, char *ret, size_t size);

/* The first component of a cgroup path that does not end in ".slice"; "" when there is none. */
void identity_unit_of(const char *cgroup_path, char *ret, size_t size);

/* The slices above that unit, outermost first: calls `fn` with each name. */
void identity_slices_of(const char *cgroup_path,
			void (*fn)(const char *name, size_t len, void *arg), void *arg);

/* Audit session and login uid; both 4294967295 for what belongs to no login. */
struct identity_login {
	uint32_t session, loginuid;
};

/*
 * Of the process that a pidfd stands for. 0, -ESRCH when it has ended, -ENOENT when this kernel
 * keeps no sessions, -errno.
 */
int identity_process_login(pid_t pid, int pidfd, struct identity_login *ret);

/*
 * Calls `fn` with the audit session of each process that belongs to one. A process that starts
 * meanwhile may be missed. 0, -ENOENT when this kernel keeps no sessions, -errno.
 */
int identity_each_session(void (*fn)(uint32_t session, void *arg), void *arg);

/*
 * Supplementary groups of a process, if it is still the one that started at that boot time: *ret is
 * owned by the caller. 0, -ESRCH when it is gone or another, -ENOMEM, -errno.
 */
int identity_process_groups(const struct postern_process_key *process, gid_t **ret, size_t *ret_n);
