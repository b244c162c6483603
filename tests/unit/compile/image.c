/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole images: limits and refusals with their messages, long alternatives, sizes, names. */
#include "cm.h"

#include <errno.h>
#include <stdio.h>

#include "compiled.h"

#define EGRESS "action in Action::\"egress\", resource"

static void refused(const char *policies, int err, const char *code)
{
	_cleanup_compiled_ struct compiled c;

	compiled_make(&c, policies, NULL, NULL);
	assert_int_equal(c.err, err);
	assert_null(c.image);
	assert_true(compiled_says(&c, code));
}

/* Conditions on this end have no table: they are facts of the request, and a kind of socket has none of them. */
static void this_end_is_a_fact(void **state)
{
	static const char policies[] =
		"@id(\"ssh\") permit(principal, action in Action::\"ingress\", resource)"
		" when { resource.localPort == 22 && !resource.localIp.isLoopback() };"
		"@id(\"raw\") permit(principal, action == Action::\"create\", resource)"
		" when { resource == SocketKind::\"raw\" };";
	static const struct {
		const char *action, *resource;
		enum verdict verdict;
	} cases[] = {
		{ "listen", "\"tcp 10.0.0.1:22\"", VERDICT_ALLOW },
		{ "listen", "\"tcp 127.0.0.1:22\"", VERDICT_DENY },
		{ "listen", "\"tcp 10.0.0.1:23\"", VERDICT_DENY },
		{ "accept", "\"tcp 10.0.0.1:22\"", VERDICT_DENY },
		{ "create", "\"raw\"", VERDICT_ALLOW },
		{ "create", "\"packet\"", VERDICT_DENY },
	};
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c, policies, NULL, NULL);
	assert_int_equal(c.err, 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char request[160];

		(void)snprintf(request, sizeof(request),
			       "{\"principal\":{},\"action\":\"%s\",\"resource\":%s}",
			       cases[i].action, cases[i].resource);
		assert_int_equal(compiled_decide(&c, request).verdict, cases[i].verdict);
	}
}

/* `n` conditions on context, no two alike. */
static void put_facts(struct buf *b, int n)
{
	for (int i = 0; i < n; i++)
		buf_printf(b,
			   "@id(\"p%d\") permit(principal, " EGRESS
			   ") when { context.device.custom.contains(\"c%d\") };\n",
			   i, i);
}

static void facts_have_a_limit(void **state)
{
	_cleanup_buf_ struct buf fits = BUF_INIT, more = BUF_INIT;
	_cleanup_compiled_ struct compiled c;

	(void)state;
	put_facts(&fits, POSTERN_FACTS_MAX);
	compiled_make(&c, fits.data, NULL, NULL);
	assert_int_equal(c.err, 0);
	assert_int_equal(c.image->facts.n, POSTERN_FACTS_MAX);
	put_facts(&more, POSTERN_FACTS_MAX + 1);
	refused(more.data, -E2BIG, "image-limit");
}

static void put_members(struct buf *b, const char *type, int n)
{
	for (int i = 0; i < n; i++)
		buf_printf(b, "@id(\"p%d\") permit(principal in %s::\"n%d\", " EGRESS ");\n", i,
			   type, i);
}

static void groups_and_units_have_limits(void **state)
{
	static const char *const types[] = { "Group", "Unit" };
	static const int most[] = { POSTERN_GROUPS_MAX, POSTERN_UNITS_MAX };

	(void)state;
	for (int t = 0; t < 2; t++) {
		_cleanup_buf_ struct buf fits = BUF_INIT, more = BUF_INIT;
		_cleanup_compiled_ struct compiled c;

		put_members(&fits, types[t], most[t]);
		compiled_make(&c, fits.data, NULL, NULL);
		assert_int_equal(c.err, 0);
		put_members(&more, types[t], most[t] + 1);
		refused(more.data, -E2BIG, "image-limit");
	}
}

/* One policy with `n` groups of which each suffices. */
static void put_any_group(struct buf *b, const char *principal, int n)
{
	buf_printf(b, "@id(\"a\") permit(%s, " EGRESS ") when { ", principal);
	for (int i = 0; i < n; i++)
		buf_printf(b, "%sprincipal in Group::\"g%d\"", i ? " || " : "", i);
	buf_puts(b, " };");
}

static void alternatives_have_a_limit(void **state)
{
	_cleanup_buf_ struct buf fits = BUF_INIT, more = BUF_INIT;
	_cleanup_compiled_ struct compiled c;

	(void)state;
	put_any_group(&fits, "principal", POSTERN_ALTERNATIVES_MAX);
	compiled_make(&c, fits.data, NULL, NULL);
	assert_int_equal(c.err, 0);
	put_any_group(&more, "principal", POSTERN_ALTERNATIVES_MAX + 1);
	refused(more.data, -E2BIG, "image-alternatives");
}

/* `check` has no host, and must still find what a host would refuse. */
static void without_a_host_names_do_not_fold_away(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_compiled_ struct compiled c;

	(void)state;
	put_any_group(&b, "principal in User::\"alice\"", POSTERN_ALTERNATIVES_MAX + 1);
	compiled_make(&c, b.data, NULL, &(struct binding){ 0 });
	assert_int_equal(c.err, 0); /* where nobody is alice, nothing is left */
	assert_int_equal(image_compile(c.views, NULL, &d, &image), -E2BIG);
	assert_int_equal(d.errors, 1);
}

/* (g0 || g1) && (g2 || g3) && …: 2^32 alternatives must be refused, not tried. */
static void an_explosion_is_refused_early(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)state;
	buf_puts(&b, "@id(\"a\") permit(principal, " EGRESS ") when { true");
	for (int i = 0; i < 64; i += 2)
		buf_printf(&b, " && (principal in Group::\"g%d\" || principal in Group::\"g%d\")",
			   i, i + 1);
	buf_puts(&b, " };");
	refused(b.data, -E2BIG, "image-alternatives");
}

static void a_long_or_over_one_attribute_is_one_alternative(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_compiled_ struct compiled c;
	struct image_size size;

	(void)state;
	buf_puts(&b, "@id(\"a\") permit(principal, " EGRESS ") when { ");
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "%sprincipal in Program::\"/bin/p%d\"", i ? " || " : "", i);
	buf_puts(&b, " };");
	compiled_make(&c, b.data, NULL, NULL);
	assert_int_equal(c.err, 0);
	image_measure(c.image, &size);
	assert_int_equal(size.alternatives, 1);
	assert_int_equal(size.strings, 100);
}

/* Thirty groups in one alternative: more terms than a line holds. */
static void terms_continue_on_further_lines(void **state)
{
	_cleanup_buf_ struct buf policy = BUF_INIT, all = BUF_INIT, most = BUF_INIT;
	_cleanup_compiled_ struct compiled c;
	struct image_size size;

	(void)state;
	buf_puts(&policy, "@id(\"a\") permit(principal, " EGRESS ") when { context.session.mfa");
	buf_puts(&all, "{\"principal\":{\"groups\":[\"g0\"");
	buf_puts(&most, "{\"principal\":{\"groups\":[\"g0\"");
	for (int i = 0; i < 30; i++) {
		buf_printf(&policy, " && principal in Group::\"g%d\"", i);
		buf_printf(&all, ",\"g%d\"", i);
		if (i != 29)
			buf_printf(&most, ",\"g%d\"", i);
	}
	buf_puts(&policy, " };\n@id(\"b\") permit(principal in Group::\"g3\", " EGRESS ")"
			  " when { context.session.verified };");
	compiled_make(&c, policy.data, NULL, NULL);
	image_measure(c.image, &size);
	assert_int_equal(size.alternatives, 4);
	buf_puts(&all, "]},\"action\":\"connect\",\"resource\":\"tcp 1.2.3.4:5\","
		       "\"context\":{\"session\":{\"mfa\":true}}}");
	buf_puts(&most, "]},\"action\":\"connect\",\"resource\":\"tcp 1.2.3.4:5\","
			"\"context\":{\"session\":{\"mfa\":true,\"verified\":true}}}");
	assert_string_equal(compiled_decide(&c, all.data).policy->id.s, "a");
	assert_string_equal(compiled_decide(&c, most.data).policy->id.s, "b");
}

/* Names that differ in their last bytes only must not crowd into few places of the table. */
static void alike_names_spread_over_the_table(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_compiled_ struct compiled c;
	const struct postern_header *h;

	(void)state;
	for (int i = 0; i < 4096; i++)
		buf_printf(&b,
			   "@id(\"p%d\") permit(principal in Program::\"/bin/%03x\", " EGRESS
			   ");\n",
			   i, i);
	compiled_make(&c, b.data, NULL, NULL);
	assert_int_equal(c.err, 0);
	h = (const struct postern_header *)c.image->lines;
	assert_int_equal(h->strings_mask + 1, 2048);
	assert_in_range(h->strings_probe, 1, 8);
}

static void policy_ids_are_in_order(void **state)
{
	_cleanup_compiled_ struct compiled c;

	(void)state;
	compiled_make(&c,
		      "@id(\"b\") permit(principal, " EGRESS ");"
		      "@id(\"ab\") forbid(principal, " EGRESS ");"
		      "@id(\"a\") permit(principal, " EGRESS ");",
		      NULL, NULL);
	assert_true(text_is(image_policy_id(c.image, 0), "a"));
	assert_true(text_is(image_policy_id(c.image, 1), "ab"));
	assert_true(text_is(image_policy_id(c.image, 2), "b"));
	assert_int_equal(image_policy_id(c.image, 3).len, 0);
	assert_int_equal(image_policy_id(c.image, POSTERN_NONE).len, 0);
}

static void an_empty_set_denies_by_default(void **state)
{
	_cleanup_compiled_ struct compiled c;
	struct decision d;

	(void)state;
	compiled_make(&c, "", NULL, NULL);
	assert_int_equal(c.err, 0);
	d = compiled_decide(&c, "{\"action\":\"send\",\"resource\":\"udp [::1]:53\"}");
	assert_int_equal(d.verdict, VERDICT_DENY);
	assert_null(d.policy);
	assert_string_equal(d.reason, "default-deny");
}

static void one_seed_gives_one_image(void **state)
{
	static const char text[] = "@id(\"a\") permit(principal in Program::\"/a\", " EGRESS ")"
				   " when { principal.exe like \"/x*\" };";
	_cleanup_compiled_ struct compiled a, b;

	(void)state;
	compiled_make(&a, text, NULL, NULL);
	compiled_make(&b, text, NULL, NULL);
	assert_int_equal(a.image->n, b.image->n);
	assert_memory_equal(a.image->lines, b.image->lines, (size_t)a.image->n * POSTERN_LINE);
}

static void a_path_too_long_is_locked_down(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	_cleanup_compiled_ struct compiled c;
	struct decision d;

	(void)state;
	compiled_make(&c, "@id(\"a\") permit(principal, " EGRESS ");", NULL, NULL);
	buf_puts(&b, "{\"principal\":{\"program\":\"/");
	for (int i = 0; i < POSTERN_STRING_MAX; i++)
		buf_putc(&b, 'x');
	buf_puts(&b, "\"},\"action\":\"connect\",\"resource\":\"tcp 1.2.3.4:5\"}");
	d = compiled_decide(&c, b.data);
	assert_int_equal(d.verdict, VERDICT_DENY);
	assert_string_equal(d.reason, "path-too-long");
}

static void words_of_the_kernel_have_names(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < POSTERN_REASONS; i++)
		assert_true(reason_name(i) && *reason_name(i));
	assert_string_equal(reason_name(POSTERN_REASONS), "unknown");
	assert_string_equal(socket_kind_name(0), "raw");
	assert_string_equal(socket_kind_name(10), "tun");
	assert_string_equal(socket_kind_name(UINT32_MAX), "other");
	assert_int_equal(verdict_from_abi(POSTERN_ALLOW), VERDICT_ALLOW);
	assert_int_equal(verdict_from_abi(POSTERN_WOULD_DENY), VERDICT_WOULD_DENY);
	assert_int_equal(verdict_from_abi(POSTERN_DENY), VERDICT_DENY);
	assert_int_equal(verdict_from_abi(99), VERDICT_DENY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(this_end_is_a_fact),
		cmocka_unit_test(facts_have_a_limit),
		cmocka_unit_test(groups_and_units_have_limits),
		cmocka_unit_test(alternatives_have_a_limit),
		cmocka_unit_test(without_a_host_names_do_not_fold_away),
		cmocka_unit_test(an_explosion_is_refused_early),
		cmocka_unit_test(a_long_or_over_one_attribute_is_one_alternative),
		cmocka_unit_test(terms_continue_on_further_lines),
		cmocka_unit_test(alike_names_spread_over_the_table),
		cmocka_unit_test(policy_ids_are_in_order),
		cmocka_unit_test(an_empty_set_denies_by_default),
		cmocka_unit_test(one_seed_gives_one_image),
		cmocka_unit_test(a_path_too_long_is_locked_down),
		cmocka_unit_test(words_of_the_kernel_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
