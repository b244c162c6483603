/* SPDX-License-Identifier: BSD-2-Clause */
/* Each is asked for where it is used from; nothing is changed. */
#include "cli/surroundings.h"

#include <grp.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/clock.h"

static const int64_t written_ms =
	1767225600000; /* 2026: no clock is right that is before this program */
static const int64_t slack_ms =
	300000; /* clocks are stepped back by so much without anything being wrong */

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

static bool clock_is_right(const struct trust *t)
{
	int64_t floor = t ? t->time_floor_ms - slack_ms : written_ms;

	return clock_real_ms() >= floor;
}

static bool in_path(const char *program)
{
	static const char *const folders[] = { "/usr/bin", "/bin", "/usr/local/bin" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char path[128];

		(void)snprintf(path, sizeof(path), "%s/%s", folders[i], program);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

size_t surroundings_look(const struct trust *t, struct finding ret[SURROUNDINGS_MAX])
{
	const struct finding all[] = {
		{ "clock", true, clock_is_right(t),
		  "timedatectl set-ntp true; it is before a time that this host has known" },
		{ "bpffs-mounted", false, is_bpffs("/sys/fs/bpf"),
		  "mount -t bpf bpf /sys/fs/bpf; the unit of posternd waits for it" },
		{ "audit-sessions", false, access("/proc/self/sessionid", R_OK) == 0,
		  "run a kernel built with CONFIG_AUDIT to have people log in" },
		{ "group", false, getgrnam("postern") != NULL,
		  "systemd-sysusers, or groupadd --system postern; it may read status and events" },
		{ "journal", false, access("/run/systemd/journal/socket", F_OK) == 0,
		  "start systemd-journald to have denials in the journal" },
		{ "ssh-keygen", false, in_path("ssh-keygen"),
		  "apt install openssh-client; postern login signs with it" },
	};
	size_t n = sizeof(all) / sizeof(all[0]);

	memcpy(ret, all, sizeof(all));
	return n;
}
