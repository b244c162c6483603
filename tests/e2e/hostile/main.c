/* SPDX-License-Identifier: BSD-2-Clause */
/* hostile DIR: writes the cases and what they are tried against into a directory. */
#include "hostile/hostile.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

static const char *directory;
static FILE *table;

void must(bool done, const char *what)
{
	if (done)
		return;
	(void)fprintf(stderr, "hostile: cannot make %s\n", what);
	exit(1);
}

void file_put(const char *name, const struct buf *bytes)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	must(file_write_atomic(AT_FDCWD, path, bytes->data ? bytes->data : "", bytes->len, 0644) ==
		     0,
	     name);
}

void case_put(const char *name, const char *command, int status, const char *words,
	      const struct buf *bytes)
{
	file_put(name, bytes);
	(void)fprintf(table, "%s %s %d %s\n", name, command, status, words);
}

struct token person_token(enum person p)
{
	static const enum token_kind kinds[PERSONS] = {
		[BOB] = TOKEN_ED25519, [CAROL] = TOKEN_P256
	};

	return token_make(kinds[p], (uint8_t)p);
}

void person_line(enum person p, struct buf *out)
{
	struct token t = person_token(p);

	must(token_public(&t, out) == 0, "a key");
}

void person_sign(enum person p, const char *type, const struct buf *payload, struct buf *out)
{
	struct token t = person_token(p);
	char name_space[32];

	(void)snprintf(name_space, sizeof(name_space), "%s@postern", type);
	must(token_sign(&t, name_space, payload->data, payload->len, out) == 0, "a signature");
}

void container_put(const char *type, const struct buf *payload, const struct buf *blocks, size_t n,
		   struct buf *out)
{
	buf_printf(out, "postern1 %s %zu %zu\n", type, payload->len, n);
	buf_put(out, payload->data, payload->len);
	for (size_t i = 0; i < n; i++)
		buf_put(out, blocks[i].data, blocks[i].len);
	must(buf_error(out) == 0, "a container");
}

void container_signed(const char *type, const struct buf *payload, const enum person *by,
		      struct buf *out)
{
	struct buf blocks[16] = { 0 };
	size_t n = 0;

	for (; by[n]; n++)
		person_sign(by[n], type, payload, &blocks[n]);
	container_put(type, payload, blocks, n, out);
	while (n > 0)
		buf_free(&blocks[--n]);
}

/* What the host trusts and has in force before anybody attacks it. */
static void put_stage(void)
{
	_cleanup_buf_ struct buf first = BUF_INIT, second = BUF_INIT, good = BUF_INIT,
				 revoke = BUF_INIT;
	_cleanup_buf_ struct buf payload = BUF_INIT, next = BUF_INIT, bundle = BUF_INIT,
				 revoked = BUF_INIT;

	root_payload(1, NULL, NULL, &payload);
	container_signed("root", &payload, (const enum person[]){ ALICE, BOB, 0 }, &first);
	file_put("root1", &first);
	root_payload(2, NULL, NULL, &next);
	container_signed("root", &next, (const enum person[]){ ALICE, CAROL, 0 }, &second);
	file_put("root2", &second);
	bundle_payload(5, NULL, NULL, &bundle);
	container_signed("policy", &bundle, (const enum person[]){ ALICE, BOB, 0 }, &good);
	file_put("good5", &good);
	revoke_payload(5, NULL, NULL, &revoked);
	container_signed("revoke", &revoked, (const enum person[]){ CAROL, 0 }, &revoke);
	file_put("revoke5", &revoke);
}

int main(int argc, char **argv)
{
	char path[512];

	must(argc == 2, "anything without a directory");
	directory = argv[1];
	(void)snprintf(path, sizeof(path), "%s/table", directory);
	table = fopen(path, "we");
	must(table != NULL, path);
	put_stage();
	container_cases();
	signature_cases();
	payload_cases();
	document_cases();
	must(fclose(table) == 0, path);
	return 0;
}
