/* SPDX-License-Identifier: BSD-2-Clause */
/* The description in the program is the file in the tree, and names what the code calls. */
#include "wire/wire.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"

#include "cm.h"

static void it_is_the_file_in_the_tree(void **state)
{
	_cleanup_free_ char *file = NULL;
	size_t len = 0;

	(void)state;
	assert_int_equal(file_read(AT_FDCWD, "userspace/wire/org.postern.Controller.varlink",
				   1 << 20, &file, &len),
			 0);
	assert_string_equal(wire_description(), file);
	assert_int_equal(strlen(wire_description()), len);
}

static void it_describes_our_interface(void **state)
{
	(void)state;
	assert_non_null(strstr(wire_description(), "\ninterface " WIRE_INTERFACE "\n"));
	assert_null(strstr(wire_description(), "interface org.varlink"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_file_in_the_tree),
		cmocka_unit_test(it_describes_our_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
