/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd.conf: few keys, one a line; a key that nobody knows is a slip, not a comment. */
#include "daemon/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/suggest.h"
#include "daemon/journal.h"
#include "identity/identity.h"

enum { FILE_MAX = 64 << 10 };

static const char *const keys[] = {
	[CONFIG_CGROUP] = "cgroup",   [CONFIG_STATE] = "state",	    [CONFIG_RUNTIME] = "runtime",
	[CONFIG_PIN] = "pin",	      [CONFIG_JOURNAL] = "journal", [CONFIG_POSTURE] = "posture",
	[CONFIG_READERS] = "readers", [CONFIG_GUARD] = "guard",
};

_Static_assert(sizeof(keys) / sizeof(keys[0]) == CONFIG_TEXTS, "a key for each text");

static const char *const defaults[] = {
	[CONFIG_CGROUP] = NULL, /* the root of the cgroup2 hierarchy, wherever it is */
	[CONFIG_STATE] = "/var/lib/postern",
	[CONFIG_RUNTIME] = "/run/postern",
	[CONFIG_PIN] = "/sys/fs/bpf/postern",
	[CONFIG_JOURNAL] = JOURNAL_SOCKET,
	[CONFIG_POSTURE] = "/",
	[CONFIG_READERS] = "group",
	[CONFIG_GUARD] = "off",
};

void config_free(struct config *c)
{
	for (int i = 0; i < CONFIG_TEXTS; i++)
		free(c->text[i]);
	*c = CONFIG_INIT;
}

const char *config_key(enum config_text t)
{
	return keys[t];
}

/* A stretch of the file without the blanks around it. */
static struct span trim(const struct source *src, size_t from, size_t to)
{
	while (from < to && strchr(" \t\r", src->text[from]))
		from++;
	while (to > from && strchr(" \t\r", src->text[to - 1]))
		to--;
	return (struct span){ src, (uint32_t)from, (uint32_t)(to - from) };
}

static int key_number(struct span key)
{
	for (int i = 0; i < CONFIG_TEXTS; i++)
		if (strlen(keys[i]) == key.len &&
		    memcmp(keys[i], key.src->text + key.off, key.len) == 0)
			return i;
	return -1;
}

static void refuse_key(struct span key, struct diags *d)
{
	char typed[64], hint[96] = "cgroup, state, runtime, pin, journal, posture, readers, guard";
	const char *near;

	(void)snprintf(typed, sizeof(typed), "%.*s", (int)key.len, key.src->text + key.off);
	near = suggest(typed, keys, CONFIG_TEXTS);
	if (near)
		(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near);
	diag_error(d, "config-key", key, hint, "there is no key \"%s\"", typed);
}

static bool is_word(struct span value, const char *word)
{
	return value.len == strlen(word) &&
	       memcmp(value.src->text + value.off, word, value.len) == 0;
}

/* Whether a value can be that of its key; else says what can. */
static bool check_value(enum config_text key, struct span value, struct diags *d)
{
	const char *s = value.src->text + value.off;

	if (key == CONFIG_GUARD) {
		if (is_word(value, "on") || is_word(value, "off"))
			return true;
		diag_error(d, "config-value", value, "on, or off", "the guard is on or off");
		return false;
	}
	if (key != CONFIG_READERS && (value.len == 0 || s[0] != '/')) {
		diag_error(d, "config-value", value,
			   "write an absolute path, as in /var/lib/postern",
			   "%s must be an absolute path", keys[key]);
		return false;
	}
	if (key == CONFIG_READERS && !is_word(value, "group") && !is_word(value, "everybody")) {
		diag_error(d, "config-value", value, "group, or everybody",
			   "readers are the members of the group postern, or everybody");
		return false;
	}
	return true;
}

static int set_value(struct config *c, int key, struct span where, struct span value,
		     struct diags *d)
{
	if (c->text[key]) {
		diag_error(d, "config-twice", where, "keep one of the lines", "%s is said twice",
			   keys[key]);
		return 0;
	}
	if (!check_value((enum config_text)key, value, d))
		return 0;
	c->text[key] = strndup(value.src->text + value.off, value.len);
	return c->text[key] ? 0 : -ENOMEM;
}

static int read_line(struct config *c, const struct source *src, size_t from, size_t to,
		     struct diags *d)
{
	const char *hash = memchr(src->text + from, '#', to - from), *equals;
	struct span line = trim(src, from, hash ? (size_t)(hash - src->text) : to), key;
	int number;

	if (line.len == 0)
		return 0;
	equals = memchr(src->text + line.off, '=', line.len);
	if (!equals) {
		diag_error(d, "config-line", line, "write it as: key = value",
			   "this is no setting");
		return 0;
	}
	key = trim(src, line.off, (size_t)(equals - src->text));
	number = key_number(key);
	if (number < 0) {
		refuse_key(key, d);
		return 0;
	}
	return set_value(c, number, key,
			 trim(src, (size_t)(equals - src->text) + 1, line.off + line.len), d);
}

static int read_text(const struct source *src, struct diags *d, struct config *ret)
{
	_cleanup_config_ struct config c = CONFIG_INIT;
	int r = 0;

	for (size_t from = 0; from < src->len && r == 0;) {
		const char *newline = memchr(src->text + from, '\n', src->len - from);
		size_t to = newline ? (size_t)(newline - src->text) : src->len;

		r = read_line(&c, src, from, to, d);
		from = to + 1;
	}
	if (r < 0 || d->errors > 0)
		return r < 0 ? r : -EBADMSG;
	*ret = c;
	c = CONFIG_INIT;
	return 0;
}

int config_read(const char *path, bool must_exist, struct diags *d, struct config *ret)
{
	_cleanup_free_ char *text = NULL;
	struct source src = { .name = path };
	int r = file_read(AT_FDCWD, path, FILE_MAX, &text, &src.len);

	if (r == -ENOENT && !must_exist) {
		*ret = CONFIG_INIT;
		return 0;
	}
	if (r < 0) {
		diag_error(d, "config-file", NOWHERE, "name a readable file with --config",
			   "cannot read %s: %s", path, strerror(-r));
		return r;
	}
	src.text = text;
	return read_text(&src, d, ret);
}

int config_complete(struct config *c, const struct config *from)
{
	for (int i = 0; i < CONFIG_TEXTS; i++) {
		if (c->text[i] || !from->text[i])
			continue;
		c->text[i] = strdup(from->text[i]);
		if (!c->text[i])
			return -ENOMEM;
	}
	return 0;
}

int config_default(struct config *c, struct diags *d)
{
	int r = 0;

	if (!c->text[CONFIG_CGROUP])
		r = identity_cgroup_root(&c->text[CONFIG_CGROUP]);
	if (r < 0) {
		diag_error(
			d, "config-cgroup", NOWHERE,
			"mount -t cgroup2 none /sys/fs/cgroup, or name a directory with --cgroup",
			"there is no cgroup2 hierarchy to govern");
		return r;
	}
	for (int i = 0; i < CONFIG_TEXTS; i++) {
		if (c->text[i] || !defaults[i])
			continue;
		c->text[i] = strdup(defaults[i]);
		if (!c->text[i])
			return -ENOMEM;
	}
	return 0;
}

bool config_everybody_reads(const struct config *c)
{
	return strcmp(c->text[CONFIG_READERS], "everybody") == 0;
}

bool config_guards(const struct config *c)
{
	return strcmp(c->text[CONFIG_GUARD], "on") == 0;
}
