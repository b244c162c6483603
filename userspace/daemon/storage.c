/* SPDX-License-Identifier: BSD-2-Clause */
/* See storage.h. Looked at every second: a few system calls, and two small files when they have changed. */
#include "daemon/storage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "daemon/controller.h"
#include "daemon/log.h"

static const char *remedy_of(int error)
{
	switch (error) {
	case -EROFS:
		return "look for disk errors, then mount -o remount,rw";
	case -ENOSPC:
		return "make room there";
	case -EACCES:
	case -EPERM:
		return "chown root, and chmod u+rwx";
	default:
		return "restore it from a backup, then restart posternd";
	}
}

static char *room_text(const char *dir)
{
	int error = trust_room(dir);
	char *text;

	if (error == 0)
		return NULL;
	if (asprintf(&text,
		     "nothing can be written into the state directory %s: %s; what is in force goes on, but no "
		     "bundle can be pushed, confirmed or rolled back to; try: %s",
		     dir, strerror(-error), remedy_of(error)) < 0)
		return NULL;
	return text;
}

/* What the first message says, which names the file. */
static char *damage_text(const struct diags *d)
{
	char *text;

	if (asprintf(
		    &text,
		    "no bundle can be accepted: %s; try: restore trust.json and root.postern from a backup; "
		    "or remove both, and postern trust init ROOT: then it is forgotten which versions were accepted",
		    d->items[d->n - 1].text) < 0)
		return NULL;
	return text;
}

/* What is wrong with it, or NULL; s->marked: it was read, so that it need not be again while it stays the same. */
static char *trust_text(const char *dir, struct storage *s)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct trust trust;
	char *text;
	int r = trust_load(dir, &d, &trust);

	s->marked = r == BUNDLE_OK;
	if (r == BUNDLE_OK)
		s->time_floor_ms = trust.time_floor_ms;
	if (r != BUNDLE_E_TRUST)
		return NULL;
	if (!trust_is_new(dir) && d.n > 0)
		return damage_text(&d);
	if (asprintf(&text,
		     "no bundle can be accepted: this host trusts nobody yet; try: postern trust init ROOT "
		     "--state %s",
		     dir) < 0)
		return NULL;
	return text;
}

/* Takes `now` in the place of what was so before. */
static void take(char **before, char *now, const char *what)
{
	if (now && (!*before || strcmp(now, *before) != 0))
		log_error("%s", now);
	if (!now && *before)
		log_info("%s again", what);
	free(*before);
	*before = now;
}

/* Checking signatures again says nothing new of the same files. */
static void look_at_trust(struct controller *c)
{
	struct storage *s = &c->storage;
	struct trust_mark now;
	bool marked = trust_mark(c->store.dir, &now) == 0;

	if (marked && s->marked && memcmp(&now, &s->mark, sizeof(now)) == 0)
		return;
	take(&s->trust, trust_text(c->store.dir, s), "it is known whom this host trusts");
	s->marked = s->marked && marked;
	if (s->marked)
		s->mark = now;
}

void storage_look(struct controller *c)
{
	take(&c->storage.room, room_text(c->store.dir), "the state directory can be written");
	look_at_trust(c);
}

int64_t storage_time_floor(struct controller *c)
{
	look_at_trust(c);
	return c->storage.time_floor_ms;
}

bool storage_is_bad(const struct storage *s)
{
	return s->room || s->trust;
}

void storage_problems(const struct storage *s, json_t *list)
{
	if (s->room)
		(void)json_array_append_new(list, json_string(s->room));
	if (s->trust)
		(void)json_array_append_new(list, json_string(s->trust));
}

void storage_free(struct storage *s)
{
	free(s->room);
	free(s->trust);
	*s = (struct storage){ 0 };
}
