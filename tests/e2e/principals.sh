#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Who is who: a copy of a program is another program, another user in the same shell is somebody else, a child that execs
# another program inherits nothing; and each denial names them.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start principals

port=18530
curl=$(realpath "$(command -v curl)")
shell=$(realpath "$(command -v sh)")
peer=$box_dir/bin/peer
cp "$box_build/tools/peer" "$peer"
cp "$curl" "$box_dir/bin/curl"
"$peer" listen "$port" >/dev/null 2>&1 &
box_started+=($!)

# curl's own words for it: 52 the server said nothing, 56 it hung up (so it was reached), 7 no connection.
fetches() { [ "$1" -eq 52 ] || [ "$1" -eq 56 ] || { echo "curl: $1"; false; }; }
is_shut() { [ "$1" -eq 7 ] || { echo "curl: $1"; false; }; }
as_status() { # the exit status of a command in the cgroup
	inside timeout 10 "$@" >/dev/null 2>&1
	echo $?
}
get() { as_status "$1" -s -m 5 "http://$2:$port/"; }
get_as() { # USER PROGRAM: in a shell, by su
	as_status "$shell" -c "su -s $shell $1 -c '$2 -s -m 5 http://127.0.0.1:$port/'; exit \$?"
}

policy() {
	cat >"$box_dir/bundle/policies/who.cedar"
	postern push "$(box_bundle "$1")" >/dev/null
}

# The newest denial, as JSON, has these texts.
last_denial() {
	local said part
	said=$(postern -o json why last)
	for part in "$@"; do
		case $said in
		*"$part"*) ;;
		*)
			echo "no $part in $said"
			return 1
			;;
		esac
	done
}

box_keys
check "trust is installed" box_trust
step "the controller answers" posternd_start

policy 1 <<-EOF
	@id("curl")
	permit (principal in Program::"$curl", action == Action::"connect", resource is Endpoint)
	when { resource.port == $port };
EOF
check "the permitted program connects" fetches "$(get "$curl" 127.0.0.1)"
check "over IPv6 too" fetches "$(get "$curl" '[::1]')"
check "a copy of it is somebody else" is_shut "$(get "$box_dir/bin/curl" 127.0.0.1)"
check "the denial names the copy, its user and the default" last_denial \
	"\"executable\":\"$box_dir/bin/curl\"" '"user":"root"' '"reason":"default-deny"' '"verdict":"deny"' \
	"\"port\":$port" '"unit":"postern-test-principals"'
check "a child that execs another program inherits nothing" is_shut "$(as_status "$shell" -c "$box_dir/bin/curl -s -m 5 http://127.0.0.1:$port/")"
check "nor does what another program becomes" is_shut "$(as_status "$peer" exec "$box_dir/bin/curl" curl -s -m 5 "http://127.0.0.1:$port/")"
check "and the permitted one may be exec'd by anybody" fetches "$(as_status "$peer" exec "$curl" curl -s -m 5 "http://127.0.0.1:$port/")"
ln -sf "$curl" "$box_dir/bin/link"
check "a link to it is the same program" fetches "$(get "$box_dir/bin/link" 127.0.0.1)"
ln -f "$curl" "$box_dir/bin/hard" 2>/dev/null || cp "$curl" "$box_dir/bin/hard"
check "another name of it is not" is_shut "$(get "$box_dir/bin/hard" 127.0.0.1)"

policy 2 <<-EOF
	@id("daemon-only")
	permit (principal in User::"daemon", action == Action::"connect", resource is Endpoint)
	when { resource.port == $port };
EOF
check "the permitted user connects" fetches "$(get_as daemon "$curl")"
check "with any program" fetches "$(get_as daemon "$box_dir/bin/curl")"
check "root is somebody else" is_shut "$(get "$curl" 127.0.0.1)"
check "su to another user in the same shell is somebody else" is_shut "$(get_as nobody "$curl")"
check "the denial names that user" last_denial '"user":"nobody"' "\"executable\":\"$curl\"" '"reason":"default-deny"'
both=$(inside "$shell" -c "su -s $shell daemon -c '$curl -s -m 5 http://127.0.0.1:$port/'; a=\$?; $curl -s -m 5 http://127.0.0.1:$port/; echo \$a \$?" 2>/dev/null)
check "one shell, two users, two answers: the first connects" fetches "${both% *}"
check "and the second does not" is_shut "${both#* }"

policy 3 <<-EOF
	@id("group")
	permit (principal in Group::"games", action == Action::"connect", resource is Endpoint)
	when { resource.port == $port };
	@id("not-by-peer")
	@advice("use curl")
	forbid (principal in Program::"$peer", action in Action::"egress", resource is Endpoint);
EOF
in_group() { as_status setpriv --reuid nobody --regid nogroup "$@" -s -m 5 "http://127.0.0.1:$port/"; }
check "a supplementary group counts" fetches "$(in_group --groups games "$curl")"
check "and not having it does" is_shut "$(in_group --clear-groups "$curl")"
said=$(inside setpriv --reuid nobody --regid nogroup --groups games "$peer" connect udp 127.0.0.1 "$port")
check "a forbid overrides that permit, over UDP" [ "$said" = "Operation not permitted" ]
check "and is named" last_denial '"policy":"not-by-peer"' '"reason":"forbid"' '"protocol":"udp"'
why=$(postern why last)
check "why shows its advice" grep -qF "advice  use curl" <<<"$why"
check "why shows what the request had" grep -qF "program $peer" <<<"$why"

step "the controller ends when asked" posternd_kill
tap_end
