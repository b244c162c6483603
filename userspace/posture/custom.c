/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts of the host's own: a file of posture.d each, made by root, "1 1767225600" where it holds until
 * that second. There is no fact without an end: what nobody renews lapses.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "posture/collect.h"

enum { CUSTOM_TEXT_MAX = 64, DIGITS_MAX = 12 };

#define END_MAX_MS (366 * INT64_C(86400000)) /* from now */

static bool is_own_name(const char *name)
{
	for (int i = 0; i < POSTURE_FACTS; i++)
		if (strcmp(name, collectors[i].row.name) == 0)
			return true;
	return false;
}

/* What is wrong with a name, or NULL. */
static const char *name_problem(const char *name)
{
	if (strlen(name) >= POSTURE_NAME_SIZE)
		return "the name has more than 64 bytes";
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && (c == name || !strchr("-_.", *c)))
			return "a name has letters, digits, - _ . and starts with one of the first two";
	return is_own_name(name) ? "the name is one of Postern's own facts" : NULL;
}

/* What is wrong with who can have written it, or NULL. */
static const char *owner_problem(const struct posture_view *v, const struct stat *st)
{
	if (st->st_uid != v->owner)
		return "it is not root's; try: chown root";
	return st->st_mode & 022 ? "others than root can write it; try: chmod go-w" : NULL;
}

/* Value and end of "1 1767225600\n". 0 or -EBADMSG. */
static int parse(const char *text, size_t len, bool *ret_value, int64_t *ret_end_ms)
{
	int64_t end = 0;
	size_t i;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	if (len < 3 || len > 2 + DIGITS_MAX || (text[0] != '0' && text[0] != '1') ||
	    text[1] != ' ' || text[2] == '0')
		return -EBADMSG;
	for (i = 2; i < len; i++) {
		if (!isdigit((unsigned char)text[i]))
			return -EBADMSG;
		end = end * 10 + (text[i] - '0');
	}
	*ret_value = text[0] == '1';
	*ret_end_ms = end * 1000;
	return 0;
}

static void judge(const struct posture_view *v, const char *text, size_t len,
		  struct posture_custom *ret)
{
	struct posture_reading *r = &ret->reading;
	bool value = false;

	if (parse(text, len, &value, &ret->until_ms) < 0)
		reading_say(r, POSTURE_UNKNOWN,
			    "write \"1 SECONDS\": the value, and its end in seconds since 1970");
	else if (ret->until_ms > v->now_ms + END_MAX_MS)
		reading_say(r, POSTURE_UNKNOWN,
			    "its end is more than a year away: write seconds since 1970");
	else if (ret->until_ms <= v->now_ms)
		reading_say(r, POSTURE_BAD, "its end is past");
	else
		reading_say(r, value ? POSTURE_GOOD : POSTURE_BAD, "%s", value ? "1" : "0");
}

/* A link is refused (ELOOP), as whoever can make one would choose what is read. */
static void read_one(const struct posture_view *v, const char *name, struct posture_custom *ret)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = -1;
	char path[sizeof(POSTURE_CUSTOM_DIR) + SOURCE_NAME_SIZE + 1];
	struct stat st = { 0 };
	size_t len = 0;
	int r = 0;

	(void)snprintf(path, sizeof(path), POSTURE_CUSTOM_DIR "/%s", name);
	fd = source_open(v, path, O_RDONLY | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		r = fd < 0 ? fd : -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EINVAL;
	else if (owner_problem(v, &st))
		reading_say(&ret->reading, POSTURE_UNKNOWN, "%s", owner_problem(v, &st));
	else if ((r = file_read_fd(fd, CUSTOM_TEXT_MAX, &text, &len)) == 0)
		judge(v, text, len, ret);
	if (r == -ELOOP)
		reading_say(&ret->reading, POSTURE_UNKNOWN, "it is a link: write a file");
	else if (r < 0)
		reading_unknown(&ret->reading, path, r);
}

/* What is wrong with the directory itself: then nothing in it counts. 0, 1 if it is not there. */
static int check_directory(const struct posture_view *v, struct posture_reading *r)
{
	_cleanup_close_ int fd = source_open(v, POSTURE_CUSTOM_DIR, O_PATH | O_NOFOLLOW);
	struct stat st = { 0 };

	if (fd == -ENOENT)
		return 1;
	if (fd < 0 || fstat(fd, &st) < 0) {
		reading_unknown(r, POSTURE_CUSTOM_DIR, fd < 0 ? fd : -errno);
		return -EINVAL;
	}
	if (S_ISDIR(st.st_mode) && !owner_problem(v, &st))
		return 0;
	reading_say(r, POSTURE_UNKNOWN, POSTURE_CUSTOM_DIR ": %s",
		    S_ISDIR(st.st_mode) ? owner_problem(v, &st) : "it is no directory");
	return -EINVAL;
}

static int by_name(const void *a, const void *b)
{
	const struct posture_custom *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* A name that cannot be one is shown as far as it can be. */
static void read_named(const struct posture_view *v, const char *name, struct posture_custom *ret)
{
	const char *wrong = name_problem(name);

	*ret = (struct posture_custom){ 0 };
	(void)snprintf(ret->name, sizeof(ret->name), "%.*s", POSTURE_NAME_SIZE - 1, name);
	for (char *c = ret->name; *c; c++)
		if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
			*c = '?';
	if (wrong)
		reading_say(&ret->reading, POSTURE_UNKNOWN, "%s", wrong);
	else
		read_one(v, name, ret);
}

void custom_read(const struct posture_view *v, struct posture *ret)
{
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = NULL;
	struct posture_reading problem = { 0 };
	size_t n = 0;
	int r = check_directory(v, &problem);

	if (r == 0) {
		r = source_names(v, POSTURE_CUSTOM_DIR, POSTERN_POSTURE_CUSTOM_MAX, &names, &n);
		if (r == -E2BIG)
			reading_say(&problem, POSTURE_UNKNOWN,
				    POSTURE_CUSTOM_DIR ": more than %d facts",
				    POSTERN_POSTURE_CUSTOM_MAX);
		else if (r < 0)
			reading_unknown(&problem, POSTURE_CUSTOM_DIR, r);
	}
	memcpy(ret->custom_problem, problem.found, sizeof(problem.found));
	for (size_t i = 0; i < n && r == 0; i++)
		read_named(v, names[i], &ret->custom[ret->n_custom++]);
	qsort(ret->custom, ret->n_custom, sizeof(ret->custom[0]), by_name);
}
