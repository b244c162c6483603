/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * active.json: what the kernel was given last. It only saves a swap at restart. If it is missing,
 * damaged or of another boot, the accepted bundle is applied again, which nobody notices.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "daemon/store.h"

enum { ACTIVE_MAX = 4096, PATH_SIZE = 4096 };

static int active_path(const struct store *s, char ret[PATH_SIZE])
{
	int n = snprintf(ret, PATH_SIZE, "%s/active.json", s->dir);

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

int store_boot(char ret[37])
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = file_read(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text, &len);

	if (r < 0)
		return r;
	if (len < 36)
		return -EBADMSG;
	memcpy(ret, text, 36);
	ret[36] = '\0';
	return 0;
}

/* A string member of exactly `len` bytes. */
static bool get_text(const json_t *j, const char *key, char *ret, size_t len)
{
	const json_t *v = json_object_get(j, key);

	if (!json_is_string(v) || json_string_length(v) != len)
		return false;
	memcpy(ret, json_string_value(v), len + 1);
	return true;
}

static bool parse(const json_t *j, struct store_active *ret)
{
	json_int_t version, image, applied;

	if (json_unpack((json_t *)j, "{s:I, s:I, s:I}", "version", &version, "imageId", &image,
			"appliedMs", &applied) < 0 ||
	    version < 0 || image <= 0 || image > UINT32_MAX)
		return false;
	ret->entry.version = (uint64_t)version;
	ret->image_id = (uint32_t)image;
	ret->applied_ms = applied;
	return get_text(j, "digest", ret->entry.digest, 64) &&
	       get_text(j, "binding", ret->binding, 64) && get_text(j, "facts", ret->facts, 64) &&
	       get_text(j, "boot", ret->boot, 36);
}

int store_read_active(const struct store *s, struct store_active *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ json_t *j = NULL;
	struct source src = { .name = "active.json" };
	struct store_active a = { 0 };
	char path[PATH_SIZE];
	int r = active_path(s, path);

	if (r == 0)
		r = file_read(AT_FDCWD, path, ACTIVE_MAX, &text, &src.len);
	if (r < 0)
		return r;
	src.text = text;
	r = json_parse(&src, &d, &j);
	if (r < 0)
		return r;
	if (!parse(j, &a))
		return -EBADMSG;
	*ret = a;
	return 0;
}

int store_write_active(const struct store *s, const struct store_active *a)
{
	_cleanup_json_ json_t *j =
		json_pack("{s:I, s:s, s:s, s:s, s:s, s:I, s:I}", "version",
			  (json_int_t)a->entry.version, "digest", a->entry.digest, "binding",
			  a->binding, "facts", a->facts, "boot", a->boot, "imageId",
			  (json_int_t)a->image_id, "appliedMs", (json_int_t)a->applied_ms);
	_cleanup_free_ char *text = j ? json_text(j) : NULL;
	char path[PATH_SIZE];
	int r = text ? active_path(s, path) : -ENOMEM;

	return r < 0 ? r : file_write_atomic(AT_FDCWD, path, text, strlen(text), 0600);
}
