/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages in a byte stream: where one ends, that it is a JSON object, and nothing about what it
 * says.
 */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>

/* Takes `n` bytes off the front. */
static void consume(struct buf *in, size_t n)
{
	memmove(in->data, in->data + n, in->len - n);
	in->len -= n;
	in->data[in->len] = '\0';
}

int wire_take(struct buf *in, size_t max, json_t **ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *message = NULL;
	struct source text = { .name = "message", .text = in->data };
	const char *end;
	int r;

	if (in->len == 0)
		return 0;
	end = memchr(in->data, '\0', in->len);
	text.len = end ? (size_t)(end - in->data) : in->len;
	if (text.len > max)
		return -EMSGSIZE;
	if (!end)
		return 0;
	r = json_parse(&text, &d, &message);
	if (r < 0)
		return r;
	if (!json_is_object(message))
		return -EBADMSG;
	consume(in, text.len + 1);
	*ret = TAKE_PTR(message);
	return 1;
}

int wire_put(struct buf *out, const json_t *message)
{
	_cleanup_free_ char *text = json_text(message);

	if (!text)
		return -ENOMEM;
	buf_put(out, text, strlen(text) + 1);
	return buf_error(out);
}
