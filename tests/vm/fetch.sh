#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Fetches the kernel of one row of kernels.txt: DIR/NAME/vmlinuz, DIR/NAME/release and
# DIR/NAME/modules.cpio, an archive of the modules of modules.txt. Once there, it is not fetched again. apt's own lists and sources are left alone: its mirror is read through a
# private directory. Needs no root.
# usage: tests/vm/fetch.sh DIR NAME
set -eu
here=$(cd "$(dirname "$0")" && pwd)
dir=$1 name=$2
apt=$dir/apt

fail() {
	echo "vm: kernel $name: $1" >&2
	exit 1
}

# Mirrors are named by the address of the release file that apt would look at.
mirror_of() {
	local kind='[a-z]*'
	case $1 in *-security) kind='[a-z]*-security' ;; esac
	apt-get update --print-uris |
		sed -n "s#^'\([^']*/\)dists/$kind/InRelease'.*#\1#p" | grep debian | head -n 1
}

# One directory a suite, so that a package is looked for in its own suite only.
suite_open() {
	local suite=$1 mirror
	mirror=$(mirror_of "$suite")
	[ -n "$mirror" ] || fail "apt has no mirror for $suite; look at /etc/apt/sources.list.d"
	mkdir -p "$apt/$suite/lists/partial" "$apt/$suite/cache"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" \
		>"$apt/$suite/sources.list"
	options=(-qq -o "Dir::Etc::SourceList=$apt/$suite/sources.list" -o Dir::Etc::SourceParts=/dev/null
		-o "Dir::State::Lists=$apt/$suite/lists" -o "Dir::Cache=$apt/$suite/cache"
		-o Dir::State::Status=/dev/null -o APT::Sandbox::User=)
	apt-get "${options[@]}" update || fail "cannot read $suite; is the mirror reachable?"
}

newest() {
	local package
	apt-cache "${options[@]}" pkgnames linux- | sort -V | while read -r package; do
		# shellcheck disable=SC2254 # a pattern it is
		case $package in $1) echo "$package" ;; esac
	done | tail -n 1
}

unpack() {
	local package=$1 image
	(cd "$work" && apt-get "${options[@]}" download "$package") || fail "cannot fetch $package"
	dpkg -x "$work/$package"_*.deb "$work/tree"
	image=$(find "$work/tree" -name 'vmlinuz*' | head -n 1)
	[ -n "$image" ] || fail "$package holds no vmlinuz; is the pattern in kernels.txt still right?"
	mkdir -p "$dir/$name"
	cp "$image" "$dir/$name/vmlinuz"
	# Newer packages have the modules apart.
	package=${package/linux-binary-/linux-modules-}
	if [ -z "$(find "$work/tree" -name '*.ko*' -print -quit)" ]; then
		(cd "$work" && apt-get "${options[@]}" download "$package") || fail "cannot fetch $package"
		dpkg -x "$work/$package"_*.deb "$work/tree"
	fi
	pack_modules "${package#linux-*-}"
	echo "${package#linux-*-}" >"$dir/$name/release"
}

# The files of one module and of what it needs; nothing where the kernel has it built in or not at all.
files_of() {
	/sbin/modprobe -d "$work/from" -S "$1" --show-depends "$2" 2>/dev/null | sed -n 's/^insmod \([^ ]*\).*/\1/p'
}

# A tree of its own with these modules only.
pack_modules() {
	local release=$1 module file
	mkdir -p "$work/from" "$work/modules/usr/lib/modules/$release"
	ln -s "$(dirname "$(find "$work/tree" -type d -path '*/lib/modules')")" "$work/from/lib"
	/sbin/depmod -b "$work/from" "$release" || fail "depmod failed"
	cp "$work/from/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$work/modules/usr/lib/modules/$release/" 2>/dev/null || true
	for module in $(sed 's/#.*//' "$here/modules.txt"); do
		files_of "$release" "$module"
	done | sort -u | while read -r file; do
		install -D -m 0644 "$file" "$work/modules/usr/lib/modules/$release/${file#*/modules/"$release"/}"
	done
	ln -s usr/lib "$work/modules/lib"
	/sbin/depmod -b "$work/modules" "$release" || fail "depmod failed"
	rm "$work/modules/lib"
	(cd "$work/modules" && find . | cpio -o -H newc --quiet) >"$dir/$name/modules.cpio"
}

row=$(awk -v name="$name" '$1 == name' "$here/kernels.txt")
[ -n "$row" ] || fail "no such row in tests/vm/kernels.txt"
[ -s "$dir/$name/release" ] && [ -s "$dir/$name/modules.cpio" ] && exit 0
read -r _ suite pattern <<<"$row"
suite_open "$suite"
package=$(newest "$pattern")
[ -n "$package" ] || fail "$suite has no $pattern"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unpack "$package"
