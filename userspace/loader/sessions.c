/* SPDX-License-Identifier: BSD-2-Clause */
/* Login sessions: each change is followed by a new epoch, so that whoever depended on it is judged again. */
#include <errno.h>

#include "loader/object.h"

static int sessions_fd(const struct loader *l)
{
	return map_fd(l, MAP_SESSIONS);
}

int loader_session_put(struct loader *l, uint32_t session, const struct postern_session *s)
{
	int r;

	if (session == POSTERN_NO_SESSION || s->identity_len >= POSTERN_IDENTITY_MAX)
		return -EINVAL;
	r = bpf_map_update_elem(sessions_fd(l), &session, s, BPF_ANY);
	return r < 0 ? r : epoch_move(l);
}

int loader_session_get(struct loader *l, uint32_t session, struct postern_session *ret)
{
	struct postern_session s;
	int r = bpf_map_lookup_elem(sessions_fd(l), &session, &s);

	if (r == 0)
		*ret = s;
	return r;
}

int loader_session_remove(struct loader *l, uint32_t session)
{
	int r = bpf_map_delete_elem(sessions_fd(l), &session);

	return r < 0 ? r : epoch_move(l);
}

/* The callback may remove the session that it is called with. */
int loader_sessions(struct loader *l,
		    void (*fn)(uint32_t session, const struct postern_session *s, void *arg),
		    void *arg)
{
	int fd = sessions_fd(l), n = 0;
	uint32_t key, next;
	bool more = bpf_map_get_next_key(fd, NULL, &key) == 0;

	/* only we change the map, so a walk never starts over */
	while (more) {
		struct postern_session s;

		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (bpf_map_lookup_elem(fd, &key, &s) == 0) {
			fn(key, &s, arg);
			n++;
		}
		key = next;
	}
	return n;
}
