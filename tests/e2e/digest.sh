#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A grant by content: a program has it once its executable was read and hashed, and loses it with the first
# change of content before the changed program's next connect, however the change comes about.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start digest

port=18540
peer=$(realpath "$box_build/tools/peer")
good=$box_dir/bin/good
"$peer" listen "$port" >/dev/null 2>&1 &
box_started+=($!)

cp "$peer" "$good"
digest=$(sha256sum "$good" | cut -d' ' -f1)
# Works as well as the good one, and is another content.
cp "$good" "$box_dir/bin/evil"
printf 'x' >>"$box_dir/bin/evil"

tries() { inside "$1" connect tcp 127.0.0.1 "$port" 2>&1; }
connects() { local said; said=$(tries "$1"); [ "$said" = connected ] || { echo "$said"; false; }; }
is_refused() { local said; said=$(tries "$1"); [ "$said" = "Operation not permitted" ] || { echo "$said"; false; }; }
# A program that was never seen waits for nobody: it is denied until it is verified.
becomes_allowed() {
	local n
	for n in $(seq 100); do
		connects "$1" >/dev/null && return 0
		sleep 0.05
	done
	connects "$1"
}
# However often it is tried, and after more time than verifying takes.
stays_refused() {
	local n
	for n in $(seq 12); do
		is_refused "$1" || return 1
		sleep 0.1
	done
}
denial_has() {
	local said
	said=$(postern -o json why last)
	case $said in *"$1"*) return 0 ;; esac
	echo "$said"
	return 1
}

box_keys
check "trust is installed" box_trust
step "the controller answers" posternd_start

cat >"$box_dir/bundle/policies/digest.cedar" <<-EOF
	@id("by-content")
	permit (principal, action == Action::"connect", resource is Endpoint)
	when { principal.sha256 == "$digest" && resource.port == $port };
EOF
check "a bundle that asks for digests can be applied" postern push "$(box_bundle 1)"
check "a program that was never seen is denied" is_refused "$good"
check "and allowed once its content is verified" becomes_allowed "$good"
check "from then on at once" connects "$good"
check "another content is denied" stays_refused "$box_dir/bin/evil"
cp "$good" "$box_dir/bin/copy"
check "a copy is another file with the same content: allowed once verified" becomes_allowed "$box_dir/bin/copy"
ln "$good" "$box_dir/bin/hard"
check "a hard link is the same file" becomes_allowed "$box_dir/bin/hard"
check "and the file is allowed again after the link changed its ctime" becomes_allowed "$good"

# Each way to another content, at the very next connect and later.
loses() { # NAME PROGRAM
	check "$1: denied at the next connect" is_refused "$2"
	check "$1: and later" stays_refused "$2"
}
fresh() {
	rm -f "$good"
	cp "$peer" "$good"
	becomes_allowed "$good"
}
printf 'x' >>"$good"
loses "appended to" "$good"
check "the old content is allowed again" fresh
size=$(stat -c %s "$good")
# the same size and another content: a byte of the name of the section headers
printf 'X' | dd of="$good" bs=1 seek=$((size - 1)) conv=notrunc status=none
loses "one byte overwritten in place" "$good"
check "the old content is allowed again" fresh
touch -r "$good" "$box_dir/times"
cat "$box_dir/bin/evil" >"$good"
touch -r "$box_dir/times" "$good"
loses "rewritten, with the old times put back" "$good"
check "the old content is allowed again" fresh
cp "$box_dir/bin/evil" "$box_dir/bin/new"
mv "$box_dir/bin/new" "$good"
loses "replaced by rename" "$good"
check "the old content is allowed again" fresh
mount --bind "$box_dir/bin/evil" "$good"
loses "a bind mount over it" "$good"
umount "$good"
check "and what it covered is allowed as before" connects "$good"
mkdir -p "$box_dir"/{upper,work}
cp "$box_dir/bin/evil" "$box_dir/upper/good"
if mount -t overlay overlay -o "lowerdir=$box_dir/bin,upperdir=$box_dir/upper,workdir=$box_dir/work" "$box_dir/bin" 2>/dev/null; then
	loses "an overlay over its directory" "$good"
	# An overlay does not tell when the file below it changes: nothing on it is ever verified.
	check "even a good file on an overlay is not verified" stays_refused "$box_dir/bin/copy"
	umount "$box_dir/bin"
else
	echo "# this kernel has no overlayfs"
fi
check "without the mount it is as before" connects "$good"
# Mapped writing: no write(2) at all. On tmpfs that changes no time, so there only what root alone may write is
# verified, as this is.
if [ "$(stat -f -c %T "$box_dir/bin")" = tmpfs ]; then
	echo "# on tmpfs a mapping is written through unseen"
else
	"$peer" overwrite "$good"
	loses "written through a mapping" "$good"
	check "the old content is allowed again" fresh
fi

# A process that runs keeps what it was verified as; its file's successor does not get it.
mkfifo "$box_dir/gate"
inside "$good" await "$box_dir/gate" connect tcp 127.0.0.1 "$port" >"$box_dir/held" 2>&1 &
holder=$!
box_started+=("$holder")
sleep 0.3
mv "$box_dir/bin/evil" "$good"
echo go >"$box_dir/gate"
wait "$holder"
check "a process that was verified goes on when its file is replaced" grep -qx connected "$box_dir/held"
loses "what took the file's place" "$good"

step "the controller ends when asked" posternd_kill
tap_end
