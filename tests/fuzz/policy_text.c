/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy text: whatever parses prints as a text that parses to the same policies and prints the
 * same. What Cedar's validator would accept evaluates, also outside the profile: to an answer, or to
 * an error such as an overflow.
 */
#include "policy/policy.h"

#include "rig/fuzz.h"
#include "rig/world.h"

static int parse(const char *text, size_t len, struct policy_set **ret)
{
	const struct source src = { "fuzz.cedar", text, len };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	must(policy_set_new(ret) == 0);
	r = policy_parse(*ret, &src, &d);
	fuzz_answer(r, &d);
	must(r == 0 || (*ret)->n == 0);
	return r;
}

static void print(const struct policy_set *set, struct buf *out)
{
	for (size_t i = 0; i < set->n; i++)
		policy_print(set->policies[i], out);
	must(buf_error(out) == 0);
}

static bool same_bytes(const struct buf *a, const struct buf *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void evaluate_policy(const struct policy *p, const struct request *req)
{
	bool holds;

	for (size_t i = 0; i < p->n_conditions; i++) {
		int r = evaluate_condition(p->conditions[i].body, fuzz_world()->entities, req,
					   &holds);

		must(r == 0 || r == -EINVAL);
	}
}

static void evaluate_all(const struct policy_set *set)
{
	for (size_t k = 0; k < FUZZ_REQUESTS; k++)
		for (size_t i = 0; i < set->n; i++)
			evaluate_policy(set->policies[i], &fuzz_world()->requests[k]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_policy_set_ struct policy_set *first = NULL, *second = NULL;
	_cleanup_buf_ struct buf once = BUF_INIT, twice = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	if (parse((const char *)data, size, &first) != 0)
		return 0;
	print(first, &once);
	must(parse(once.data, once.len, &second) == 0);
	must(second->n == first->n);
	print(second, &twice);
	must(same_bytes(&once, &twice));
	if (policy_validate(first, &d) == 0)
		evaluate_all(first);
	fuzz_render(&d);
	return 0;
}
