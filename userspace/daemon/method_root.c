/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RotateRoot: the root documents that follow the one in force. What is in force stays in force whoever
 * signed it: to drop it would grant everything. That it would not be taken any more is said.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "daemon/methods.h"
#include "daemon/notice.h"
#include "daemon/push.h"
#include "daemon/signed_call.h"

enum { ROOTS_MAX = 64 };

struct roots {
	struct signed_file files[ROOTS_MAX]; /* owned */
	size_t n;
};

static void roots_free(struct roots *r)
{
	for (size_t i = 0; i < r->n; i++)
		free((void *)(uintptr_t)r->files[i].bytes);
}

/* False when it is no list of so many files. */
static bool read_roots(const json_t *list, struct roots *ret)
{
	const json_t *text;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0 || json_array_size(list) > ROOTS_MAX)
		return false;
	json_array_foreach((json_t *)(uintptr_t)list, i, text) {
		uint8_t *bytes;
		size_t len;

		if (!json_is_string(text) || signed_call_bytes(text, &bytes, &len) < 0)
			return false;
		ret->files[ret->n++] = (struct signed_file){ bytes, len };
	}
	return true;
}

/* Whether the stored container of the bundle in force is signed as `root` demands. */
static bool is_signed(const struct controller *c, const struct bundle *b, const struct root *root)
{
	struct store_entry e = { .version = b->version };
	_cleanup_free_ char *bytes = NULL;
	struct container container;
	size_t len;

	memcpy(e.digest, b->digest, sizeof(e.digest));
	return store_read(&c->store, &e, &bytes, &len) == 0 &&
	       container_open((const uint8_t *)bytes, len, &container) == BUNDLE_OK &&
	       container_verify(&container, root, NULL) == BUNDLE_OK;
}

static void warn(const struct controller *c, const struct root *root, struct diags *d)
{
	const struct deployment *dep = controller_active(c);

	if (dep && !is_signed(c, dep->bundle, root))
		diag_warning(
			d, "root-signers", NOWHERE,
			"sign a later version with keys that the new root document lists, and push it",
			"bundle %s %llu stays in force, but could not be pushed any more: too few of "
			"who signed it are still listed",
			dep->bundle->name, (unsigned long long)dep->bundle->version);
}

/* All of it but the answer. */
static struct refusal rotate(struct controller *c, const struct roots *roots, bool dry,
			     struct diags *d, struct trust *ret_from, struct trust *ret_to)
{
	bool already;
	int r = trust_load(c->store.dir, d, ret_from);

	if (r == BUNDLE_OK)
		r = trust_accept_roots(ret_from, roots->files, roots->n, clock_real_ms(), d, ret_to,
				       &already);
	if (r > 0) /* what is wrong with a root document is always a question of trust */
		return (struct refusal){ bundle_answer_name((enum bundle_answer)r), REFUSED_TRUST };
	if (r == 0 && !dry)
		r = trust_store_root(c->store.dir, ret_to, &roots->files[roots->n - 1]);
	if (r == 0)
		warn(c, &ret_to->root, d);
	return r < 0 ? refusal_of_failure("storage", r, d) : REFUSAL_NONE;
}

static void answer(struct control_call *call, const struct trust *from, const struct trust *to,
		   const struct diags *d)
{
	_cleanup_free_ char *warnings = signed_call_text(d);

	control_reply(call, json_pack("{s:I, s:I, s:s, s:b, s:s}", "version",
				      (json_int_t)to->root.version, "previous",
				      (json_int_t)from->root.version, "digest", to->root_digest,
				      "already", to->root.version == from->root.version, "warnings",
				      warnings ? warnings : ""));
}

static void say(struct controller *c, const struct root *from, const struct root *to,
		const struct control_peer *who)
{
	const struct notice n = { .kind = NOTICE_ROOT,
				  .level = LOG_LEVEL_WARNING,
				  .who = who,
				  .version = to->version,
				  .before = from->version };

	notice_say(c, &n, "root document %llu in force after %llu, given by uid %u",
		   (unsigned long long)to->version, (unsigned long long)from->version,
		   (unsigned)who->uid);
}

void method_rotate_root(struct control_call *call, const json_t *parameters, void *arg)
{
	const json_t *dry = json_object_get(parameters, "dryRun");
	_cleanup_(roots_free) struct roots roots = { 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct controller *c = arg;
	struct refusal refused;
	struct trust from, to;

	if (dry && !json_is_boolean(dry)) {
		control_fail_parameter(call, "dryRun");
		return;
	}
	if (!read_roots(json_object_get(parameters, "roots"), &roots)) {
		control_fail_parameter(call, "roots");
		return;
	}
	refused = rotate(c, &roots, json_is_true(dry), &d, &from, &to);
	if (refused.answer) {
		signed_call_refuse(call, c, refused, &d);
		return;
	}
	if (!json_is_true(dry) && to.root.version != from.root.version)
		say(c, &from.root, &to.root, control_call_peer(call));
	answer(call, &from, &to, &d);
}
