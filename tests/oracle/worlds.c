/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes generated worlds for the oracle, each into DIR/SEED: a bundle directory and the requests
 * to decide by it, both functions of the seed. So many sets of a family (1) in a row, from a multiple of that number on,
 * have the entities and the requests of the first; these stand in the first one's directory only.
 * usage: worlds DIR FIRST-SEED SEEDS REQUESTS [FAMILY]
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rfc3339.h"
#include "generate.h"

static int write_file(const char *dir, const char *name, const struct buf *b)
{
	_cleanup_free_ char *path = NULL;
	int fd, r = buf_error(b);

	if (r < 0)
		return r;
	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, b->data, b->len);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}

static int put_manifest(uint64_t seed, struct buf *out)
{
	char until[RFC3339_SIZE];
	int64_t not_after = generate_not_after(seed);
	int r = not_after ? rfc3339_format(not_after, until) : 0;

	if (r < 0)
		return r;
	buf_puts(out, "{\"format\":1,\"name\":\"world\",\"version\":1,\"audience\":[\"*\"],");
	if (not_after)
		buf_printf(out, "\"notAfter\":\"%s\",", until);
	buf_printf(out, "\"mode\":\"%s\",", generate_observe(seed) ? "observe" : "enforce");
	generate_phases_text(seed, out);
	buf_puts(out, "}\n");
	return 0;
}

static int write_bundle(const char *dir, uint64_t seed, uint64_t world)
{
	_cleanup_buf_ struct buf manifest = BUF_INIT, policies = BUF_INIT, entities = BUF_INIT;
	int r = put_manifest(seed, &manifest);

	generate_policies_in(world, seed, &policies);
	generate_entities(world, &entities);
	if (r == 0)
		r = write_file(dir, "bundle/bundle.json", &manifest);
	if (r == 0)
		r = write_file(dir, "bundle/policies/all.cedar", &policies);
	if (r == 0)
		r = write_file(dir, "bundle/entities.json", &entities);
	return r;
}

static int write_requests(const char *dir, uint64_t world, uint64_t requests)
{
	_cleanup_buf_ struct buf lines = BUF_INIT;

	for (uint64_t i = 0; i < requests; i++) {
		generate_request(world, i, &lines);
		buf_putc(&lines, '\n');
	}
	return write_file(dir, "requests.jsonl", &lines);
}

static int write_world(const char *root, uint64_t seed, uint64_t world, uint64_t requests)
{
	_cleanup_free_ char *dir = NULL, *policies = NULL;
	int r;

	if (asprintf(&dir, "%s/%" PRIu64, root, seed) < 0 ||
	    asprintf(&policies, "%s/bundle/policies", dir) < 0)
		return -ENOMEM;
	r = dir_make(policies, 0755);
	if (r == 0)
		r = write_bundle(dir, seed, world);
	return r == 0 && seed == world ? write_requests(dir, world, requests) : r;
}

int main(int argc, char **argv)
{
	uint64_t first, seeds, requests, family;
	int r = 0;

	if (argc != 5 && argc != 6) {
		(void)fprintf(stderr, "usage: worlds DIR FIRST-SEED SEEDS REQUESTS [FAMILY]\n");
		return 2;
	}
	first = strtoull(argv[2], NULL, 10);
	seeds = strtoull(argv[3], NULL, 10);
	requests = strtoull(argv[4], NULL, 10);
	family = argc == 6 ? strtoull(argv[5], NULL, 10) : 1;
	for (uint64_t seed = first; family > 0 && seed < first + seeds && r == 0; seed++)
		r = write_world(argv[1], seed, seed - seed % family, requests);
	if (r < 0)
		(void)fprintf(stderr, "worlds: cannot write below %s: %s\n", argv[1], strerror(-r));
	return r < 0 || family == 0 ? 1 : 0;
}
