/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics as people read them. Texts may quote a hostile file, so nothing reaches the
 * terminal that could move its cursor or pass for another message.
 */
#include "base/diag.h"

#include <stdio.h>
#include <string.h>

struct look {
	const char *word;
	const char *colour;
};

static const struct look looks[] = {
	[DIAG_NOTE] = { "note", "\033[1;36m" },
	[DIAG_WARNING] = { "warning", "\033[1;33m" },
	[DIAG_ERROR] = { "error", "\033[1;31m" },
};

static const char BOLD[] = "\033[1m";
static const char GREEN[] = "\033[1;32m";
static const char RESET[] = "\033[0m";

struct canvas {
	struct buf *out;
	bool colour;
};

static void paint(const struct canvas *c, const char *code)
{
	if (c->colour)
		buf_puts(c->out, code);
}

/*
 * Length of a control character that is longer than one byte, else 0. C1 controls (U+0080 to U+009F) act like C0 ones;
 * the bidirectional controls (U+202A to U+202E, U+2066 to U+2069) show a line in another order than it is read.
 */
static size_t control_length(const char *s, size_t left)
{
	const unsigned char *u = (const unsigned char *)s;

	if (left > 1 && u[0] == 0xc2 && u[1] >= 0x80 && u[1] < 0xa0)
		return 2;
	if (left < 3 || u[0] != 0xe2)
		return 0;
	if (u[1] == 0x80 && u[2] >= 0xaa && u[2] <= 0xae)
		return 3;
	return u[1] == 0x81 && u[2] >= 0xa6 && u[2] <= 0xa9 ? 3 : 0;
}

/* So many of the bytes that follow the first one must continue a character, the second within limits. */
static size_t tail_length(unsigned char first, unsigned char *least, unsigned char *most)
{
	*least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80; /* no longer than needed */
	*most = first == 0xed	? 0x9f
		: first == 0xf4 ? 0x8f
				: 0xbf; /* no surrogate, none past U+10FFFF */
	if (first >= 0xc2 && first <= 0xdf)
		return 1;
	if (first >= 0xe0 && first <= 0xef)
		return 2;
	return first >= 0xf0 && first <= 0xf4 ? 3 : 0;
}

/*
 * Length of a character of more than one byte, or 0 for what is no UTF-8: what a hostile file has in it is quoted, and
 * must not make of the message something that JSON cannot carry.
 */
static size_t character_length(const char *s, size_t left)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char least, most;
	size_t tail = tail_length(u[0], &least, &most);

	if (tail == 0 || tail >= left || u[1] < least || u[1] > most)
		return 0;
	for (size_t i = 2; i <= tail; i++)
		if ((u[i] & 0xc0) != 0x80)
			return 0;
	return tail + 1;
}

/* The bytes with each control character but tab, and each byte that is no UTF-8, shown as '?'. */
static void put_safe(struct buf *out, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char byte = (unsigned char)s[i];
		size_t control = control_length(s + i, n - i);
		size_t wide = byte < 0x80 ? 1 : character_length(s + i, n - i);

		if (control) {
			buf_putc(out, '?');
			i += control - 1;
		} else if (wide == 0 || (byte < 0x20 && byte != '\t') || byte == 0x7f) {
			buf_putc(out, '?');
		} else {
			buf_put(out, s + i, wide);
			i += wide - 1;
		}
	}
}

static void put_text(struct buf *out, const char *s)
{
	put_safe(out, s, strlen(s));
}

static bool starts_character(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Blanks as wide as the excerpt up to the caret: a tab stays one, a UTF-8 sequence is one column. */
static void put_indent(struct buf *out, const char *excerpt, size_t caret)
{
	for (size_t i = 0; i < caret; i++)
		if (starts_character(excerpt[i]))
			buf_putc(out, excerpt[i] == '\t' ? '\t' : ' ');
}

static void put_caret(const struct canvas *c, const struct diag *m)
{
	size_t len = strlen(m->excerpt);

	put_indent(c->out, m->excerpt, m->caret < len ? m->caret : len);
	paint(c, GREEN);
	buf_putc(c->out, '^');
	for (size_t i = m->caret + 1; i < len && i < (size_t)m->caret + m->width; i++)
		if (starts_character(m->excerpt[i]))
			buf_putc(c->out, '~');
	paint(c, RESET);
	buf_putc(c->out, '\n');
}

/* Columns of the line number: what the bar is indented by. */
static int put_excerpt(const struct canvas *c, const struct diag *m)
{
	char number[16];
	int wide = snprintf(number, sizeof(number), "%u", m->line);

	if (!m->excerpt)
		return 1;
	buf_printf(c->out, "  %s | ", number);
	put_text(c->out, m->excerpt);
	buf_printf(c->out, "\n  %*s | ", wide, "");
	put_caret(c, m);
	return wide;
}

static void put_place(const struct canvas *c, const struct diag *m)
{
	if (!m->file)
		return;
	paint(c, BOLD);
	put_text(c->out, m->file);
	if (m->line)
		buf_printf(c->out, ":%u:%u", m->line, m->col);
	buf_puts(c->out, ": ");
	paint(c, RESET);
}

static void put_diag(const struct canvas *c, const struct diag *m)
{
	int wide;

	put_place(c, m);
	paint(c, looks[m->level].colour);
	buf_printf(c->out, "%s:", looks[m->level].word);
	paint(c, RESET);
	buf_putc(c->out, ' ');
	put_text(c->out, m->text);
	buf_printf(c->out, " [%s]\n", m->code);
	wide = put_excerpt(c, m);
	if (!m->hint)
		return;
	buf_printf(c->out, "  %*s = try: ", wide, "");
	put_text(c->out, m->hint);
	buf_putc(c->out, '\n');
}

void diags_render(const struct diags *d, struct buf *out, bool colour)
{
	struct canvas c = { out, colour };
	size_t kept = 0;

	for (size_t i = 0; i < d->n; i++) {
		put_diag(&c, &d->items[i]);
		kept += d->items[i].level != DIAG_NOTE;
	}
	if (d->errors + d->warnings > kept)
		buf_printf(out, "and %zu more not shown: mend these first\n",
			   d->errors + d->warnings - kept);
}
