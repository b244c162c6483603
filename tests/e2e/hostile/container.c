/* SPDX-License-Identifier: BSD-2-Clause */
/* The header line and what follows it. */
#include "hostile/hostile.h"

#include <string.h>

static const enum person two[] = { ALICE, BOB, 0 };

/* A sound bundle behind another header line, with `tail` after it. */
static void with_header(const char *name, const char *header, const char *tail, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, sound = BUF_INIT, out = BUF_INIT;
	const char *rest;

	bundle_payload(6, NULL, NULL, &payload);
	container_signed("policy", &payload, two, &sound);
	rest = memchr(sound.data, '\n', sound.len);
	must(rest != NULL, "a header");
	if (header)
		buf_puts(&out, header);
	else
		buf_put(&out, sound.data, (size_t)(rest - sound.data));
	buf_put(&out, rest, sound.len - (size_t)(rest - sound.data));
	buf_puts(&out, tail);
	case_put(name, "push", 4, words, &out);
}

static void with_bytes(const char *name, const char *bytes, size_t len, const char *words)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_put(&out, bytes, len);
	case_put(name, "push", 4, words, &out);
}

static void cut(const char *name, size_t from_end)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, sound = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	container_signed("policy", &payload, two, &sound);
	sound.len -= from_end;
	case_put(name, "push", 4, "refused: format", &sound);
}

/* Seventeen signatures: one more than there may be. */
static void too_many(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT, one = BUF_INIT;
	struct buf blocks[17];

	bundle_payload(6, NULL, NULL, &payload);
	person_sign(ALICE, "policy", &payload, &one);
	for (size_t i = 0; i < 17; i++)
		blocks[i] = one;
	container_put("policy", &payload, blocks, 17, &out);
	case_put("too-many-signatures", "push", 4, "refused: size", &out);
}

void container_cases(void)
{
	static const char zeros[] = "postern1 policy 5 0\n\0\0\0\0";

	with_bytes("empty", "", 0, "refused: format");
	with_bytes("header-alone", "postern1 policy 4096 1\n", 23, "refused: format");
	with_bytes("payload-cut", zeros, sizeof(zeros) - 1, "refused: format");
	with_header("other-magic", "postern2 policy 300 2", "", "refused: format");
	with_header("other-type", "postern1 policies 300 2", "", "refused: format");
	with_header("type-in-capitals", "postern1 POLICY 300 2", "", "refused: format");
	with_header("leading-zero", "postern1 policy 0300 2", "", "refused: format");
	with_header("length-signed", "postern1 policy +300 2", "", "refused: format");
	with_header("length-negative", "postern1 policy -1 2", "", "refused: format");
	with_header("length-in-hex", "postern1 policy 0x12c 2", "", "refused: format");
	with_header("length-beyond-64-bits", "postern1 policy 18446744073709551617 2", "",
		    "refused: format");
	with_header("length-beyond-the-file", "postern1 policy 33554432 2", "", "refused: format");
	with_header("length-beyond-the-limit", "postern1 policy 33554433 2", "", "refused: size");
	with_header("two-spaces", "postern1 policy  300 2", "", "refused: format");
	with_header("tab-for-space", "postern1\tpolicy 300 2", "", "refused: format");
	with_header("carriage-return", "postern1 policy 300 2\r", "", "refused: format");
	with_header("fourth-word", "postern1 policy 300 2 x", "", "refused: format");
	with_header("long-header",
		    "postern1 policy 300 2                                              ", "",
		    "refused: format");
	with_header("byte-after-the-end", NULL, "\n", "refused: format");
	with_header("block-after-the-end", NULL,
		    "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n",
		    "refused: format");
	cut("cut-in-the-last-line", 1);
	cut("cut-in-a-signature", 100);
	too_many();
}
