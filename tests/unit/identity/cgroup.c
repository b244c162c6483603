/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups: which unit a path is in, and which path an id has. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"

#include "cm.h"

static void the_first_component_that_is_no_slice(void **state)
{
	static const char *const cases[][2] = {
		{ "/system.slice/nginx.service", "nginx.service" },
		{ "/system.slice/system-getty.slice/getty@tty1.service/deeper",
		  "getty@tty1.service" },
		{ "/user.slice/user-0.slice/user@0.service/app.slice/nginx.service",
		  "user@0.service" },
		{ "/init.scope", "init.scope" },
		{ "init.scope", "init.scope" },
		{ "//a.slice///b//c", "b" },
		{ "/.slice", ".slice" }, /* a name that is only an ending is no slice */
		{ "/x.slices", "x.slices" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char unit[64];

		identity_unit_of(cases[i][0], unit, sizeof(unit));
		assert_string_equal(unit, cases[i][1]);
	}
}

static void slices_alone_have_no_unit(void **state)
{
	static const char *const paths[] = { "/", "", "/a.slice", "/a.slice/a-b.slice/" };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char unit[64] = "before";

		identity_unit_of(paths[i], unit, sizeof(unit));
		assert_string_equal(unit, "");
	}
}

static void a_long_unit_is_cut(void **state)
{
	char unit[8];

	(void)state;
	identity_unit_of("/a.slice/verylongname.service", unit, sizeof(unit));
	assert_string_equal(unit, "verylon");
}

static void join(const char *name, size_t len, void *arg)
{
	buf_put(arg, name, len);
	buf_putc(arg, ' ');
}

static void slices_end_at_the_unit(void **state)
{
	_cleanup_buf_ struct buf all = BUF_INIT, none = BUF_INIT;

	(void)state;
	identity_slices_of("/user.slice/user-0.slice/u.service/app.slice", join, &all);
	assert_string_equal(all.data, "user.slice user-0.slice ");
	identity_slices_of("/u.service/app.slice", join, &none);
	assert_int_equal(none.len, 0);
}

/* The id of a cgroup is what its file handle holds. */
static uint64_t id_of(const char *path)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	uint64_t id;
	int mount;

	assert_int_equal(name_to_handle_at(AT_FDCWD, path, &h.handle, &mount, 0), 0);
	memcpy(&id, h.handle.f_handle, sizeof(id));
	return id;
}

/* Only root may ask; others are refused, not answered wrongly. */
static void an_id_has_a_path(void **state)
{
	_cleanup_free_ char *root = NULL;
	char path[64] = "before";
	int r;

	(void)state;
	assert_int_equal(identity_cgroup_root(&root), 0);
	r = identity_cgroup_path(root, id_of(root), path, sizeof(path));
	assert_int_equal(r, geteuid() == 0 ? 0 : -EPERM);
	assert_string_equal(path, geteuid() == 0 ? "/" : "before");
}

static void an_id_that_nobody_has_is_an_error(void **state)
{
	_cleanup_free_ char *root = NULL;
	char path[64] = "before";

	(void)state;
	assert_int_equal(identity_cgroup_root(&root), 0);
	assert_true(identity_cgroup_path(root, 0xfffffffffffffff0ull, path, sizeof(path)) < 0);
	assert_int_equal(identity_cgroup_path("/nonexistent", 1, path, sizeof(path)), -ENOENT);
	assert_string_equal(path, "before");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_component_that_is_no_slice),
		cmocka_unit_test(slices_alone_have_no_unit),
		cmocka_unit_test(a_long_unit_is_cut),
		cmocka_unit_test(slices_end_at_the_unit),
		cmocka_unit_test(an_id_has_a_path),
		cmocka_unit_test(an_id_that_nobody_has_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
