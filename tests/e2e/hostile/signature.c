/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One bad signature beside a good one, where two are asked for: each must be passed over for its own reason.
 * Those that stock ssh-keygen -Y verify takes are among them.
 */
#include "hostile/hostile.h"

#include <stdlib.h>
#include <string.h>

#include "base/base64.h"

/* The fields of a signature's blob (PROTOCOL.sshsig), and of its last one. */
struct parts {
	struct buf key, name_space, reserved, hash; /* strings, without their lengths */
	struct buf type, raw,
		tail; /* of the signature: "ssh-ed25519", the string after it, flags and counter */
	uint8_t version;
	const char *after; /* behind the end of it all */
};

static void put_u32(struct buf *out, size_t v)
{
	const uint8_t be[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
				(uint8_t)v };

	buf_put(out, be, sizeof(be));
}

static void put_string(struct buf *out, const struct buf *s)
{
	put_u32(out, s->len);
	buf_put(out, s->data, s->len);
}

static const uint8_t *take_string(const uint8_t *p, struct buf *ret)
{
	size_t n = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];

	buf_put(ret, p + 4, n);
	return p + 4 + n;
}

static void set(struct buf *b, const char *text)
{
	b->len = 0;
	buf_puts(b, text);
}

static void take_apart(const struct buf *armored, struct parts *ret)
{
	static uint8_t blob[16384];
	_cleanup_buf_ struct buf text = BUF_INIT, signature = BUF_INIT;
	const char *p = strchr(armored->data, '\n') + 1, *end = strstr(p, "-----END");
	const uint8_t *at;
	size_t n;

	for (; p < end; p++)
		if (*p != '\n')
			buf_putc(&text, *p);
	must(base64_decode(text.data, text.len, blob, sizeof(blob), &n) == 0, "a blob");
	ret->version = 1;
	at = take_string(blob + 10, &ret->key);
	at = take_string(at, &ret->name_space);
	at = take_string(at, &ret->reserved);
	at = take_string(at, &ret->hash);
	at = take_string(at, &signature);
	must(at == blob + n, "a blob");
	at = take_string((uint8_t *)signature.data, &ret->type);
	at = take_string(at, &ret->raw);
	buf_put(&ret->tail, at, signature.len - (size_t)(at - (uint8_t *)signature.data));
}

static void put_together(const struct parts *p, struct buf *out)
{
	_cleanup_buf_ struct buf blob = BUF_INIT, signature = BUF_INIT;

	put_string(&signature, &p->type);
	put_string(&signature, &p->raw);
	buf_put(&signature, p->tail.data, p->tail.len);
	buf_puts(&blob, "SSHSIG");
	put_u32(&blob, p->version);
	put_string(&blob, &p->key);
	put_string(&blob, &p->name_space);
	put_string(&blob, &p->reserved);
	put_string(&blob, &p->hash);
	put_string(&blob, &signature);
	buf_puts(&blob, p->after ? p->after : "");
	buf_puts(out, "-----BEGIN SSH SIGNATURE-----\n");
	base64_encode(blob.data, blob.len, 70, out);
	buf_puts(out, "-----END SSH SIGNATURE-----\n");
	must(buf_error(out) == 0, "an armored block");
}

static void parts_free(struct parts *p)
{
	struct buf *all[] = { &p->key,	&p->name_space, &p->reserved, &p->hash,
			      &p->type, &p->raw,	&p->tail };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		buf_free(all[i]);
}

/* A case of these two blocks over version 6. */
static void pair(const char *name, struct buf *bad, enum person good, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT;
	struct buf blocks[2] = { *bad, BUF_INIT };

	bundle_payload(6, NULL, NULL, &payload);
	person_sign(good, "policy", &payload, &blocks[1]);
	container_put("policy", &payload, blocks, 2, &out);
	case_put(name, "push", 4, words, &out);
	buf_free(&blocks[1]);
}

static void changed(const char *name, enum person who, void (*change)(struct parts *p),
		    const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, honest = BUF_INIT, bad = BUF_INIT;
	_cleanup_(parts_free) struct parts p = { 0 };

	bundle_payload(6, NULL, NULL, &payload);
	person_sign(who, "policy", &payload, &honest);
	take_apart(&honest, &p);
	change(&p);
	put_together(&p, &bad);
	pair(name, &bad, who == ALICE ? BOB : ALICE, words);
}

/* The order of the group, little-endian: S + L verifies where nobody asks for S < L. */
static void plus_order(struct parts *p)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a,       0x63,
					   0x12, 0x58, 0xd6, 0x9c, 0xf7,       0xa2,
					   0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	unsigned carry = 0;

	for (size_t i = 0; i < 32; i++) {
		carry += (uint8_t)p->raw.data[32 + i] + order[i];
		p->raw.data[32 + i] = (char)carry;
		carry >>= 8;
	}
}

static void fill_reserved(struct parts *p)
{
	set(&p->reserved, "reserved");
}
static void hash_sha1(struct parts *p)
{
	set(&p->hash, "sha1");
}
static void hash_other(struct parts *p)
{
	set(&p->hash, "sha256");
}
static void version_two(struct parts *p)
{
	p->version = 2;
}
static void more_behind(struct parts *p)
{
	p->after = "more";
}
static void purpose_root(struct parts *p)
{
	set(&p->name_space, "root@postern");
}
static void purpose_none(struct parts *p)
{
	set(&p->name_space, "");
}
static void type_other(struct parts *p)
{
	set(&p->type, "sk-ssh-ed25519@openssh.com");
}
static void type_plain(struct parts *p)
{
	set(&p->type, "ssh-ed25519");
}
static void raw_short(struct parts *p)
{
	p->raw.len--;
}
static void raw_empty(struct parts *p)
{
	p->raw.len = 0;
}
static void raw_zero(struct parts *p)
{
	memset(p->raw.data, 0, p->raw.len);
}
static void tail_none(struct parts *p)
{
	p->tail.len = 0;
}
static void tail_longer(struct parts *p)
{
	buf_putc(&p->tail, 0);
}
static void key_cut(struct parts *p)
{
	p->key.len -= 2;
}
static void key_longer(struct parts *p)
{
	buf_putc(&p->key, 0);
}
static void flags_extension(struct parts *p)
{
	p->tail.data[0] = (char)0x81;
}
static void flags_pin(struct parts *p)
{
	p->tail.data[0] = 1;
}
static void counter_other(struct parts *p)
{
	p->tail.data[4] ^= 1;
}
static void application_other(struct parts *p)
{
	p->key.data[p->key.len - 2] = 'H';
}
static void purpose_long(struct parts *p)
{
	p->name_space.len = 0;
	for (int i = 0; i < 129; i++)
		buf_putc(&p->name_space, 'n');
}
/* The key without its length is the last string of a plain key's blob. */
static void small_order(struct parts *p)
{
	memset(p->key.data + p->key.len - 32, 0, 32);
	p->key.data[p->key.len - 32] = 1;
}
static void key_unreduced(struct parts *p)
{
	memset(p->key.data + p->key.len - 32, 0xff, 31);
	p->key.data[p->key.len - 1] = 0x7f;
}
static void key_rsa(struct parts *p)
{
	static const char rsa[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\1\3";

	p->key.len = 0;
	buf_put(&p->key, rsa, sizeof(rsa) - 1);
}
/* The curve's name, or the point's first byte, in "…" 8 nistp256 65 04 X Y. */
static void curve_other(struct parts *p)
{
	char *curve = memmem(p->key.data, p->key.len, "\0\0\0\10nistp256", 12);

	must(curve != NULL, "a curve");
	curve[11] = '1';
}
static void point_off_curve(struct parts *p)
{
	char *point = memmem(p->key.data, p->key.len, "\0\0\0\101\4", 5);

	must(point != NULL, "a point");
	point[40] ^= 1;
}
/* r with a zero before it that is not needed: another spelling of the same number. */
static void number_spelled_otherwise(struct parts *p)
{
	_cleanup_buf_ struct buf r = BUF_INIT, s = BUF_INIT, longer = BUF_INIT;
	const uint8_t *at = take_string((uint8_t *)p->raw.data, &r);

	(void)take_string(at, &s);
	buf_puts(&longer, "");
	buf_putc(&longer, 0);
	buf_putc(&longer, 0);
	buf_put(&longer, r.data, r.len);
	p->raw.len = 0;
	put_string(&p->raw, &longer);
	put_string(&p->raw, &s);
}
static void number_negative(struct parts *p)
{
	p->raw.data[4] = (char)0xff;
}

#define NOT_ENOUGH "1 of 2 signatures: not enough; the first that does not count: "
#define NO_MATCH NOT_ENOUGH "the signature does not match the content"

static void blob_changes(void)
{
	changed("ed25519-plus-group-order", ALICE, plus_order, NO_MATCH);
	changed("token-plus-group-order", BOB, plus_order, NO_MATCH);
	changed("reserved-field-filled", ALICE, fill_reserved,
		NOT_ENOUGH "the signature's reserved field must be empty");
	changed("hash-sha1", ALICE, hash_sha1,
		NOT_ENOUGH "the signature's hash must be sha256 or sha512");
	changed("hash-relabelled", ALICE, hash_other, NO_MATCH);
	changed("sshsig-version-two", ALICE, version_two,
		NOT_ENOUGH "not an SSH signature of version 1");
	changed("bytes-behind-the-blob", ALICE, more_behind,
		NOT_ENOUGH "the signature is cut off, or more follows it");
	changed("purpose-relabelled", ALICE, purpose_root,
		NOT_ENOUGH "the signature was made for another purpose");
	changed("purpose-empty", ALICE, purpose_none,
		NOT_ENOUGH "the signature's namespace must have 1 to 128 bytes");
	changed("purpose-too-long", ALICE, purpose_long,
		NOT_ENOUGH "the signature's namespace must have 1 to 128 bytes");
	changed("plain-as-a-token's", ALICE, type_other,
		NOT_ENOUGH "the signature is not of its key's type");
	changed("token's-as-plain", BOB, type_plain,
		NOT_ENOUGH "the signature is not of its key's type");
	changed("signature-too-short", ALICE, raw_short,
		NOT_ENOUGH "the signature has the wrong length");
	changed("signature-empty", CAROL, raw_empty, NO_MATCH);
	changed("signature-of-zeros", ALICE, raw_zero, NO_MATCH);
	changed("numbers-of-zero", CAROL, raw_zero, NO_MATCH);
	changed("number-spelled-otherwise", CAROL, number_spelled_otherwise, NO_MATCH);
	changed("number-negative", CAROL, number_negative, NO_MATCH);
	changed("flags-missing", BOB, tail_none, NOT_ENOUGH "the signature has the wrong length");
	changed("bytes-behind-the-counter", CAROL, tail_longer,
		NOT_ENOUGH "the signature has the wrong length");
	changed("flags-of-a-registration", BOB, flags_extension,
		NOT_ENOUGH "the signature has flags that are not a signature's");
	changed("flags-without-the-pin", BOB, flags_pin, NO_MATCH);
	changed("counter-forged", CAROL, counter_other, NO_MATCH);
}

static void key_changes(void)
{
	changed("key-cut", ALICE, key_cut, NOT_ENOUGH "an Ed25519 key has 32 bytes");
	changed("key-with-a-tail", ALICE, key_longer,
		NOT_ENOUGH "the key is cut off, or more follows it");
	changed("key-of-small-order", ALICE, small_order,
		NOT_ENOUGH "the key is a point of small order");
	changed("key-not-canonical", ALICE, key_unreduced,
		NOT_ENOUGH "the key is not in its canonical form");
	changed("key-rsa", ALICE, key_rsa, NOT_ENOUGH "keys of this type are not accepted");
	changed("curve-other", CAROL, curve_other, NOT_ENOUGH "the key's curve must be nistp256");
	changed("point-off-the-curve", CAROL, point_off_curve,
		NOT_ENOUGH "the key is not a point of the curve");
	changed("application-relabelled", BOB, application_other, NO_MATCH);
}

/* By a token that is told otherwise. */
static void token_says(const char *name, struct token t, const char *name_space, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, bad = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	must(token_sign(&t, name_space, payload.data, payload.len, &bad) == 0, name);
	pair(name, &bad, ALICE, words);
}

static void tokens(void)
{
	struct token t = person_token(BOB);

	t.flags = 0;
	token_says("token-untouched", t, "policy@postern", NOT_ENOUGH "nobody touched the token");
	t.lies = true;
	t.claimed_flags = 5;
	t.claimed_counter = 1;
	token_says("token-touch-forged", t, "policy@postern", NO_MATCH);
	t = person_token(CAROL);
	t.flags = 0;
	token_says("p256-token-untouched", t, "policy@postern",
		   NOT_ENOUGH "nobody touched the token");
	t.flags = 0x41;
	token_says("token-registers", t, "policy@postern",
		   NOT_ENOUGH "the signature has flags that are not a signature's");
	t = person_token(BOB);
	t.application = "ssh:other";
	token_says("token-for-another-application", t, "policy@postern",
		   NOT_ENOUGH "the root document does not list this key for this role");
	token_says("purpose-login", person_token(BOB), "login@postern",
		   NOT_ENOUGH "the signature was made for another purpose");
	token_says("purpose-file", person_token(CAROL), "file",
		   NOT_ENOUGH "the signature was made for another purpose");
}

/* Who signed, and how often. */
static void signers(const char *name, const enum person *by, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	container_signed("policy", &payload, by, &out);
	case_put(name, "push", 4, words, &out);
}

/* Good signatures of another version. */
static void replayed(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, other = BUF_INIT, out = BUF_INIT;
	struct buf blocks[2] = { BUF_INIT, BUF_INIT };

	bundle_payload(6, NULL, NULL, &payload);
	bundle_payload(5, NULL, NULL, &other);
	person_sign(ALICE, "policy", &other, &blocks[0]);
	person_sign(BOB, "policy", &other, &blocks[1]);
	container_put("policy", &payload, blocks, 2, &out);
	case_put("signatures-of-another-bundle", "push", 4, "refused: bad-signature", &out);
	buf_free(&blocks[0]);
	buf_free(&blocks[1]);
}

/* A block whose armor is changed as text. */
static void armor(const char *name, const char *from, const char *to, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, honest = BUF_INIT, bad = BUF_INIT;
	char *at;

	bundle_payload(6, NULL, NULL, &payload);
	person_sign(ALICE, "policy", &payload, &honest);
	at = strstr(honest.data, from);
	must(at != NULL, from);
	buf_put(&bad, honest.data, (size_t)(at - honest.data));
	buf_puts(&bad, to);
	buf_puts(&bad, at + strlen(from));
	pair(name, &bad, BOB, words);
}

void signature_cases(void)
{
	blob_changes();
	key_changes();
	tokens();
	signers("unsigned", (const enum person[]){ 0 }, "refused: unsigned");
	signers("by-a-stranger", (const enum person[]){ MALLORY, 0 }, "refused: unknown-key");
	signers("by-who-has-no-role", (const enum person[]){ DAVE, DAVE, 0 },
		"refused: unknown-key");
	signers("by-one-of-two", (const enum person[]){ BOB, 0 }, "refused: threshold");
	signers("by-one-twice", (const enum person[]){ CAROL, CAROL, 0 },
		"this key has signed already: it counts once");
	signers("by-one-and-strangers", (const enum person[]){ MALLORY, DAVE, ALICE, MALLORY, 0 },
		"refused: threshold");
	replayed();
	armor("armor-blank-line", "SIGNATURE-----\n", "SIGNATURE-----\n\n",
	      NOT_ENOUGH "the signature's armor is damaged");
	armor("armor-carriage-return", "SIGNATURE-----\n", "SIGNATURE-----\r\n", "refused: format");
	armor("armor-not-base64", "SIGNATURE-----\nU1NI", "SIGNATURE-----\nU1-I",
	      NOT_ENOUGH "the signature's armor is damaged");
}
