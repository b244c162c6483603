#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each house rule can fail: a tree with one violation is refused, with words that say what is wrong,
# and the same tree without it is accepted.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
tools=$PWD/tools

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

bsd='/* SPDX-License-Identifier: BSD-2-Clause */'
dual='/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */'

# put PATH LINE...: one file of the tree.
put() {
	local path=$scratch/tree/$1
	shift
	mkdir -p "${path%/*}"
	printf '%s\n' "$@" >"$path"
}

# A small tree that breaks no rule.
fresh() {
	rm -rf "$scratch/tree"
	put userspace/base/buf.h "$bsd" '/* What it does. */' 'void buf_put(int c);'
	put userspace/policy/policy.h "$bsd" '#include "base/buf.h"' '' '/* What it does. */' 'int policy_x(void);'
	put userspace/policy/lex.h "$bsd" '#include <postern/abi.h>'
	put userspace/policy/lex.c "$bsd" '#include "policy/lex.h"' '#include "base/json.h"'
	put userspace/compile/set.c "$bsd" '#include "policy/policy.h"'
	put userspace/loader/pins.c "$bsd" '#include <bpf/libbpf.h>' '#include "postern.skel.h"'
	put userspace/daemon/main.c "$bsd" '#include "compile/compile.h"'
	put include/postern/abi.h "$dual" '#include <linux/types.h>'
	put bpf/read/task.bpf.h "$dual" '#include "maps/policy.bpf.h"' '#include <postern/abi.h>'
	put bpf/connect.bpf.c "$dual" '#include "vmlinux.h"' '#include "read/task.bpf.h"'
}

accepts() {
	fresh
	check "check-$1 accepts a good tree" "$tools/check-$1" "$scratch/tree"
}

# bad TOOL NAME WORDS PATH LINE...: with that file added, the tool must refuse and say WORDS.
bad() {
	local tool=$1 name=$2 words=$3
	shift 3
	fresh
	put "$@"
	refuses "check-$tool refuses $name" "$words" "$tools/check-$tool" "$scratch/tree"
}

accepts floors
bad floors "an include upwards" "policy (floor 2) must not include compile (floor 3)" \
	userspace/policy/up.c "$bsd" '#include "compile/compile.h"'
bad floors "an include sideways on floor 2" "bundle (floor 2) must not include policy" \
	userspace/bundle/side.c "$bsd" '#include "policy/policy.h"'
bad floors "an arrow that floor 3 does not have" "events (floor 3) must not include compile" \
	userspace/events/ring.c "$bsd" '#include "compile/compile.h"'
bad floors "the daemon in the command line" "cli (floor 4) must not include daemon" \
	userspace/cli/push.c "$bsd" '	#  include "daemon/controller.h"'
bad floors "the project in base" "base knows nothing of the project" \
	userspace/base/abi.c "$bsd" '#include <postern/abi.h>'
bad floors "a lower folder in base" "base (floor 1) must not include policy" \
	userspace/base/up.c "$bsd" '#include "policy/policy.h"'
bad floors "tests in a program" "must not include tests" \
	userspace/cli/fake.c "$bsd" '#include "tests/harness/fakes.h"'
bad floors "a folder without a row" "folder extra has no row" \
	userspace/extra/x.c "$bsd" '#include "base/buf.h"'
bad floors "kernel code upwards" "bpf/read (floor 2) must not include bpf/core (floor 3)" \
	bpf/read/up.bpf.h "$dual" '#include "core/lookup.bpf.h"'
bad floors "user space in kernel code" "bpf (floor 4) must not include bpf/policy" \
	bpf/exec.bpf.c "$dual" '#include "policy/policy.h"'
bad floors "user space in the shared headers" "include/postern stands alone" \
	include/postern/bad.h "$dual" '#include "base/buf.h"'

# table NAME WORDS ROW...: a table of floors that must be refused.
table() {
	local name=$1 words=$2
	shift 2
	fresh
	{ cat "$tools/floors.txt"; printf '%s\n' "$@"; } >"$scratch/floors.txt"
	refuses "check-floors refuses $name" "$words" \
		env FLOORS="$scratch/floors.txt" "$tools/check-floors" "$scratch/tree"
}
table "a table with an arrow upwards" "the arrow metrics to loader goes up" "metrics 2 loader"
table "a table with an arrow within floor 2" "no arrows within floor 2" "metrics 2 policy"
table "a table with an arrow to nowhere" "an arrow to the unknown nobody" "metrics 3 nobody"

accepts doors
bad doors "a room of another folder" 'enter policy through its door "policy/policy.h"' \
	userspace/compile/room.c "$bsd" '#include "policy/lex.h"'
bad doors "a deeper room of another folder" 'enter policy through its door' \
	userspace/cli/room.c "$bsd" '#include "policy/deep/policy.h"'
bad doors "an include with ../" "without ../" \
	userspace/policy/dots.c "$bsd" '#include "../policy/policy.h"'
bad doors "an include with ../ in kernel code" "without ../" \
	bpf/core/dots.bpf.h "$dual" '#include "../maps/policy.bpf.h"'
bad doors "a kernel include from beside" 'bpf/ has only world.bpf.h at its root' \
	bpf/core/beside.bpf.h "$dual" '#include "lookup.bpf.h"'
bad doors "an include from beside" 'write the include from the root: "policy/lex.h"' \
	userspace/policy/beside.c "$bsd" '#include "lex.h"'
bad doors "jansson outside its home" "one home in userspace/base/json.h" \
	userspace/policy/j.c "$bsd" '#include <jansson.h>'
bad doors "libcrypto outside its home" "one home in userspace/bundle/" \
	userspace/control/c.c "$bsd" '#include <openssl/evp.h>'
bad doors "zlib outside its home" "one home in userspace/bundle/" \
	userspace/cli/z.c "$bsd" '#include <zlib.h>'
bad doors "libbpf outside its home" "one home in userspace/loader/" \
	userspace/events/b.c "$bsd" '#include <bpf/libbpf.h>'
bad doors "the skeleton outside its home" "one home in userspace/loader/" \
	userspace/daemon/s.c "$bsd" '#include "postern.skel.h"'
bad doors "libevent outside its home" "one home in userspace/control/" \
	userspace/daemon/e.c "$bsd" '#include <event2/event.h>'
bad doors "libnl outside its home" "one home in userspace/revoke/" \
	userspace/events/n.c "$bsd" '#include <netlink/netlink.h>'

accepts door-comments
bad door-comments "a prototype without a word" "userspace/wire/wire.h:3: no comment" \
	userspace/wire/wire.h "$bsd" '' 'int wire_x(int a);'
bad door-comments "a prototype far below a comment" "userspace/wire/wire.h:6: no comment" \
	userspace/wire/wire.h "$bsd" '/* One. */' 'int wire_x(int a);' '' '#define X 1' 'char *wire_y(void);'

accepts names
bad names "a file called util" "name the noun" userspace/base/util.c "$bsd"
bad names "a file called helpers" "name the noun" bpf/core/map_helpers.bpf.h "$dual"
bad names "a folder called common" "name the noun" userspace/common/x.h "$bsd"
bad names "a script called misc" "name the noun" tests/misc.sh '#!/bin/sh' '# SPDX-License-Identifier: BSD-2-Clause'
bad names "a file without a licence" "userspace/cli/x.c: the first line must say" userspace/cli/x.c 'int x;'
bad names "user space under another licence" "the first line must say" userspace/cli/x.c "$dual"
bad names "kernel code under one licence" "the first line must say" bpf/x.bpf.c "$bsd"
bad names "a licence in the second line" "the first line must say" userspace/cli/x.c '' "$bsd"

accepts limits
bad limits "a limit that nobody names" "neither README.md nor postern.7 names" tests/e2e/evasion/table.txt \
	'one_way  closed closed limit closed  = = - - | what | hook | why'
bad limits "a limit without a reason" "one_way: a limit without a reason" tests/e2e/evasion/table.txt \
	'one_way  closed closed closed closed  limit = - - | what | hook'

accepts sizes
mapfile -t lines < <(yes 'int x;' | head -n 450)
bad sizes "a file of 451 lines" "longer than 450 lines" userspace/cli/x.c "$bsd" "${lines[@]}"
mapfile -t steps < <(yes '	x();' | head -n 61)
bad sizes "a function of 61 lines" "function of 61 lines" userspace/cli/x.c "$bsd" 'void f(void)' '{' "${steps[@]}" '}'
bad sizes "a function of 6 parameters" "more than 5 parameters" \
	userspace/cli/x.c "$bsd" 'static int f(int a, int b, int c,' '	     int d, int e, int (*f)(int, int))' '{' '}'

fresh
put userspace/cli/x.c "$bsd" 'int f(int a, int b, int c, int d, int e,' '      struct diags *d, char **ret, size_t *ret_len)' '{' '}'
check "check-sizes does not count where the answer goes" "$tools/check-sizes" "$scratch/tree"

accepts words
bad words "an unfinished mark" "userspace/cli/x.c:2:" userspace/cli/x.c "$bsd" '/* TO''DO: later */'
bad words "a hidden hole" "userspace/cli/x.c:2:" userspace/cli/x.c "$bsd" '/* not yet imple''mented */'
bad words "a path of one machine" "tests/x.sh:1:" tests/x.sh 'cd /wo''rk/main'

accepts format
bad format "indentation by spaces" "code should be clang-formatted" \
	userspace/cli/x.c "$bsd" 'int f(void)' '{' '    return 0;' '}'
tap_end
