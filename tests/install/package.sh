#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What an administrator installs: the files are where Debian wants them, the unit is as hard as it
# claims, the package passes lintian, and its scripts leave nothing behind.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

build=$(realpath "${BUILD:-build}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# exposure UNIT: the level that systemd gives it, in tenths.
exposure() {
	systemd-analyze security --offline=true --no-pager "$1" |
		sed -n 's/.*exposure level for .*: \([0-9]*\)\.\([0-9]\).*/\1\2/p'
}

installs_under_a_prefix() {
	BUILD=$build DESTDIR=$scratch/root PREFIX=/opt/p tools/install/copy &&
		[ -x "$scratch/root/opt/p/bin/postern" ] && [ -x "$scratch/root/opt/p/sbin/posternd" ] &&
		grep -q '^ExecStart=/opt/p/sbin/posternd --foreground$' "$scratch/root/opt/p/lib/systemd/system/posternd.service"
}

keeps_a_configuration() {
	echo 'readers = everybody' >"$scratch/root/etc/postern/posternd.conf"
	BUILD=$build DESTDIR=$scratch/root PREFIX=/opt/p tools/install/copy &&
		grep -qx 'readers = everybody' "$scratch/root/etc/postern/posternd.conf"
}

every_setting_is_shown() {
	local shown said
	shown=$(sed -n 's/^#\([a-z]*\) = .*/\1/p' tools/install/posternd.conf | sort)
	said=$(sed -n '/^\.Sh SETTINGS/,/^\.Sh EXAMPLES/s/^\.It Cm //p' tools/install/man/posternd.conf.5 | sort)
	[ -n "$said" ] && diff <(echo "$shown") <(echo "$said")
}

the_unit_is_hard() {
	sed 's,@sbindir@,/usr/sbin,' tools/install/systemd/posternd.service >"$scratch/posternd.service"
	local tenths
	tenths=$(exposure "$scratch/posternd.service")
	echo "# exposure $tenths tenths"
	[ -n "$tenths" ] && [ "$tenths" -le 33 ]
}

# The measure can tell: without its settings a unit is rated as such.
a_soft_unit_is_noticed() {
	printf '[Service]\nExecStart=/usr/sbin/posternd\n' >"$scratch/soft.service"
	[ "$(exposure "$scratch/soft.service")" -gt 90 ]
}

# What systemd would say while it loads the unit, asked of a root directory with nothing but what is installed.
says_of_unit() {
	local root=$scratch/systemd
	rm -rf "$root"
	BUILD=$build DESTDIR=$root PREFIX=/usr tools/install/copy
	install -D -m 0755 "$build/postern" "$root/bin/kill"
	sed -i "$1" "$root/usr/lib/systemd/system/posternd.service"
	systemd-analyze verify --man=no --root="$root" posternd.service 2>&1
}
systemd_takes_the_unit() { local said; said=$(says_of_unit '') && [ -z "$said" ] || { echo "$said"; return 1; }; }
a_misspelt_setting_is_noticed() { says_of_unit 's/^ProtectClock=/ProtectClocks=/' | grep -q "Unknown key.* 'ProtectClocks'"; }

# The group and the directories, made from their files in a root directory of our own.
accounts_and_directories() {
	local root=$scratch/systemd
	: >"$root/etc/group"
	cp /etc/passwd "$root/etc/passwd"
	systemd-sysusers --root="$root" postern.conf && grep -q '^postern:' "$root/etc/group" || return
	echo root:x:0: >>"$root/etc/group"
	systemd-tmpfiles --root="$root" --create postern.conf || return
	[ "$(stat -c '%a %u' "$root/var/lib/postern" "$root/run/postern" "$root/etc/postern" | tr '\n' ,)" = '700 0,755 0,755 0,' ] &&
		[ "$(stat -c %g "$root/run/postern")" = "$(sed -n 's/^postern:x:\([0-9]*\):.*/\1/p' "$root/etc/group")" ]
}

six_capabilities() {
	local set
	set=$(sed -n 's/^CapabilityBoundingSet=//p' tools/install/systemd/posternd.service | tr ' ' '\n' | sort | tr '\n' ' ')
	[ "$set" = 'CAP_BPF CAP_DAC_READ_SEARCH CAP_NET_ADMIN CAP_PERFMON CAP_SYS_ADMIN CAP_SYS_PTRACE ' ]
}

# Every message that the journal gets is explained, and nothing else is.
the_catalog_is_whole() {
	diff <(sed -n 's/^#define MESSAGE_[A-Z_]* "\([0-9a-f]*\)"$/\1/p' userspace/events/journal.c userspace/daemon/notice.c | sort) \
		<(sed -n 's/^-- \([0-9a-f]*\)$/\1/p' tools/install/systemd/postern.catalog | sort) &&
		journalctl --update-catalog --root "$scratch" 2>&1
}

the_package_is_clean() {
	package=$(BUILD=$build tools/install/deb) && lintian --allow-root --fail-on warning "$package"
}

the_package_is_whole() {
	dpkg-deb -c "$build"/postern_*.deb | awk '{ print $6 }' >"$scratch/list"
	local file
	for file in ./usr/bin/postern ./usr/sbin/posternd ./usr/lib/systemd/system/posternd.service \
		./etc/postern/posternd.conf ./usr/share/bash-completion/completions/postern \
		./usr/share/zsh/vendor-completions/_postern ./usr/lib/sysusers.d/postern.conf; do
		grep -qx "$file" "$scratch/list" || { echo "# $file is missing"; return 1; }
	done
	[ "$(grep -c '/man[0-9]/' "$scratch/list")" -ge "$(ls tools/install/man | wc -l)" ]
}

# A removal calls the one thing that detaches; an upgrade must not.
removal_detaches() {
	local bin=$scratch/bin
	mkdir -p "$bin"
	printf '#!/bin/sh\necho "$@" >>"%s"\n' "$scratch/called" >"$bin/posternd"
	chmod +x "$bin/posternd"
	: >"$scratch/called"
	PATH=$bin:$PATH sh tools/install/debian/prerm upgrade 0.2.0 && [ ! -s "$scratch/called" ] || return 1
	PATH=$bin:$PATH sh tools/install/debian/prerm remove && grep -qx -- --detach "$scratch/called"
}

check 'make install puts everything under a prefix' installs_under_a_prefix
check 'a configuration that is there stays' keeps_a_configuration
check 'the configuration that is installed shows every setting' every_setting_is_shown
check 'systemd rates the unit at 3.3 or better' the_unit_is_hard
check 'the rating tells a soft unit' a_soft_unit_is_noticed
check 'systemd loads the unit without a word' systemd_takes_the_unit
check 'and would have one for a misspelt setting' a_misspelt_setting_is_noticed
check 'group and directories are made from their files' accounts_and_directories
check 'the unit has the six capabilities and no other' six_capabilities
# The calls that the unit's filter leaves, as systemd expands its groups, one a line.
unit_calls() {
	systemd-analyze syscall-filter --no-pager | awk -v unit=tools/install/systemd/posternd.service '
		function apply(word, on,   n, i, part) {
			if (word !~ /^@/) { allowed[word] = on; return }
			n = split(members[word], part, " ")
			for (i = 1; i <= n; i++) apply(part[i], on)
		}
		/^@/ { group = $1; next }
		/^ +[@a-z]/ { members[group] = members[group] " " $1 }
		END {
			while ((getline line < unit) > 0) {
				if (line !~ /^SystemCallFilter=/) continue
				sub(/^SystemCallFilter=/, "", line)
				on = !sub(/^~/, "", line)
				n = split(line, word, " ")
				for (i = 1; i <= n; i++) apply(word[i], on)
			}
			for (call in allowed) if (allowed[call]) print call
		}'
}

# What starting a worker and confining it takes (userspace/worker/), and what posternd itself cannot do without.
the_unit_lets_a_worker_start() {
	local call calls
	calls=$(unit_calls)
	for call in clone execve wait4 kill poll socketpair memfd_create close_range dup2 fcntl prctl prlimit64 \
		capget capset seccomp landlock_create_ruleset landlock_restrict_self sendto recvfrom pread64 pwrite64 \
		ftruncate mmap mprotect mremap madvise brk futex getrandom sysinfo bpf perf_event_open; do
		grep -qx "$call" <<<"$calls" || { echo "$call is not allowed"; return 1; }
	done
	! grep -qxE 'mount|reboot|init_module|swapon|ptrace|kexec_load' <<<"$calls"
}
# One that is killed for lack of memory must not end posternd, and with it the watch over the hooks.
the_unit_outlives_a_worker() { grep -qx 'OOMPolicy=continue' tools/install/systemd/posternd.service; }

check 'the unit lets a worker start and confine itself' the_unit_lets_a_worker_start
check 'the unit outlives a worker that takes up too much' the_unit_outlives_a_worker
check 'the message catalog explains what the journal gets' the_catalog_is_whole
check 'the package has no complaint of lintian' the_package_is_clean
check 'the package has every file' the_package_is_whole
check 'removing detaches, upgrading does not' removal_detaches
tap_end
