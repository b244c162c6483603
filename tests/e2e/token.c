/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A software token for stories. What it signs comes on standard input.
 *
 *   token public plain|ed25519|p256 SEED                              the line of a .pub file
 *   token sign   plain|ed25519|p256 SEED FLAGS COUNTER NAMESPACE      an armored signature
 *
 * SEED is a number below 256; FLAGS: 1 touched, 5 with a PIN too, 0 neither.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "token.h"

enum { MESSAGE_MAX = 1 << 20 };

static enum token_kind kind_of(const char *word)
{
	static const char *const words[] = { "plain", "ed25519", "p256" };

	for (int i = 0; i < TOKEN_KINDS; i++)
		if (strcmp(word, words[i]) == 0)
			return (enum token_kind)i;
	return TOKEN_KINDS;
}

static unsigned number(const char *text)
{
	return (unsigned)strtoul(text, NULL, 0);
}

static int sign(char **argv, struct token *t, struct buf *out)
{
	static char message[MESSAGE_MAX];
	size_t n = fread(message, 1, sizeof(message), stdin);

	t->flags = (uint8_t)number(argv[4]);
	t->counter = number(argv[5]);
	return token_sign(t, argv[6], message, n, out);
}

int main(int argc, char **argv)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct token t;
	int r = -1;

	if (argc < 4 || kind_of(argv[2]) == TOKEN_KINDS)
		return 2;
	t = token_make(kind_of(argv[2]), (uint8_t)number(argv[3]));
	if (strcmp(argv[1], "public") == 0) {
		r = token_public(&t, &out);
		buf_putc(&out, '\n');
	} else if (strcmp(argv[1], "sign") == 0 && argc == 7) {
		r = sign(argv, &t, &out);
	}
	if (r == 0)
		(void)fwrite(out.data, 1, out.len, stdout);
	return r == 0 ? 0 : 1;
}
