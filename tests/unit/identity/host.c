/* SPDX-License-Identifier: BSD-2-Clause */
/* The host's name is whole or an error: half a name could be in another's audience. */
#include "identity/identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "cm.h"

static void it_is_the_kernels(void **state)
{
	char mine[256], theirs[256];

	(void)state;
	assert_int_equal(identity_host_name(mine, sizeof(mine)), 0);
	assert_int_equal(gethostname(theirs, sizeof(theirs)), 0);
	assert_string_equal(mine, theirs);
	assert_true(strlen(mine) > 0);
}

static void a_cut_name_is_refused(void **state)
{
	char name[1];

	(void)state;
	assert_int_equal(identity_host_name(name, sizeof(name)), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_kernels),
		cmocka_unit_test(a_cut_name_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
