#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A rollout by phases: what is observed goes through and is reported with its policy and the fact that is missing, what is
# off is not looked at, what is enforced is denied; and each step of tightening only ever takes away.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start phases

known=18520 proven=18521 healthy=18522 shut=18523 unmentioned=18524
ports="$known $proven $healthy $shut $unmentioned"
peer=$box_build/tools/peer
for port in $ports; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done

cat >"$box_dir/bundle/policies/story.cedar" <<-EOF
	@id("known") permit (principal, action == Action::"connect", resource) when { resource.port == $known };
	@id("proven") @advice("Ask the desk for a key.")
	permit (principal in Team::"ops", action == Action::"connect", resource)
	when { resource.port == $proven && context.session.mfa };
	@id("healthy") permit (principal, action == Action::"connect", resource)
	when { resource.port == $healthy && context.device.custom.contains("never-there") };
	@id("shut") @advice("It is being taken down.") forbid (principal, action == Action::"connect", resource) when { resource.port == $shut };
EOF
cat >"$box_dir/bundle/entities.json" <<-EOF
	[ { "uid": { "type": "Team", "id": "ops" }, "parents": [], "attrs": {} },
	  { "uid": { "type": "Identity", "id": "ruth" }, "parents": [ { "type": "Team", "id": "ops" } ],
	    "attrs": { "user": "root", "requireVerified": false,
	      "keys": [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" ] } } ]
EOF

version=0
# roll IDENTITY DEVICE NETWORK: the next version, with these phases.
roll() {
	version=$((version + 1))
	box_phases="{ \"identity\": \"$1\", \"device\": \"$2\", \"network\": \"$3\" }"
	postern push "$(box_bundle $version)" && version_is $version
}

said_to() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1"; }
reaches() { said_to "$1" | grep -qx connected; }
denied() { said_to "$1" | grep -qx "Operation not permitted"; }
# As an account that no Identity may prove itself in.
as_nobody() { inside setpriv --reuid 65534 --regid 65534 --clear-groups timeout 5 "$peer" connect tcp 127.0.0.1 "$1"; }
nobody_reaches() { as_nobody "$1" | grep -qx connected; }
nobody_denied() { as_nobody "$1" | grep -qx "Operation not permitted"; }

# What is reached now, one "USER PORT" a line.
reachable() {
	local port
	for port in $ports; do
		! reaches "$port" || echo "root $port"
		! nobody_reaches "$port" || echo "nobody $port"
	done
}

# event PORT PATTERN...: the newest event about a port matches each.
event() {
	local n pattern line port=$1
	shift
	for n in $(seq 50); do
		line=$(postern -o json trace -n 1000 --no-follow | grep "\"port\":$port," | tail -n 1)
		for pattern in "$@"; do
			grep -q -- "$pattern" <<<"$line" || continue 2
		done
		return 0
	done
	echo "$line"
	return 1
}
# events_are N: so many of the bundle in force.
events_are() {
	local now
	now=$(postern -o json trace -n 1000 --no-follow | grep -c "\"bundleVersion\":$version,")
	[ "$now" -eq "$1" ] || { echo "$now events of version $version, not $1"; postern trace -n 20 --no-follow; return 1; }
}
# why PORT WORDS: the explanation of the newest event about a port.
why() {
	local id
	id=$(postern -o json trace -n 1000 --no-follow | grep "\"port\":$1," | tail -n 1 | sed 's/.*"id":"\([^"]*\)".*/\1/')
	postern why "$id" | tee /dev/stderr | grep -qF -- "$2"
}

step "posternd starts" posternd_start
box_keys
check "trust is installed" box_trust

# Everything observed is as if there were no bundle, but for the events.
step "all phases are observed" roll observe observe observe
all_reached() {
	reachable >"$box_dir/observed"
	cat "$box_dir/observed"
	[ "$(wc -l <"$box_dir/observed")" -eq 10 ]
}
check "ZT-17: what is observed changes no reachability" all_reached
check "ZT-17: and is reported where enforcing would deny" events_are 8
check "a would-deny for want of a proof says so" event $proven '"verdict":"would-deny"' '"reason":"default-deny"'
check "a would-deny by a forbid names it" event $shut '"verdict":"would-deny"' '"policy":"shut"'
traced() { postern trace -n 100 --no-follow | tee /dev/stderr | grep ":$shut " | grep -qF "a forbid applies; It is being taken down."; }
check "trace shows the advice of a forbid" traced
check "a would-deny of what nothing mentions" event $unmentioned '"verdict":"would-deny"' '"policy":""'

# Identity.
step "identity is observed, the rest enforced" roll observe enforce enforce
says_phase() { postern status | tee /dev/stderr | grep -qx " *phase identity: observe"; }
check "status does not hide it" says_phase
check "whoever may prove it goes through" reaches $proven
check "the event names what is missing" event $proven '"verdict":"would-deny"' '"uid":0,' \
	'"remedy":"nobody is proven, needs team ops: run postern login; Ask the desk for a key."'
check "and why says so too, with the advice" why $proven "nobody is proven, needs team ops: run postern login"
check "the advice is shown" why $proven "Ask the desk for a key."
check "who may not prove it is denied" nobody_denied $proven
check "the device is enforced" denied $healthy
check "the network is enforced" denied $unmentioned
step "identity is enforced" roll enforce enforce enforce
check "without a proof nobody goes through" denied $proven
check "the denial names what is missing" event $proven '"verdict":"deny"' '"remedy":"nobody is proven'

# Device.
step "the device is observed" roll enforce observe enforce
check "a device without the fact goes through" reaches $healthy
check "the event names the fact" event $healthy '"verdict":"would-deny"' '"remedy":"device: custom fact'
check "identity is enforced" denied $proven
step "the device is off" roll enforce off enforce
check "what is off goes through" reaches $healthy
check "and is not reported" events_are 0
step "the device is enforced" roll enforce enforce enforce
check "a device without the fact is denied" denied $healthy
check "the denial names the fact" event $healthy '"verdict":"deny"' '"remedy":"device: custom fact'

# Network.
step "the network is observed" roll enforce enforce observe
check "what no permit mentions is open" reaches $unmentioned
check "and reported" event $unmentioned '"verdict":"would-deny"' '"reason":"default-deny"'
check "a forbid about the network alone waits" reaches $shut
check "and reports what it would deny" event $shut '"verdict":"would-deny"' '"policy":"shut"'
check "what a permit mentions stays closed without a proof" denied $proven
check "and without the fact" denied $healthy
step "the network is off" roll enforce enforce off
check "what no permit mentions is open still" reaches $unmentioned
check "a forbid about the network alone is not asked" reaches $shut
check "neither is reported" events_are 0
step "the network is enforced" roll enforce enforce enforce
check "what no permit mentions is denied" denied $unmentioned
check "what is forbidden is denied" denied $shut
check "what is permitted is reached" reaches $known

# From all off to all enforced, one step at a time.
only_takes_away() {
	local phases before=$box_dir/before after=$box_dir/after taken=0
	rm -f "$before"
	while read -r phases; do
		# shellcheck disable=SC2086 # three words
		roll $phases >/dev/null || return 1
		reachable >"$after"
		if [ -e "$before" ]; then
			! grep -vxFf "$before" "$after" || { echo "granted by $phases"; return 1; }
			cmp -s "$before" "$after" || taken=$((taken + 1))
		fi
		mv "$after" "$before"
	done <<-END
		off off off
		off observe off
		off enforce off
		observe enforce off
		enforce enforce off
		enforce enforce observe
		enforce enforce enforce
	END
	cat "$before"
	[ "$taken" -ge 3 ] && [ "$(wc -l <"$before")" -eq 2 ]
}
step "ZT-18: each step of tightening only takes away" only_takes_away

tap_end
