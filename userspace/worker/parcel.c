/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and texts, in and out. */
#include "worker/parcel.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"

void put_u32(struct buf *out, uint32_t v)
{
	buf_put(out, &v, sizeof(v));
}

void put_u64(struct buf *out, uint64_t v)
{
	buf_put(out, &v, sizeof(v));
}

void put_bytes(struct buf *out, const void *bytes, size_t n)
{
	put_u64(out, n);
	if (n)
		buf_put(out, bytes, n);
}

void put_text(struct buf *out, struct text t)
{
	put_bytes(out, t.s, t.len);
}

void put_string(struct buf *out, const char *s)
{
	put_u32(out, s != NULL);
	if (s)
		put_bytes(out, s, strlen(s));
}

void put_texts(struct buf *out, const struct text *texts, size_t n)
{
	put_u64(out, n);
	for (size_t i = 0; i < n; i++)
		put_text(out, texts[i]);
}

const void *take_bytes(struct parcel *p, size_t n)
{
	const uint8_t *at = p->at;

	if (p->broken || n > p->left) {
		p->broken = true;
		return NULL;
	}
	p->at += n;
	p->left -= n;
	return at;
}

uint32_t take_u32(struct parcel *p)
{
	const void *at = take_bytes(p, sizeof(uint32_t));
	uint32_t v = 0;

	if (at)
		memcpy(&v, at, sizeof(v));
	return v;
}

uint64_t take_u64(struct parcel *p)
{
	const void *at = take_bytes(p, sizeof(uint64_t));
	uint64_t v = 0;

	if (at)
		memcpy(&v, at, sizeof(v));
	return v;
}

uint32_t take_below(struct parcel *p, uint32_t end)
{
	uint32_t v = take_u32(p);

	if (v < end)
		return v;
	p->broken = true;
	return 0;
}

bool take_bool(struct parcel *p)
{
	return take_below(p, 2);
}

const void *take_sized(struct parcel *p, size_t *ret_n)
{
	uint64_t n = take_u64(p);
	const void *at = take_bytes(p, n);

	*ret_n = at ? n : 0;
	return at;
}

size_t take_count(struct parcel *p, size_t least)
{
	uint64_t n = take_u64(p);

	if (n <= p->left / least)
		return n;
	p->broken = true;
	return 0;
}

void *take_room(struct parcel *p, size_t n, size_t size)
{
	void *room = p->broken ? NULL : arena_array(p->arena, n, size);

	if (!room)
		p->broken = true;
	return room;
}

struct text take_text(struct parcel *p)
{
	size_t n;
	const void *at = take_sized(p, &n);
	char *copy = at ? arena_strndup(p->arena, at, n) : NULL;

	if (copy)
		return (struct text){ copy, n };
	p->broken = true;
	return (struct text){ "", 0 };
}

const char *take_string(struct parcel *p)
{
	struct text t = { NULL, 0 };

	if (!take_bool(p))
		return NULL;
	t = take_text(p);
	if (strlen(t.s) != t.len)
		p->broken = true;
	return t.s;
}

struct text *take_texts(struct parcel *p, size_t *ret_n)
{
	size_t n = take_count(p, sizeof(uint64_t));
	struct text *texts = take_array(p, struct text, n);

	for (size_t i = 0; texts && i < n; i++)
		texts[i] = take_text(p);
	*ret_n = texts ? n : 0;
	return texts;
}

static bool is_utf8(struct text t)
{
	_cleanup_json_ json_t *j = json_stringn(t.s, t.len);

	return j != NULL;
}

struct text take_clean(struct parcel *p)
{
	struct text t = take_text(p);
	char *s = (char *)(uintptr_t)t.s; /* our own copy, or "" */
	bool sound = is_utf8(t);

	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)s[i];

		if ((c < ' ' && c != '\n' && c != '\t') || c == 0x7f || (c > 0x7f && !sound))
			s[i] = '?';
	}
	return t;
}

int parcel_done(const struct parcel *p)
{
	return p->broken || p->left ? -EBADMSG : 0;
}
