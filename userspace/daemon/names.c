/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks at the files of accounts and programs. */
#include "daemon/names.h"

#include <sys/stat.h>

#include "bundle/bundle.h"

/* What would be different if the file, or where the link leads, were another. */
static void put_file(struct buf *out, const char *path)
{
	struct stat link = { 0 }, file = { 0 };

	(void)lstat(path, &link);
	(void)stat(path, &file);
	buf_printf(out, "%llu %llu %lld.%09ld %llu %llu %lld.%09ld\n",
		   (unsigned long long)link.st_dev, (unsigned long long)link.st_ino,
		   (long long)link.st_ctim.tv_sec, link.st_ctim.tv_nsec,
		   (unsigned long long)file.st_dev, (unsigned long long)file.st_ino,
		   (long long)file.st_ctim.tv_sec, file.st_ctim.tv_nsec);
}

int policy_names_look(const struct policy_names *n, char ret[65])
{
	_cleanup_buf_ struct buf all = BUF_INIT;

	put_file(&all, "/etc/passwd");
	put_file(&all, "/etc/group");
	for (size_t i = 0; i < n->n[NAME_PROGRAM]; i++)
		put_file(&all, n->items[NAME_PROGRAM][i]);
	if (buf_error(&all) < 0)
		return buf_error(&all);
	return digest_hex(all.data, all.len, ret);
}
