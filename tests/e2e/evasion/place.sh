# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# What stories with attempts have in common, to be sourced after sandbox.sh, net.sh: the programs, and
# running attempts. `evasion` is the program with all of them.

# Under box_dir: bin/ the attempts and who they pose as, out/ what is not governed.
place() {
	mkdir -p "$box_dir"/{out,tmp,good,open} "$box_cgroup-beside" && chmod 1777 "$box_dir/open" || return 1
	cp "$evasion" "$box_dir/out/evasion" && cp "$evasion" "$box_dir/bin/allowed" || return 1
	cp "$evasion" "$box_dir/bin/digested" && cp "${evasion%evasion}preload.so" "$box_dir/bin/" || return 1
	# One file under many names: but never that of an allowed program, which is known by its inode too.
	"$evasion" links "$box_dir/out/evasion" "$box_dir/bin" || return 1
	printf '#!%s\n' "$box_dir/bin/allowed" >"$box_dir/good/script" && chmod 0755 "$box_dir/good/script"
	export EVASION_PIN=$box_pin
}

place_end() {
	[ -z "${EVASION_KEEP:-}" ] || cp -r "$box_dir" "$EVASION_KEEP"
	[ -z "$box_pid" ] || kill -CONT "$box_pid" 2>/dev/null
	rmdir "$box_cgroup"/*/ 2>/dev/null
	box_clean
	rmdir "$box_cgroup-beside" 2>/dev/null
	net_remove
}

# place_attempt ROUND NAME...: what drive prints goes to the file round.ROUND.
place_attempt() {
	local round=$1
	shift
	"$box_dir/out/evasion" drive "$box_dir" "$box_cgroup" "$round" "$@" >>"$box_dir/round.$round"
}

# place_push VERSION POLICY: one of policy.sh.
place_push() {
	"policy_$2" >"$box_dir/bundle/policies/evasion.cedar"
	postern push "$(box_bundle "$1")" >/dev/null
}
