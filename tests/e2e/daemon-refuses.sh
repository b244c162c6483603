#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a controller must not take: damaged, unsigned, signed by a stranger, of another time or host,
# wrong, failing its own tests. Each is refused with its own word and exit status, and the bundle in
# force stays in force.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start daemon-refuses

policy() { echo "$1" >"$box_dir/bundle/policies/story.cedar"; }
good='@id("web") permit (principal, action == Action::"connect", resource) when { resource.port == 18520 };'
policy "$good"
box_keys
mkdir "$box_dir/state" && mount -t tmpfs -o size=256k,mode=0700 tmpfs "$box_dir/state" || exit 1
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "bundle 5 is in force" postern push "$(box_bundle 5)"

# is_refused STATUS WORDS FILE: the push fails with that exit status, says that, and changed nothing.
is_refused() {
	local said status
	said=$(postern push "$3" 2>&1)
	status=$?
	if [ $status -ne "$1" ]; then
		echo "exit status $status, not $1: $said"
		return 1
	fi
	case $said in
	*"$2"*) ;;
	*) echo "no \"$2\" in: $said"; return 1 ;;
	esac
	version_is 5
}

# Damage. Every byte of the next version flipped, one at a time; then every length but the whole.
next=$box_dir/next.postern
cp "$(box_bundle 6)" "$next"
size=$(stat -c %s "$next")
damaged=$box_dir/damaged.postern
step_every=1
[ "$size" -le 1500 ] || step_every=$((size / 1500 + 1))
flip() { perl -e 'open F, "<:raw", $ARGV[0]; local $/; $_ = <F>; substr($_, $ARGV[1], 1) ^= chr(1 << $ARGV[2]); open O, ">:raw", $ARGV[3]; print O $_; close O' "$next" "$1" "$2" "$damaged"; }

# Trust refuses damage, or (in a payload that is as signed: never) policy does. Nothing else is an answer.
all_flips_refused() {
	local at bad=0 status
	for ((at = 0; at < size; at += step_every)); do
		flip "$at" $((at % 8)) || return 1
		postern push "$damaged" >/dev/null 2>&1
		status=$?
		[ $status -eq 4 ] && continue
		echo "byte $at: exit status $status"
		bad=1
	done
	return $bad
}
all_lengths_refused() {
	local len bad=0 status
	for ((len = 0; len < size; len++)); do
		head -c "$len" "$next" >"$damaged"
		postern push "$damaged" >/dev/null 2>&1
		status=$?
		[ $status -eq 4 ] && continue
		echo "$len bytes: exit status $status"
		bad=1
	done
	return $bad
}
check "a flipped bit in any byte is refused ($size bytes, every ${step_every}.)" all_flips_refused
check "cut at any length it is refused" all_lengths_refused
check "bundle 5 is still in force" version_is 5
{ cat "$next"; echo; } >"$damaged"
check "a byte after the end is refused" is_refused 4 format "$damaged"
cat "$next" "$next" >"$damaged"
check "twice the same is refused" is_refused 4 format "$damaged"
head -c 100000 /dev/urandom >"$damaged"
check "noise is refused" is_refused 4 format "$damaged"

# Trust.
box_manifest 6
"$box_build/postern" bundle build "$box_dir/bundle" -o "$box_dir/unsigned.postern" 2>/dev/null
check "an unsigned bundle is refused" is_refused 4 unsigned "$box_dir/unsigned.postern"
check "one that a stranger signed is refused" is_refused 4 unknown-key "$(box_bundle 6 stranger)"
check "a root document is no bundle" is_refused 4 type "$box_dir/root.postern"
check "an older version is refused" is_refused 4 rollback "$(box_bundle 4)"
policy "$good // other bytes"
check "the same version with other bytes is refused" is_refused 4 equivocation "$(box_bundle 5)"
policy "$good"
box_audience='["*.elsewhere.example"]'
check "a bundle for other hosts is refused" is_refused 4 audience "$(box_bundle 6)"
box_audience='["*"]'
box_not_after=2020-01-01T00:00:00Z
check "an expired bundle is refused" is_refused 4 expired "$(box_bundle 6)"
box_not_after=2099-01-01T00:00:00Z

# Policy: signed by the right key, and still refused. `bundle build` would not build the first of these, so
# their text is put into a sound payload afterwards.
forged_bundle() {
	local sound=$box_dir/v6.postern header
	box_bundle 6 >/dev/null || return 1
	read -r header <"$sound"
	tail -c +$((${#header} + 2)) "$sound" | head -c "$(echo "$header" | cut -d' ' -f3)" | zcat |
		FROM=$1 TO=$2 perl -0pe 's/\Q$ENV{FROM}\E/$ENV{TO}/ or die' | gzip -n >"$box_dir/payload" || return 1
	{
		echo "postern1 policy $(stat -c %s "$box_dir/payload") 0"
		cat "$box_dir/payload"
	} >"$box_dir/forged.postern"
	"$box_build/postern" sign "$box_dir/forged.postern" --key "$box_dir/key" >/dev/null 2>&1 || return 1
	echo "$box_dir/forged.postern"
}
check "a syntax error is refused" is_refused 3 "story.cedar:1:" "$(forged_bundle 'resource)' 'resource')"
check "a type error is refused" is_refused 3 porte "$(forged_bundle resource.port resource.porte)"
check "a Service that nobody defines is refused" is_refused 3 nowhere \
	"$(forged_bundle ', resource)' ', resource in Service::\"nowhere\")')"
check "a payload that is no bundle is refused" is_refused 3 payload "$(forged_bundle '"policies"' '"polices"')"
policy '@id("a") permit (principal in Unit::"/a//b", action == Action::"connect", resource);'
check "a Unit that no cgroup can be is refused" is_refused 3 "apply-unit-path" "$(box_bundle 6)"
policy "$good"
echo '[ { "name": "must fail", "principal": { "user": "root" }, "action": "connect", "resource": "tcp 127.0.0.1:1", "expect": "allow" } ]' \
	>"$box_dir/bundle/tests.json"
check "a bundle that fails its own tests is refused" is_refused 3 "must fail" "$(box_bundle 6)"
rm "$box_dir/bundle/tests.json"

# Who may push.
as_nobody() { setpriv --reuid 65534 --regid 65534 --clear-groups "$box_build/postern" --socket "$box_socket" "$@"; }
nobody_is_refused() {
	local status
	chmod 0666 "$box_socket"
	cp "$next" "$box_dir/readable.postern"
	chmod 0644 "$box_dir/readable.postern"
	as_nobody push "$box_dir/readable.postern"
	status=$?
	chmod 0660 "$box_socket"
	[ $status -eq 5 ] && version_is 5
}
check "only an admin may push" nobody_is_refused
refuses "others do not even get in" "may not talk" as_nobody status

# The disk: state that cannot be written is a refusal, and the old bundle stays.
dd if=/dev/zero of="$box_dir/state/filler" bs=4k 2>/dev/null
check "without room for it a bundle is refused" is_refused 1 storage "$next"
rm "$box_dir/state/filler"

# A file that is a mount point cannot be replaced: the very last step of a push fails, and all of it is undone.
mount --bind "$box_dir/state/trust.json" "$box_dir/state/trust.json"
check "a bundle that cannot be remembered is taken back" is_refused 1 storage "$next"
umount "$box_dir/state/trust.json"
only_five() { [ "$(cd "$box_dir/state/bundles" && echo *)" = "$(cd "$box_dir/state/bundles" && echo 5-*.postern)" ]; }
check "with its container" only_five
check "and the old one is enforced" status_is state enforcing

counted() { postern -o json status | grep -q '"push-refused-unknown-key","value":[0-9]'; }
check "refusals are counted" counted
check "dry-run of a good one says yes" postern push --dry-run "$(box_bundle 6)"
check "and changes nothing" version_is 5
check "the undamaged bundle is taken" postern push "$box_dir/v6.postern"
check "and is in force" version_is 6
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
