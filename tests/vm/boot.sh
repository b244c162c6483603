#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Boots a kernel without KVM and leaves what its tests said in DIR/NAME/result, the kernel's own words
# in DIR/NAME/console. Fails when the kernel did not come to the end in time.
# usage: tests/vm/boot.sh DIR NAME ARCHIVE TESTS [SECONDS]
set -eu
dir=$1/$2 archive=$3 tests=$4 limit=${5:-5400}

# Archives after one another are one to the kernel.
cat "$archive" "$dir/modules.cpio" >"$dir/initrd"
trap 'rm -f "$dir/initrd"' EXIT

boot() {
	rm -f "$dir/result" "$dir/console"
	status=0
	timeout --foreground -k 5 "$limit" qemu-system-x86_64 -accel tcg,thread=multi -cpu max -m 1024 -smp 2 \
		-nodefaults -display none -no-reboot \
		-kernel "$dir/vmlinuz" -initrd "$dir/initrd" \
		-append "console=ttyS0 quiet panic=-1 postern_tests=$tests" \
		-serial "file:$dir/console" -serial "file:$dir/result" </dev/null >"$dir/qemu" 2>&1 || status=$?
}

boot
# An emulated processor may run code that the other one is just rewriting ("Oops: int3" while the kernel boots): no
# test has begun then, and none is to blame.
if [ "$status" -eq 0 ] && [ ! -s "$dir/result" ]; then
	echo "vm: kernel $2 ended before its first test; once more" >&2
	boot
fi

if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
	echo "vm: kernel $2 did not come to the end in $limit s" >&2
elif ! grep -q '^@@ end' "$dir/result" 2>/dev/null; then
	echo "vm: kernel $2 stopped before the end of its tests (qemu: status $status)" >&2
else
	exit 0
fi
tail -n 20 "$dir/qemu" "$dir/console" >&2
exit 1
