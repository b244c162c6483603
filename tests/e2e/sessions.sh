#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# People: a proof by a key in one login session opens what asks for it, in that session and for nobody
# else, and what ends it ends the connections too. The tokens are in software (tests/e2e/token.c); the
# login sessions are real ones, begun by writing to /proc/self/loginuid as pam_loginuid does.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start sessions

fresh=18560 verified=18561 known=18562 sitting=18563
token=$box_build/tests/e2e/token hold=$box_build/tools/hold
for port in $fresh $verified $known $sitting; do
	"$hold" serve $port >/dev/null 2>&1 &
	box_started+=($!)
done
mkdir -m 1777 "$box_dir/work"

cat >"$box_dir/bundle/policies/story.cedar" <<-EOF
	@id("fresh") @advice("Ask the desk for a key.") permit (principal in Identity::"nan", action == Action::"connect", resource)
	when { resource.port == $fresh && context.session.mfaAge <= duration("5s") };
	@id("verified") permit (principal in Identity::"nan", action == Action::"connect", resource)
	when { resource.port == $verified && context.session.verified };
	@id("known") permit (principal in Identity::"nan", action == Action::"connect", resource)
	when { resource.port == $known && context.session.mfa };
	@id("sitting") permit (principal, action == Action::"connect", resource)
	when { resource.port == $sitting && context.session.interactive };
EOF
# identities KEY...: nan, of the account nobody, with these keys.
identities() {
	local keys
	keys=$(printf '"%s",' "$@")
	cat >"$box_dir/bundle/entities.json" <<-EOF
		[ { "uid": { "type": "Identity", "id": "nan" }, "parents": [],
		    "attrs": { "user": "nobody", "requireVerified": false, "keys": [ ${keys%,} ] } } ]
	EOF
}

# session NAME UID: a login session of its own, whose shell does what in_session says.
session() {
	local fd
	mkfifo "$box_dir/$1.in"
	(
		echo "$BASHPID" >"$box_cgroup/cgroup.procs" && echo "$2" >/proc/self/loginuid || exit 125
		cd "$box_dir/work" || exit 125
		exec setpriv --reuid "$2" --regid "$2" --clear-groups bash
	) <"$box_dir/$1.in" >"$box_dir/$1.log" 2>&1 &
	box_started+=($!)
	exec {fd}>"$box_dir/$1.in"
	eval "fd_$1=$fd"
}

# in_session NAME COMMAND: runs it there; its output and status are the command's.
in_session() {
	local fd=fd_$1 done n
	done=$(mktemp -u "$box_dir/work/$1.XXXXXXXX")
	printf '{ %s\n} >%s.said 2>&1 </dev/null; echo $? >%s.tmp; mv %s.tmp %s\n' "$2" "$done" "$done" "$done" "$done" >&"${!fd}"
	for n in $(seq 300); do
		[ -e "$done" ] && break
		sleep 0.05
	done
	[ -e "$done" ] || { echo "the session $1 does not answer"; return 124; }
	cat "$done.said"
	return "$(cat "$done")"
}

said_to() { in_session "$1" "timeout 5 $box_build/tools/peer connect tcp 127.0.0.1 $2"; }
# The answer is shown where it is another one.
answers() {
	local said
	said=$(said_to "$1" "$2")
	[ "$said" = "$3" ] || { echo "$said"; return 1; }
}
reaches() { answers "$1" "$2" connected; }
denied() { answers "$1" "$2" 'Operation not permitted'; }
client() { in_session "$1" "$box_build/postern --socket $box_socket $2"; }
# shows WORDS COMMAND...: whatever its status, it says so.
shows() {
	local said
	said=$("${@:2}" 2>&1)
	grep -qE -- "$1" <<<"$said" || { echo "$said"; return 1; }
}

# login NAME KIND SEED FLAGS COUNTER: with a token.
login() {
	local signer=$box_dir/bin/signer-$2-$3-$4-$5
	printf '#!/bin/sh\nexec %s sign %s %s %s %s "$1"\n' "$token" "$2" "$3" "$4" "$5" >"$signer"
	chmod 0755 "$signer"
	client "$1" "login --signer $signer"
}
# refused_login WORD NAME KIND SEED FLAGS COUNTER: exit status 4, and the word of the answer.
refused_login() {
	local word=$1 said status
	shift
	said=$(login "$@")
	status=$?
	echo "$said (exit $status)"
	[ $status -eq 4 ] && grep -q "($word)" <<<"$said"
}
within() {
	local n
	for n in $(seq $(($1 * 20))); do
		"${@:2}" && return 0
		sleep 0.05
	done
	return 1
}
remedy() { shows "$1" postern -o json trace --no-follow --last 1; }

box_keys
identities "$("$token" public ed25519 7)" "$("$token" public p256 8)" "$("$token" public plain 9)"
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "a bundle that asks for people is pushed" postern push "$(box_bundle 1)"
session one 65534
session two 65534

# ---- a proof, and who has it
check "without a proof the connection is denied" denied one $known
check "the denial says what to do" remedy "postern login"
refuses "whoami knows of no proof" "postern login" client one whoami
check "a login with a touched Ed25519 token is accepted" login one ed25519 7 1 10
check "now the connection is allowed" reaches one $known
check "whoami names the identity" shows "nan +touch" client one whoami
check "another session of the same user gains nothing" denied two $known
forged() {
	(
		echo "$BASHPID" >"$box_cgroup/cgroup.procs"
		exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c \
			"echo 65534 >/proc/self/loginuid && exec timeout 5 $box_build/tools/peer connect tcp 127.0.0.1 $known"
	)
}
check "a process that forges its loginuid gains nothing" shows '^Operation not permitted$' forged
check "a touch is not enough where a PIN is asked for" denied one $verified
check "the denial says how to prove it" remedy "login --verify"
check "a login with a PIN is accepted" login one ed25519 7 5 11
check "and enough" reaches one $verified
check "a P-256 token is accepted too" login two p256 8 1 0
check "in its own session" reaches two $known

# ---- ssh-keygen and an agent
ssh-keygen -q -t ed25519 -N '' -f "$box_dir/own" && chown nobody "$box_dir/own"
identities "$("$token" public ed25519 7)" "$("$token" public p256 8)" "$(cut -d ' ' -f 1,2 "$box_dir/own.pub")"
check "a bundle with a key of ssh-keygen's is pushed" postern push "$(box_bundle 2)"
check "its file proves" client two "login --key $box_dir/own"
check "which is no touch" shows 'nan +key' client two whoami
agent() {
	in_session two "mkdir -p $box_dir/work/home && export HOME=$box_dir/work/home &&
		eval \"\$(ssh-agent -a $box_dir/work/agent)\" && ssh-add -q $box_dir/own"
}
check "an agent has it, and no file" agent
rm "$box_dir/own" "$box_dir/own.pub"
check "it proves from there" shows 'a key of the agent' client two login
check "a key that is nowhere proves nothing" shows 'did not sign' client two "login --key $box_dir/own"
in_session two 'eval "$(ssh-agent -k)"' >/dev/null

# ---- what is refused says why, and changes nothing
check "an untouched signature is refused" refused_login touch one ed25519 7 0 12
check "a counter that stands still is refused" refused_login counter one ed25519 7 1 11
check "a key of nobody is refused" refused_login unknown-key one ed25519 66 1 12
check "a sixth login within a minute is refused" refused_login rate one ed25519 7 1 13
check "what was proven before still is" reaches one $verified
outside_a_session() {
	local said status
	said=$(postern login --key "$box_dir/key" 2>&1)
	status=$?
	echo "$said (exit $status)"
	[ $status -eq 4 ] && grep -q '(no-session)' <<<"$said"
}
check "a process in no login session is refused" outside_a_session
refuses "only administrators lock others" "role admin" client one "lock --identity nan"
check "an account sees its own sessions only" shows 'nan' client one sessions

# ---- what ends a proof
session three 65534
check "a login in a third session" login three ed25519 7 1 20
check "is fresh" reaches three $fresh
lives() {
	in_session three "$hold idle tcp 127.0.0.1 $fresh 1 >$box_dir/work/live 2>&1 &" &&
		within 3 grep -q '^held 1' "$box_dir/work/live"
}
check "a connection lives on it" lives
# Within a second of the proof's end; the time of the login is in whoami's age.
cut_in_time() {
	local age
	within 8 grep -q '^ECONNABORTED' "$box_dir/work/live" || { cat "$box_dir/work/live"; return 1; }
	age=$(client three "-o json whoami" | sed -n 's/.*"ageMs":\([0-9]*\).*/\1/p')
	echo "the proof was $age ms old"
	[ "$age" -ge 5000 ] && [ "$age" -le 6000 ]
}
check "it is cut within a second of the proof growing old" cut_in_time
check "then new connections are denied" denied three $fresh
check "the denial tells the proof's age" remedy "proof is"
check "what asks for less goes on" reaches three $known
check "logout" client three logout
check "ends it" denied three $known
refuses "once" "no proof" client three logout
check "another login" login three ed25519 7 1 21
check "an administrator locks the identity" shows "proofs ended" postern lock --identity nan
check "which ends the proof" denied three $known
check "in every session" denied two $known

# ---- who sits there
session desk 0
check "nobody sits in an unregistered session" denied desk $sitting
pam() { in_session desk "PAM_TYPE=$1 $box_build/postern --socket $box_socket pam-session"; }
check "PAM registers one" pam open_session
check "then somebody does" reaches desk $sitting
check "PAM forgets it" pam close_session
check "then nobody does" denied desk $sitting
check "PAM's helper never fails" env PAM_TYPE=open_session "$box_build/postern" --socket /nowhere pam-session

# ---- bundles and revoke documents
check "a login for what follows" login three ed25519 7 1 22
identities "$("$token" public p256 8)"
check "a bundle without that key is pushed" postern push "$(box_bundle 3)"
check "which ends the proof" denied three $known
identities "$("$token" public ed25519 7)" "$("$token" public p256 8)"
check "the key comes back" postern push "$(box_bundle 4)"
session four 65534
check "a login is accepted again" login four ed25519 7 1 23
"$token" public ed25519 7 >"$box_dir/lost.pub"
# revoke NUMBER [KEY]: a document about the lost key, signed and pushed.
revoke() {
	postern revoke build --key "$box_dir/lost.pub" --number "$1" -o "$box_dir/revoke.postern" &&
		postern sign "$box_dir/revoke.postern" --key "$box_dir/${2:-key}" &&
		postern push "$box_dir/revoke.postern"
}
refuses "a revoke document by a stranger is refused" unknown-key revoke 5 stranger
check "and ends nothing" reaches four $known
check "a signed one is taken" revoke 5
check "it ends the proof" denied four $known
check "and the key proves nothing any more" refused_login revoked four ed25519 7 1 24
refuses "an older one is refused" rollback revoke 4
check "another key of that person is accepted" login four p256 8 1 0
check "and opens" reaches four $known

# ---- posternd comes and goes
step "posternd ends" posternd_kill
step "and starts again" posternd_start
check "a proof outlives it" reaches four $known
check "a revoked key stays revoked" refused_login revoked four ed25519 7 1 25

# ---- what must not be forgotten
check "the counters are the owner's to read" test "$(stat -c %a "$box_dir/state/counters.json")" = 600
step "posternd ends once more" posternd_kill
mv "$box_dir/state/revoke.postern" "$box_dir/lost.postern"
step "it starts without its revoke document" posternd_start
check "which it says" shows 'nobody can log in' postern status
check "it is degraded" status_is state degraded
check "proofs have ended" denied four $known
refused_altogether() { ! login four p256 8 1 0 && ! login four ed25519 7 1 25; }
check "nobody can log in" refused_altogether
check "the same document pushed again mends it" postern push "$box_dir/lost.postern"
check "it is enforcing again" status_is state enforcing
session late 65534
check "the lost key is still revoked" refused_login revoked late ed25519 7 1 25
check "another key proves again" login late p256 8 1 0
listed() { postern -o json sessions | grep -q '"identity":"nan"'; }
check "its session is listed" listed
printf 'exit\n' >&"$fd_late"
forgotten() { ! listed; }
check "a session whose last process is gone is forgotten" within 30 forgotten

session five 65534
check "a fresh proof" login five p256 8 1 0
check "opens what wants one" reaches five $fresh
busy() {
	in_session five "$hold busy tcp 127.0.0.1 $fresh 1 >$box_dir/work/busy 2>&1 &" &&
		within 3 grep -q '^held 1' "$box_dir/work/busy"
}
check "a connection talks all the time" busy
step "posternd is killed" posternd_kill KILL
check "the proof is still fresh" reaches five $fresh
check "and grows old all the same" within 8 denied five $fresh
check "the live connection's packets are dropped, too" within 3 grep -q '^SILENT' "$box_dir/work/busy"
check "what asks for less goes on without it" reaches five $known
tap_end
