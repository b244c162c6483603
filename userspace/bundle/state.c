/* SPDX-License-Identifier: BSD-2-Clause */
/* The trust state as text, and its two files. */
#include "bundle/state.h"

#include <errno.h>
#include <fcntl.h>
#include <postern/limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "bundle/document.h"

enum { FORMAT = 1, HEX_DIGITS = 64, FILE_MAX = 1 << 20 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct member members[] = {
	{ "format", JSON_INTEGER, false },	 { "rootVersion", JSON_INTEGER, false },
	{ "rootDigest", JSON_STRING, false },	 { "policyVersion", JSON_INTEGER, false },
	{ "policyDigest", JSON_STRING, false },	 { "timeFloorMs", JSON_INTEGER, false },
	{ "revokeVersion", JSON_INTEGER, true }, { "revokeDigest", JSON_STRING, true },
	{ "checksum", JSON_STRING, false },
};

static int read_digest(const struct document *doc, const json_t *object, const char *name,
		       char ret[65])
{
	const char *text = json_string_value(json_object_get(object, name));

	if (strlen(text) != HEX_DIGITS || strspn(text, "0123456789abcdef") != HEX_DIGITS)
		return document_refuse(doc, "member-value", name, NULL,
				       "\"%s\" must be 64 hexadecimal digits", name);
	memcpy(ret, text, HEX_DIGITS + 1);
	return 0;
}

/* The names of a version and its digest, and where they go. */
struct pair {
	const char *version, *digest;
	uint64_t *ret_version;
	char *ret_digest;
};

/* None accepted yet: version 0 and no digest, or neither is there; else both. */
static int read_pair(const struct document *doc, const json_t *object, const struct pair *p)
{
	const json_t *digest = json_object_get(object, p->digest);
	int r = document_number(doc, object, p->version, 0, p->ret_version);

	if (r < 0)
		return r;
	if (*p->ret_version == 0 && json_string_length(digest) == 0) {
		p->ret_digest[0] = '\0';
		return 0;
	}
	if (*p->ret_version == 0)
		return document_refuse(doc, "member-value", p->digest, NULL,
				       "\"%s\" without \"%s\"", p->digest, p->version);
	if (!digest)
		return document_refuse(doc, "missing-member", p->version, NULL,
				       "\"%s\" without \"%s\"", p->version, p->digest);
	return read_digest(doc, object, p->digest, p->ret_digest);
}

static int read_pairs(const struct document *doc, const json_t *object, struct remembered *ret)
{
	const struct pair policy = { "policyVersion", "policyDigest", &ret->policy_version,
				     ret->policy_digest };
	/* Hosts that never had a revoke document may have none of these members. */
	const struct pair revoke = { "revokeVersion", "revokeDigest", &ret->revoke_version,
				     ret->revoke_digest };
	int r = read_pair(doc, object, &policy);

	return r < 0 ? r : read_pair(doc, object, &revoke);
}

/* SHA-256 of the compact text of the other members. Removes the member "checksum". */
static int check_sum(const struct document *doc, json_t *object)
{
	_cleanup_json_ json_t *sum = json_incref(json_object_get(object, "checksum"));
	_cleanup_free_ char *text = NULL;
	char digest[65];
	int r;

	(void)json_object_del(object, "checksum");
	text = json_text(object);
	if (!text)
		return -ENOMEM;
	r = digest_hex(text, strlen(text), digest);
	if (r < 0)
		return r;
	if (strcmp(digest, json_string_value(sum)) != 0)
		return document_refuse(
			doc, "state-checksum", "checksum", NULL,
			"the checksum does not match: the file was changed or damaged");
	return 0;
}

static int read_members(const struct document *doc, json_t *object, struct remembered *ret)
{
	uint64_t floor = 0;
	int r = document_members(doc, "the trust state", object, members, COUNT(members));

	if (r == 0)
		r = check_sum(doc, object);
	if (r < 0)
		return r;
	if (json_integer_value(json_object_get(object, "format")) != FORMAT)
		return document_refuse(doc, "format-version", "format", "update postern",
				       "the trust state is of another format than 1");
	r = document_number(doc, object, "rootVersion", 1, &ret->root_version);
	if (r == 0)
		r = read_digest(doc, object, "rootDigest", ret->root_digest);
	if (r == 0)
		r = read_pairs(doc, object, ret);
	if (r == 0)
		r = document_number(doc, object, "timeFloorMs", 0, &floor);
	ret->time_floor_ms = (int64_t)floor;
	return r;
}

int state_parse(const char *text, size_t len, struct diags *d, struct remembered *ret)
{
	const struct source src = { .name = TRUST_FILE, .text = text, .len = len };
	const struct document doc = { &src, d, NULL };
	_cleanup_json_ json_t *object = NULL;
	struct remembered state = { 0 };
	int r = json_parse(&src, d, &object);

	if (r == 0)
		r = read_members(&doc, object, &state);
	if (r == 0)
		*ret = state;
	return r;
}

char *state_text(const struct remembered *state)
{
	_cleanup_json_ json_t *object = json_pack(
		"{s:i,s:I,s:s,s:I,s:s,s:I,s:s,s:I}", "format", FORMAT, "rootVersion",
		(json_int_t)state->root_version, "rootDigest", state->root_digest, "policyVersion",
		(json_int_t)state->policy_version, "policyDigest", state->policy_digest,
		"revokeVersion", (json_int_t)state->revoke_version, "revokeDigest",
		state->revoke_digest, "timeFloorMs", (json_int_t)state->time_floor_ms);
	_cleanup_free_ char *text = object ? json_text(object) : NULL;
	char digest[65];

	if (!text || digest_hex(text, strlen(text), digest) < 0 ||
	    json_object_set_new(object, "checksum", json_string(digest)) < 0)
		return NULL;
	return json_dumps(object, JSON_INDENT(2));
}

static int make_path(const char *dir, const char *name, char **ret)
{
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	*ret = path;
	return 0;
}

/* Whether nobody but its owner can write it, who is root or we. 0, -EPERM, or -errno. */
static int check_owner(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return -EPERM;
	return st.st_mode & (S_IWGRP | S_IWOTH) ? -EPERM : 0;
}

int state_read(const char *dir, const char *name, char **ret, size_t *ret_len)
{
	_cleanup_close_ int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	int r = at < 0 ? -errno : 0;

	if (r == 0)
		fd = openat(at, name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (r == 0 && fd < 0)
		r = -errno;
	if (r == 0)
		r = check_owner(at);
	if (r == 0)
		r = check_owner(fd);
	return r < 0 ? r : file_read_fd(fd, FILE_MAX, ret, ret_len);
}

int state_write(const char *dir, const char *name, const void *bytes, size_t len)
{
	_cleanup_free_ char *path = NULL;
	int r = make_path(dir, name, &path);

	return r < 0 ? r : file_write_atomic(AT_FDCWD, path, bytes, len, 0600);
}

int state_move(const char *dir, const char *from, const char *to)
{
	_cleanup_free_ char *old = NULL, *new = NULL;
	int r = make_path(dir, from, &old);

	if (r == 0)
		r = make_path(dir, to, &new);
	return r < 0 ? r : file_move(AT_FDCWD, old, new);
}
