/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps of an actor that hold a connection. */
#pragma once

/* Words: KIND ADDR PORT READY GO, see actor.h. 0, or the errno that the connection ended with. */
int actor_live(char **w);

/* Words: KIND ADDR PORT. The connection stays open, also over an exec. 0 or an errno. */
int actor_open(char **w);
