/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A fuzz target as a test: every input of its corpus once, each a line of TAP. An input that breaks
 * something ends the program, which the runner counts as a failure.
 *
 * usage: TARGET [FILE...]    without files: all of tests/fuzz/corpus/TARGET
 */
#include <dirent.h>
#include <libgen.h>

#include "base/cleanup.h"
#include "fuzz.h"

/* The bytes in memory of exactly their length, so that a sanitizer sees a step past the end. */
static int replay(const char *path)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	FILE *f = fopen(path, "rb");
	long n;
	int r = -EIO;

	if (!f)
		return -errno;
	if (fseek(f, 0, SEEK_END) == 0 && (n = ftell(f)) >= 0) {
		bytes = malloc((size_t)n);
		rewind(f);
		if ((bytes || n == 0) && fread(bytes, 1, (size_t)n, f) == (size_t)n)
			r = LLVMFuzzerTestOneInput(bytes, (size_t)n);
	}
	(void)fclose(f);
	return r;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int report(const char *path, int number)
{
	int r = replay(path);

	(void)printf("%sok %d - %s\n", r ? "not " : "", number, path);
	return r ? 1 : 0;
}

static int replay_corpus(const char *target)
{
	struct dirent **entries = NULL;
	char dir[256], path[600];
	int n, bad = 0;

	(void)snprintf(dir, sizeof(dir), "tests/fuzz/corpus/%s", target);
	n = scandir(dir, &entries, visible, alphasort);
	if (n < 0) {
		(void)fprintf(stderr, "%s: %s: run it from the top of the tree\n", dir,
			      strerror(errno));
		return 1;
	}
	(void)printf("1..%d\n", n);
	for (int i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entries[i]->d_name);
		bad |= report(path, i + 1);
		free(entries[i]);
	}
	free(entries);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc < 2)
		return replay_corpus(basename(argv[0]));
	for (int i = 1; i < argc; i++)
		bad |= report(argv[i], i);
	return bad;
}
