/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop as the server sees it. */
#pragma once

#include <event2/event.h>

#include "control/control.h"

/* libevent's base of a loop; the loop keeps it. */
struct event_base *loop_base(struct loop *l);
