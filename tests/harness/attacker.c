/* SPDX-License-Identifier: BSD-2-Clause */
#include "attacker.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "wire/wire.h"

static int wrong;

void attacker_complain(const char *attack, const char *got)
{
	(void)printf("%s: %s\n", attack, got);
	wrong = 1;
}

int attacker_connect(const char *socket_path)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || wire_address(socket_path, &address) < 0 ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		attacker_complain("connect", strerror(errno));
	return fd;
}

int attacker_status(void)
{
	return wrong;
}
