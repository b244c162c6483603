/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a challenge. Written and read by the same table of lines, so that each challenge has
 * one text, and each text is of one challenge:
 *
 *   postern-login 1
 *   host 0123456789abcdef0123456789abcdef
 *   boot 01234567-89ab-cdef-0123-456789abcdef
 *   session 7
 *   loginuid 1000
 *   user alice
 *   purpose login
 *   nonce <64 hex digits>
 *   issued 2027-03-01T08:00:00Z
 *   expires 2027-03-01T08:02:00Z
 */
#include "session/session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/rfc3339.h"

static const char hex[] = "0123456789abcdef";

/* A word of visible ASCII. */
static bool is_word(const char *s)
{
	size_t n = 0;

	for (; s[n]; n++)
		if (s[n] <= ' ' || s[n] > '~')
			return false;
	return n > 0;
}

static bool is_hex(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, hex) == n;
}

/* Five groups of hex digits, as the kernel writes it. */
static bool is_uuid(const char *s)
{
	if (strlen(s) != 36)
		return false;
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? s[i] != '-' : !strchr(hex, s[i]))
			return false;
	}
	return true;
}

static const char *purpose_name(bool verify)
{
	return verify ? "login-verified" : "login";
}

int challenge_text(const struct challenge *c, char ret[SESSION_TEXT_MAX])
{
	char issued[RFC3339_SIZE], expires[RFC3339_SIZE];
	int n;

	if (!is_hex(c->host, 32) || !is_uuid(c->boot) || !is_word(c->user) ||
	    !is_hex(c->nonce, 2 * SESSION_NONCE) || rfc3339_format(c->issued_ms, issued) < 0 ||
	    rfc3339_format(c->expires_ms, expires) < 0)
		return -EINVAL;
	n = snprintf(ret, SESSION_TEXT_MAX,
		     "postern-login 1\nhost %s\nboot %s\nsession %" PRIu32 "\nloginuid %" PRIu32
		     "\nuser %s\npurpose %s\nnonce %s\nissued %s\nexpires %s\n",
		     c->host, c->boot, c->session, c->loginuid, c->user, purpose_name(c->verify),
		     c->nonce, issued, expires);
	return n > 0 && n < SESSION_TEXT_MAX ? 0 : -EINVAL;
}

/* Takes "WORD VALUE\n" off the front; the value with a NUL. Whether it fits. */
static bool take_line(const char **at, const char *end, const char *word, char *ret, size_t size)
{
	size_t n = strlen(word), len;
	const char *newline = memchr(*at, '\n', (size_t)(end - *at));

	if (!newline || (size_t)(newline - *at) <= n || memcmp(*at, word, n) != 0 ||
	    (*at)[n] != ' ')
		return false;
	len = (size_t)(newline - *at) - n - 1;
	if (len >= size || memchr(*at, '\0', n + 1 + len))
		return false;
	memcpy(ret, *at + n + 1, len);
	ret[len] = '\0';
	*at = newline + 1;
	return true;
}

static bool take_number(const char **at, const char *end, const char *word, uint32_t *ret)
{
	unsigned long long value = 0;
	char digits[12];

	if (!take_line(at, end, word, digits, sizeof(digits)) || !*digits)
		return false;
	for (const char *p = digits; *p; p++) {
		if (*p < '0' || *p > '9')
			return false;
		value = value * 10 + (unsigned)(*p - '0');
	}
	*ret = (uint32_t)value;
	return value <= UINT32_MAX;
}

static bool take_time(const char **at, const char *end, const char *word, int64_t *ret)
{
	char time[RFC3339_SIZE];

	return take_line(at, end, word, time, sizeof(time)) && rfc3339_parse(time, ret) == 0;
}

int challenge_parse(const char *text, size_t len, struct challenge *ret)
{
	char version[4], purpose[32], again[SESSION_TEXT_MAX];
	const char *at = text, *end = text + len;
	struct challenge c = { 0 };

	if (!take_line(&at, end, "postern-login", version, sizeof(version)) ||
	    !take_line(&at, end, "host", c.host, sizeof(c.host)) ||
	    !take_line(&at, end, "boot", c.boot, sizeof(c.boot)) ||
	    !take_number(&at, end, "session", &c.session) ||
	    !take_number(&at, end, "loginuid", &c.loginuid) ||
	    !take_line(&at, end, "user", c.user, sizeof(c.user)) ||
	    !take_line(&at, end, "purpose", purpose, sizeof(purpose)) ||
	    !take_line(&at, end, "nonce", c.nonce, sizeof(c.nonce)) ||
	    !take_time(&at, end, "issued", &c.issued_ms) ||
	    !take_time(&at, end, "expires", &c.expires_ms))
		return -EBADMSG;
	c.verify = strcmp(purpose, purpose_name(true)) == 0;
	/* One spelling: no leading zeros, no other version or purpose, nothing after it. */
	if (challenge_text(&c, again) < 0 || strlen(again) != len || memcmp(again, text, len) != 0)
		return -EBADMSG;
	*ret = c;
	return 0;
}

enum session_answer challenge_compare(const struct challenge *asked,
				      const struct challenge *answered)
{
	if (strcmp(asked->host, answered->host) != 0)
		return SESSION_E_HOST;
	if (strcmp(asked->boot, answered->boot) != 0)
		return SESSION_E_BOOT;
	if (asked->session != answered->session)
		return SESSION_E_SESSION;
	if (asked->loginuid != answered->loginuid)
		return SESSION_E_LOGINUID;
	if (strcmp(asked->user, answered->user) != 0)
		return SESSION_E_USER;
	if (asked->verify != answered->verify)
		return SESSION_E_PURPOSE;
	if (strcmp(asked->nonce, answered->nonce) != 0)
		return SESSION_E_NONCE;
	if (asked->issued_ms != answered->issued_ms || asked->expires_ms != answered->expires_ms)
		return SESSION_E_TIMES;
	return SESSION_OK;
}
