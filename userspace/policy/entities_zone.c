/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefixes of a Zone, from its own list and from files of the bundle ("@feed.txt": one prefix a
 * line, "#" begins a comment). Kept sorted, none inside another, so that membership is one search.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <postern/limits.h>

#include "base/radix.h"
#include "base/suggest.h"
#include "policy/entities.h"
#include "policy/prefix.h"

enum { LINE_ERRORS_MOST = 10 }; /* reported of one file; more say nothing new */

static const struct source *find_file(const struct bundle_files *files, const char *name)
{
	for (size_t i = 0; files && i < files->n; i++) {
		if (strcmp(files->items[i].name, name) == 0)
			return &files->items[i];
	}
	return NULL;
}

static void file_missing(struct entity_parse *p, struct text reference)
{
	size_t n = p->files ? p->files->n : 0;
	_cleanup_free_ const char **names = calloc(n + 1, sizeof(*names));
	_cleanup_buf_ struct buf hint = BUF_INIT;
	const char *near;

	if (!names) {
		reader_no_memory(&p->reader);
		return;
	}
	for (size_t i = 0; i < n; i++)
		names[i] = p->files->items[i].name;
	near = suggest(reference.s + 1, names, n);
	if (near)
		buf_printf(&hint, "did you mean \"@%s\"?", near);
	else
		buf_puts(&hint, "put the file beside the bundle's entities");
	reader_error(&p->reader, "entity-file", reference.s, hint.data,
		     "%s: the bundle has no file \"%s\"", p->reader.what, reference.s + 1);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* What a line says, without comment and surrounding blanks. */
static struct text line_content(const char *s, size_t len)
{
	const char *comment = len ? memchr(s, '#', len) : NULL;

	if (comment)
		len = (size_t)(comment - s);
	while (len > 0 && is_blank(s[len - 1]))
		len--;
	while (len > 0 && is_blank(*s)) {
		s++;
		len--;
	}
	return (struct text){ s, len };
}

static void line_error(struct entity_parse *p, const struct source *file, struct text line,
		       const char *why)
{
	struct span where = { file, (uint32_t)(line.s - file->text), (uint32_t)line.len };

	diag_error(p->reader.diags, "entity-prefix", where, "one prefix a line, as in 10.0.0.0/8",
		   "%s: prefix \"%.*s\" %s", p->reader.what, (int)(line.len < 80 ? line.len : 80),
		   line.s, why);
	reader_bad(&p->reader);
}

static void read_file(struct entity_parse *p, const struct source *file, struct entity *e)
{
	const char *s = file->text, *end = s + file->len;
	unsigned int errors = 0;

	while (s < end && errors < LINE_ERRORS_MOST) {
		const char *newline = memchr(s, '\n', (size_t)(end - s));
		const char *stop = newline ? newline : end;
		struct text line = line_content(s, (size_t)(stop - s));
		const char *why;

		s = newline ? newline + 1 : end;
		if (line.len == 0)
			continue;
		if (prefix_parse(line, &e->prefixes[e->n_prefixes], &why) == 0) {
			e->n_prefixes++;
			continue;
		}
		line_error(p, file, line, why);
		errors++;
	}
}

static size_t count_lines(const struct source *file)
{
	const char *s = file->text, *end = s + file->len;
	size_t n = 1;

	while (s < end && (s = memchr(s, '\n', (size_t)(end - s)))) {
		s++;
		n++;
	}
	return n;
}

/* Room for all prefixes at once: an upper bound, as comments and blank lines count. */
static bool make_room(struct entity_parse *p, const struct text *texts, size_t n, struct entity *e)
{
	size_t most = 0;

	for (size_t i = 0; i < n && !reader_tired(&p->reader); i++) {
		const struct source *file = NULL;

		if (texts[i].s[0] == '@') {
			file = find_file(p->files, texts[i].s + 1);
			if (!file)
				file_missing(p, texts[i]);
		}
		most += file ? count_lines(file) : 1;
	}
	p->n_prefixes += most;
	if (p->n_prefixes > POSTERN_PREFIXES_MAX) {
		reader_error(&p->reader, "entity-too-many", "prefixes",
			     "join neighbouring prefixes, or name a file in fewer Zones",
			     "%s: %zu prefixes in all Zones so far, the limit is %u",
			     p->reader.what, p->n_prefixes, POSTERN_PREFIXES_MAX);
		return false;
	}
	e->prefixes = arena_array_of(p->reader.arena, struct prefix, most);
	if (!e->prefixes)
		reader_no_memory(&p->reader);
	return e->prefixes;
}

static void read_prefix(struct entity_parse *p, struct text t, struct entity *e)
{
	const char *why;

	if (prefix_parse(t, &e->prefixes[e->n_prefixes], &why) == 0)
		e->n_prefixes++;
	else
		reader_error(&p->reader, "entity-prefix", t.s,
			     "as in \"10.0.0.0/8\", \"fd00::/8\", \"@feed.txt\"",
			     "%s: prefix \"%s\" %s", p->reader.what, t.s, why);
}

static bool in_order(const struct entity *e)
{
	for (size_t i = 1; i < e->n_prefixes; i++)
		if (prefix_cmp(&e->prefixes[i - 1], &e->prefixes[i]) > 0)
			return false;
	return true;
}

/* Address and length in one number, which orders IPv4 prefixes as prefix_cmp does. */
static uint64_t word_of(const struct prefix *p)
{
	const uint8_t *a = p->addr + 12;

	return ((uint64_t)a[0] << 24 | (uint64_t)a[1] << 16 | (uint64_t)a[2] << 8 | a[3]) << 8 |
	       p->bits;
}

/* Sorts as many IPv4 prefixes. False when there is no memory for that way. */
static bool sort_v4(struct prefix *all, size_t n)
{
	_cleanup_free_ uint64_t *words = malloc((n + 1) * sizeof(*words));

	for (size_t i = 0; words && i < n; i++)
		words[i] = word_of(&all[i]);
	if (!words || radix_sort(words, n, 0, 40) < 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < 4; k++)
			all[i].addr[12 + k] = (uint8_t)(words[i] >> (32 - 8 * k));
		all[i].bits = (uint8_t)words[i];
	}
	return true;
}

static void sort(struct entity *e)
{
	bool v4 = true;

	if (in_order(e))
		return;
	for (size_t i = 0; v4 && i < e->n_prefixes; i++)
		v4 = e->prefixes[i].v4;
	if (!v4 || !sort_v4(e->prefixes, e->n_prefixes))
		qsort(e->prefixes, e->n_prefixes, sizeof(*e->prefixes), prefix_cmp);
}

/* Sorts and drops what lies inside another: sorted, a prefix comes right before what it covers. */
static void normalise(struct entity *e)
{
	struct prefix *all = e->prefixes;
	size_t kept = 0;

	sort(e);
	for (size_t i = 0; i < e->n_prefixes; i++) {
		if (kept == 0 || !prefix_covers(&all[kept - 1], &all[i]))
			all[kept++] = all[i];
	}
	e->n_prefixes = kept;
}

void entity_read_zone(struct entity_parse *p, const json_t *attrs, struct entity *e)
{
	struct reader *r = &p->reader;
	struct text *texts = NULL;
	size_t n = 0;

	if (!read_texts(r, attrs, "prefixes", &texts, &n)) {
		if (!json_object_get(attrs, "prefixes"))
			reader_error(r, r->codes->missing, "attrs", NULL, "%s needs \"prefixes\"",
				     r->what);
		return;
	}
	if (!make_room(p, texts, n, e))
		return;
	for (size_t i = 0; i < n && !reader_tired(r); i++) {
		const struct source *file = NULL;

		if (texts[i].s[0] == '@')
			file = find_file(p->files, texts[i].s + 1);
		if (file)
			read_file(p, file, e);
		else if (texts[i].s[0] != '@')
			read_prefix(p, texts[i], e);
	}
	normalise(e);
}

bool zone_has_address(const struct entity *zone, const struct prefix *address)
{
	size_t low = 0, high = zone->n_prefixes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_cmp(&zone->prefixes[middle], address) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && prefix_covers(&zone->prefixes[low - 1], address);
}
