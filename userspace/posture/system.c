/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of the installed system and of how long it has run. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "posture/collect.h"

enum { CLOCK_SLACK_MS = 5 * 60 * 1000 };

/* Milliseconds since 1970; 0 where there is no such file. A time to come is no time. */
static int64_t changed_ms(const struct posture_view *v, const char *path)
{
	_cleanup_close_ int fd = source_open(v, path, O_PATH);
	struct stat st;
	int64_t ms;

	if (fd < 0 || fstat(fd, &st) < 0 || st.st_mtim.tv_sec < 0 ||
	    st.st_mtim.tv_sec > INT32_MAX * (int64_t)64)
		return 0;
	ms = (int64_t)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000;
	return ms > v->now_ms + CLOCK_SLACK_MS ? 0 : ms;
}

static int64_t newer(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* dnf keeps a file or directory per repository, changed when its metadata was fetched. */
static int64_t dnf_changed_ms(const struct posture_view *v)
{
	static const char dir[] = "/var/cache/dnf";
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = NULL;
	size_t n = 0;
	int64_t newest = 0;

	(void)source_names(v, dir, SOURCE_NAMES_MAX, &names, &n);
	for (size_t i = 0; i < n; i++) {
		char path[sizeof(dir) + SOURCE_NAME_SIZE + 1];

		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		newest = newer(newest, changed_ms(v, path));
	}
	return newest;
}

void collect_updates_age(const struct posture_view *v, const struct collector *c,
			 struct posture_reading *ret)
{
	static const char *const files[] = { "/var/lib/apt/periodic/update-success-stamp",
					     "/var/lib/dpkg/status", "/var/lib/rpm/rpmdb.sqlite",
					     "/var/lib/rpm/Packages" };
	int64_t newest = dnf_changed_ms(v);

	(void)c;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		newest = newer(newest, changed_ms(v, files[i]));
	if (newest == 0) {
		reading_say(ret, POSTURE_UNKNOWN, "no trace of a package manager");
		return;
	}
	ret->ms = newer(v->now_ms - newest, 0);
	reading_say(ret, POSTURE_GOOD, "the newest trace of the package manager");
}

void collect_uptime(const struct posture_view *v, const struct collector *c,
		    struct posture_reading *ret)
{
	_cleanup_free_ char *text = NULL;
	unsigned long long seconds;
	unsigned hundredths;
	int r = source_text(v, c->row.source, SOURCE_TEXT_MAX, &text), end = 0;

	/* scanf takes a sign, and an age below 0 would be young for ever */
	if (r == 0 && (strchr(text, '-') || strchr(text, '+') ||
		       sscanf(text, "%10llu.%2u %n", &seconds, &hundredths, &end) != 2 || end == 0))
		r = -EBADMSG;
	if (r < 0) {
		reading_unknown(ret, c->row.source, r);
		return;
	}
	ret->ms = (int64_t)seconds * 1000 + (int64_t)hundredths * 10;
	reading_say(ret, POSTURE_GOOD, "since the machine started");
}

void collect_no_reboot_pending(const struct posture_view *v, const struct collector *c,
			       struct posture_reading *ret)
{
	_cleanup_close_ int run = source_open(v, "/run", O_PATH | O_DIRECTORY),
			    mark = source_open(v, c->row.source, O_PATH | O_NOFOLLOW);

	if (mark >= 0)
		reading_say(ret, POSTURE_BAD, "a package asked for a restart");
	else if (run < 0)
		reading_unknown(ret, "/run", run);
	else if (mark != -ENOENT)
		reading_unknown(ret, c->row.source, mark);
	else
		reading_say(ret, POSTURE_GOOD, "nothing asked for a restart");
}

void collect_text(const struct posture_view *v, const struct collector *c,
		  struct posture_reading *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = source_text(v, c->row.source, SOURCE_TEXT_MAX, &text);

	if (r < 0)
		reading_unknown(ret, c->row.source, r);
	else
		reading_say(ret, POSTURE_GOOD, "%s", text);
}

/* KEY=value or KEY="value"; see os-release(5). */
static void os_value(const char *text, const char *key, char ret[64])
{
	size_t len = strlen(key), n;

	ret[0] = '\0';
	while (strncmp(text, key, len) != 0 || text[len] != '=') {
		text = strchr(text, '\n');
		if (!text)
			return;
		text++;
	}
	text += len + 1;
	text += *text == '"' || *text == '\'';
	n = strcspn(text, "\"'\n");
	(void)snprintf(ret, 64, "%.*s", n < 64 ? (int)n : 63, text);
}

void collect_os(const struct posture_view *v, const struct collector *c,
		struct posture_reading *ret)
{
	_cleanup_free_ char *text = NULL;
	char id[64], version[64];
	int r = source_text(v, c->row.source, 4 * SOURCE_TEXT_MAX, &text);

	if (r < 0) {
		reading_unknown(ret, c->row.source, r);
		return;
	}
	os_value(text, "ID", id);
	os_value(text, "VERSION_ID", version);
	if (id[0])
		reading_say(ret, POSTURE_GOOD, "%s %s", id, version);
	else
		reading_unknown(ret, c->row.source, -EBADMSG);
}

void collect_enforcer(const struct posture_view *v, const struct collector *c,
		      struct posture_reading *ret)
{
	(void)c;
	reading_say(ret, v->enforcer, "%s",
		    v->enforcer_found ? v->enforcer_found : "only posternd knows");
}
