#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What ends by time: a bundle, a policy, and the hours of a day. With posternd and, killed -9, without it: the
# kernel has been told the time and decides by itself.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start daemon-time

plain=18560 essential=18561 expiring=18562 forbidden=18563 undated=18564
peer=$box_build/tools/peer
for port in $plain $essential $expiring $forbidden $undated; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done

reaches() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }
stamp() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
# Until one second after that time.
wait_past() { while [ "$(date +%s)" -le "$1" ]; do sleep 0.2; done; }

# policies END: one policy of each kind; `expiring` and `the-day-before` end then.
policies() {
	cat >"$box_dir/bundle/policies/story.cedar" <<-POLICIES
		@id("plain") permit (principal, action == Action::"connect", resource) when { resource.port == $plain };
		@id("essential") @essential
		permit (principal, action == Action::"connect", resource) when { resource.port == $essential };
		@id("expiring") @expires("$1")
		permit (principal, action == Action::"connect", resource) when { resource.port == $expiring };
		@id("undated") permit (principal, action == Action::"connect", resource)
		when { resource.port == $undated && context.now < datetime("$1") };
		@id("forbidden") forbid (principal, action == Action::"connect", resource) when { resource.port == $forbidden };
	POLICIES
}

# in_its_time END TEST...: the test holds, or the time to say so was over before it was asked.
in_its_time() {
	local end=$1
	shift
	"$@" || [ "$(date +%s)" -ge "$end" ]
}

box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust

# A policy ends, and the bundle goes on.
end=$(($(date +%s) + 15))
policies "$(stamp $end)"
check "a bundle is pushed" postern push "$(box_bundle 1)"
check "before its end the policy permits" in_its_time $end reaches $expiring
check "and so does the condition on now" in_its_time $end reaches $undated
wait_past $end
check "after @expires it permits no more" denied $expiring
check "nor does the condition on now" denied $undated
check "the others go on" reaches $plain
check "the state is still enforcing" status_is state enforcing

# Somebody sets the clock: only where it is nobody else's.
if [ -n "${POSTERN_VM:-}" ]; then
	end=$(($(date +%s) + 3600))
	policies "$(stamp $end)"
	check "a bundle with a policy for an hour is pushed" postern push "$(box_bundle 10)"
	check "that permits" reaches $expiring
	check "the clock is set two hours ahead" date -s "@$(($(date +%s) + 7200))"
	sleep 1
	check "it has ended within a second" denied $expiring
	check "and the others go on" reaches $plain
	check "the clock is set back" date -s "@$(($(date +%s) - 7200))"
	sleep 1
	check "it permits again" reaches $expiring
fi

# The bundle ends while nobody is there.
policies 2099-01-01T00:00:00Z
end=$(($(date +%s) + 15))
box_not_after=$(stamp $end)
check "a bundle with an end is pushed" postern push "$(box_bundle 12)"
check "it permits" in_its_time $end reaches $plain
step "posternd is killed" posternd_kill KILL
check "the kernel goes on" in_its_time $end reaches $plain
check "what it forbids is denied" denied $forbidden
wait_past $end
check "past its end it permits no more" denied $plain
check "@expires of a later date does not keep it" denied $expiring
check "what is essential stays" reaches $essential
check "what it forbids stays forbidden" denied $forbidden

# Whoever starts again finds what has ended ended.
step "posternd starts again" posternd_start
check "the ended bundle is in force" version_is 12
check "it still permits nothing but what is essential" denied $plain
check "and that it does" reaches $essential
said() { grep -q "has ended" "$box_dir/posternd.log"; }
for _ in $(seq 50); do said && break; sleep 0.1; done
check "the log says so" said
box_not_after=2099-01-01T00:00:00Z
check "its successor is taken" postern push "$(box_bundle 13)"
check "and permits again" reaches $plain

tap_end
