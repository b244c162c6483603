/* SPDX-License-Identifier: BSD-2-Clause */
/* All requests are read before the first is decided: a bad line gives no half of an answer. */
#include "cli/requests.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/vec.h"
#include "cli/command.h"
#include "cli/output.h"

#define REQUESTS_MAX (1u << 30)

void requests_free(struct requests *r)
{
	arena_free(&r->arena);
	free(r->items);
	memset(r, 0, sizeof(*r));
}

static int take_line(const struct source *line, int64_t now, struct arena *arena,
		     struct request *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	int r;

	r = json_parse(line, &d, &json);
	if (r == 0)
		r = request_parse(json, line, now, arena, &d, ret);
	complain_diags(&d);
	return r;
}

static int take_all(const char *path, const char *text, struct requests *ret)
{
	const int64_t now = clock_real_ms();
	VEC(struct request) v = { 0 };
	const char *at = text;
	size_t number = 0;
	int r = 0;

	while (*at && r == 0) {
		size_t len = strcspn(at, "\n");
		char name[300];
		struct request req;

		number++;
		(void)snprintf(name, sizeof(name), "%s line %zu", path, number);
		if (len > 0) {
			const struct source line = { name, at, len };

			r = take_line(&line, now, ret->arena, &req);
			if (r == 0)
				r = vec_push(&v, req);
		}
		at += len + (at[len] == '\n');
	}
	ret->items = v.items;
	ret->n = v.n;
	return r;
}

int requests_read(const char *path, struct requests *ret)
{
	_cleanup_requests_ struct requests made = { 0 };
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	r = strcmp(path, "-") == 0 ? file_read_fd(STDIN_FILENO, REQUESTS_MAX, &text, &len)
				   : file_read(AT_FDCWD, path, REQUESTS_MAX, &text, &len);
	if (r < 0) {
		complain(NULL, "cannot read %s: %s", path, strerror(-r));
		return EXIT_USAGE;
	}
	r = arena_new(&made.arena);
	if (r == 0)
		r = take_all(path, text, &made);
	if (r < 0) {
		complain("each line is an entry of tests.json without name, expect and by",
			 "%s: cannot use these requests: %s", path, strerror(-r));
		return EXIT_USAGE;
	}
	*ret = made;
	memset(&made, 0, sizeof(made));
	return EXIT_YES;
}
