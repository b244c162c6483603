#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Process 1 of a VM: runs the tests named on the kernel's command line (postern_tests=A,B; "all": those
# of kernel/ and e2e/) and writes to the second serial line what they said, between marks:
#     @@ begin RELEASE SECONDS-TO-HERE
#     @@ run               the runner's words, with its sum
#     @@ log kernel/ask    one for each test program: its TAP
#     @@ end               without which nothing above is worth anything
set -u
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t bpf bpf /sys/fs/bpf
ip link set lo up
# What the kernel does not load by itself when it is asked for.
modprobe -qa tun dccp dccp_ipv4 dccp_ipv6
ulimit -n 65536
exec </dev/null
stty -F /dev/ttyS1 raw -echo
exec 3>/dev/ttyS1

tests_of() {
	case $1 in
	all) echo build/tests/kernel/* tests/kernel/*.sh tests/e2e/*.sh tests/vm/*-root.sh ;;
	*) echo "${1//,/ }" ;;
	esac
}

logs=/tmp/logs
shopt -s nullglob
cd /postern || exit
echo "@@ begin $(uname -r) $(cut -d ' ' -f 1 /proc/uptime)" >&3
echo "@@ run" >&3
# shellcheck disable=SC2046 # words they are
POSTERN_VM=1 POSTERN_SETS=5 TEST_LOGS=$logs TEST_LIMITS=tests/vm/limits tests/harness/run $(tests_of "${postern_tests:-all}") >&3 2>&1
for log in "$logs"/*.log; do
	name=${log##*/}
	echo "@@ log ${name%.log}" >&3
	grep -aE '^((not )?ok|#|1\.\.)' "$log" >&3
done
echo "@@ end" >&3
# Closed only when it is sent.
stty -F /dev/ttyS1 raw
exec 3>&-
sync
echo o >/proc/sysrq-trigger
sleep 5
