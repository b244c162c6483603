/* SPDX-License-Identifier: BSD-2-Clause */
/* Every command that talks to posternd fails in the same words. */
#include "cli/connection.h"

#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"

static const char *socket_path = WIRE_SOCKET;

void connection_use(const char *socket)
{
	socket_path = socket;
}

bool connection_is_dead(void)
{
	_cleanup_wire_client_ struct wire_client *client = NULL;
	int r = wire_open(socket_path, &client);

	return strcmp(socket_path, WIRE_SOCKET) == 0 && (r == -ENOENT || r == -ECONNREFUSED);
}

int connection_open(struct wire_client **ret)
{
	int r = wire_open(socket_path, ret);

	if (r >= 0)
		return 0;
	if (r == -EACCES || r == -EPERM)
		complain("run it as root, or join the group postern for reading",
			 "may not talk to the controller at %s", socket_path);
	else if (r == -ENOENT || r == -ECONNREFUSED)
		complain("systemctl start posternd, or --socket PATH",
			 "no controller answers at %s", socket_path);
	else
		complain("postern doctor", "cannot reach the controller at %s: %s", socket_path,
			 strerror(-r));
	return r;
}

bool connection_answers(void)
{
	_cleanup_wire_client_ struct wire_client *client = NULL;
	int r = wire_open(socket_path, &client);

	return r != -ENOENT && r != -ECONNREFUSED;
}

int connection_failed(int r, const char *error, const json_t *reply)
{
	const char *text;

	if (r != -EREMOTEIO || !error) {
		complain("journalctl -u posternd", "the controller did not answer: %s",
			 strerror(-r));
		return EXIT_CONTROLLER;
	}
	if (strcmp(error, WIRE_INTERFACE ".Refused") == 0) {
		text = json_string_value(json_object_get(reply, "text"));
		(void)fprintf(stderr, "%s%s", text ? text : "",
			      text && *text && text[strlen(text) - 1] == '\n' ? "" : "\n");
		complain(NULL, "refused: %s; what was in force still is",
			 json_string_value(json_object_get(reply, "answer")));
		return (int)json_integer_value(json_object_get(reply, "exit"));
	}
	if (strcmp(error, WIRE_INTERFACE ".NotAllowed") == 0) {
		complain("run it as root", "this needs the role %s",
			 json_string_value(json_object_get(reply, "role")));
		return EXIT_CONTROLLER;
	}
	if (strcmp(error, WIRE_INTERFACE ".NoSuchEvent") == 0) {
		complain("postern trace --no-follow lists what is kept", "no such event: %s",
			 json_string_value(json_object_get(reply, "id")));
		return EXIT_NO;
	}
	if (strcmp(error, WIRE_INTERFACE ".LoginRefused") == 0) {
		complain(json_string_value(json_object_get(reply, "hint")), "refused: %s (%s)",
			 json_string_value(json_object_get(reply, "cause")),
			 json_string_value(json_object_get(reply, "answer")));
		return EXIT_TRUST;
	}
	if (strcmp(error, WIRE_INTERFACE ".Failed") == 0) {
		complain(json_string_value(json_object_get(reply, "hint")),
			 "the controller failed: %s",
			 json_string_value(json_object_get(reply, "cause")));
		return EXIT_CONTROLLER;
	}
	complain("postern status", "the controller answered %s", error);
	return EXIT_CONTROLLER;
}

int connection_call_fd(const char *method, json_t *parameters, int fd, json_t **ret)
{
	_cleanup_wire_client_ struct wire_client *client = NULL;
	_cleanup_json_ json_t *arguments = parameters, *reply = NULL;
	_cleanup_free_ char *error = NULL;
	int r;

	r = connection_open(&client);
	if (r < 0)
		return EXIT_CONTROLLER;
	if (fd >= 0)
		(void)wire_push_fd(client, fd); /* the first of a new connection has room */
	r = wire_call(client, method, TAKE_PTR(arguments), &reply, &error);
	if (r < 0)
		return connection_failed(r, error, reply);
	*ret = TAKE_PTR(reply);
	return EXIT_YES;
}

int connection_call(const char *method, json_t *parameters, json_t **ret)
{
	return connection_call_fd(method, parameters, -1, ret);
}
