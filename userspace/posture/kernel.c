/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of the running kernel: sysctls, lockdown, modules, mitigations. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "posture/collect.h"

void collect_number(const struct posture_view *v, const struct collector *c,
		    struct posture_reading *ret)
{
	uint64_t n = 0;
	int r = source_number(v, c->row.source, &n);

	if (r < 0)
		reading_unknown(ret, c->row.source, r);
	else
		reading_say(ret, n >= c->low && n <= c->high ? POSTURE_GOOD : POSTURE_BAD,
			    "%" PRIu64, n);
}

/* "none [integrity] confidentiality": the word in brackets is the one in force. */
static enum posture_answer lockdown(const struct posture_view *v, struct posture_reading *ret)
{
	const char *path = collectors[POSTURE_LOCKDOWN].row.source;
	_cleanup_free_ char *text = NULL;
	int r = source_text(v, path, SOURCE_TEXT_MAX, &text);
	const char *open, *close = NULL;

	if (r < 0) {
		reading_unknown(ret, path, r);
		return ret->answer;
	}
	open = strchr(text, '[');
	if (open)
		close = strchr(++open, ']');
	if (!close || strchr(close, '[')) {
		reading_unknown(ret, path, -EBADMSG);
		return ret->answer;
	}
	text[close - text] = '\0';
	if (strcmp(open, "integrity") == 0 || strcmp(open, "confidentiality") == 0)
		reading_say(ret, POSTURE_GOOD, "%s", open);
	else if (strcmp(open, "none") == 0)
		reading_say(ret, POSTURE_BAD, "none");
	else
		reading_unknown(ret, path, -EBADMSG);
	return ret->answer;
}

static bool lockdown_is_on(const struct posture_view *v)
{
	struct posture_reading r = { 0 };

	return lockdown(v, &r) == POSTURE_GOOD;
}

void collect_lockdown(const struct posture_view *v, const struct collector *c,
		      struct posture_reading *ret)
{
	(void)c;
	(void)lockdown(v, ret);
}

/* Bits of the kernel's taint mask that a module leaves which nobody vouches for. */
enum {
	TAINT_PROPRIETARY = 1 << 0,
	TAINT_FORCED = 1 << 1,
	TAINT_OUT_OF_TREE = 1 << 12,
	TAINT_UNSIGNED = 1 << 13,
	TAINT_MODULES = TAINT_PROPRIETARY | TAINT_FORCED | TAINT_OUT_OF_TREE | TAINT_UNSIGNED,
};

void collect_untainted(const struct posture_view *v, const struct collector *c,
		       struct posture_reading *ret)
{
	uint64_t mask = 0;
	int r = source_number(v, c->row.source, &mask);

	if (r < 0) {
		reading_unknown(ret, c->row.source, r);
		return;
	}
	reading_say(ret, mask & TAINT_MODULES ? POSTURE_BAD : POSTURE_GOOD, "%" PRIu64 "%s%s%s%s",
		    mask, mask & TAINT_PROPRIETARY ? " proprietary" : "",
		    mask & TAINT_FORCED ? " forced" : "",
		    mask & TAINT_OUT_OF_TREE ? " out-of-tree" : "",
		    mask & TAINT_UNSIGNED ? " unsigned" : "");
}

void collect_modules_signed(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret)
{
	_cleanup_free_ char *text = NULL;
	int r = source_text(v, c->row.source, SOURCE_TEXT_MAX, &text);

	if (r == 0 && strcmp(text, "Y") == 0)
		reading_say(ret, POSTURE_GOOD, "Y");
	else if (lockdown_is_on(v))
		reading_say(ret, POSTURE_GOOD, "by lockdown");
	else if (source_is_number(v, "/proc/sys/kernel/modules_disabled", 1))
		reading_say(ret, POSTURE_GOOD, "no module can be loaded any more");
	else if (r < 0)
		reading_unknown(ret, c->row.source, r);
	else
		reading_say(ret, POSTURE_BAD, "%s", text);
}

void collect_kexec_locked(const struct posture_view *v, const struct collector *c,
			  struct posture_reading *ret)
{
	if (lockdown_is_on(v))
		reading_say(ret, POSTURE_GOOD, "by lockdown");
	else
		collect_number(v, &(struct collector){ .row = c->row, .low = 1, .high = 1 }, ret);
}

void collect_lsm_enforcing(const struct posture_view *v, const struct collector *c,
			   struct posture_reading *ret)
{
	static const char apparmor[] = "/sys/module/apparmor/parameters/enabled";
	_cleanup_free_ char *text = NULL;
	int r;

	(void)c;
	if (source_is_number(v, "/sys/fs/selinux/enforce", 1)) {
		reading_say(ret, POSTURE_GOOD, "SELinux");
		return;
	}
	r = source_text(v, apparmor, SOURCE_TEXT_MAX, &text);
	if (r < 0)
		reading_unknown(ret, apparmor, r);
	else if (strcmp(text, "Y") == 0)
		reading_say(ret, POSTURE_GOOD, "AppArmor");
	else
		reading_say(ret, POSTURE_BAD, "AppArmor is there and not enabled");
}

void collect_links_protected(const struct posture_view *v, const struct collector *c,
			     struct posture_reading *ret)
{
	static const char *const paths[] = { "/proc/sys/fs/protected_symlinks",
					     "/proc/sys/fs/protected_hardlinks",
					     "/proc/sys/fs/suid_dumpable" };
	uint64_t n[3] = { 0 };

	(void)c;
	for (size_t i = 0; i < 3; i++) {
		int r = source_number(v, paths[i], &n[i]);

		if (r < 0) {
			reading_unknown(ret, paths[i], r);
			return;
		}
	}
	reading_say(ret, n[0] == 1 && n[1] == 1 && n[2] != 1 ? POSTURE_GOOD : POSTURE_BAD,
		    "symlinks %" PRIu64 ", hardlinks %" PRIu64 ", suid_dumpable %" PRIu64, n[0],
		    n[1], n[2]);
}

void collect_cpu_mitigated(const struct posture_view *v, const struct collector *c,
			   struct posture_reading *ret)
{
	_cleanup_free_ char(*names)[SOURCE_NAME_SIZE] = NULL;
	size_t n = 0;
	int r = source_names(v, c->row.source, SOURCE_NAMES_MAX, &names, &n);

	reading_say(ret, POSTURE_GOOD, "%zu looked at", n);
	for (size_t i = 0; i < n && r == 0; i++) {
		_cleanup_free_ char *text = NULL;
		char path[SOURCE_NAME_SIZE + 64];

		(void)snprintf(path, sizeof(path), "%s/%s", c->row.source, names[i]);
		r = source_text(v, path, SOURCE_TEXT_MAX, &text);
		if (r == 0 && strncmp(text, "Vulnerable", 10) == 0) {
			reading_say(ret, POSTURE_BAD, "%s: %s", names[i], text);
			return;
		}
	}
	if (r < 0)
		reading_unknown(ret, c->row.source, r);
}
