/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prefixes of a Zone, from its own list and from files of the bundle ("@feed.txt": one prefix a
 * line, "#" begins a comment). Kept sorted, none inside another, so that membership is one search.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <postern/limits.h>

#include "base/suggest.h"
#include "policy/entities.h"
#include "policy/prefix.h"
#include "policy/prefix_list.h"

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

static void read_file(struct entity_parse *p, const struct source *file, struct prefix_list *to)
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
		if (prefix_parse(line, &to->items[to->n], &why) == 0) {
			to->n++;
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

/* Counts so many more prefixes. Whether there may be as many. */
static bool is_within_limit(struct entity_parse *p, size_t more)
{
	p->n_prefixes += more;
	if (p->n_prefixes <= POSTERN_PREFIXES_MAX)
		return true;
	reader_error(&p->reader, "entity-too-many", "prefixes",
		     "join neighbouring prefixes, or name a file in fewer Zones",
		     "%s: %zu prefixes in all Zones so far, the limit is %u", p->reader.what,
		     p->n_prefixes, POSTERN_PREFIXES_MAX);
	return false;
}

/* An empty list with room for all prefixes at once: an upper bound, as comments and blank lines count. Or NULL. */
static struct prefix_list *make_room(struct entity_parse *p, const struct text *texts, size_t n)
{
	struct prefix_list *l;
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
	if (!is_within_limit(p, most))
		return NULL;
	if (prefix_list_new(most, &l) < 0 || prefix_list_add(p->set, l) < 0) {
		reader_no_memory(&p->reader);
		return NULL;
	}
	return l;
}

static void read_prefix(struct entity_parse *p, struct text t, struct prefix_list *to)
{
	const char *why;

	if (prefix_parse(t, &to->items[to->n], &why) == 0)
		to->n++;
	else
		reader_error(&p->reader, "entity-prefix", t.s,
			     "as in \"10.0.0.0/8\", \"fd00::/8\", \"@feed.txt\"",
			     "%s: prefix \"%s\" %s", p->reader.what, t.s, why);
}

/*
 * What a list is made of, as bytes: each text with its length, and of a file the number of its content instead. False:
 * nobody can tell, as a file has no number.
 */
static bool put_recipe(const struct entity_parse *p, const struct text *texts, size_t n,
		       struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		const struct source *file = NULL;
		uint64_t what[2] = { 0, texts[i].len };

		if (texts[i].s[0] == '@') {
			file = find_file(p->files, texts[i].s + 1);
			what[0] = file ? p->files->numbers[file - p->files->items] : 0;
			if (!what[0])
				return false;
		}
		buf_put(out, what, sizeof(what));
		if (!file)
			buf_put(out, texts[i].s, texts[i].len);
	}
	return buf_error(out) == 0;
}

/* Keeps what the list was made of: without memory for that, it is only made again the next time. */
static void keep_recipe(struct prefix_list *l, struct buf *recipe)
{
	l->recipe_len = recipe->len;
	l->recipe = buf_take(recipe);
}

/* The list that was made of the same before, held for this set. NULL: there is none, or the reader's trouble. */
static struct prefix_list *take_before(struct entity_parse *p, const struct buf *recipe)
{
	struct prefix_list *l = known_lists_find(&p->known, recipe->data, recipe->len);

	if (!l || p->n_prefixes + l->lines > POSTERN_PREFIXES_MAX)
		return NULL;
	p->n_prefixes += l->lines;
	if (prefix_list_add(p->set, prefix_list_hold(l)) < 0) {
		reader_no_memory(&p->reader);
		return NULL;
	}
	return l;
}

static void read_list(struct entity_parse *p, const struct text *texts, size_t n,
		      struct prefix_list *to)
{
	for (size_t i = 0; i < n && !reader_tired(&p->reader); i++) {
		const struct source *file = NULL;

		if (texts[i].s[0] == '@')
			file = find_file(p->files, texts[i].s + 1);
		if (file)
			read_file(p, file, to);
		else if (texts[i].s[0] != '@')
			read_prefix(p, texts[i], to);
	}
	prefix_list_normalise(to);
}

void entity_read_zone(struct entity_parse *p, const json_t *attrs, struct entity *e)
{
	_cleanup_buf_ struct buf recipe = BUF_INIT;
	struct reader *r = &p->reader;
	struct text *texts = NULL;
	bool known;
	size_t n = 0;

	if (!read_texts(r, attrs, "prefixes", &texts, &n)) {
		if (!json_object_get(attrs, "prefixes"))
			reader_error(r, r->codes->missing, "attrs", NULL, "%s needs \"prefixes\"",
				     r->what);
		return;
	}
	known = n && p->files && p->files->numbers && put_recipe(p, texts, n, &recipe);
	if (known)
		e->list = take_before(p, &recipe);
	if (e->list || r->err == -ENOMEM)
		return;
	e->list = make_room(p, texts, n);
	if (!e->list)
		return;
	read_list(p, texts, n, e->list);
	if (known)
		keep_recipe(e->list, &recipe);
}

bool zone_has_address(const struct entity *zone, const struct prefix *address)
{
	return zone->list && prefix_list_has(zone->list, address);
}
