/* SPDX-License-Identifier: BSD-2-Clause */
/* A netlink socket of sock_diag in one network namespace. */
#pragma once

#include <stdint.h>

#include <postern/socket.h>

struct channel;

/* `netns` is a descriptor of the namespace, -1 for our own. 0 or -errno. */
int channel_open(int netns, struct channel **ret);
void channel_close(struct channel **c);

/* Destroys exactly that socket. 0, -ENOENT when it is gone, -EOPNOTSUPP, -errno. */
int channel_destroy(struct channel *c, const struct postern_sighting *s);
