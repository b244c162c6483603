#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The machine that the tests see in a VM, as one archive: this checkout's tests and what was built,
# the programs that tests call, and the libraries of both. It starts with init.sh.
# usage: tests/vm/initramfs.sh BUILD ARCHIVE
set -eu
cd "$(dirname "$0")/../.."
build=$1 archive=$2
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
# It becomes /, which everybody must be able to enter.
chmod 755 "$root"

# Whole packages: a test that calls one more program needs no change here.
packages=(bash coreutils util-linux mount grep sed mawk findutils diffutils procps iproute2 curl
	openssh-client libcap2-bin bpftool perl-base gzip
	tar nftables kmod)

programs_of_packages() {
	dpkg -L "${packages[@]}" | grep -E '^(/usr)?/s?bin/.' |
		while read -r file; do [ -f "$file" ] && echo "$file"; done
	for name in awk sh; do command -v "$name" || true; done
}

# Names stay, whatever they are links to; /bin and its like are links in the guest as here.
copy_programs() {
	local file
	mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib64" "$root/usr/lib"
	for file in bin sbin lib lib64; do ln -s "usr/$file" "$root/$file"; done
	programs_of_packages | while read -r file; do
		cp -L "$file" "$root/usr/${file#/usr}"
	done
}

copy_checkout() {
	mkdir -p "$root/postern/build/bpf"
	cp -r tests tools userspace "$root/postern/"
	cp -r "$build/tools" "$root/postern/build/"
	mkdir "$root/postern/build/tests"
	cp -r "$build/tests/kernel" "$build/tests/e2e" "$root/postern/build/tests/"
	cp "$build/postern" "$build/posternd" "$root/postern/build/" 2>/dev/null || true
	cp tests/vm/budget.txt "$root/postern/tests/kernel/budget.txt"
	cp "${BPF_BUILD:-build}/bpf/postern.bpf.o" "$root/postern/build/bpf/"
	find "$root/postern/build" -type f -perm -u+x -exec strip -g {} +
}

# Names of the libraries that files ask for.
needed_by() {
	readelf -d "$@" 2>/dev/null | sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p' | sort -u
}

# Where the loader finds libraries of this machine's kind, by their names on stdin.
found_at() {
	awk 'NR == FNR { wanted[$1]; next } $1 in wanted && !seen[$1]++ { print $NF }' - <(/sbin/ldconfig -p | grep x86-64)
}

# Not by ldd, which runs every file for it.
copy_libraries() {
	local files known=() before=-1
	mapfile -t files < <(find "$root" -type f '(' -perm -u+x -o -name '*.so' ')')
	while [ ${#known[@]} -ne "$before" ]; do
		before=${#known[@]}
		mapfile -t known < <(needed_by "${files[@]}" "${known[@]}" | found_at)
	done
	# and the loader itself, at the path that programs name
	cp -L --parents "${known[@]}" "$(readelf -l "$(command -v bash)" | sed -n 's/.*interpreter: \(.*\)\]$/\1/p')" "$root"
}

# What programs read when they run.
copy_data() {
	cp -r --parents /usr/lib/locale/C.utf8 /usr/lib/*/perl-base /usr/lib/*/security \
		/etc/pam.d /etc/security /etc/login.defs "$root"
	# of the rest of perl what stories use: Time::HiRes, MIME::Base64
	cp -r --parents /usr/lib/*/perl/5.[0-9][0-9]/{,auto/}{Time,MIME} "$root"
}

write_accounts() {
	mkdir -p "$root"/{dev,etc,proc,root,run,sys,tmp,var/lib}
	ln -s ../run "$root/var/run"
	cp /usr/share/base-passwd/passwd.master "$root/etc/passwd"
	cp /usr/share/base-passwd/group.master "$root/etc/group"
	echo '127.0.0.1 localhost' >"$root/etc/hosts"
	: >"$root/etc/resolv.conf"
}

copy_programs
copy_checkout
copy_data
copy_libraries
write_accounts
cp tests/vm/init.sh "$root/init"
mkdir -p "$(dirname "$archive")"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$archive.new"
mv "$archive.new" "$archive"
