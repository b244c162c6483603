/* SPDX-License-Identifier: BSD-2-Clause */
/* Texts: patterns, and characters that can pass for others. */
#include <postern/limits.h>

#include "policy/profile.h"

/* Paths of the principal: what the kernel can match against a prefix and a suffix. */
static bool is_path(const struct expr *e)
{
	return is_attribute(e, VAR_PRINCIPAL, "exe") || is_attribute(e, VAR_PRINCIPAL, "script") ||
	       is_attribute(e, VAR_PRINCIPAL, "parent");
}

void profile_like(const struct profile *p, const struct expr *e)
{
	size_t stars = 0, literal = 0;

	for (size_t i = 0; i < e->n_pattern; i++) {
		stars += e->pattern[i].star;
		literal += e->pattern[i].star ? 0 : e->pattern[i].literal.len;
	}
	if (!is_path(e->args[0]))
		refuse(p, "profile-like-on", e->span, "write `==`, or a set and contains()",
		       "`like` matches only principal.exe, principal.script and principal.parent");
	if (stars > 1)
		refuse(p, "profile-like-stars", e->span, "write two patterns with && between them",
		       "the pattern has %zu stars, at most one fits", stars);
	if (literal > POSTERN_LIKE_LITERAL_MAX)
		refuse(p, "profile-like-long", e->span, "match a shorter part of the path",
		       "the pattern has %zu bytes besides its star, at most %d fit", literal,
		       POSTERN_LIKE_LITERAL_MAX);
}

/*
 * Cedar's validator warns of texts that mix scripts, of invisible characters and of those that
 * turn the direction of writing. One script is certain here: ASCII and the Latin letters of the
 * two blocks after it, without the six that Unicode's security profile (UTS #39) leaves out.
 */
static bool is_latin(uint32_t c)
{
	static const uint32_t left_out[] = { 0xd7, 0xf7, 0x132, 0x133, 0x13f, 0x140, 0x149, 0x17f };

	for (size_t i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++) {
		if (c == left_out[i])
			return false;
	}
	return c >= 0xc0 && c <= 0x17f;
}

/* Two bytes of UTF-8 reach U+07FF, which is more than is accepted. */
static uint32_t two_bytes(const char *s, size_t left)
{
	if (left < 2 || ((unsigned char)s[0] & 0xe0) != 0xc0)
		return 0;
	return ((uint32_t)(s[0] & 0x1f) << 6) | (uint32_t)(s[1] & 0x3f);
}

bool profile_is_plain(struct text t, bool controls)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char byte = (unsigned char)t.s[i];

		if (byte < 0x80 && (controls || (byte >= 0x20 && byte < 0x7f)))
			continue;
		if (byte < 0x80 || !is_latin(two_bytes(t.s + i, t.len - i)))
			return false;
		i++;
	}
	return true;
}

void profile_characters(const struct profile *p, const struct expr *e)
{
	bool plain = true;

	if (e->kind == EXPR_STRING)
		plain = profile_is_plain(e->string, true);
	for (size_t i = 0; e->kind == EXPR_LIKE && i < e->n_pattern; i++)
		plain &= e->pattern[i].star || profile_is_plain(e->pattern[i].literal, true);
	if (!plain)
		refuse(p, "profile-characters", e->span, "write it in ASCII, or in Latin letters",
		       "this text has characters that can pass for others");
}
