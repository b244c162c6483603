/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Login sessions. An entry that is replaced or removed may be filled with another session's at once,
 * also while it is read here: so nothing is believed before the same place was found a second time.
 */
#pragma once

#include "core/force.bpf.h"
#include "core/text.bpf.h"
#include "core/told.bpf.h"

/* A session's proof; all 0 without one that counts. */
struct proof {
	__u64 boottime; /* ns, of the proof */
	__u64 end; /* boot ns; POSTERN_FOREVER without a proof */
	__u32 uid;
	__u32 flags; /* enum postern_session_flag */
};

/* Who somebody is: the class, and until when. */
struct identity {
	__u32 cls; /* of POSTERN_DIM_IDENTITY */
	__u32 pad;
	__u64 until; /* boot ns; POSTERN_FOREVER when time alone does not change it */
};

#define SESSION_TRIES 2

static __always_inline const struct postern_session *session_find(__u32 id)
{
	return id == POSTERN_NO_SESSION ? NULL : bpf_map_lookup_elem(&sessions, &id);
}

/* Of which proof it is; to be asked before it is read. */
static __always_inline __u64 session_of(const struct postern_session *s)
{
	return s ? *(const volatile __u64 *)&s->proof_boottime : 0;
}

/* Whether what was read at `s` was session `id` with that proof all along. */
static __always_inline int session_stood(__u32 id, const struct postern_session *s, __u64 of)
{
	const struct postern_session *again;

	asm volatile("" ::: "memory");
	again = session_find(id);
	return again == s && session_of(again) == of;
}

static __always_inline void session_read(const struct postern_session *s, __u64 boot,
					 struct proof *ret)
{
	*ret = (struct proof){ .end = POSTERN_FOREVER };
	if (!s)
		return;
	ret->flags = s->flags & POSTERN_SESSION_INTERACTIVE;
	if (!s->proof_boottime || boot >= s->end_boottime)
		return;
	ret->boottime = s->proof_boottime;
	ret->end = s->end_boottime;
	ret->uid = s->uid;
	ret->flags = s->flags;
}

/* What is known of a session at a time; its proof only while that counts. */
POSTERN_FRAME int session_proof(__u32 id, __u64 boot, struct proof *ret)
{
	const struct postern_session *s;
	__u64 of;
	int i;

	for (i = 0; i < SESSION_TRIES; i++) {
		s = session_find(id);
		of = session_of(s);
		session_read(s, boot, ret);
		if (session_stood(id, s, of))
			return 0;
	}
	session_read(NULL, boot, ret);
	return 0;
}

static __always_inline __u32 session_class(const struct force *f, const struct postern_session *s)
{
	__u32 len = s->identity_len;

	if (len >= POSTERN_IDENTITY_MAX)
		len = POSTERN_IDENTITY_MAX - 1;
	return (__u32)text_class(f->slot, POSTERN_DIM_IDENTITY, postern_address(s->identity), len);
}

/* 0, -1 when the image is broken, 1 when the session was changed meanwhile. */
POSTERN_FRAME int session_try(const struct force *f, __u32 id, __u32 uid, struct identity *ret)
{
	const struct postern_session *s = session_find(id);
	__u64 of = session_of(s);
	struct proof p;
	__u32 cls;

	session_read(s, bpf_ktime_get_boot_ns(), &p);
	if (!s || !p.boottime || p.uid != uid)
		return !session_stood(id, s, of);
	cls = session_class(f, s);
	if (!session_stood(id, s, of))
		return 1;
	if (cls == POSTERN_NONE)
		return -1;
	ret->cls = cls;
	ret->until = p.end;
	return 0;
}

/*
 * The person proven in a session, for somebody who acts with the account that the proof is for;
 * another effective uid is nobody. 0, or the reason. Costs nothing unless the bundle names people.
 */
static __always_inline __u32 session_identity(const struct force *f, __u32 id, __u32 uid,
					      struct identity *ret)
{
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_IDENTITY));
	int r = 1, i;

	if (!d)
		return POSTERN_R_IMAGE_BROKEN;
	ret->cls = d->empty_class;
	ret->pad = 0;
	ret->until = POSTERN_FOREVER;
	if (d->classes <= 1)
		return POSTERN_R_NONE;
	for (i = 0; i < SESSION_TRIES && r > 0; i++)
		r = session_try(f, id, uid, ret);
	return r < 0 ? POSTERN_R_IMAGE_BROKEN : POSTERN_R_NONE;
}
