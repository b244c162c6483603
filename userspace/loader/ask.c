/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the kernel's decision outside any hook. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "loader/object.h"

#define ASK_BYTES ((size_t)POSTERN_ASK_TEXTS * POSTERN_PATH_MAX)

static int ask_map(struct loader *l)
{
	void *p;

	if (l->texts)
		return 0;
	p = mmap(NULL, ASK_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd(l, MAP_ASK_TEXTS), 0);
	if (p == MAP_FAILED)
		return -errno;
	l->texts = p;
	return 0;
}

/* A text that is longer than any the kernel looks at cannot be asked about. */
static int ask_write(struct loader *l, struct postern_ask *ask, const struct text *texts)
{
	size_t i;

	for (i = 0; i < POSTERN_ASK_TEXTS; i++) {
		if (texts[i].len > POSTERN_STRING_MAX)
			return -ENAMETOOLONG;
		if (texts[i].len)
			memcpy(l->texts + i * POSTERN_PATH_MAX, texts[i].s, texts[i].len);
		ask->text_len[i] = (uint32_t)texts[i].len;
	}
	return 0;
}

int loader_ask(struct loader *l, struct postern_ask *ask,
	       const struct text texts[POSTERN_ASK_TEXTS])
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = ask, .ctx_size_in = sizeof(*ask));
	int r = ask_map(l);

	if (r == 0)
		r = ask_write(l, ask, texts);
	if (r == 0)
		r = bpf_prog_test_run_opts(program_fd(l, "postern_ask"), &opts);
	return r;
}
