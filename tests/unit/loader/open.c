/* SPDX-License-Identifier: BSD-2-Clause */
/* What opening a loader refuses before it asks the kernel for anything, and what it says. */
#include "cm.h"

#include <errno.h>
#include <string.h>

#include "loader/loader.h"

static void refuse(const struct loader_config *cfg, int want, const char *code)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct loader *l = NULL;

	assert_int_equal(loader_open(cfg, &d, &l), want);
	assert_null(l);
	assert_int_equal(d.errors, 1);
	assert_string_equal(d.items[0].code, code);
	assert_non_null(d.items[0].hint);
}

static void a_cgroup_that_is_not_there_is_refused(void **state)
{
	const struct loader_config cfg = { .cgroup = "/nonexistent", .pin = "/nonexistent/pin" };

	(void)state;
	refuse(&cfg, -ENOENT, "loader-cgroup");
}

static void a_directory_that_is_no_cgroup_is_refused(void **state)
{
	const struct loader_config cfg = { .cgroup = "/tmp", .pin = "/nonexistent/pin" };

	(void)state;
	refuse(&cfg, -EINVAL, "loader-cgroup");
}

static void a_pin_that_is_too_long_is_refused(void **state)
{
	char path[600];
	const struct loader_config cfg = { .cgroup = "/tmp", .pin = path };

	(void)state;
	memset(path, 'p', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	refuse(&cfg, -ENAMETOOLONG, "loader-pin");
}

static void detaching_without_a_pin_is_refused(void **state)
{
	const struct loader_config cfg = { 0 };

	(void)state;
	assert_int_equal(loader_detach(&cfg), -EINVAL);
}

static void detaching_nothing_is_done_at_once(void **state)
{
	const struct loader_config cfg = { .pin = "/nonexistent/pin" };

	(void)state;
	assert_int_equal(loader_detach(&cfg), 0);
}

static void closing_nothing_is_harmless(void **state)
{
	struct loader *l = NULL;

	(void)state;
	loader_close(&l);
	assert_null(l);
}

/* Absent or not: each feature has its name, and a remedy exactly when it is absent. */
static void every_absent_feature_has_a_remedy(void **state)
{
	const struct loader_config cfg = { .cgroup = "/tmp", .pin = "/nonexistent/pin" };
	struct loader_feature features[32];
	size_t n = loader_probe(&cfg, features, 32);
	bool cgroup2 = true;

	(void)state;
	assert_true(n > 5 && n < 32);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(features[i].name);
		assert_int_equal(features[i].present, features[i].remedy[0] == '\0');
		if (strcmp(features[i].name, "cgroup2") == 0)
			cgroup2 = features[i].present;
	}
	assert_false(cgroup2);
}

static void a_probe_keeps_to_its_room(void **state)
{
	const struct loader_config cfg = { 0 };
	struct loader_feature features[2];

	(void)state;
	assert_int_equal(loader_probe(&cfg, features, 2), 2);
	assert_int_equal(loader_probe(&cfg, features, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cgroup_that_is_not_there_is_refused),
		cmocka_unit_test(a_directory_that_is_no_cgroup_is_refused),
		cmocka_unit_test(a_pin_that_is_too_long_is_refused),
		cmocka_unit_test(detaching_without_a_pin_is_refused),
		cmocka_unit_test(detaching_nothing_is_done_at_once),
		cmocka_unit_test(closing_nothing_is_harmless),
		cmocka_unit_test(every_absent_feature_has_a_remedy),
		cmocka_unit_test(a_probe_keeps_to_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
