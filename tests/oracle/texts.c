/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What policy/ says of policy texts, for the oracle to compare. Standard input: for each text its
 * length in decimal, a line's end, the bytes, a line's end. Standard output: one JSON object a
 * line: {parsed, valid, accepted, codes, print}. `valid` is the type check alone, `accepted` the
 * whole check with the profile; `codes` are those of the errors, `print` is the canonical text.
 * usage: texts ENTITIES.json
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "policy/policy.h"

static int read_entities(const char *path, struct entity_set **ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	_cleanup_free_ char *text = NULL;
	struct source src = { .name = path };
	int r = file_read(AT_FDCWD, path, 1u << 20, &text, &src.len);

	src.text = text;
	if (r == 0)
		r = json_parse(&src, &d, &json);
	if (r == 0)
		r = entities_parse(json, &src, NULL, &d, ret);
	return r;
}

static json_t *codes_of(const struct diags *d)
{
	json_t *codes = json_array();

	for (size_t i = 0; i < d->n; i++)
		if (d->items[i].level == DIAG_ERROR)
			(void)json_array_append_new(codes, json_string(d->items[i].code));
	return codes;
}

/* The canonical text, or null where it is not UTF-8. */
static json_t *print_of(const struct policy_set *set)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	for (size_t i = 0; i < set->n; i++)
		policy_print(set->policies[i], &text);
	return text.data ? json_stringn(text.data, text.len) : json_string("");
}

static json_t *verdict_on(const struct source *src, const struct entity_set *entities)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT, typed = DIAGS_INIT;
	_cleanup_policy_set_ struct policy_set *set = NULL;
	bool parsed, valid, accepted;
	json_t *print;

	if (policy_set_new(&set) < 0)
		return NULL;
	parsed = policy_parse(set, src, &d) == 0;
	/* Before the check, which sorts the policies. */
	print = parsed ? print_of(set) : json_null();
	valid = parsed && policy_validate(set, &typed) == 0;
	accepted = parsed && policy_check(set, entities, &d) == 0;
	return json_pack("{s:b, s:b, s:b, s:o, s:o}", "parsed", parsed, "valid", valid, "accepted",
			 accepted, "codes", codes_of(&d), "print", print);
}

static int answer(const char *text, size_t len, const struct entity_set *entities)
{
	const struct source src = { "text.cedar", text, len };
	_cleanup_json_ json_t *verdict = verdict_on(&src, entities);

	if (!verdict || json_dumpf(verdict, stdout, JSON_COMPACT) < 0)
		return -ENOMEM;
	(void)putchar('\n');
	return 0;
}

/* One text of the input. 1 when there is none left. */
static int take(const struct entity_set *entities)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int n = scanf("%zu", &len);

	if (n == EOF)
		return 1;
	if (n != 1 || len > 1u << 24 || getchar() != '\n')
		return -EBADMSG;
	text = malloc(len + 1);
	if (!text)
		return -ENOMEM;
	if (fread(text, 1, len, stdin) != len)
		return -EBADMSG;
	text[len] = '\0';
	return answer(text, len, entities);
}

int main(int argc, char **argv)
{
	_cleanup_entity_set_ struct entity_set *entities = NULL;
	int r;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: texts ENTITIES.json < TEXTS\n");
		return 2;
	}
	r = read_entities(argv[1], &entities);
	while (r == 0)
		r = take(entities);
	if (r < 0)
		(void)fprintf(stderr, "texts: %s\n", strerror(-r));
	return r < 0 ? 1 : 0;
}
