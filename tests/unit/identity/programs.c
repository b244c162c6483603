/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs by name: links are followed, scripts are told, and what is no program has no path. */
#include "identity/identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#include "cm.h"

static char dir[] = "/tmp/postern-programs-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];

	(void)snprintf(p, sizeof(path[0]), "%s/%s", dir, name);
	return p;
}

static void put(const char *name, const char *text)
{
	assert_int_equal(file_write_atomic(AT_FDCWD, in_dir(name), text, strlen(text), 0755), 0);
}

static int make_tree(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	put("real", "\x7f"
		    "ELF");
	put("wrapper", "#!/bin/sh\n");
	put("short", "#");
	if (symlink("real", in_dir("link")) || symlink("link", in_dir("twice")) ||
	    symlink("absent", in_dir("broken")) || symlink("loop", in_dir("loop")))
		return -1;
	return mkfifo(in_dir("fifo"), 0600) || mkdir(in_dir("folder"), 0700);
}

static int remove_tree(void **state)
{
	static const char *const files[] = { "real",  "wrapper", "short", "link",
					     "twice", "broken",	 "loop",  "fifo" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		(void)unlink(in_dir(files[i]));
	(void)rmdir(in_dir("folder"));
	return rmdir(dir);
}

static struct identity_program find(struct identity_programs *p, const char *name)
{
	assert_int_equal(identity_find_programs(&name, 1, p), 0);
	assert_int_equal(p->n, 1);
	assert_string_equal(p->items[0].name, name);
	return p->items[0];
}

static void a_file_is_itself(void **state)
{
	struct identity_programs p;
	struct identity_program real = find(&p, in_dir("real"));
	struct stat st;

	(void)state;
	assert_string_equal(real.path, in_dir("real"));
	assert_false(real.script);
	assert_int_equal(stat(in_dir("real"), &st), 0);
	if (real.has_file)
		assert_int_equal(real.file.ino, st.st_ino);
	identity_programs_free(&p);
}

static void links_lead_to_the_same_file(void **state)
{
	const char *const names[] = { in_dir("real"), in_dir("link"), in_dir("twice") };
	struct identity_programs p;

	(void)state;
	assert_int_equal(identity_find_programs(names, 3, &p), 0);
	for (size_t i = 0; i < 3; i++) {
		assert_string_equal(p.items[i].path, in_dir("real"));
		assert_memory_equal(&p.items[i].file, &p.items[0].file, sizeof(p.items[0].file));
	}
	identity_programs_free(&p);
}

static void a_script_is_told(void **state)
{
	struct identity_programs p;

	(void)state;
	assert_true(find(&p, in_dir("wrapper")).script);
	identity_programs_free(&p);
	assert_false(find(&p, in_dir("short")).script);
	identity_programs_free(&p);
}

/* Nothing of this may hang, either: the FIFO has no writer. */
static void what_is_no_program_has_no_path(void **state)
{
	static const char *const names[] = { "absent", "broken", "loop",
					     "fifo",   "folder", "real/below" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct identity_programs p;
		struct identity_program none = find(&p, in_dir(names[i]));

		assert_null(none.path);
		assert_false(none.has_file);
		identity_programs_free(&p);
	}
}

static void other_names_stand_for_themselves(void **state)
{
	static const char *const names[] = { "container:/bin/sh", "sh", "", "memfd:x", "./sh" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct identity_programs p;

		assert_null(find(&p, names[i]).path);
		identity_programs_free(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_itself),
		cmocka_unit_test(links_lead_to_the_same_file),
		cmocka_unit_test(a_script_is_told),
		cmocka_unit_test(what_is_no_program_has_no_path),
		cmocka_unit_test(other_names_stand_for_themselves),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
