/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings, canonically: the shortest escape for what needs one, everything else as it is. Characters that cannot be seen
 * or that turn the direction of the text around are escaped, so that a reviewer reads what the engine reads.
 */
#include "policy/lex.h"
#include "policy/print.h"

static bool invisible(uint32_t point)
{
	switch (point) {
	case 0x00 ... 0x1f:
	case 0x7f ... 0xa0:
	case 0xad: /* soft hyphen */
	case 0x061c: /* Arabic letter mark */
	case 0x200b ... 0x200f: /* zero width, marks of direction */
	case 0x2028 ... 0x202e: /* separators, overrides of direction */
	case 0x2060 ... 0x206f:
	case 0xfeff:
	case 0xe0000 ... 0xe007f: /* tags */
		return true;
	default:
		return false;
	}
}

static void print_character(uint32_t point, struct buf *out)
{
	char bytes[4];

	switch (point) {
	case '"':
		buf_puts(out, "\\\"");
		break;
	case '\\':
		buf_puts(out, "\\\\");
		break;
	case '\n':
		buf_puts(out, "\\n");
		break;
	case '\r':
		buf_puts(out, "\\r");
		break;
	case '\t':
		buf_puts(out, "\\t");
		break;
	case 0:
		buf_puts(out, "\\0");
		break;
	default:
		if (invisible(point))
			buf_printf(out, "\\u{%x}", point);
		else
			buf_put(out, bytes, utf8_encode(point, bytes));
	}
}

/* The characters of a text, which is UTF-8; `star`: how `*` is written. */
static void print_characters(struct text t, const char *star, struct buf *out)
{
	for (size_t at = 0, n = 1; at < t.len; at += n) {
		uint32_t point = (unsigned char)t.s[at];

		if (utf8_decode(t.s + at, t.len - at, &point, &n) < 0)
			n = 1;
		if (point == '*')
			buf_puts(out, star);
		else
			print_character(point, out);
	}
}

void print_string(struct text t, struct buf *out)
{
	buf_putc(out, '"');
	print_characters(t, "*", out);
	buf_putc(out, '"');
}

void print_pattern(const struct pattern_part *parts, size_t n, struct buf *out)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < n; i++) {
		if (parts[i].star)
			buf_putc(out, '*');
		else
			print_characters(parts[i].literal, "\\*", out);
	}
	buf_putc(out, '"');
}

void print_uid(const struct entity_uid *uid, struct buf *out)
{
	buf_put(out, uid->type.s, uid->type.len);
	buf_puts(out, "::");
	print_string(uid->id, out);
}

void print_key(struct text name, struct buf *out)
{
	if (lex_is_name(name.s, name.len))
		buf_put(out, name.s, name.len);
	else
		print_string(name, out);
}
