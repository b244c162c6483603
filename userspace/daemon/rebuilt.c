/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a record to a request. Names come from the binding that the image was made with: the same
 * that the kernel's numbers stood for. Only the supplementary groups are not in the record; a
 * process that still lives is asked for them.
 */
#include "daemon/rebuilt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "identity/identity.h"

/* What is being filled. */
struct filling {
	const struct controller *controller;
	const struct binding *binding;
	const struct postern_event *record;
	struct arena *arena;
	struct rebuilt *to;
};

static struct text copy(struct filling *f, const char *s, size_t len)
{
	char *kept = arena_strndup(f->arena, s, len);

	return (struct text){ kept ? kept : "", kept ? len : 0 };
}

/* Appends a text unless it is there. 0 or -ENOMEM. */
static int append(struct filling *f, struct text **texts, size_t *n, struct text t)
{
	struct text *longer;

	for (size_t i = 0; i < *n; i++)
		if (text_eq((*texts)[i], t))
			return 0;
	longer = arena_array_of(f->arena, struct text, *n + 1);
	if (!longer)
		return -ENOMEM;
	if (*n)
		memcpy(longer, *texts, *n * sizeof(*longer));
	longer[(*n)++] = t;
	*texts = longer;
	return 0;
}

static int append_all(struct filling *f, struct text **texts, size_t *n, const struct text *more,
		      size_t n_more)
{
	int r = 0;

	for (size_t i = 0; i < n_more && r == 0; i++)
		r = append(f, texts, n, more[i]);
	return r;
}

/* The account's name if it has one, and "#7". */
static int append_account(struct filling *f, enum identity_accounts kind, uint32_t number)
{
	struct principal *p = &f->to->request.principal;
	struct text **texts = kind == IDENTITY_USERS ? &p->users : &p->groups;
	size_t *n = kind == IDENTITY_USERS ? &p->n_users : &p->n_groups;
	char name[64], *plain = arena_printf(f->arena, "#%u", number);
	int r;

	identity_account_name(kind, number, name, sizeof(name));
	r = plain ? append(f, texts, n, copy(f, name, strlen(name))) : -ENOMEM;
	return r < 0 ? r : append(f, texts, n, (struct text){ plain, strlen(plain) });
}

static int fill_user(struct filling *f)
{
	struct principal *p = &f->to->request.principal;
	int r;

	p->uid = f->record->uid;
	r = append_account(f, IDENTITY_USERS, p->uid);
	for (size_t i = 0; i < f->binding->n_users && r == 0; i++)
		if (f->binding->users[i].key == p->uid)
			r = append_all(f, &p->users, &p->n_users, f->binding->users[i].names,
				       f->binding->users[i].n_names);
	return r;
}

static int append_group(struct filling *f, uint32_t gid)
{
	struct principal *p = &f->to->request.principal;
	int r = append_account(f, IDENTITY_GROUPS, gid);

	for (size_t i = 0; i < f->binding->n_groups && r == 0; i++)
		if (f->binding->groups[i].key == gid)
			r = append_all(f, &p->groups, &p->n_groups, f->binding->groups[i].names,
				       f->binding->groups[i].n_names);
	return r;
}

static int fill_groups(struct filling *f)
{
	_cleanup_free_ gid_t *groups = NULL;
	size_t n = 0;
	int r = identity_process_groups(&f->record->process, &groups, &n);

	f->to->request.principal.gid = f->record->gid;
	if (r < 0)
		f->to->gone = "the process has ended, and its supplementary groups with it";
	r = append_group(f, f->record->gid);
	for (size_t i = 0; i < n && r == 0; i++)
		r = append_group(f, groups[i]);
	return r;
}

/*
 * Whole texts of executable and parent: the record's, or for long ones what is latched of the
 * process.
 */
static void fill_paths(struct filling *f, struct postern_process *latched, bool *ret_latched)
{
	struct principal *p = &f->to->request.principal;
	const struct postern_event *e = f->record;
	char exe[POSTERN_PATH_MAX], parent[POSTERN_PATH_MAX];

	*ret_latched = loader_process(f->controller->loader, &e->process, latched, exe, parent) ==
		       0;
	if (e->exe_len < POSTERN_PATH_SHORT)
		p->exe = copy(f, e->exe, strnlen(e->exe, sizeof(e->exe)));
	else if (*ret_latched && strlen(exe) == e->exe_len)
		p->exe = copy(f, exe, e->exe_len);
	else
		f->to->gone = "the process has ended, and its long path with it";
	if (e->parent_len < POSTERN_PATH_SHORT)
		p->parent = copy(f, e->parent, strnlen(e->parent, sizeof(e->parent)));
	else if (*ret_latched && strlen(parent) == e->parent_len)
		p->parent = copy(f, parent, e->parent_len);
}

/* Further Program parents: links that lead to the path, and the file itself on a foreign mount. */
static int fill_programs(struct filling *f)
{
	struct principal *p = &f->to->request.principal;
	struct postern_process latched;
	bool known;
	int r = 0;

	fill_paths(f, &latched, &known);
	if (p->exe.len)
		r = append(f, &p->programs, &p->n_programs, p->exe);
	for (size_t i = 0; i < f->binding->n_programs && r == 0; i++)
		if (text_eq(f->binding->programs[i].key, p->exe))
			r = append_all(f, &p->programs, &p->n_programs,
				       f->binding->programs[i].programs,
				       f->binding->programs[i].n_programs);
	if (!(f->record->flags & POSTERN_P_FOREIGN))
		return r;
	if (!known)
		f->to->gone = "the process has ended, and which file it ran with it";
	for (size_t i = 0; i < f->binding->n_files && r == 0 && known; i++)
		if (memcmp(&f->binding->files[i].file, &latched.file, sizeof(latched.file)) == 0)
			r = append_all(f, &p->programs, &p->n_programs,
				       f->binding->files[i].programs,
				       f->binding->files[i].n_programs);
	return r;
}

static void add_slice(const char *name, size_t len, void *arg)
{
	struct filling *f = arg;
	struct principal *p = &f->to->request.principal;

	(void)append(f, &p->slices, &p->n_slices, copy(f, name, len));
}

/*
 * The unit is as the kernel side saw it; the whole path, which deeper units are named by, may be
 * gone.
 */
static void fill_unit(struct filling *f)
{
	struct principal *p = &f->to->request.principal;
	const struct postern_event *e = f->record;
	char path[4096], unit[256];

	p->unit = copy(f, e->unit, strnlen(e->unit, sizeof(e->unit)));
	if (identity_cgroup_path(f->controller->config->text[CONFIG_CGROUP], e->cgroup_id, path,
				 sizeof(path)) < 0) {
		f->to->gone = "the cgroup is gone, and its slices with it";
		return;
	}
	identity_unit_of(path, unit, sizeof(unit));
	if (strlen(unit) > p->unit.len)
		p->unit = copy(f, unit, strlen(unit));
	identity_slices_of(path, add_slice, f);
}

/* What no record says is at its worst: policy/ says what that is. */
static int fill_worst(struct filling *f, int64_t time_ms)
{
	static const char worst[] = "{\"action\":\"connect\",\"resource\":\"tcp 127.0.0.1:1\"}";
	const struct source src = { .name = "record", .text = worst, .len = sizeof(worst) - 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	int r = json_parse(&src, &d, &j);

	return r < 0 ? r : request_parse(j, &src, time_ms, f->arena, &d, &f->to->request);
}

static void fill_resource(struct filling *f)
{
	const struct postern_event *e = f->record;
	struct request *to = &f->to->request;
	const char *kind;

	to->action = e->action < POSTERN_ACTIONS ? (enum action)e->action : ACTION_CREATE;
	to->resource = (struct endpoint){
		.v4 = e->v4,
		.port = e->port,
		.local_port = e->local_port,
		.protocol = e->protocol,
	};
	memcpy(to->resource.addr, e->addr, sizeof(to->resource.addr));
	memcpy(to->resource.local_addr, e->local, sizeof(to->resource.local_addr));
	kind = to->action == ACTION_CREATE ? socket_kind_name(e->port) : "";
	to->resource.socket_kind = (struct text){ kind, strlen(kind) };
}

/* What the kernel side read of the process beside its path. */
static void fill_record(struct filling *f)
{
	static const uint8_t unverified[sizeof(f->record->sha256)];
	struct principal *p = &f->to->request.principal;
	const struct postern_event *e = f->record;
	char hex[2 * sizeof(e->sha256) + 1];

	p->preexisting = e->flags & POSTERN_P_PREEXISTING;
	p->script = copy(f, e->script, strnlen(e->script, sizeof(e->script)));
	p->container = copy(f, e->container, strnlen(e->container, sizeof(e->container)));
	p->identity = copy(f, e->identity, strnlen(e->identity, sizeof(e->identity)));
	if (memcmp(e->sha256, unverified, sizeof(unverified)) == 0)
		return;
	for (size_t i = 0; i < sizeof(e->sha256); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", e->sha256[i]);
	p->sha256 = copy(f, hex, strlen(hex));
}

/* The host's local time of the decision. */
static void fill_local(struct context *c)
{
	time_t seconds = c->now_ms / 1000;
	struct tm tm;

	if (!localtime_r(&seconds, &tm))
		return;
	c->local_time_ms =
		((tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec) * INT64_C(1000) + c->now_ms % 1000;
	c->local_weekday = tm.tm_wday ? tm.tm_wday : 7;
}

/* The session's proof as the record has it, and the facts as they were decided. */
static int fill_context(struct filling *f, const struct deployment *dep)
{
	struct context *c = &f->to->request.context;
	const struct postern_event *e = f->record;

	if (e->mfa_age_ms < (uint64_t)POSTERN_DURATION_WORST) {
		c->mfa = true;
		c->mfa_age_ms = (int64_t)e->mfa_age_ms;
	}
	fill_local(c);
	return image_recall(&dep->facts, e->asked, e->facts, f->arena, c);
}

int rebuilt_of(const struct controller *c, const struct deployment *dep, const struct event *e,
	       struct arena *arena, struct rebuilt *ret)
{
	struct rebuilt s = { .gone = NULL };
	struct filling f = {
		.controller = c,
		.binding = &dep->binding->binding,
		.record = &e->raw,
		.arena = arena,
		.to = &s,
	};
	int r = fill_worst(&f, e->time_ms);

	if (r < 0)
		return r;
	fill_record(&f);
	fill_resource(&f);
	fill_unit(&f);
	r = fill_context(&f, dep);
	if (r == 0)
		r = fill_user(&f);
	if (r == 0)
		r = fill_groups(&f);
	if (r == 0)
		r = fill_programs(&f);
	if (r == 0)
		*ret = s;
	return r;
}
