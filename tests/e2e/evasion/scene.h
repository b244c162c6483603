/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every evasion attempt works with: where it may send, the mark that must not arrive, and the
 * ways to send it. An attempt answers 0 when it did all it wanted, else the errno that stopped it;
 * whether it got through is not its own word but that of the receivers, see receive.h.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Two network namespaces joined by a veth pair: see net.sh. Attempts run in the first. */
#define NET_NEAR net_file("near")
#define NET_FAR net_file("far")
const char *net_file(const char *side);
#define NEAR4 "10.91.0.1"
#define FAR4 "10.91.0.2" /* what routes and rewriters may be approved for, on PORT_APPROVED */
#define OTHER4 "10.91.0.3" /* never approved */
#define NEAR6 "fd91::1"
#define FAR6 "fd91::2"
#define OTHER6 "fd91::3"

/* What the denying policy lets whom reach: see policy.sh. */
enum {
	PORT_NOBODY = 7000, /* nobody */
	PORT_ROOT = 7001, /* User root */
	PORT_UNIT = 7002, /* Unit trusted.service */
	PORT_CONTAINER = 7003, /* a container id */
	PORT_SCRIPT = 7004, /* a script under bin/allowed */
	PORT_DIGEST = 7005, /* bin/allowed with the sha256 that it had at first */
	PORT_ALLOWED = 7006, /* Program bin/allowed */
	PORT_APPROVED = 7010, /* everybody, at FAR4 and FAR6 only */
	PORT_MPTCP = 7020, /* the server speaks MPTCP; nobody */
	PORT_IN = 7100, /* nobody listens here */
	PORT_IN_ALLOWED = 7101, /* bin/allowed listens here */
};

/* Where most attempts go: PORT_NOBODY, or what EVASION_PORT says. */
#define PORT port_of_attempts()
uint16_t port_of_attempts(void);

#define UID_NOBODY 65534

/* Descriptors that an attempt starts with. */
enum { FD_LEDGER = 3, FD_OUTSIDE = 4 };

struct scene {
	const char *name; /* of the attempt; also of its program, bin/NAME */
	const char *round; /* "bare", "allow", "deny" */
	const char *dir; /* bin/ has the programs */
	const char *cgroup; /* that the enforcer is attached to */
	char mark[96]; /* "postern:ROUND:NAME;" */
	size_t mark_len;
	int outside; /* a socket to the attempt's other half, or to nobody */
};

/* Fills a scene for a name, from the environment that drive.c makes. */
void scene_read(struct scene *s, const char *name);

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* The address that a text of either family names; IPv4 texts become AF_INET. Length in *ret_len. */
union address address_of(const char *text, uint16_t port, socklen_t *ret_len);

/* Connects as connect_soon() does and sends the mark; TCP and all that speak like it. Closes `fd`. 0 or errno. */
int stream_to(const struct scene *s, int fd, const char *text, uint16_t port);
/* Connects (datagrams), or sends without connecting; then closes `fd`. 0 or errno. */
int connect_and_send(const struct scene *s, int fd, const char *text, uint16_t port);
int send_to(const struct scene *s, int fd, const char *text, uint16_t port);

/* connect() that ends within 400 ms, or 3 s in the rounds where nothing is refused. 0 or errno. */
int connect_soon(int fd, const struct sockaddr *to, socklen_t len);
int send_mark(const struct scene *s, int fd);

/* The same as a whole attempt: socket, connect, send. `text` chooses the family. */
int plain_tcp(const struct scene *s, const char *text, uint16_t port);
int plain_udp(const struct scene *s, const char *text, uint16_t port);

/* Becomes another program of bin/ that sends the mark to `port` of FAR4 over TCP; or the errno. */
int become(const struct scene *s, const char *path, uint16_t port);
/* Runs `path` so in a child and answers with its exit status. */
int run_sender(const struct scene *s, const char *path, uint16_t port);
/* A child that runs `fn`; its exit status, EINTR when a signal ended it. */
int in_child(int (*fn)(const struct scene *, void *), const struct scene *s, void *arg);
int wait_status(int pid);

/* Joins a network namespace by its file. 0 or errno. */
int enter_net(const char *file);
/* Makes a cgroup below the governed one (or elsewhere: an absolute path) and enters it. */
int enter_cgroup(const char *path);

int write_text(const char *path, const char *text);
int copy_file(const char *from, const char *to);
/* dir/WORD in one of eight buffers that take turns. */
const char *path_in(const struct scene *s, const char *word);

/* Passing descriptors over a socket; the receiving one answers -errno. */
int pass_fd(int over, int fd);
int take_fd(int over);
/* One byte each way: "I am ready", "go on". take_word answers -errno after two seconds. */
int say_word(int over, char word);
int take_word(int over);

/* What the receivers keep: says that a mark arrived, at the address that the wire showed. */
void ledger_note(const char *mark, const char *wire);
bool ledger_has(const char *mark, size_t len);
/* Prints "wire MARK WIRE" for each. */
void ledger_print(void);
int ledger_make(void);
