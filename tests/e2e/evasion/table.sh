# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Reading table.txt, to be sourced: what is expected here, and whether it came so. judge.awk decides.
table=tests/e2e/evasion/table.txt

# Names that have a mark: table_marked harm.
table_marked() { awk -v mark="$1" '!/^#/ && NF && ("," $9 ",") ~ ("," mark ",") { print $1 }' "$table"; }

# Attempts whose packets cgroup hooks can see, without those that touch the enforcer or are older than it.
table_unharmful_egress() {
	awk '!/^#/ && NF && $9 !~ /harm/ && $6 != "limit" && $1 !~ /^(in_|scm_|old_|unix_|netlink_)/ { print $1 }' "$table"
}

# The names of the program against those of the table. What only one side has is said.
table_is_whole() {
	diff <("$1" list | sort) <(awk '!/^#/ && NF { print $1 }' "$table" | sort)
}

# The column of the running kernel: its own or the next older one.
table_kernel() {
	case $(uname -r) in
	6.[1-9].* | 6.1[01].*) echo 6.1 ;;
	6.1[2-7].*) echo 6.12 ;;
	6.*) echo 6.18 ;;
	*) echo 7.x ;;
	esac
}

# Of the kernels that tests/vm boots everything is known; others may be built without something.
table_is_known_kernel() { case $(uname -r) in *-cloud-amd64) echo 1 ;; *) echo 0 ;; esac }

# lsm: whether LSM programs of the enforcer are attached.
table_situation() {
	table_lsm=0
	postern -o json status | grep -o '"hooks":\[[^]]*\]' | grep -oE '"attach":"lsm[^}]*"attached":true' | grep -q . && table_lsm=1
	return 0
}

# table_missing ROUND NAME...: of these, what should have arrived in a round so far and did not.
table_missing() {
	local round=$1 rounds=("$box_dir/round.bare")
	shift
	[ "$round" = bare ] || rounds+=("$box_dir/round.allow")
	[ "$round" != deny ] || rounds+=("$box_dir/round.deny")
	awk -v missing="$round" -v kernel="$(table_kernel)" -v lsm="${table_lsm:-0}" -v root="${table_root:-0}" \
		-v wanted="$*" -f tests/e2e/evasion/judge.awk "$table" "${rounds[@]}"
}

# Lines "0 NAME…" (as expected) and "1 NAME…", each followed by "# …" where there is more to say; then "= …", a sum.
table_judge() {
	awk -v dir="$box_dir" -v kernel="$(table_kernel)" -v known="$(table_is_known_kernel)" -v lsm="${table_lsm:-0}" \
		-v root="${table_root:-0}" -v loader="$(realpath /lib64/ld-linux-x86-64.so.2)" \
		-v ip="$(realpath "$(command -v ip)")" -v wanted="$*" -f tests/e2e/evasion/judge.awk \
		"$table" "$box_dir/round.bare" "$box_dir/round.allow" "$box_dir/round.deny" "$box_dir/events"
}
