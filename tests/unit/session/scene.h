/* SPDX-License-Identifier: BSD-2-Clause */
/* A login that is accepted, in all its parts, so that a test can spoil one of them; and how it is played. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cm.h"
#include "session/session.h"
#include "token.h"

enum { ALICE = 1000, BOB = 1001, SECOND = 1000000000 };
enum {
	KEY_TOKEN = 1,
	KEY_P256 = 2,
	KEY_PLAIN = 3,
	KEY_STRICT = 4,
	KEY_BOB = 5,
	KEY_GHOST = 6,
	KEY_STRANGER = 99
};

#define BOOT "11111111-2222-3333-4444-555555555555"

/* Everything that makes a login what it is. The challenge is what is asked for; `signed_one` what is signed. */
struct scene {
	struct login_asker begins, answers;
	struct challenge challenge;
	struct token token;
	const char *name_space;
	bool sends_text; /* the signed challenge goes with the signature */
	void (*alter)(struct challenge *c); /* what is signed differs from what was asked for */
	void (*distort)(struct buf *armored); /* after signing */
	void (*replace)(struct buf *text); /* the bytes that are signed, whatever they mean */
	unsigned begun_before, tries_before; /* challenges before this one; answers to it */
	bool does_not_begin, no_bundle;
	struct revocation revoked;
	uint32_t counter_before;
	bool counted_before;
};

static inline struct scene good(void)
{
	struct scene s = {
		.begins = { .session = 7,
			    .loginuid = ALICE,
			    .uid = ALICE,
			    .connection = 1,
			    .boot_ns = 500ull * SECOND },
		.challenge = { .host = "0123456789abcdef0123456789abcdef",
			       .boot = BOOT,
			       .user = "alice",
			       .issued_ms = 1767225600000,
			       .expires_ms = 1767225720000 },
		.token = token_make(TOKEN_ED25519, KEY_TOKEN),
		.name_space = SESSION_NAMESPACE,
	};

	memset(s.challenge.nonce, 'a', 2 * SESSION_NONCE);
	s.token.flags = TOKEN_TOUCHED;
	s.token.counter = 8;
	s.answers = s.begins;
	s.answers.boot_ns += 5ull * SECOND;
	return s;
}

static inline bool uid_of(const char *name, uint32_t *ret, void *arg)
{
	(void)arg;
	if (strcmp(name, "alice") == 0)
		*ret = ALICE;
	else if (strcmp(name, "bob") == 0)
		*ret = BOB;
	else
		return false;
	return true;
}

static inline void put_identity(struct buf *json, const char *name, const char *user, bool strict)
{
	buf_printf(
		json,
		"{\"uid\":{\"type\":\"Identity\",\"id\":\"%s\"},\"parents\":[],\"attrs\":{\"user\":\"%s\","
		"\"requireVerified\":%s,\"keys\":[",
		name, user, strict ? "true" : "false");
}

static inline void put_key(struct buf *json, enum token_kind kind, uint8_t seed, const char *after)
{
	struct token t = token_make(kind, seed);

	buf_putc(json, '"');
	assert_int_equal(token_public(&t, json), 0);
	buf_printf(json, "\"%s", after);
}

static inline struct entity_set *entities(void)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct entity_set *set = NULL;
	struct source src;
	json_t *json;

	buf_putc(&text, '[');
	put_identity(&text, "alice", "alice", false);
	put_key(&text, TOKEN_ED25519, KEY_TOKEN, ",");
	put_key(&text, TOKEN_P256, KEY_P256, ",");
	put_key(&text, TOKEN_PLAIN, KEY_PLAIN, "]}},");
	put_identity(&text, "strict", "alice", true);
	put_key(&text, TOKEN_ED25519, KEY_STRICT, "]}},");
	put_identity(&text, "bob", "bob", false);
	put_key(&text, TOKEN_ED25519, KEY_BOB, "]}},");
	put_identity(&text, "ghost", "nobody-has-this-account", false);
	put_key(&text, TOKEN_ED25519, KEY_GHOST, "]}}]");
	src = (struct source){ "entities.json", text.data, text.len };
	assert_int_equal(json_parse(&src, &d, &json), 0);
	assert_int_equal(entities_parse(json, &src, NULL, &d, &set), 0);
	json_decref(json);
	return set;
}

static inline void key_digest(const struct token *t, uint8_t ret[POSTERN_SESSION_KEY])
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct public_key k;
	const char *why;

	assert_int_equal(token_public(t, &line), 0);
	assert_int_equal(public_key_parse(line.data, &k, &why), 0);
	assert_int_equal(public_key_digest(&k, ret), 0);
}

static inline void sign(const struct scene *s, const struct challenge *asked, struct buf *text,
			struct buf *armored)
{
	char bytes[SESSION_TEXT_MAX];
	struct challenge c = *asked;

	if (s->alter)
		s->alter(&c);
	assert_int_equal(challenge_text(&c, bytes), 0);
	buf_puts(text, bytes);
	if (s->replace)
		s->replace(text);
	assert_int_equal(token_sign(&s->token, s->name_space, text->data, text->len, armored), 0);
	if (s->distort)
		s->distort(armored);
}

/* As the daemon does it. Refusals of the beginning count too. */
static inline int play(const struct scene *s, struct entity_set *set, struct login_proof *proof)
{
	_cleanup_buf_ struct buf text = BUF_INIT, armored = BUF_INIT;
	struct counters counters = COUNTERS_INIT;
	struct challenge asked = s->challenge;
	struct login_world w = { .entities = s->no_bundle ? NULL : set,
				 .revoked = &s->revoked,
				 .boot = BOOT,
				 .counters = &counters,
				 .uid_of = uid_of };
	struct login_reply reply = { 0 };
	uint8_t key[POSTERN_SESSION_KEY];
	struct logins *l;
	int r = SESSION_OK;

	assert_int_equal(logins_new(&l), 0);
	key_digest(&s->token, key);
	if (s->counted_before)
		assert_int_equal(counters_set(&counters, key, s->counter_before), 0);
	for (unsigned i = 0; r == SESSION_OK && i <= s->begun_before && !s->does_not_begin; i++)
		r = logins_begin(l, &s->begins, &asked);
	if (r == SESSION_OK) {
		if (s->does_not_begin)
			asked.session = s->begins.session;
		sign(s, &asked, &text, &armored);
		reply = (struct login_reply){ .text = s->sends_text ? text.data : NULL,
					      .text_len = text.len,
					      .armored = armored.data ? armored.data : "",
					      .armored_len = armored.len };
		for (unsigned i = 0; i <= s->tries_before; i++)
			r = logins_finish(l, &s->answers, &reply, &w, proof);
	}
	logins_free(&l);
	counters_free(&counters);
	return r;
}

/* A way to spoil it, and the answer. */
struct refused {
	const char *name;
	void (*spoil)(struct scene *s);
	enum session_answer expect;
};

static inline void is_refused(void **state)
{
	const struct refused *c = *state;
	struct entity_set *set = entities();
	struct login_proof proof = { 0 };
	struct scene s = good();

	c->spoil(&s);
	assert_string_equal(session_answer_name((enum session_answer)play(&s, set, &proof)),
			    session_answer_name(c->expect));
	entity_set_free(&set);
}

/* Runs each as a test of its own name. How many failed. */
static inline int run_refused(const struct refused *cases, size_t n)
{
	struct CMUnitTest tests[64] = { 0 };

	assert_true(n <= sizeof(tests) / sizeof(tests[0]));
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = cases[i].name,
						.test_func = is_refused,
						.initial_state = (void *)&cases[i] };
	return _cmocka_run_group_tests("refused", tests, n, NULL, NULL);
}
