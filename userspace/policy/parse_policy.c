/* SPDX-License-Identifier: BSD-2-Clause */
/* Statements: annotations, effect, scope, conditions. */
#include "policy/parse.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

static bool parse_annotation(struct parser *p, struct policy *policy)
{
	struct annotation a = { .value = { .s = "" } };
	uint32_t from = p->tok.off;

	parser_advance(p);
	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, "an annotation's name");
		return false;
	}
	/* keywords too: @if("…") is an annotation */
	a.name = parser_text(p, p->src->text + p->tok.off, p->tok.len);
	parser_advance(p);
	if (parser_accept(p, TOKEN_PAREN_OPEN)) {
		a.has_value = true;
		if (p->tok.kind != TOKEN_STRING) {
			unexpected(p, "a string in quotes");
			return false;
		}
		if (!parse_string_token(p, &a.value) || !parser_expect(p, TOKEN_PAREN_CLOSE, "`)`"))
			return false;
	}
	a.span = parser_span(p, from);
	return a.name.s && parser_push(p, policy->annotations, policy->n_annotations, a);
}

static bool parse_annotations(struct parser *p, struct policy *policy)
{
	_cleanup_free_ struct named *names = NULL;

	while (p->tok.kind == TOKEN_AT)
		if (!parse_annotation(p, policy))
			return false;
	if (policy->n_annotations == 0)
		return true;
	names = calloc(policy->n_annotations, sizeof(names[0]));
	if (!names) {
		p->err = -ENOMEM;
		return false;
	}
	for (size_t i = 0; i < policy->n_annotations; i++) {
		const struct annotation *a = &policy->annotations[i];

		names[i] = (struct named){ a->name, a->span };
		if (text_is(a->name, "id"))
			policy->id = a->value;
	}
	report_duplicates(p, names, policy->n_annotations, "syntax-annotation", "annotation");
	return true;
}

static bool parse_effect(struct parser *p, struct policy *policy)
{
	static const char *const effects[] = { "permit", "forbid" };
	struct text t = token_text(p, p->tok);
	char buf[96];

	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, "`permit` or `forbid`");
		return false;
	}
	if (p->tok.word == WORD_FORBID)
		policy->effect = EFFECT_FORBID;
	else if (p->tok.word == WORD_PERMIT)
		policy->effect = EFFECT_PERMIT;
	else
		syntax_error(p, "syntax-effect", token_span(p, p->tok),
			     nearest_word(p, p->tok, effects, 2,
					  "a policy starts with permit or forbid", buf),
			     "`%.*s` is not an effect", (int)t.len, t.s);
	parser_advance(p);
	return true;
}

/* The keyword before the braces. */
static bool parse_condition_word(struct parser *p, struct condition *ret)
{
	static const char *const keywords[] = { "when", "unless" };
	struct text t = token_text(p, p->tok);
	char buf[96];

	if (p->tok.word == WORD_PERMIT || p->tok.word == WORD_FORBID) {
		struct span where = { .src = p->src, .off = p->end };

		syntax_error(p, "syntax-semicolon", where, "end the policy with `;`",
			     "`;` is missing before the next policy");
		return false;
	}
	if (p->tok.word != WORD_WHEN && p->tok.word != WORD_UNLESS)
		syntax_error(p, "syntax-condition", token_span(p, p->tok),
			     nearest_word(p, p->tok, keywords, 2,
					  "conditions are when { … } and unless { … }", buf),
			     "`%.*s` is not a condition", (int)t.len, t.s);
	ret->unless = p->tok.word == WORD_UNLESS;
	parser_advance(p);
	return true;
}

static bool parse_condition(struct parser *p, struct policy *policy)
{
	struct condition c = { 0 };
	uint32_t from = p->tok.off;

	if (!parse_condition_word(p, &c) || !parser_expect(p, TOKEN_BRACE_OPEN, "`{`"))
		return false;
	if (p->tok.kind == TOKEN_BRACE_CLOSE) {
		syntax_error(p, "syntax-condition", token_span(p, p->tok),
			     "write a condition, or remove the braces", "the condition is empty");
		return false;
	}
	c.body = parse_expr(p);
	if (!c.body || !parser_expect(p, TOKEN_BRACE_CLOSE, "an operator or `}`"))
		return false;
	c.span = parser_span(p, from);
	return parser_push(p, policy->conditions, policy->n_conditions, c);
}

static bool parse_end(struct parser *p)
{
	struct span where = { .src = p->src, .off = p->end };

	if (parser_accept(p, TOKEN_SEMICOLON))
		return true;
	if (p->tok.kind == TOKEN_END || p->tok.kind == TOKEN_AT)
		syntax_error(p, "syntax-semicolon", where, "end the policy with `;`",
			     "`;` is missing");
	else
		unexpected(p, "`when`, `unless` or `;`");
	return false;
}

struct policy *parse_policy(struct parser *p)
{
	struct policy *policy = parser_alloc(p, sizeof(*policy));
	uint32_t from = p->tok.off;

	if (!policy)
		return NULL;
	policy->id.s = "";
	p->depth = 0;
	p->long_string.len = 0;
	if (!parse_annotations(p, policy) || !parse_effect(p, policy) ||
	    !parser_expect(p, TOKEN_PAREN_OPEN, "`(`") || !parse_scope(p, policy))
		return NULL;
	while (p->tok.kind == TOKEN_WORD)
		if (!parse_condition(p, policy))
			return NULL;
	if (!parse_end(p))
		return NULL;
	policy->span = parser_span(p, from);
	return policy;
}
