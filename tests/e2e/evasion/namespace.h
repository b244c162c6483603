/* SPDX-License-Identifier: BSD-2-Clause */
/* Namespaces that an unprivileged attempt makes for itself. */
#pragma once

/* A user namespace in which the present user is root, with `more` namespaces (CLONE_…). 0 or errno. */
int become_root_of_own(int more);

/* A mount namespace of its own, from which nothing comes back. 0 or errno. */
int have_own_mounts(void);
