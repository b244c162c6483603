/* SPDX-License-Identifier: BSD-2-Clause */
/* Signed files out of a message, refusals into it. */
#include "daemon/signed_call.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "daemon/log.h"

int signed_call_bytes(const json_t *text, uint8_t **ret, size_t *ret_len)
{
	size_t len = json_string_length(text), cap = len / 4 * 3;
	uint8_t *bytes = malloc(cap + 1);
	int r;

	if (!bytes)
		return -ENOMEM;
	r = base64_decode(json_string_value(text), len, bytes, cap, ret_len);
	if (r < 0)
		free(bytes);
	else
		*ret = bytes;
	return r;
}

char *signed_call_text(const struct diags *d)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_puts(&out, "");
	diags_render(d, &out, false);
	return buf_take(&out);
}

static void count(struct controller *c, struct refusal refused)
{
	for (int a = 0; a < BUNDLE_ANSWERS; a++) {
		if (strcmp(bundle_answer_name((enum bundle_answer)a), refused.answer) == 0) {
			c->refused[a]++;
			return;
		}
	}
	c->refused_otherwise++;
}

void signed_call_refuse_late(struct control_call *call, struct controller *c,
			     struct refusal refused, unsigned uid, const struct diags *d)
{
	_cleanup_free_ char *text = signed_call_text(d);

	count(c, refused);
	log_warning("what uid %u gave is refused: %s", uid, refused.answer);
	if (call)
		control_fail(call, WIRE_INTERFACE ".Refused",
			     json_pack("{s:s, s:i, s:s}", "answer", refused.answer, "exit",
				       refused.exit, "text", text ? text : ""));
	else
		log_diags(d);
}

void signed_call_refuse(struct control_call *call, struct controller *c, struct refusal refused,
			const struct diags *d)
{
	signed_call_refuse_late(call, c, refused, (unsigned)control_call_peer(call)->uid, d);
}
