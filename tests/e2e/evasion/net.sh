# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Two network namespaces joined by a veth pair, to be sourced: net_make, net_remove. The near side is
# where attempts run; the far side has several addresses, forwards, and takes routing headers. They are
# named after the story, and only they are touched.
export EVASION_NET
EVASION_NET=postern-$(basename "$0" .sh)${EVASION_ROOT:+-root}
net_near=$EVASION_NET-near net_far=$EVASION_NET-far

net_remove() {
	local name
	for name in "$net_near" "$net_far"; do
		ip netns del "$name" 2>/dev/null
	done
	return 0
}

# What both sides have set below net/, a name and a value a line.
net_values() {
	local device
	cat <<-EOF
		ipv4/tcp_fastopen 1539
		ipv4/ping_group_range 0 2147483647
		ipv4/ip_forward 1
		ipv6/conf/all/forwarding 1
		ipv6/conf/all/seg6_enabled 1
		ipv4/conf/all/accept_source_route 1
		ipv4/conf/all/rp_filter 0
		mptcp/enabled 1
	EOF
	for device in ev-near ev-far; do
		cat <<-EOF
			ipv6/conf/$device/seg6_enabled 1
			ipv4/conf/$device/accept_source_route 1
			ipv4/conf/$device/rp_filter 0
			ipv6/conf/$device/accept_dad 0
		EOF
	done
}

# What the kernel, or that side, does not have is passed over.
# shellcheck disable=SC2016 # words for another shell
net_settings() {
	net_values | nsenter --net="/run/netns/$1" sh -c \
		'while read -r name value; do [ ! -e "/proc/sys/net/$name" ] || echo "$value" >"/proc/sys/net/$name"; done'
}

net_make() {
	local address
	net_remove
	ip netns add "$net_near" && ip netns add "$net_far" || return 1
	ip -n "$net_near" link add ev-near type veth peer name ev-far netns "$net_far" || return 1
	net_settings "$net_near"
	net_settings "$net_far"
	for net in "$net_near" "$net_far"; do
		ip -n "$net" link set lo up
	done
	for address in 10.91.0.1/24 10.91.0.4/24; do
		ip -n "$net_near" address add "$address" brd + dev ev-near
	done
	ip -n "$net_near" address add fd91::1/64 dev ev-near nodad
	ip -n "$net_near" address add fe80::90/64 dev ev-near nodad
	for address in 10.91.0.2/24 10.91.0.3/24; do
		ip -n "$net_far" address add "$address" brd + dev ev-far
	done
	for address in fd91::2/64 fd91::3/64 fe80::91/64 fd91::5efe:a5b:2/64; do
		ip -n "$net_far" address add "$address" dev ev-far nodad
	done
	for address in 64:ff9b::a5b:2 2002:a5b:2::1; do
		ip -n "$net_far" address add "$address/128" dev lo nodad
		ip -n "$net_near" route add "$address/128" via fd91::2 2>/dev/null
	done
	ip -n "$net_near" link set ev-near up
	ip -n "$net_far" link set ev-far up
	for address in 64:ff9b::a5b:2 2002:a5b:2::1; do
		ip -n "$net_near" route replace "$address/128" via fd91::2 dev ev-near
	done
	# Who speaks MPTCP announces a second address, and the other side joins it.
	ip -n "$net_far" mptcp endpoint add 10.91.0.3 dev ev-far signal 2>/dev/null
	ip -n "$net_far" mptcp limits set subflow 4 add_addr_accepted 4 2>/dev/null
	ip -n "$net_near" mptcp limits set subflow 4 add_addr_accepted 4 2>/dev/null
	ip -n "$net_near" neigh replace 10.91.0.2 lladdr "$(net_far_link)" dev ev-near
	ip -n "$net_near" neigh replace 10.91.0.3 lladdr "$(net_far_link)" dev ev-near
	return 0
}

net_far_link() {
	ip -n "$net_far" -o link show ev-far | sed -n 's/.*link\/ether \([0-9a-f:]*\).*/\1/p'
}
