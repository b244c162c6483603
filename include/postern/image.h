/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The image: what the compiler makes of a bundle and what the kernel side looks things up in. One
 * flat run of 64-byte lines without pointers, so that it is checked, measured and loaded as a
 * whole. Line 0 is the header, line 1 the directory, lines 2… one per principal dimension; all
 * else is found through them.
 *
 *   destination address ──tree──▶ row; action, protocol, port ──row──▶ cell ──▶ alternatives: forbids, then permits
 *   subject: one class per dimension, group bits, units, fact bits ──▶ terms of an alternative
 */
#pragma once

#include <postern/world.h>

#define POSTERN_IMAGE_MAGIC 0x314d4950u /* "PIM1" */
#define POSTERN_NONE 0xffffffffu
#define POSTERN_CLOSED 0xfffffffeu /* stands for a policy, see struct postern_alternative */

/* ---- principal dimensions: each subject has exactly one class in each ------------------------- */

enum postern_dim {
	POSTERN_DIM_USER = 0, /* by uid: User and principal.uid */
	POSTERN_DIM_GID = 1, /* principal.gid */
	POSTERN_DIM_EXE = 2, /* by path: Program and principal.exe */
	POSTERN_DIM_PARENT = 3,
	POSTERN_DIM_SCRIPT = 4,
	POSTERN_DIM_SHA256 = 5,
	POSTERN_DIM_CONTAINER = 6,
	POSTERN_DIM_IDENTITY = 7, /* Identity and Team */
	POSTERN_DIM_PREEXISTING = 8, /* class 0: no, class 1: yes */
	POSTERN_DIMS = 9,
	POSTERN_DIM_SLOTS = 12, /* room in a subject */
};

/* ---- header -------------------------------------------------------------------------------------- */

struct postern_header { /* line 0 */
	__u32 magic;
	__u32 version; /* POSTERN_ABI_VERSION */
	__u32 lines; /* of the whole image */
	__u32 image_id; /* given by the loader, never reused while the maps live; 0 before */
	__u64 seed; /* of the string hash */
	__u32 mode; /* enum postern_mode */
	__u32 policies;
	__u32 strings_line; /* hash table of strings: lines of four postern_string */
	__u32 strings_mask; /* number of those lines - 1, a power of two less one */
	__u32 strings_probe; /* lines to look at before a string is known to be absent */
	__u32 rows_line; /* postern_row or postern_tree each: POSTERN_DOOR() → cell */
	__u32 pad;
	__u32 rows;
	__u32 names_line; /* user space only: policy ids, see postern_name; 0 if left out */
	__u32 names_lines;
};

struct postern_directory { /* line 1: first lines of the rest */
	__u32 tree_v4; /* u32 host-order address → row */
	__u32 tree_v6; /* u64 high half → row, or POSTERN_SUBTREE | index */
	__u32 subtrees_line; /* postern_tree each: u64 low half → row */
	__u32 subtrees;
	__u32 tree_door; /* POSTERN_DOOR() → door class: what policies tell apart, whatever the address */
	__u32 door_classes;
	__u32 tree_user; /* uid → class of POSTERN_DIM_USER */
	__u32 tree_gid; /* gid → class of POSTERN_DIM_GID */
	__u32 tree_group; /* gid → index of a postern_bits in group_sets; 0 is the empty set */
	__u32 group_sets_line;
	__u32 group_sets; /* 1 when the bundle names no group */
	__u32 cells_line; /* four postern_cell a line */
	__u32 cells;
	__u32 alternatives_line; /* one postern_alternative a line */
	__u32 alternatives;
	__u32 units; /* Unit names in the bundle: 0 means units need no reading */
};

struct postern_dimension { /* lines 2 … 2 + POSTERN_DIMS - 1 */
	__u32 classes;
	__u32 empty_class; /* of the empty string (string dimensions) */
	__u32 matrix_line; /* class × column bits of POSTERN_TERM_SET */
	__u32 row_words; /* 32-bit words a class; 0 without columns */
	__u32 prefixes_line; /* postern_affix, longest first */
	__u32 prefixes;
	__u32 suffixes_line;
	__u32 suffixes;
	__u32 combos_line; /* class of a string that is not in the table: [prefix id * (suffixes + 1) + suffix id] */
	__u32 pad[7];
};

#define POSTERN_DIMENSION_LINE(dim) (2 + (dim))

struct postern_annex { /* line 2 + POSTERN_DIMS: what came after the directory was full */
	__u32 facts_line; /* two postern_fact a line */
	__u32 facts;
	__u32 pad[14];
};

#define POSTERN_ANNEX_LINE (2 + POSTERN_DIMS)
#define POSTERN_FIRST_FREE_LINE (3 + POSTERN_DIMS)

/* ---- facts: conditions on context and on this end; decided by <postern/context.h> --------------- */

/* Of a fact and its opposite one is kept: alternatives ask for both (must, must_not). */
enum postern_fact_kind {
	POSTERN_FACT_DEVICE = 1, /* the controller says; mask bit 0: its worst value */
	/* one boolean attribute: mask bit 1 when it is true, bit 0 when it is false */
	POSTERN_FACT_MFA = 2,
	POSTERN_FACT_VERIFIED = 3,
	POSTERN_FACT_INTERACTIVE = 4,
	POSTERN_FACT_WEEKDAY = 5, /* mask bit of the weekday, 1…7 */
	/* low <= number <= high, signed */
	POSTERN_FACT_AGE = 6, /* mfaAge, ms */
	POSTERN_FACT_NOW = 7, /* ms since 1970 */
	POSTERN_FACT_UTC_TIME = 8, /* now.toTime(), ms */
	POSTERN_FACT_LOCAL_TIME = 9, /* ms since local midnight */
	POSTERN_FACT_LOCAL_PORT = 10,
	POSTERN_FACT_LOCAL_IP =
		11, /* inside the prefix low:high halves / mask bits, of one family */
	POSTERN_FACT_LOCAL_V4 = 12, /* as a boolean: this end is IPv4 */
};

#define POSTERN_FACT_V4 1u /* LOCAL_IP: an IPv4 prefix, in the low half of `low` */

struct postern_fact {
	__u16 kind; /* enum postern_fact_kind */
	__u16 flags;
	__u32 mask;
	__s64 low; /* LOCAL_IP: high half of the address */
	__s64 high; /* LOCAL_IP: low half */
	__u64 pad;
};

/* ---- range tree: sorted keys in lines; 16 u32 or 8 u64 a line, top level first ----------------- */

#define POSTERN_TREE_LEVELS 9

/*
 * One line. The key at or below a number is found with one line a level. Level 0 has one line.
 * A line of level l + 1 for each key of level l, and the levels follow one another, then the values: so a
 * level's keys are as many as the lines of the next. keys[0] of the lowest level is 0, so a lookup
 * always finds something. Unused places hold the largest key; positions are clamped to the keys.
 */
struct postern_tree {
	__u32 depth; /* levels, 1…POSTERN_TREE_LEVELS; 0 with a front */
	__u32 keys; /* on the lowest level; with a front: words of all its runs */
	__u32 keys_line; /* first line of that level: level[depth - 1]; with a front: of its runs */
	__u32 values_line; /* u32 a key, 16 a line: level[depth] */
	__u32 front_line; /* 0: no front; else u32 each, see below */
	__u32 level[POSTERN_TREE_LEVELS +
		    2]; /* first lines; level[depth + 1] is level[depth] + keys */
};

/*
 * The tree of IPv4 addresses has a front instead of levels when it has many keys. By the high 16 bits of a number it says
 * where the run of words begins that holds the steps within those: the low 16 bits of a key and its value, in one word.
 * The next entry says where it ends, one more closes the table. The first step of a run is at 0. Runs follow one
 * another without gaps; each lies in POSTERN_RUN_LINES lines from the one that it begins in. One that would not is a
 * tree of its own, of whole numbers: its run is POSTERN_RUN_TREE, and the tree's line.
 */
#define POSTERN_FRONT_ENTRIES 65537
#define POSTERN_RUN_LINES 4
#define POSTERN_RUN_STEP(key, value) ((__u32)(key) << 16 | (__u32)(value))
#define POSTERN_RUN_TREE POSTERN_RUN_STEP(0, 0xffff)
#define POSTERN_RUN_VALUE(step) (0xffff & (__u32)(step))

#define POSTERN_SUBTREE 0x80000000u

#define POSTERN_ROW_STEPS 7

/* A row of few steps, as one line: from each key on, up to the next, the door's cell. One of more steps is a tree. */
struct postern_row {
	__u32 depth; /* 0; a tree's is not */
	__u32 key[POSTERN_ROW_STEPS]; /* ascending from 0; unused ones are the largest */
	__u32 cell[POSTERN_ROW_STEPS];
	__u32 pad;
};

/* Key of the door tree. */
#define POSTERN_DOOR(action, protocol, port)                                                       \
	((__u32)(action) << 20 | (__u32)(protocol) << 16 | (__u32)(port))

/* ---- strings ------------------------------------------------------------------------------------ */

enum postern_string_kind {
	/* 0 … POSTERN_DIMS - 1: the dimension; value: class */
	POSTERN_STRING_UNIT = 9, /* a Unit's name; value: number of the unit */
	POSTERN_STRING_UNIT_STEP = 10, /* node, a component of a cgroup path; value: POSTERN_STEP */
	POSTERN_STRING_FILE = 11, /* struct postern_file_key; value: alias set of an executable */
	POSTERN_STRING_ALIASED = 12, /* struct postern_aliased; value: class of POSTERN_DIM_EXE */
};

/* Kind, node (0 but for UNIT_STEP) and length in one word: compared before the bytes are. */
#define POSTERN_TAG(kind, node, len) ((__u32)(kind) << 28 | (__u32)(node) << 12 | (__u32)(len))
#define POSTERN_STRING_MAX 4095
#define POSTERN_NODE_MAX 0xffff

struct postern_string {
	__u32 hash;
	__u32 tag;
	__u32 line; /* of the bytes, zero-padded to whole lines; 0: empty place */
	__u32 value;
};

/* Value of POSTERN_STRING_UNIT_STEP: the node reached, and the number of the unit whose path that is + 1. */
#define POSTERN_STEP(node, unit_plus_1) ((__u32)(unit_plus_1) << 16 | (__u32)(node))
#define POSTERN_STEP_NODE(value) (0xffff & (__u32)(value))
#define POSTERN_STEP_UNIT(value) ((value) >> 16)

/* An executable by what it is, for files on mounts that are not the host's. */
struct postern_file_key {
	__u64 dev; /* kernel dev_t of the superblock */
	__u64 ino;
	__u32 generation;
	__u32 pad;
};

struct postern_aliased {
	__u32 alias_set;
	__u32 string_class; /* class that "container:/path" has as a string */
};

struct postern_affix {
	__u32 line; /* of the bytes */
	__u32 len;
	__u32 id; /* from 1 */
	__u32 pad;
};

/* ---- cells -------------------------------------------------------------------------------------- */

struct postern_cell {
	__u32 first; /* line within the alternatives */
	__u32 lines;
	__u64 facts; /* that any of its alternatives asks for */
};

#define POSTERN_ALT_ENFORCED 1u /* counts in the enforced set */
#define POSTERN_ALT_REPORTED 2u /* counts in the reported set */
#define POSTERN_ALT_FORBID 4u
#define POSTERN_ALT_MORE 8u /* the next line's terms belong to this alternative too */

/*
 * One line. Holds when all terms hold, all `must` facts are true and no `must_not` fact is. Within
 * a cell: forbids before permits, and within each by policy number, which is the order of the
 * policies' @id bytes; so the first that holds names the policy. While the network phase is not
 * enforced, lines with POSTERN_CLOSED for a policy follow the permits, and then the permit for all
 * the rest: the first line that holds decides, and POSTERN_CLOSED decides that no permit does.
 */
struct postern_alternative {
	__u32 policy;
	__u16 flags;
	__u16 terms;
	__u64 must;
	__u64 must_not;
	__u32 term[POSTERN_TERMS_MAX];
};

enum postern_term_op {
	POSTERN_TERM_CLASS = 0, /* the subject's class in the dimension is arg */
	POSTERN_TERM_SET = 1, /* that class's row has column arg */
	POSTERN_TERM_GROUP = 2, /* group bit arg */
	POSTERN_TERM_NO_GROUP = 3,
	POSTERN_TERM_UNIT = 4, /* in unit arg */
	POSTERN_TERM_NO_UNIT = 5,
	POSTERN_TERM_NOT_CLASS = 6,
};

#define POSTERN_TERM(op, dim, arg) ((__u32)(op) << 28 | (__u32)(dim) << 24 | (__u32)(arg))
#define POSTERN_TERM_OP(term) ((term) >> 28)
#define POSTERN_TERM_DIM(term) (((term) >> 24) & 15)
#define POSTERN_TERM_ARG(term) (0xffffff & (__u32)(term))

/* ---- sets of bits ---------------------------------------------------------------------------------- */

struct postern_bits { /* two a line */
	__u64 word[4];
};

/* The named units that a subject is in: their numbers + 1, from the front; 0: no more. */
struct postern_units {
	union {
		__u16 unit[POSTERN_UNITS_NESTED_MAX];
		__u64 word[POSTERN_UNITS_NESTED_MAX / 4];
	};
};

/* Policy ids, one after another from names_line: length byte, bytes. In number order. */

_Static_assert(sizeof(struct postern_line) == 64, "a line is a cache line");
_Static_assert(sizeof(struct postern_header) == 64, "the header is one line");
_Static_assert(sizeof(struct postern_directory) == 64, "the directory is one line");
_Static_assert(sizeof(struct postern_dimension) == 64, "a dimension is one line");
_Static_assert(sizeof(struct postern_annex) == 64, "the annex is one line");
_Static_assert(sizeof(struct postern_fact) == 32, "two facts a line");
_Static_assert(sizeof(struct postern_tree) == 64, "a tree is one line");
_Static_assert(sizeof(struct postern_row) == 64, "a row of few steps is one line");
_Static_assert(sizeof(struct postern_string) == 16, "four strings a line");
_Static_assert(sizeof(struct postern_affix) == 16, "four affixes a line");
_Static_assert(sizeof(struct postern_cell) == 16, "four cells a line");
_Static_assert(sizeof(struct postern_alternative) == 64, "an alternative is one line");
_Static_assert(sizeof(struct postern_bits) == 32, "two sets a line");
_Static_assert(POSTERN_GROUPS_MAX == 256, "sets hold 256 bits");
_Static_assert(POSTERN_UNITS_MAX < 0xffff && sizeof(struct postern_units) == 32,
	       "units are four words of four numbers");
