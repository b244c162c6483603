/* SPDX-License-Identifier: BSD-2-Clause */
/* That something is still being done, for people at a terminal: a line on stderr, from the first second on, that goes again. */
#pragma once

/* `what` is being done from now on; static text. One at a time. Without a terminal nothing is said. */
void progress_begin(const char *what);
void progress_end(void);
