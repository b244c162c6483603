/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's words for verdicts and reasons, as people read them. */
#include "compile/compile.h"

static const char *const reasons[] = {
	[POSTERN_R_NONE] = "none",
	[POSTERN_R_PERMIT] = "permit",
	[POSTERN_R_FORBID] = "forbid",
	[POSTERN_R_DEFAULT_DENY] = "default-deny",
	[POSTERN_R_NO_IMAGE] = "no-image",
	[POSTERN_R_NO_PROCESS] = "no-process",
	[POSTERN_R_NO_PATH] = "no-path",
	[POSTERN_R_PATH_TOO_LONG] = "path-too-long",
	[POSTERN_R_TOO_MANY_GROUPS] = "too-many-groups",
	[POSTERN_R_CGROUP_TOO_DEEP] = "cgroup-too-deep",
	[POSTERN_R_NO_CGROUP] = "no-cgroup",
	[POSTERN_R_IMAGE_BROKEN] = "image-broken",
	[POSTERN_R_ADDRESS] = "address",
	[POSTERN_R_KIND] = "kind",
	[POSTERN_R_NO_OPENER] = "no-opener",
	[POSTERN_R_OPENER_GONE] = "opener-gone",
	[POSTERN_R_ROUTE] = "source-route",
	[POSTERN_R_OPTION] = "socket-option",
	[POSTERN_R_NO_CLOCK] = "no-clock",
	[POSTERN_R_CONTESTED] = "contested",
};

_Static_assert(sizeof(reasons) / sizeof(reasons[0]) == POSTERN_REASONS, "a name for each reason");

const char *reason_name(uint32_t reason)
{
	return reason < POSTERN_REASONS ? reasons[reason] : "unknown";
}

/* Anything unknown is a denial. */
enum verdict verdict_from_abi(uint32_t v)
{
	if (v == POSTERN_ALLOW)
		return VERDICT_ALLOW;
	return v == POSTERN_WOULD_DENY ? VERDICT_WOULD_DENY : VERDICT_DENY;
}
