/* SPDX-License-Identifier: BSD-2-Clause */
/* Start and stop, and which bundle is whose. What each request does is in a file of its name. */
#include "daemon/controller.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/conditions.h"
#include "daemon/digest.h"
#include "daemon/guard.h"
#include "daemon/job.h"
#include "daemon/log.h"
#include "daemon/methods.h"
#include "daemon/notify.h"
#include "daemon/posture.h"
#include "daemon/push.h"
#include "daemon/remedy.h"
#include "daemon/sweep.h"
#include "daemon/version.h"
#include "daemon/watch.h"
#include "identity/identity.h"

enum {
	FEATURES_MAX = 32,
	WATCH_MS = 1000,
	EVENTS_PAUSE_MS = 5 /* some 170 records fit into the ring meanwhile */
};

struct loader_config controller_loader_config(const struct config *config)
{
	return (struct loader_config){ .cgroup = config->text[CONFIG_CGROUP],
				       .pin = config->text[CONFIG_PIN],
				       .guard = config_guards(config) };
}

struct deployment *controller_active(const struct controller *c)
{
	return c->ours ? c->deployments[0] : NULL;
}

struct deployment *controller_deployment_of(const struct controller *c, uint32_t image_id)
{
	for (int i = 0; i < DEPLOYMENTS; i++)
		if (c->deployments[i] && deployment_has_image(c->deployments[i], image_id))
			return c->deployments[i];
	if (c->rollout.before && deployment_has_image(c->rollout.before, image_id))
		return c->rollout.before;
	return NULL;
}

void controller_keep(struct controller *c, struct deployment *dep)
{
	deployment_free(&c->deployments[DEPLOYMENTS - 1]);
	memmove(c->deployments + 1, c->deployments,
		sizeof(c->deployments) - sizeof(c->deployments[0]));
	c->deployments[0] = dep;
	c->ours = true;
}

struct deployment *controller_release(struct controller *c)
{
	struct deployment *active = controller_active(c);

	if (!active)
		return NULL;
	memmove(c->deployments, c->deployments + 1,
		sizeof(c->deployments) - sizeof(c->deployments[0]));
	c->deployments[DEPLOYMENTS - 1] = NULL;
	c->ours = false;
	return active;
}

void controller_archive(struct controller *c, struct deployment *dep)
{
	int at = c->ours ? 1 : 0;

	if (!dep)
		return;
	deployment_free(&c->deployments[DEPLOYMENTS - 1]);
	memmove(c->deployments + at + 1, c->deployments + at,
		sizeof(c->deployments[0]) * (size_t)(DEPLOYMENTS - 1 - at));
	c->deployments[at] = dep;
}

void controller_set_problem(struct controller *c, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	if (fmt) {
		va_start(ap, fmt);
		if (vasprintf(&text, fmt, ap) < 0)
			text = NULL;
		va_end(ap);
	}
	if (text && (!c->problem || strcmp(text, c->problem) != 0))
		log_error("%s", text);
	free(c->problem);
	c->problem = text;
}

/* Refuses a kernel without what enforcing needs, naming everything that is missing at once. */
static int probe(const struct loader_config *cfg, struct diags *d)
{
	struct loader_feature features[FEATURES_MAX];
	size_t n = loader_probe(cfg, features, FEATURES_MAX);
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		const struct loader_feature *f = &features[i];

		if (f->present)
			continue;
		if (f->required) {
			diag_error(d, "kernel", NOWHERE, f->remedy,
				   "this host cannot enforce: %s is missing", f->name);
			r = -ENOTSUP;
		} else {
			diag_warning(d, "kernel", NOWHERE, f->remedy, "%s is missing", f->name);
		}
	}
	return r;
}

static int start_host(struct controller *c, struct diags *d)
{
	int r = identity_host_name(c->host, sizeof(c->host));

	if (r == 0)
		r = store_boot(c->boot);
	if (r < 0)
		diag_error(d, "host", NOWHERE, "hostname, and whether /proc is mounted",
			   "cannot tell which host this is: %s", strerror(-r));
	return r;
}

/* A record of the kernel side: what is known of its image now is kept with it. */
static void on_record(const struct postern_event *record, void *arg)
{
	struct controller *c = arg;
	struct deployment *dep = controller_deployment_of(c, record->image_id);
	const struct worker_policy *p = dep ? deployment_policy(dep, record->policy) : NULL;
	char name[256] = "";
	struct event_origin origin = {
		.policy = p ? p->id.s : name,
		.advice = p ? p->advice.s : NULL,
		.bundle = dep ? dep->bundle->name : "",
		.bundle_version = dep ? dep->bundle->version : 0,
	};

	if (!dep && record->policy != POSTERN_NONE)
		loader_policy_name(c->loader, record->image_id, record->policy, name, sizeof(name));
	if (events_add(c->events, record, &origin) < 0)
		return;
	if (dep)
		remedy_add(c, dep);
	journal_write(&c->journal, events_at(c->events, events_newest(c->events)), clock_real_ms());
}

static void on_events(void *arg)
{
	struct controller *c = arg;

	if (loader_events(c->loader, on_record, c) > 0)
		control_pump(c->server);
}

static void on_end(void *arg)
{
	struct controller *c = arg;

	(void)notify("STOPPING=1\nSTATUS=what is in force stays in force");
	log_info("ending; what is in force stays in force");
	loop_stop(c->loop);
}

static void on_hangup(void *arg)
{
	struct controller *c = arg;

	c->reload(c);
	watch_names(c, true);
	posture_soon(c);
	conditions_publish(c);
}

static void on_watch(void *arg)
{
	watch(arg);
}

static int start_loop(struct controller *c)
{
	int r = loop_new(&c->loop);

	if (r == 0)
		r = loop_signal(c->loop, SIGTERM, on_end, c);
	if (r == 0)
		r = loop_signal(c->loop, SIGINT, on_end, c);
	if (r == 0)
		r = loop_signal(c->loop, SIGHUP, on_hangup, c);
	if (r == 0)
		r = loop_timer(c->loop, WATCH_MS, on_watch, c);
	if (r == 0)
		r = loop_fd_paced(c->loop, loader_event_fd(c->loader), EVENTS_PAUSE_MS, on_events,
				  c);
	return r;
}

static int start_socket(struct controller *c, struct diags *d)
{
	const char *dir = c->config->text[CONFIG_RUNTIME];
	struct control_config cfg = {
		.group = "postern",
		.everybody_reads = config_everybody_reads(c->config),
		.everybody_connects = true, /* to log in */
		.version = POSTERN_VERSION,
		.methods = methods,
		.n_methods = methods_n,
		.arg = c,
	};
	int r = dir_make(dir, 0755);

	if (r == 0 && asprintf(&c->socket, "%s/control.sock", dir) < 0) {
		c->socket = NULL;
		r = -ENOMEM;
	}
	if (r == 0) {
		cfg.path = c->socket;
		r = control_listen(c->loop, &cfg, &c->server);
	}
	if (r < 0)
		diag_error(d, "socket", NOWHERE,
			   r == -EADDRINUSE
				   ? "stop the other posternd, or give this one its own --runtime"
				   : "name another directory with --runtime",
			   "cannot listen at %s/control.sock: %s", dir, strerror(-r));
	return r;
}

/* The order matters: nothing answers before what was accepted is in force again. */
int controller_start(struct controller *c, const struct config *config, struct diags *d)
{
	const struct loader_config cfg = controller_loader_config(config);
	int r;

	c->config = config;
	c->started_ms = clock_real_ms();
	c->watchdog_ms = notify_watchdog_ms();
	r = probe(&cfg, d);
	if (r == 0)
		r = start_host(c, d);
	if (r == 0)
		r = store_open(config->text[CONFIG_STATE], d, &c->store);
	if (r == 0)
		r = loader_open(&cfg, d, &c->loader);
	if (r == 0)
		r = events_new(EVENTS_KEPT, &c->events);
	if (r == 0)
		r = posture_open(c, d);
	if (r < 0)
		return r;
	journal_open(&c->journal, config->text[CONFIG_JOURNAL]);
	storage_look(c);
	push_resume(c);
	r = start_loop(c);
	if (r == 0)
		r = people_start(c, d);
	if (r == 0)
		r = rollout_start(c);
	if (r == 0)
		r = digests_start(c);
	if (r == 0)
		r = conditions_start(c);
	if (r == 0)
		r = posture_start(c);
	if (r == 0)
		r = guard_start(c);
	if (r == 0)
		r = start_socket(c, d);
	return r < 0 ? r : sweep_start(c);
}

int controller_run(struct controller *c)
{
	c->swollen = CONTROLLER_SWOLLEN; /* mostly by the eBPF programs */
	return loop_run(c->loop);
}

void controller_stop(struct controller *c)
{
	job_stop(c);
	control_close(&c->server);
	loop_free(&c->loop);
	people_stop(&c->people);
	rollout_stop(c);
	sweep_stop(c);
	digests_stop(&c->digests);
	conditions_stop(c);
	posture_close(&c->posture);
	for (int i = 0; i < DEPLOYMENTS; i++)
		deployment_free(&c->deployments[i]);
	events_free(&c->events);
	journal_close(&c->journal);
	loader_close(&c->loader);
	store_close(&c->store);
	storage_free(&c->storage);
	free(c->socket);
	free(c->problem);
	*c = CONTROLLER_INIT;
}
