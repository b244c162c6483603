/* SPDX-License-Identifier: BSD-2-Clause */
/* Why: a kept decision and what the bundle that made it says about it. */
#include <errno.h>
#include <string.h>

#include "daemon/controller.h"
#include "daemon/methods.h"
#include "daemon/reader.h"
#include "daemon/rebuilt.h"

/* Reasons outside the policy, for people: what it was, and what to do. */
static const char *const lock_downs[POSTERN_REASONS] = {
	[POSTERN_R_NO_IMAGE] =
		"no bundle was in force behind the hooks\n  = try: postern push BUNDLE",
	[POSTERN_R_NO_PROCESS] =
		"the process was not seen to start, or not to execute what it runs now: the table of processes may be full\n"
		"  = try: postern -o wide status, and look at processes-lost; then restart the program",
	[POSTERN_R_NO_PATH] =
		"the path of its executable could not be read\n  = try: restart the program",
	[POSTERN_R_PATH_TOO_LONG] =
		"the path of its executable is longer than 4095 bytes or 64 components\n"
		"  = try: install the program at a shorter path",
	[POSTERN_R_TOO_MANY_GROUPS] =
		"the process has more than 64 groups\n  = try: a user with fewer groups",
	[POSTERN_R_CGROUP_TOO_DEEP] =
		"its cgroup lies deeper than 32 levels, or in more than 16 units that the bundle names\n  = try: a cgroup nearer to the root",
	[POSTERN_R_NO_CGROUP] =
		"the name of its cgroup could not be read\n  = try: restart the program",
	[POSTERN_R_IMAGE_BROKEN] =
		"a look-up left the bounds of the image\n  = try: push the bundle again, and report it",
	[POSTERN_R_ADDRESS] =
		"the destination could not be read\n  = try: an address of the socket's own family",
	[POSTERN_R_KIND] =
		"sockets of this kind can send past the address hooks, and no action has a word for them\n"
		"  = try: TCP or UDP",
	[POSTERN_R_NO_OPENER] =
		"nobody knows who opened the socket: it is older than the enforcer, or its record found no room\n"
		"  = try: open it again, by restarting the program",
	[POSTERN_R_OPENER_GONE] =
		"the program that opened the socket has ended, and is not known any more under this policy\n"
		"  = try: open it again, by restarting the program that uses it",
	[POSTERN_R_ROUTE] =
		"a source route or a routing header would lead it past others than the approved address\n"
		"  = try: the same without IP options and routing headers",
	[POSTERN_R_OPTION] =
		"a socket option would part the address on the wire from the one that is approved\n"
		"  = try: the same without IP_TRANSPARENT, IP_FREEBIND, IP options and TCP_REPAIR",
	[POSTERN_R_NO_CLOCK] =
		"a condition asks for the time, which no posternd has told the kernel since the boot\n"
		"  = try: systemctl start posternd",
	[POSTERN_R_CONTESTED] =
		"two processes took over one socket at the same moment\n  = try: once more",
};

_Static_assert(POSTERN_REASONS == POSTERN_R_CONTESTED + 1,
	       "a text for each reason outside the policy");

/* What a decision outside the policy means. Whether it was one. */
static bool explain_lock_down(const struct event *e, struct buf *out)
{
	const char *text = e->raw.reason < POSTERN_REASONS ? lock_downs[e->raw.reason] : NULL;

	if (!text)
		return false;
	buf_printf(
		out,
		"%s: %s\nNo policy was asked: a fact that no policy can do without was missing.\n",
		reason_name(e->raw.reason), text);
	return true;
}

/* Says where the explanation is of another moment than the decision. */
static void explain_doubt(const struct event *e, enum verdict now, const struct rebuilt *s,
			  struct buf *out)
{
	enum verdict then = verdict_from_abi(e->raw.verdict);

	if (now == then)
		return;
	buf_printf(out,
		   "\nThe decision was %s; what is known of the process by now gives %s%s%s.\n",
		   verdict_name(then), verdict_name(now), s->gone ? ": " : "",
		   s->gone ? s->gone : "");
}

/* The worker of the bundle could not say. */
static int explain_failure(int r, const struct diags *d, struct buf *out)
{
	if (r == -ENOMEM)
		return r;
	buf_puts(out, "The bundle that decided this cannot be asked:\n");
	diags_render(d, out, false);
	return 0;
}

static int explain_policy(const struct controller *c, struct deployment *dep, const struct event *e,
			  struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct arena *arena = NULL;
	enum verdict now;
	struct rebuilt s;
	int r = arena_new(&arena);

	if (r < 0)
		return r;
	r = rebuilt_of(c, dep, e, arena, &s);
	if (r == 0)
		r = reader_explain(dep, &s.request, &d, out, &now);
	if (r == 0)
		explain_doubt(e, now, &s, out);
	else
		r = explain_failure(r, &d, out);
	arena_free(&arena);
	return r;
}

static int explain(const struct controller *c, const struct event *e, struct buf *out)
{
	struct deployment *dep = controller_deployment_of(c, e->raw.image_id);
	int r = 0;

	if (explain_lock_down(e, out))
		return buf_error(out);
	if (dep)
		r = explain_policy(c, dep, e, out);
	else
		buf_printf(
			out,
			"The bundle that decided this is not kept any more: only the last %d are.\n",
			DEPLOYMENTS);
	return r < 0 ? r : buf_error(out);
}

/* Waits for the bundle's worker, and so does whoever asks meanwhile: see posternd(8), CONTROL SOCKET. */
void method_why(struct control_call *call, const json_t *parameters, void *arg)
{
	const char *id = json_string_value(json_object_get(parameters, "id"));
	_cleanup_buf_ struct buf out = BUF_INIT;
	const struct controller *c = arg;
	const struct event *e;

	if (!id) {
		control_fail_parameter(call, "id");
		return;
	}
	e = events_find(c->events, id);
	if (!e)
		control_fail(call, WIRE_INTERFACE ".NoSuchEvent", json_pack("{s:s}", "id", id));
	else if (explain(c, e, &out) < 0)
		control_reply(call, NULL);
	else
		control_reply(call, json_pack("{s:o, s:s}", "event", event_json(e), "explanation",
					      out.data ? out.data : ""));
}
