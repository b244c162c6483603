/* SPDX-License-Identifier: BSD-2-Clause */
/* Named texts and their names. */
#include "bundle/texts.h"

#include "base/cleanup.h"

bool text_name_ok(const char *name, const char *suffix)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	size_t n = strlen(name), suffix_len = strlen(suffix);

	if (n <= suffix_len || n > TEXT_NAME_MAX || name[0] == '.' || name[0] == '-')
		return false;
	return strspn(name, allowed) == n && strcmp(name + n - suffix_len, suffix) == 0;
}

int texts_add(texts_t *t, const char *folder, const char *name, char *text, size_t len)
{
	struct source one = { .text = text, .len = len };
	char *full;
	int r;

	if (asprintf(&full, "%s%s", folder, name) < 0) {
		free(text);
		return -ENOMEM;
	}
	one.name = full;
	r = vec_push(t, one);
	if (r < 0)
		text_free(&one);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct source *)a)->name, ((const struct source *)b)->name);
}

void texts_sort(texts_t *t)
{
	if (t->n > 1)
		qsort(t->items, t->n, sizeof(t->items[0]), by_name);
}

void text_free(struct source *text)
{
	free((char *)(uintptr_t)text->name);
	free((char *)(uintptr_t)text->text);
	*text = (struct source){ 0 };
}

void texts_free(texts_t *t)
{
	for (size_t i = 0; i < t->n; i++)
		text_free(&t->items[i]);
	vec_free(t);
}
