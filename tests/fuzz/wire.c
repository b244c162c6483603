/* SPDX-License-Identifier: BSD-2-Clause */
/* The wire: the same messages, whether the bytes come at once or one by one. */
#include "wire/wire.h"

#include "rig/fuzz.h"

enum { MESSAGE_BYTES_MAX = 4096 };

/* Takes messages as long as there are; appends their texts. Whether the stream is still good. */
static bool take_all(struct buf *in, struct buf *out)
{
	int r = 0;

	do {
		_cleanup_json_ json_t *message = NULL;

		r = wire_take(in, MESSAGE_BYTES_MAX, &message);
		must(r == 0 || r == 1 || r == -EMSGSIZE || r == -EBADMSG);
		must((r == 1) == (message != NULL));
		if (r == 1)
			must(json_is_object(message) && wire_put(out, message) == 0);
	} while (r == 1);
	return r == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf in = BUF_INIT, at_once = BUF_INIT, one_by_one = BUF_INIT;
	_cleanup_buf_ struct buf again = BUF_INIT;
	bool good, still = true;

	buf_put(&in, data, size);
	good = take_all(&in, &at_once);
	buf_clear(&in);
	for (size_t i = 0; i < size && still; i++) {
		buf_put(&in, data + i, 1);
		still = take_all(&in, &one_by_one);
	}
	must(good == still && at_once.len == one_by_one.len);
	must(at_once.len == 0 || memcmp(at_once.data, one_by_one.data, at_once.len) == 0);
	/* What was put is taken. */
	buf_clear(&in);
	buf_put(&in, at_once.data, at_once.len);
	if (at_once.len <= MESSAGE_BYTES_MAX) {
		must(take_all(&in, &again) && again.len == at_once.len);
		must(at_once.len == 0 || memcmp(again.data, at_once.data, again.len) == 0);
	}
	return 0;
}
