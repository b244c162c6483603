/* SPDX-License-Identifier: BSD-2-Clause */
/* rollout.json, read strictly: what is not as it was written is damaged. */
#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "daemon/rollout_record.h"

static const char file_name[] = "rollout.json";

enum { DIGEST_LEN = 64, BOOT_LEN = 36 };

/* A text member of at most `max` bytes, or of none of `least`. */
static bool get_text(const json_t *j, const char *key, char *ret, size_t least, size_t max)
{
	const json_t *v = json_object_get(j, key);
	size_t len = json_string_length(v);

	if (!json_is_string(v) || len < least || len > max)
		return false;
	memcpy(ret, json_string_value(v), len + 1);
	return true;
}

static bool get_number(const json_t *j, const char *key, json_int_t most, json_int_t *ret)
{
	const json_t *v = json_object_get(j, key);

	*ret = json_integer_value(v);
	return json_is_integer(v) && *ret >= 0 && *ret <= most;
}

static bool get_entry(const json_t *j, struct store_entry *ret)
{
	json_int_t version;

	if (!get_number(j, "version", INT64_MAX, &version) || version == 0 ||
	    !get_text(j, "digest", ret->digest, DIGEST_LEN, DIGEST_LEN))
		return false;
	ret->version = (uint64_t)version;
	return true;
}

static bool get_bundle(const json_t *j, struct rollout_bundle *ret)
{
	json_int_t pushed, confirmed;

	if (!get_entry(j, &ret->entry) || !get_number(j, "pushedMs", INT64_MAX, &pushed) ||
	    !get_number(j, "confirmedMs", INT64_MAX, &confirmed))
		return false;
	ret->pushed_ms = pushed;
	ret->confirmed_ms = confirmed;
	return true;
}

static bool get_bundles(const json_t *list, struct rollout_record *ret)
{
	const json_t *j;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) > ROLLOUT_BUNDLES)
		return false;
	json_array_foreach(list, i, j)
		if (!get_bundle(j, &ret->bundles[ret->n++]))
			return false;
	return true;
}

/* Absent: none. */
static bool get_trial(const json_t *j, struct rollout_trial *ret)
{
	json_int_t deadline, image;

	if (!j)
		return true;
	if (!get_entry(j, &ret->entry) || !get_text(j, "boot", ret->boot, BOOT_LEN, BOOT_LEN) ||
	    !get_number(j, "deadline", INT64_MAX, &deadline) ||
	    !get_number(j, "beforeImage", UINT32_MAX, &image) ||
	    !get_text(j, "beforeFacts", ret->before_facts, 0, DIGEST_LEN))
		return false;
	ret->deadline = (uint64_t)deadline;
	ret->before_image = (uint32_t)image;
	return true;
}

static bool get_glass(const json_t *j, struct rollout_glass *ret)
{
	json_int_t until, since, uid;

	if (!j)
		return true;
	if (!get_text(j, "boot", ret->boot, BOOT_LEN, BOOT_LEN) ||
	    !get_text(j, "reason", ret->reason, 1, ROLLOUT_REASON_MAX - 1) ||
	    !get_number(j, "observeUntil", INT64_MAX, &until) ||
	    !get_number(j, "sinceMs", INT64_MAX, &since) || !get_number(j, "uid", UINT32_MAX, &uid))
		return false;
	ret->observe_until = (uint64_t)until;
	ret->since_ms = since;
	ret->uid = (uint32_t)uid;
	return true;
}

static bool parse(const json_t *j, struct rollout_record *ret)
{
	const json_t *selected = json_object_get(j, "selected");

	if (json_integer_value(json_object_get(j, "format")) != 1)
		return false;
	return (!selected || get_entry(selected, &ret->selected)) &&
	       get_trial(json_object_get(j, "trial"), &ret->trial) &&
	       get_glass(json_object_get(j, "glass"), &ret->glass) &&
	       get_bundles(json_object_get(j, "bundles"), ret);
}

int rollout_record_read(const struct store *s, struct rollout_record *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ struct rollout_record *found = calloc(1, sizeof(*found));
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ json_t *j = NULL;
	struct source src = { .name = file_name };
	int r = found ? store_read_text(s, file_name, &text, &src.len) : -ENOMEM;

	if (r < 0)
		return r;
	src.text = text;
	r = json_parse(&src, &d, &j);
	if (r < 0)
		return r;
	if (!parse(j, found))
		return -EBADMSG;
	*ret = *found;
	return 0;
}

static json_t *entry_json(const struct store_entry *e)
{
	return json_pack("{s:I, s:s}", "version", (json_int_t)e->version, "digest", e->digest);
}

static json_t *bundles_json(const struct rollout_record *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->n && list; i++) {
		const struct rollout_bundle *b = &r->bundles[i];

		if (json_array_append_new(list, json_pack("{s:I, s:s, s:I, s:I}", "version",
							  (json_int_t)b->entry.version, "digest",
							  b->entry.digest, "pushedMs",
							  (json_int_t)b->pushed_ms, "confirmedMs",
							  (json_int_t)b->confirmed_ms)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *trial_json(const struct rollout_trial *t)
{
	return json_pack("{s:I, s:s, s:s, s:I, s:I, s:s}", "version", (json_int_t)t->entry.version,
			 "digest", t->entry.digest, "boot", t->boot, "deadline",
			 (json_int_t)t->deadline, "beforeImage", (json_int_t)t->before_image,
			 "beforeFacts", t->before_facts);
}

static json_t *glass_json(const struct rollout_glass *g)
{
	return json_pack("{s:s, s:s, s:I, s:I, s:I}", "boot", g->boot, "reason", g->reason,
			 "observeUntil", (json_int_t)g->observe_until, "sinceMs",
			 (json_int_t)g->since_ms, "uid", (json_int_t)g->uid);
}

/* For lack of memory a part can be missing. */
static bool is_whole(const json_t *j, const struct rollout_record *r)
{
	return j && !r->selected.version == !json_object_get(j, "selected") &&
	       !r->trial.entry.version == !json_object_get(j, "trial") &&
	       !r->glass.boot[0] == !json_object_get(j, "glass");
}

int rollout_record_write(const struct store *s, const struct rollout_record *r)
{
	_cleanup_json_ json_t *j =
		json_pack("{s:i, s:o, s:o*, s:o*, s:o*}", "format", 1, "bundles", bundles_json(r),
			  "selected", r->selected.version ? entry_json(&r->selected) : NULL,
			  "trial", r->trial.entry.version ? trial_json(&r->trial) : NULL, "glass",
			  r->glass.boot[0] ? glass_json(&r->glass) : NULL);
	_cleanup_free_ char *text = is_whole(j, r) ? json_text(j) : NULL;

	return text ? store_write_text(s, file_name, text, strlen(text)) : -ENOMEM;
}
