/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH wire encoding: a strict reader, and a writer into a buffer. */
#include "bundle/ssh.h"

#include <string.h>

bool slice_is(struct slice s, const char *text)
{
	return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

bool slice_equal(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

struct slice ssh_bytes(struct ssh_reader *r, size_t n)
{
	struct slice taken = { r->rest.p, n };

	if (r->failed || n > r->rest.n) {
		r->failed = true;
		return (struct slice){ (const uint8_t *)"", 0 };
	}
	r->rest.p += n;
	r->rest.n -= n;
	return taken;
}

uint8_t ssh_u8(struct ssh_reader *r)
{
	struct slice s = ssh_bytes(r, 1);

	return s.n ? s.p[0] : 0;
}

uint32_t ssh_u32(struct ssh_reader *r)
{
	struct slice s = ssh_bytes(r, 4);

	if (s.n == 0)
		return 0;
	return (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3];
}

struct slice ssh_string(struct ssh_reader *r)
{
	uint32_t n = ssh_u32(r);

	return ssh_bytes(r, n);
}

bool ssh_done(const struct ssh_reader *r)
{
	return !r->failed && r->rest.n == 0;
}

void ssh_put_u32(struct buf *out, uint32_t value)
{
	const uint8_t be[4] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
				(uint8_t)(value >> 8), (uint8_t)value };

	buf_put(out, be, sizeof(be));
}

void ssh_put_string(struct buf *out, const void *bytes, size_t n)
{
	ssh_put_u32(out, (uint32_t)n);
	buf_put(out, bytes, n);
}
