#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who may say what is enforced, and how that changes: root documents that follow one another, thresholds, tokens
# with touch and PIN, through posternd and by hand, and what stays in force when its signers are gone.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start trust
token=$box_build/tests/e2e/token
postern_at() { "$box_build/postern" "$@"; }

echo '@id("web") permit (principal, action == Action::"connect", resource) when { resource.port == 18530 };' \
	>"$box_dir/bundle/policies/story.cedar"
box_keys
"$token" public ed25519 7 >"$box_dir/bob.pub"
"$token" public p256 8 >"$box_dir/carol.pub"

# by FILE SIGNER...: adds signatures. A signer is key, stranger, or bob or carol with flags: bob:1 touched, bob:5 with
# a PIN too, bob:0 neither.
by() {
	local file=$1 type signer kind seed
	shift
	read -r _ type _ <"$file"
	for signer; do
		case $signer in
		bob:*) kind=ed25519 seed=7 ;;
		carol:*) kind=p256 seed=8 ;;
		*) postern_at sign "$file" --key "$box_dir/$signer" || return; continue ;;
		esac
		postern_at bundle payload "$file" |
			"$token" sign $kind $seed "${signer#*:}" 1 "$type@postern" >"$box_dir/sig" &&
			postern_at sign "$file" --signature "$box_dir/sig" || return
	done
}
# root N SIGNERS OPTION...: root document N from the options; SIGNERS is one word.
root() {
	local file=$box_dir/root$1.postern signers=$2
	shift 2
	{ postern_at trust new -o "$file" "$@" && by "$file" $signers; } >>"$box_dir/build.log" 2>&1 ||
		{ tail -n 5 "$box_dir/build.log" >&2; return 1; }
	echo "$file"
}
# bundle N SIGNER...
bundle() {
	local file=$box_dir/v$1.postern
	box_manifest "$1"
	shift
	{ postern_at bundle build "$box_dir/bundle" -o "$file" && by "$file" "$@"; } >>"$box_dir/build.log" 2>&1 || return
	echo "$file"
}
digest() { (cd "$box_dir/state" && find . -type f | sort | xargs sha256sum) | sha256sum; }
# refused STATUS WORDS COMMAND...: with that exit status, saying that, and no file of the state is another.
refused() {
	local want=$1 words=$2 said status before
	shift 2
	before=$(digest)
	said=$("$@" 2>&1)
	status=$?
	[ $status -eq "$want" ] || { echo "exit status $status, not $want: $said"; return 1; }
	case $said in *"$words"*) ;; *) echo "no \"$words\" in: $said"; return 1 ;; esac
	[ "$before" = "$(digest)" ] || { echo "the state has changed"; return 1; }
}
says() {
	local words=$1 said
	shift
	said=$("$@" 2>&1) || { echo "$said"; return 1; }
	case $said in *"$words"*) ;; *) echo "no \"$words\" in: $said"; return 1 ;; esac
}
root_is() { says "\"version\":$1," postern_at -o json trust show --state "$box_dir/state"; }

step "a journal listens" box_journal
step "posternd starts" posternd_start
first=$(root 1 key --key "alice=$box_dir/key.pub")
check "the first root document is installed" postern_at trust init "$first" --state "$box_dir/state"
check "bundle 1, by alice, is in force" postern push "$(bundle 1 key)"

# The next root document: three kinds of keys, two of three, bundles by touched tokens.
second() {
	root 2 "$1" --from "$first" --key "bob=$box_dir/bob.pub" --key "carol=$box_dir/carol.pub" \
		--role 'root=2:*' --role policy=2:bob,carol:touch --role 'revoke=1:alice,bob'
}
check "a demand that a plain key cannot meet is refused" refused 2 "not in a token" \
	postern_at trust new -o "$box_dir/no.postern" --from "$first" --role policy=1:alice:touch
check "signed as the old one demands alone it is refused" refused 4 threshold postern trust rotate "$(second key)"
check "signed as it demands itself alone, too" refused 4 unknown-key postern trust rotate "$(second 'bob:5 carol:5')"
check "a token that nobody touched signs no root" refused 4 threshold postern trust rotate "$(second 'key bob:0')"
next=$(second 'key bob:1')
check "dry-run says yes and changes nothing" refused 0 "nothing was changed" postern trust rotate --dry-run "$next"
check "a root document is no bundle" refused 4 type postern push "$next"
check "by hand it is refused while posternd runs" refused 5 "in use" \
	postern_at trust rotate "$next" --state "$box_dir/state"
check "posternd takes it, and says who is gone" says "too few of who signed it" postern trust rotate "$next"
check "it is in force" root_is 2
check "the journal has it" journal_has ROOT POSTERN_ROOT_VERSION=2
check "and who gave it" journal_has ROOT POSTERN_UID=0
check "again it is none to complain of" refused 0 "already in force" postern trust rotate "$next"
check "the first one is refused now" refused 4 threshold postern trust rotate "$first"

# Who is gone: his bundle stays until a later one comes, and nothing new is taken on his word.
check "the bundle in force stays" version_is 1
check "pushed again it is refused" refused 4 unknown-key postern push "$box_dir/v1.postern"
check "a later one by alice alone is refused" refused 4 unknown-key postern push "$(bundle 2 key)"
check "by one of two is too few" refused 4 "1 of 2" postern push "$(bundle 2 bob:1)"
check "one key twice is one" refused 4 "it counts once" postern push "$(bundle 2 bob:1 bob:5)"
check "an untouched token does not count" refused 4 "nobody touched" postern push "$(bundle 2 bob:0 carol:1)"
step "posternd ends" posternd_kill TERM
step "and starts" posternd_start
check "the bundle whose signer is gone is still enforced" status_is state enforcing
check "and is that one" version_is 1
check "by both tokens the next is taken" postern push "$(bundle 2 bob:1 carol:1)"
check "verify tells the touch" says "bob  sk-ssh-ed25519@openssh.com, touch" \
	postern_at verify "$box_dir/v2.postern" --state "$box_dir/state"

# What ssh-keygen says of the same signatures. It does not know of touches and thresholds.
stock() {
	postern_at bundle payload "$box_dir/v2.postern" >"$box_dir/payload"
	perl -0777 -e '$n = shift; $_ = <STDIN>; print((/-----BEGIN SSH.*?-----END SSH SIGNATURE-----\n/sg)[$n - 1])' "$2" \
		<"$box_dir/v2.postern" >"$box_dir/one.sig"
	ssh-keygen -Y verify -f "$box_dir/allowed" -I "$1" -n policy@postern -s "$box_dir/one.sig" <"$box_dir/payload"
}
postern_at trust export-allowed-signers "$next" >"$box_dir/allowed"
check "ssh-keygen takes the exported key of an Ed25519 token" stock bob 1
check "and that of a P-256 token" stock carol 2
refuses "and not one for the other" "Could not verify" stock bob 2
refuses "nor a key without the role" "Could not verify" stock alice 1

# PIN: the next document demands it of bundles.
third=$(root 3 'key carol:1' --from "$next" --role policy=1:bob:verify)
check "a document that demands a PIN is taken" postern trust rotate "$third"
check "a touch is not enough" refused 4 "PIN or fingerprint" postern push "$(bundle 3 bob:1)"
check "with a PIN it is taken" postern push "$(bundle 3 bob:5)"
check "a key of another role does not count" refused 4 unknown-key postern push "$(bundle 4 carol:5)"

# A revoke document outlives the key that signed it.
postern_at revoke build --identity mallory -n 9 -o "$box_dir/revoke.postern" 2>/dev/null &&
	by "$box_dir/revoke.postern" key 2>/dev/null
check "a revoke document is taken" postern push "$box_dir/revoke.postern"
fourth=$(root 4 'key carol:1' --from "$third" --role revoke=1:carol --not-after 2020-01-01T00:00:00Z)
fifth=$(root 5 'key carol:1' --from "$fourth" --not-after 2099-01-01T00:00:00Z)
check "an expired root document is refused" refused 4 expired postern trust rotate "$fourth"
check "none can be left out" refused 4 version-gap postern trust rotate "$fifth"
step "posternd ends" posternd_kill TERM
check "by hand, with the expired one on the way, it is taken" \
	postern_at trust rotate "$fourth" "$fifth" --state "$box_dir/state"
check "it is in force" root_is 5

# Many at once: the lock lets one through, and nothing is lost.
sixth=$(root 6 'key carol:1' --from "$fifth")
at_once() {
	local n pids=()
	for n in 1 2 3 4 5 6 7 8; do
		postern_at trust rotate "$sixth" --state "$box_dir/state" >"$box_dir/at.$n" 2>&1 &
		pids+=($!)
	done
	for n in "${pids[@]}"; do
		wait "$n"
		case $? in 0 | 5) ;; *) cat "$box_dir"/at.*; return 1 ;; esac
	done
	[ "$(cat "$box_dir"/at.* | grep -c '^in force: root document 6, after 5')" -eq 1 ] || { cat "$box_dir"/at.*; return 1; }
	root_is 6
}
check "of eight at once one does it" at_once
check "and what was accepted is remembered" says '"policyVersion":3' \
	postern_at -o json trust show --state "$box_dir/state"
check "with the revoke document" says '"revokeVersion":9' postern_at -o json trust show --state "$box_dir/state"
step "posternd starts" posternd_start
check "and enforces" status_is state enforcing
check "with bundle 3" version_is 3
check "an older revoke document is a rollback" refused 4 unknown-key postern push "$box_dir/revoke.postern"

# No end to the data: reading ends at the limit.
endless() {
	mkfifo "$box_dir/endless" 2>/dev/null
	(exec cat /dev/zero >"$box_dir/endless" 2>/dev/null) &
	refused 4 size postern trust rotate "$box_dir/endless"
}
check "a root document without end is refused" endless
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
