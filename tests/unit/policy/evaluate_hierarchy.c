/* SPDX-License-Identifier: BSD-2-Clause */
/* `in` and `is`: what the principal, the resource and the action of a request belong to. */
#include "rows.h"

static void principals_are_in_their_names(void **state)
{
	static const struct row rows[] = {
		{ "principal in User::\"alice\"", true },
		{ "principal in User::\"#1000\"", true },
		{ "principal in User::\"bob\"", false },
		{ "principal in Group::\"dev\"", true },
		{ "principal in Group::\"#100\"", true },
		{ "principal in Group::\"alice\"", false },
		{ "principal in Program::\"/usr/bin/pg\"", true },
		{ "principal in Program::\"/usr/bin\"", false },
		{ "principal in Unit::\"a.service\"", true },
		{ "principal in Unit::\"system.slice\"", true },
		{ "principal in Unit::\"user.slice\"", false },
		{ "principal in Identity::\"alice\"", true },
		{ "principal in Team::\"dba\"", true },
		{ "principal in Team::\"ops\"", false },
		{ "principal in Team::\"alice\"", false },
		{ "principal in [User::\"bob\", Group::\"dev\"]", true },
		{ "principal in []", false },
		{ "principal in principal", true },
		{ "principal is Process", true },
		{ "principal is User", false },
		{ "principal is Process in Unit::\"a.service\"", true },
		{ "principal is User in 1", false },
		{ "principal is Process in 1", ERROR },
		{ "principal in 1", ERROR },
		{ "principal in [1]", ERROR },
		{ "principal in [User::\"alice\", 1]", ERROR },
		{ "1 in principal", ERROR },
		{ "1 is User", ERROR },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void endpoints_are_in_zones_and_services(void **state)
{
	static const struct row rows[] = {
		{ "resource in Zone::\"inner\"", true },
		{ "resource in Zone::\"outer\"", true },
		{ "resource in Zone::\"all6\"", false },
		{ "resource in Zone::\"undefined\"", false },
		{ "resource in Service::\"db\"", true },
		{ "resource in Service::\"stores\"", true },
		{ "resource in Service::\"udp\"", false },
		{ "resource in Service::\"inner\"", false },
		{ "Zone::\"inner\" in Zone::\"outer\"", true },
		{ "Zone::\"outer\" in Zone::\"inner\"", false },
		{ "action in Action::\"egress\"", true },
		{ "action in Action::\"ingress\"", false },
		{ "Action::\"accept\" in Action::\"ingress\"", true },
		{ "Action::\"create\" in Action::\"egress\"", false },
		{ "resource in Action::\"egress\"", false },
		{ "resource.localIp == ip(\"0.0.0.0\") && resource.localPort == 0", true },
		{ "resource.name == \"\" && resource.protocol == \"tcp\"", true },
	};

	check_rows(*state, rows, COUNT(rows));
}

static void a_socket_kind_has_no_attributes(void **state)
{
	static const struct row rows[] = {
		{ "resource is SocketKind", true },	     { "resource is Endpoint", false },
		{ "resource == SocketKind::\"raw\"", true }, { "resource has port", false },
		{ "resource in Zone::\"all6\"", false },     { "resource.port == 0", ERROR },
	};
	struct world w = *(struct world *)*state;

	w.request = request_of(&w, "{\"action\":\"create\",\"resource\":\"raw\"}");
	check_rows(&w, rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(principals_are_in_their_names),
		cmocka_unit_test(endpoints_are_in_zones_and_services),
		cmocka_unit_test(a_socket_kind_has_no_attributes),
	};

	return cmocka_run_group_tests(tests, make, release);
}
