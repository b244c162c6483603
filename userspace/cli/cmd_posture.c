/* SPDX-License-Identifier: BSD-2-Clause */
/* postern posture: what kind of device this is, fact by fact, and how to mend what does not hold. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "posture/posture.h"

static const struct flag flags[] = {
	{ "root", 0, "DIR", "read below DIR here and now, without asking the controller" },
	{ 0 },
};

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* "3 d 4 h", "5 h 12 min", "7 min". */
static void age_text(json_int_t ms, char ret[64])
{
	long long minutes = ms / 60000;

	if (minutes >= 1440)
		(void)snprintf(ret, 64, "%lld d %lld h", minutes / 1440, minutes / 60 % 24);
	else if (minutes >= 60)
		(void)snprintf(ret, 64, "%lld h %lld min", minutes / 60, minutes % 60);
	else
		(void)snprintf(ret, 64, "%lld min", minutes);
}

struct verdict {
	const char *word;
	enum tone tone;
	bool mend; /* there is something to do about it */
};

static struct verdict verdict_of(const json_t *fact)
{
	const char *kind = text_of(fact, "kind"), *answer = text_of(fact, "answer");
	bool known = strcmp(answer, "good") == 0;

	if (strcmp(kind, "text") == 0)
		return (struct verdict){ "is", TONE_PLAIN, false };
	if (strcmp(kind, "age") == 0) {
		known = json_is_integer(json_object_get(fact, "age"));
		return (struct verdict){ known ? "age" : "unknown", known ? TONE_PLAIN : TONE_BAD,
					 !known };
	}
	if (json_is_true(json_object_get(fact, "holds")))
		return (struct verdict){ "holds", TONE_GOOD, false };
	if (known)
		return (struct verdict){ "soon", TONE_DOUBT, false };
	return (struct verdict){ strcmp(answer, "bad") == 0 ? "fails" : "unknown", TONE_BAD, true };
}

static void say_wide(const json_t *fact)
{
	const char *attribute = text_of(fact, "attribute"), *since = text_of(fact, "since");

	(void)printf("         source: %s\n         holds if: %s\n", text_of(fact, "source"),
		     text_of(fact, "test"));
	if (*attribute)
		(void)printf("         in policies: context.device.%s%s%s%s\n", attribute,
			     strcmp(attribute, "custom") == 0 ? ".contains(\"" : "",
			     strcmp(attribute, "custom") == 0 ? text_of(fact, "name") : "",
			     strcmp(attribute, "custom") == 0 ? "\")" : "");
	if (*since)
		(void)printf("         since: %s\n", since);
}

static void say_fact(const json_t *fact)
{
	const struct verdict v = verdict_of(fact);
	const json_t *age = json_object_get(fact, "age");
	const char *until = text_of(fact, "until");
	char text[64];

	(void)printf("%s%-8s%s %-22s ", tone_on(v.tone), v.word, tone_off(), text_of(fact, "name"));
	if (json_is_integer(age)) {
		age_text(json_integer_value(age), text);
		(void)printf("%s %s\n", text, text_of(fact, "found"));
	} else {
		(void)printf("%s%s%s\n", text_of(fact, "found"), *until ? ", until " : "", until);
	}
	if (output_form() == OUTPUT_WIDE)
		say_wide(fact);
	if (v.mend)
		(void)printf("         try: %s\n", text_of(fact, "hint"));
}

static void say(const json_t *reply)
{
	const json_t *fact;
	size_t i;

	if (json_is_true(json_object_get(reply, "stale")))
		(void)printf("%sstale%s    what was read is older than 90 s: nothing holds; try: "
			     "restart posternd\n",
			     tone_on(TONE_BAD), tone_off());
	json_array_foreach(json_object_get(reply, "facts"), i, fact)
		say_fact(fact);
	if (*text_of(reply, "problem"))
		(void)printf(
			"%sproblem%s  %s\n         try: mend the directory; until then no fact "
			"of it holds\n",
			tone_on(TONE_BAD), tone_off(), text_of(reply, "problem"));
}

/* Read twice at once: what is good now is shown as it would count. */
static json_t *read_below(int root)
{
	struct posture_view v = { .root = root,
				  .now_ms = clock_real_ms(),
				  .boot_ns = clock_boot_ns(),
				  .enforcer = POSTURE_UNKNOWN };
	_cleanup_free_ struct posture_history *h = calloc(1, sizeof(*h));
	_cleanup_free_ struct posture *p = calloc(1, sizeof(*p));

	if (!h || !p)
		return NULL;
	for (int i = 0; i < 2; i++) {
		posture_read(&v, p);
		(void)posture_history_add(h, p, v.now_ms);
	}
	return posture_json(h, v.now_ms, v.boot_ns);
}

static int read_here(const char *path, json_t **ret)
{
	_cleanup_close_ int root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0) {
		complain("name a directory that stands for /", "cannot open %s: %s", path,
			 strerror(errno));
		return EXIT_USAGE;
	}
	*ret = read_below(root);
	if (*ret)
		return EXIT_YES;
	complain("free some memory and try again", "out of memory");
	return EXIT_CONTROLLER;
}

static int run(const struct invocation *inv)
{
	const char *root = flag_value(inv, "root");
	_cleanup_json_ json_t *reply = NULL;
	int r = root ? read_here(root, &reply)
		     : connection_call(WIRE_INTERFACE ".GetPosture", NULL, &reply);

	if (r != EXIT_YES)
		return r;
	r = json_is_true(json_object_get(reply, "stale")) ? EXIT_NO : EXIT_YES;
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else
		say(reply);
	return r;
}

const struct command command_posture = {
	.name = "posture",
	.arguments = "",
	.summary = "what kind of device this is, and how to mend what does not hold",
	.examples = "  postern posture\n  postern -o wide posture\n  postern posture --root /\n",
	.flags = flags,
	.run = run,
};
