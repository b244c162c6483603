/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * One question to the decision outside any hook: what `postern decide --engine kernel` and the
 * tests put to the same look-ups and maps that the hooks use.
 */
#pragma once

#include <postern/context.h>

/* Context of the syscall program `postern_ask`; the texts lie in the map `ask_texts`. */
enum postern_ask_text {
	POSTERN_ASK_EXE = 0,
	POSTERN_ASK_PARENT,
	POSTERN_ASK_SCRIPT,
	POSTERN_ASK_SHA256,
	POSTERN_ASK_CONTAINER,
	POSTERN_ASK_IDENTITY,
	POSTERN_ASK_TEXTS,
};

struct postern_ask {
	/* in */
	__u32 slot; /* of the image to ask */
	__u32 user_key, gid; /* as the image's user and gid trees are keyed */
	__u32 groups; /* used of group[] */
	__u32 group[POSTERN_PROCESS_GROUPS_MAX + 8];
	struct postern_units units;
	struct postern_context context; /* facts are decided from it, there as here */
	__u32 preexisting;
	__u32 v4;
	__u64 high, low;
	__u32 action, protocol, port;
	__u32 text_len[POSTERN_ASK_TEXTS];
	__u32 pad0;
	/* out */
	__u32 verdict, reason, policy;
	__u32 pad1;
};
