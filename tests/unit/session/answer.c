/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers that are no signature, or one of something else than the challenge that waits. */
#include "scene.h"

static void empty(struct buf *b)
{
	buf_clear(b);
}
static void garbage(struct buf *b)
{
	buf_clear(b);
	buf_puts(b, "not a signature");
}
static void cut_short(struct buf *b)
{
	b->len -= 40;
	b->data[b->len] = '\0';
}
static void more_behind(struct buf *b)
{
	buf_puts(b, "more\n");
}
static void second_block(struct buf *b)
{
	_cleanup_buf_ struct buf copy = BUF_INIT;

	buf_put(&copy, b->data, b->len);
	buf_put(b, copy.data, copy.len);
}
static void one_character(struct buf *b)
{
	b->data[100] = b->data[100] == 'A' ? 'B' : 'A';
}
static void carriage_returns(struct buf *b)
{
	b->data[29] = '\r';
}

static void sends_nothing(struct scene *s)
{
	s->distort = empty;
}
static void sends_garbage(struct scene *s)
{
	s->distort = garbage;
}
static void sends_a_part(struct scene *s)
{
	s->distort = cut_short;
}
static void sends_more(struct scene *s)
{
	s->distort = more_behind;
}
static void sends_two(struct scene *s)
{
	s->distort = second_block;
}
static void sends_crlf(struct scene *s)
{
	s->distort = carriage_returns;
}
static void changes_a_character(struct scene *s)
{
	s->distort = one_character;
}
static void another_purpose(struct scene *s)
{
	s->name_space = "policy@postern";
}
static void relabels(struct scene *s)
{
	s->name_space = "policy@postern";
	s->token.name_space_in_blob = SESSION_NAMESPACE;
}
static void other_bytes(struct buf *b)
{
	buf_clear(b);
	buf_puts(b, "hello\n");
}
static void no_last_line_feed(struct buf *b)
{
	b->data[--b->len] = '\0';
}
static void signs_other_bytes(struct scene *s)
{
	s->replace = other_bytes;
}
static void signs_all_but_the_end(struct scene *s)
{
	s->replace = no_last_line_feed;
}
static void lies_about_touch(struct scene *s)
{
	s->token.flags = 0;
	s->token.lies = true;
	s->token.claimed_flags = TOKEN_TOUCHED;
	s->token.claimed_counter = s->token.counter;
}
static void lies_about_pin(struct scene *s)
{
	s->token.lies = true;
	s->token.claimed_flags = TOKEN_TOUCHED | TOKEN_VERIFIED;
	s->token.claimed_counter = s->token.counter;
}
static void lies_about_counter(struct scene *s)
{
	s->token.lies = true;
	s->token.claimed_flags = s->token.flags;
	s->token.claimed_counter = s->token.counter + 1;
}

static void of_another_host(struct challenge *c)
{
	c->host[0] = 'f';
}
static void of_another_boot(struct challenge *c)
{
	c->boot[0] = '2';
}
static void of_another_session(struct challenge *c)
{
	c->session = 8;
}
static void of_another_account(struct challenge *c)
{
	c->loginuid = BOB;
}
static void of_another_name(struct challenge *c)
{
	c->user[0] = 'm';
}
static void of_a_higher_purpose(struct challenge *c)
{
	c->verify = true;
}
static void of_an_older_nonce(struct challenge *c)
{
	c->nonce[5] = 'b';
}
static void issued_later(struct challenge *c)
{
	c->issued_ms += 1000;
}
static void expiring_later(struct challenge *c)
{
	c->expires_ms += 3600000;
}

#define SIGNS_WITH_TEXT(name, how)                                                                 \
	static void name(struct scene *s)                                                          \
	{                                                                                          \
		s->alter = how;                                                                    \
		s->sends_text = true;                                                              \
	}
SIGNS_WITH_TEXT(another_host, of_another_host)
SIGNS_WITH_TEXT(another_boot, of_another_boot)
SIGNS_WITH_TEXT(another_session, of_another_session)
SIGNS_WITH_TEXT(another_account, of_another_account)
SIGNS_WITH_TEXT(another_name, of_another_name)
SIGNS_WITH_TEXT(higher_purpose, of_a_higher_purpose)
SIGNS_WITH_TEXT(older_nonce, of_an_older_nonce)
SIGNS_WITH_TEXT(later_issue, issued_later)
SIGNS_WITH_TEXT(later_end, expiring_later)
static void older_nonce_unsaid(struct scene *s)
{
	s->alter = of_an_older_nonce;
}
static void text_that_is_no_challenge(struct scene *s)
{
	s->replace = other_bytes;
	s->sends_text = true;
}

static const struct refused refused[] = {
	{ "no signature", sends_nothing, SESSION_E_FORMAT },
	{ "garbage for a signature", sends_garbage, SESSION_E_FORMAT },
	{ "signature cut short", sends_a_part, SESSION_E_FORMAT },
	{ "bytes behind the signature", sends_more, SESSION_E_FORMAT },
	{ "two signatures", sends_two, SESSION_E_FORMAT },
	{ "carriage return in the armor", sends_crlf, SESSION_E_FORMAT },
	{ "text that is no challenge", text_that_is_no_challenge, SESSION_E_FORMAT },
	{ "signature for another purpose", another_purpose, SESSION_E_NAMESPACE },
	{ "signature relabelled", relabels, SESSION_E_SIGNATURE },
	{ "signature of other bytes", signs_other_bytes, SESSION_E_SIGNATURE },
	{ "signature without the last line feed", signs_all_but_the_end, SESSION_E_SIGNATURE },
	{ "touch claimed, not signed", lies_about_touch, SESSION_E_SIGNATURE },
	{ "PIN claimed, not signed", lies_about_pin, SESSION_E_SIGNATURE },
	{ "counter claimed, not signed", lies_about_counter, SESSION_E_SIGNATURE },
	{ "older challenge, unsaid", older_nonce_unsaid, SESSION_E_SIGNATURE },
	{ "challenge of another host", another_host, SESSION_E_HOST },
	{ "challenge of another boot", another_boot, SESSION_E_BOOT },
	{ "challenge of another session", another_session, SESSION_E_SESSION },
	{ "challenge of another account", another_account, SESSION_E_LOGINUID },
	{ "challenge with another name", another_name, SESSION_E_USER },
	{ "challenge with another purpose", higher_purpose, SESSION_E_PURPOSE },
	{ "older challenge", older_nonce, SESSION_E_NONCE },
	{ "challenge issued later", later_issue, SESSION_E_TIMES },
	{ "challenge that ends later", later_end, SESSION_E_TIMES },
};

/* One character anywhere in the base64: never accepted, whatever it is refused for. */
static void no_character_can_be_changed(void **state)
{
	struct entity_set *set = entities();
	struct login_proof proof;
	struct scene s = good();

	(void)state;
	changes_a_character(&s);
	assert_int_not_equal(play(&s, set, &proof), SESSION_OK);
	entity_set_free(&set);
}

int main(void)
{
	const struct CMUnitTest rest[] = {
		cmocka_unit_test(no_character_can_be_changed),
	};
	int failed = run_refused(refused, sizeof(refused) / sizeof(refused[0]));

	return failed + cmocka_run_group_tests_name("rest", rest, NULL, NULL);
}
