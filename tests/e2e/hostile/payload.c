/* SPDX-License-Identifier: BSD-2-Clause */
/* Bundles that enough people signed, and that are none, or none for this host. */
#include "hostile/hostile.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const enum person two[] = { ALICE, CAROL, 0 };

static const char document[] =
	"{\"format\":1,\"name\":\"hostile\",\"version\":%llu,\"notAfter\":\"2099-01-01T00:00:00Z\","
	"\"audience\":[\"*\"],\"mode\":\"enforce\",\"policies\":{\"base.cedar\":\"@id(\\\"a\\\") "
	"permit(principal, action == Action::\\\"connect\\\", resource);\"},\"tests\":[{\"name\":"
	"\"root may\",\"principal\":{\"user\":\"root\"},\"action\":\"connect\",\"resource\":"
	"\"tcp 127.0.0.1:1\",\"expect\":\"allow\"}]}";

void bundle_gzip(const void *bytes, size_t len, struct buf *out)
{
	uint8_t chunk[65536];
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes, .avail_in = (uInt)len };
	int r;

	must(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK, "gzip");
	do {
		z.next_out = chunk;
		z.avail_out = sizeof(chunk);
		r = deflate(&z, Z_FINISH);
		buf_put(out, chunk, sizeof(chunk) - z.avail_out);
	} while (r == Z_OK);
	must(r == Z_STREAM_END && deflateEnd(&z) == Z_OK, "gzip");
}

/* `text` with its first `from` as `to`. */
static void replace(const char *text, const char *from, const char *to, struct buf *out)
{
	const char *at = from ? strstr(text, from) : text;

	must(at != NULL, from);
	buf_put(out, text, (size_t)(at - text));
	buf_puts(out, from ? to : "");
	buf_puts(out, at + (from ? strlen(from) : 0));
}

static void bundle_text(unsigned long long version, const char *from, const char *to,
			struct buf *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	/* NOLINTNEXTLINE(clang-diagnostic-format-nonliteral): it stands above */
	buf_printf(&text, document, version);
	replace(text.data, from, to, out);
}

void bundle_payload(unsigned long long version, const char *from, const char *to, struct buf *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	bundle_text(version, from, to, &text);
	bundle_gzip(text.data, text.len, out);
}

static void give(const char *name, int status, const char *words, const struct buf *payload)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	container_signed("policy", payload, two, &out);
	case_put(name, "push", status, words, &out);
}

/* Version 6 with one place changed. */
static void changed(const char *name, const char *from, const char *to, int status,
		    const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	bundle_payload(6, from, to, &payload);
	give(name, status, words, &payload);
}

static void version(const char *name, unsigned long long number, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	/* of another name, so that number 5 is not the one in force */
	bundle_payload(number, "\"name\":\"hostile\"", "\"name\":\"other\"", &payload);
	give(name, 4, words, &payload);
}

/* The gzip member, and what is done to it: bytes cut off, or put behind it. */
static void member(const char *name, size_t cut, const char *tail, size_t n)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	payload.len -= cut;
	buf_put(&payload, tail, n);
	give(name, 3, "refused: payload", &payload);
}

static void member_twice(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, again = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	bundle_payload(6, NULL, NULL, &again);
	buf_put(&payload, again.data, again.len);
	give("two-gzip-members", 3, "refused: payload", &payload);
}

static void checksum_wrong(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	payload.data[payload.len - 5] ^= 1;
	give("gzip-checksum", 3, "refused: payload", &payload);
}

/* A few hundred kilobytes that inflate to one byte more than may be. */
static void bomb(void)
{
	const size_t n = ((size_t)256 << 20) + 1;
	_cleanup_buf_ struct buf payload = BUF_INIT;
	void *zeros = calloc(1, n);

	must(zeros != NULL, "a bomb");
	bundle_gzip(zeros, n, &payload);
	free(zeros);
	give("gzip-bomb", 4, "refused: size", &payload);
}

static void raw(const char *name, const char *text, size_t len)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	bundle_gzip(text, len, &payload);
	give(name, 3, "refused: payload", &payload);
}

static void nested(void)
{
	static char text[200000];

	memset(text, '[', sizeof(text));
	raw("json-nested-deep", text, sizeof(text));
}

void payload_cases(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	bundle_text(6, NULL, NULL, &text);
	give("not-gzip", 3, "refused: payload", &text);
	member("gzip-cut", 9, "", 0);
	member("gzip-with-a-tail", 0, "tail", 4);
	member("gzip-with-zeros", 0, "\0\0\0\0", 4);
	member_twice();
	checksum_wrong();
	bomb();
	raw("not-json", "postern", 7);
	raw("json-list", "[]", 2);
	raw("json-empty", "", 0);
	nested();
	changed("json-twice", "\"format\":1,", "\"format\":1,\"format\":1,", 3, "refused: payload");
	changed("json-overlong-utf8", "hostile", "hos\xc0\xaftile", 3, "refused: payload");
	changed("json-half-surrogate", "hostile", "\\ud800", 3, "refused: payload");
	changed("json-nul", "hostile", "host\\u0000ile", 3, "refused: payload");
	changed("member-unknown", "\"mode\"", "\"moon\":1,\"mode\"", 3, "moon");
	changed("member-missing", "\"name\":\"hostile\",", "", 3, "name");
	changed("format-two", "\"format\":1", "\"format\":2", 3, "format 1");
	changed("version-zero", "\"version\":6", "\"version\":0", 3, "must be at least 1");
	changed("version-negative", "\"version\":6", "\"version\":-6", 3, "must be at least 1");
	changed("version-real", "\"version\":6", "\"version\":6.5", 3, "version");
	changed("version-beyond-64-bits", "\"version\":6", "\"version\":18446744073709551622", 3,
		"refused: payload");
	changed("end-is-no-time", "2099-01-01T00:00:00Z", "2099-13-01T00:00:00Z", 3,
		"is not a time");
	changed("file-outside", "base.cedar", "../../etc/base.cedar", 3, "is not a name");
	changed("mode-unknown", "\"enforce\"", "\"permit\"", 3, "permit");
	changed("policy-syntax", "resource);", "resource;", 3, "refused: policy");
	changed("policy-unknown-action", "connect\\\"", "conect\\\"", 3, "refused: policy");
	changed("own-test-fails", "\"expect\":\"allow\"", "\"expect\":\"deny\"", 3,
		"refused: tests");
	changed("for-other-hosts", "\"*\"", "\"*.elsewhere.example\"", 4, "refused: audience");
	changed("has-expired", "2099-01-01", "2020-01-01", 4, "refused: expired");
	version("bundle-rollback", 4, "refused: rollback");
	version("bundle-equivocation", 5, "refused: equivocation");
	version("bundle-fast-forward", 5 + 1000001, "refused: version-jump");
	version("bundle-last-version", 9223372036854775807ull, "refused: version-jump");
}
