# SPDX-License-Identifier: BSD-2-Clause
# From `bpftool btf dump ... format raw` to C: one assertion for the size of each postern_ struct, two
# for the place and size of each of its members, one for each enumerator. Lines start with the type's
# name and a tab, so that a caller can pick one type: "postern_event<TAB>_Static_assert(...);".

function size_of(id,   k) {
	k = kind[id]
	if (k == "TYPEDEF" || k == "CONST" || k == "VOLATILE" || k == "RESTRICT")
		return size_of(of[id])
	if (k == "ARRAY")
		return count[id] * size_of(of[id])
	return k == "PTR" ? 8 : size[id]
}

function assertion(owner, condition) {
	printf "%s\t_Static_assert(%s, \"%s\");\n", owner, condition, condition
}

# The members of `id`, which starts `base` bytes into struct `owner`; those without a name are entered.
function members(owner, id, base,   i, place, at) {
	for (i = 1; i <= n_members[id]; i++) {
		place = base + member_bits[id, i] / 8
		if (member_name[id, i] == "(anon)") {
			members(owner, member_type[id, i], place)
			continue
		}
		at = "struct " owner ", " member_name[id, i]
		assertion(owner, "__builtin_offsetof(" at ") == " place)
		assertion(owner, "sizeof(((struct " owner " *)0)->" member_name[id, i] ") == " size_of(member_type[id, i]))
	}
}

function field(name,   i) {
	for (i = 1; i <= NF; i++)
		if (index($i, name "=") == 1)
			return substr($i, length(name) + 2)
	return ""
}

{ gsub(/'/, "") }

/^\[/ {
	id = $1
	gsub(/[][]/, "", id)
	last = id
	kind[id] = $2
	name[id] = $3
	size[id] = field("size")
	of[id] = field("type_id")
	count[id] = field("nr_elems")
	ids[++n] = id
	next
}
/bits_offset=/ {
	i = ++n_members[last]
	member_name[last, i] = $1
	member_type[last, i] = field("type_id")
	member_bits[last, i] = field("bits_offset")
	if (field("bitfield_size") && name[last] ~ /^postern_/)
		assertion(name[last], "0 /* bit-field " $1 " */")
	next
}
/ val=/ && kind[last] ~ /^ENUM/ && name[last] ~ /^postern_/ {
	assertion(name[last], $1 " == " field("val"))
}

END {
	for (k = 1; k <= n; k++) {
		id = ids[k]
		if (kind[id] != "STRUCT" || name[id] !~ /^postern_/)
			continue
		assertion(name[id], "sizeof(struct " name[id] ") == " size[id])
		members(name[id], id, 0)
	}
}
