# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# The policies that attempts meet, to be sourced after sandbox.sh. Numbers are those of scene.h.

# Everything, each action by its name: a permit without one is refused.
policy_allow() {
	cat <<-EOF
		@id("all-endpoints")
		permit (principal, action in [Action::"egress", Action::"ingress"], resource);
		@id("all-kinds")
		permit (principal, action == Action::"create", resource);
	EOF
}

# What only some may: whoever poses as one of them must not get through.
policy_only() {
	local id=$1 port=$2 who=$3
	cat <<-EOF
		@id("$id")
		permit (principal, action in Action::"egress", resource is Endpoint)
		when { resource.port == $port && $who };
	EOF
}

# `evasion`: what bin/digested is a copy of.
policy_deny() {
	local program=$box_dir/bin/allowed
	policy_only user 7001 'principal in User::"root"'
	policy_only unit 7002 'principal in Unit::"trusted.service"'
	[ -n "${EVASION_TODAY:-}" ] || policy_only container 7003 "principal.container == \"$policy_container\""
	[ -n "${EVASION_TODAY:-}" ] || policy_only script 7004 "principal in Program::\"$program\" && principal in User::\"root\" &&
		principal.script == \"$box_dir/good/script\""
	[ -n "${EVASION_TODAY:-}" ] || policy_only digest 7005 "principal in Program::\"$box_dir/bin/digested\" &&
		principal.sha256 == \"$(sha256sum <"$evasion" | cut -d ' ' -f 1)\""
	policy_only program 7006 "principal in Program::\"$program\""
	policy_only deleted 7006 "principal in Program::\"$box_dir/tmp/granted\""
	cat <<-EOF
		@id("approved")
		permit (principal, action in Action::"egress", resource is Endpoint)
		when { resource.port == 7010 && (resource.ip == ip("10.91.0.2") || resource.ip == ip("fd91::2")) };
		@id("approved-listener")
		permit (principal in Program::"$program", action == Action::"listen", resource is Endpoint)
		when { resource.port == 7101 };
		@id("join")
		permit (principal in Program::"$box_dir/bin/mptcp_join", action == Action::"create",
			resource == SocketKind::"mptcp");
		@id("old-kinds")
		permit (principal in Program::"$box_dir/bin/old_raw", action == Action::"create",
			resource == SocketKind::"raw");
	EOF
	[ "$box_attach" = "$box_cgroup" ] || policy_others
}

# Where everything is governed: all that is no attempt may do what it likes.
policy_others() {
	local unit=${box_cgroup##*/} action
	for action in 'action in [Action::"egress", Action::"ingress"]' 'action == Action::"create"'; do
		cat <<-EOF
			@id("others-$((${#action}))")
			permit (principal, $action, resource)
			unless { principal in Unit::"$unit" || principal in Unit::"$unit-beside" ||
				principal.exe like "$box_dir/bin/*" };
		EOF
	done
}
policy_container=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# One destination of each family, and the loopback that any-addresses mean; all kinds of sockets.
policy_wire() {
	cat <<-EOF
		@id("approved")
		permit (principal, action in Action::"egress", resource is Endpoint)
		when { (resource.ip == ip("10.91.0.2") || resource.ip == ip("fd91::2") || resource.ip.isLoopback()) &&
			(resource.port == 7010 || resource.port == 0) };
		@id("kinds")
		permit (principal, action == Action::"create", resource);
	EOF
}
