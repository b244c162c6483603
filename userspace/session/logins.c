/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Challenges under way: one a session, given to one connection, good for one answer. Attempts are
 * counted even when nothing comes of them.
 */
#include "session/logins.h"

#include <errno.h>
#include <string.h>

#include "base/vec.h"

struct logins {
	VEC(struct login) all;
};

static const uint64_t window_ns = SESSION_ATTEMPTS_S * 1000000000ull;

int logins_new(struct logins **ret)
{
	struct logins *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	*ret = l;
	return 0;
}

void logins_free(struct logins **l)
{
	if (!*l)
		return;
	vec_free(&(*l)->all);
	free(*l);
	*l = NULL;
}

static struct login *find(struct logins *l, uint32_t session)
{
	for (size_t i = 0; i < l->all.n; i++)
		if (l->all.items[i].session == session)
			return &l->all.items[i];
	return NULL;
}

static uint64_t last_attempt(const struct login *l)
{
	return l->attempts[SESSION_ATTEMPTS - 1];
}

/* Nobody can tell any more that it was there. */
static bool is_over(const struct login *l, uint64_t now)
{
	return now - last_attempt(l) >= window_ns && (!l->pending || now >= l->until);
}

static void forget_old(struct logins *l, uint64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < l->all.n; i++)
		if (!is_over(&l->all.items[i], now))
			l->all.items[kept++] = l->all.items[i];
	l->all.n = kept;
}

/* Counts an attempt unless there were too many. */
static bool try_again(struct login *l, uint64_t now)
{
	uint64_t oldest = l->attempts[0];

	if (oldest && now - oldest < window_ns)
		return false;
	memmove(l->attempts, l->attempts + 1, sizeof(l->attempts) - sizeof(l->attempts[0]));
	l->attempts[SESSION_ATTEMPTS - 1] = now;
	return true;
}

static enum session_answer check_asker(const struct login_asker *who)
{
	if (who->session == POSTERN_NO_SESSION || who->loginuid == UINT32_MAX)
		return SESSION_E_NO_SESSION;
	/* Root may ask for the session it is in: sudo does not leave it. */
	return who->uid == who->loginuid || who->uid == 0 ? SESSION_OK : SESSION_E_ACCOUNT;
}

/* The session's entry, made when it is new. NULL for lack of memory or room. */
static struct login *enter(struct logins *l, const struct login_asker *who, int *ret_error)
{
	struct login *found = find(l, who->session);

	if (found)
		return found;
	forget_old(l, who->boot_ns);
	*ret_error = SESSION_E_RATE;
	if (l->all.n == SESSION_LOGINS_MAX)
		return NULL;
	*ret_error = -ENOMEM;
	if (vec_push(&l->all, ((struct login){ .session = who->session })) < 0)
		return NULL;
	return &l->all.items[l->all.n - 1];
}

int logins_begin(struct logins *l, const struct login_asker *who, struct challenge *c)
{
	int r = (int)check_asker(who);
	struct login *mine;

	if (r != SESSION_OK)
		return r;
	mine = enter(l, who, &r);
	if (!mine)
		return r;
	if (!try_again(mine, who->boot_ns))
		return SESSION_E_RATE;
	c->session = who->session;
	c->loginuid = who->loginuid;
	mine->pending = true;
	mine->used = false;
	mine->connection = who->connection;
	mine->until = who->boot_ns + SESSION_CHALLENGE_NS;
	mine->challenge = *c;
	return SESSION_OK;
}

int logins_finish(struct logins *l, const struct login_asker *who, const struct login_reply *reply,
		  const struct login_world *w, struct login_proof *ret)
{
	int r = (int)check_asker(who);
	struct login *mine;

	if (r != SESSION_OK)
		return r;
	mine = find(l, who->session);
	if (!mine || !mine->pending)
		return SESSION_E_NO_CHALLENGE;
	if (mine->connection != who->connection)
		return SESSION_E_CONNECTION;
	/* The first answer was paid for when the challenge was asked for. */
	if (mine->used && !try_again(mine, who->boot_ns))
		return SESSION_E_RATE;
	r = login_judge(mine, who, reply, w, ret);
	mine->used = true;
	return r;
}
