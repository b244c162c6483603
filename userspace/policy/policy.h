/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of policy/: the policy language. Text becomes syntax (parse), syntax becomes checked policies (check), and the
 * reference evaluator says what Cedar says about a request. Nothing here opens files, logs, or knows of eBPF.
 *
 * Lifetime: a policy_set owns an arena; every policy, expr and text in it dies with policy_set_free. Sources that were
 * parsed must outlive diags only (names and excerpts are copied); the set copies what it needs of the text.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/json.h"
#include "policy/syntax.h"

/* ---- policies ------------------------------------------------------------------------------- */

struct policy_set {
	struct arena *arena; /* owned */
	struct policy *
		*policies; /* in the order of the text; sorted by @id bytes after policy_check */
	size_t n, cap;
	bool checked;
	int64_t not_after_ms; /* of the bundle: ends permits that are not @essential; 0: no end */
};

/* A new empty set. 0 or -ENOMEM. */
int policy_set_new(struct policy_set **ret);
void policy_set_free(struct policy_set **set);
#define _cleanup_policy_set_ _cleanup_(policy_set_free)

/*
 * Parses a whole file of Cedar policies and appends them to the set. Syntax errors become diags (several a run: the
 * parser resumes after the next `;`), answer -EBADMSG, and the set keeps none of this text's policies. -ENOMEM, or
 * -E2BIG for too many policies or bytes (with a diag). Nesting past <postern/limits.h> or EXPR_HEIGHT_MAX is a syntax
 * error of its policy.
 */
int policy_parse(struct policy_set *set, const struct source *src, struct diags *d);

/* One expression alone (tests and tools). The expression lives in the set's arena. */
int policy_parse_expr(struct policy_set *set, const struct source *src, struct diags *d,
		      struct expr **ret);

/* Canonical text of one policy; parsing it gives the same syntax, and printing that the same text. */
void policy_print(const struct policy *p, struct buf *out);
void policy_print_expr(const struct expr *e, struct buf *out);

/* ---- entities that the bundle defines --------------------------------------------------------- */

/* An address range: `first`…`last` inclusive, in 16 bytes, IPv4 as ::ffff:a.b.c.d (never matches an IPv6 prefix). */
struct prefix {
	uint8_t addr[16];
	uint8_t bits; /* prefix length within the family: 0-32 or 0-128 */
	bool v4;
};

/* "tcp 10.20.0.0/24:5432", "udp [fd00::]/8:8000-8010" */
struct endpoint_set {
	uint8_t protocol; /* enum postern_protocol of <postern/abi.h> */
	uint16_t port_first, port_last;
	struct prefix prefix;
};

enum entity_kind { ENTITY_SERVICE, ENTITY_ZONE, ENTITY_TEAM, ENTITY_IDENTITY };

/*
 * The prefixes of a Zone: sorted (IPv6, then IPv4, by address), none inside another. Sets of entities, and who remembers
 * them, share one: the same pointer is the same prefixes as long as it is held.
 */
struct prefix_list {
	size_t refs;
	size_t n;
	struct prefix *items; /* owned */
	/* what it was made of, so that the same is not read again; NULL: nobody can tell */
	void *recipe; /* owned */
	size_t recipe_len;
	size_t lines; /* that it counts for in the limit of prefixes */
};

/* One more holds it: the list itself, for whoever that is. */
struct prefix_list *prefix_list_hold(struct prefix_list *l);
/* Lets it go; NULL is left alone. */
void prefix_list_drop(struct prefix_list *l);

struct entity {
	enum entity_kind kind;
	struct text id;
	uint32_t index; /* its place in entity_set.items */
	struct entity **parents; /* of the same kind; Identity's are Teams */
	size_t n_parents;
	struct entity **ancestors; /* parents, their parents and so on, each once */
	size_t n_ancestors;
	/* Zone: a child's are the child's */
	struct prefix_list *list; /* borrowed from the set; NULL where it could not be read */
	/* Service */
	struct endpoint_set *endpoints;
	size_t n_endpoints;
	/* Identity */
	struct text user;
	struct text *keys;
	size_t n_keys;
	bool require_verified;
};

struct entity_set {
	struct arena *arena; /* owned */
	struct entity **items; /* sorted by kind, then id */
	size_t n;
	struct prefix_list **lists; /* owned, and each held */
	size_t n_lists;
};

/* Looks a bundle's "@feed.txt" up: the bytes of a file of the bundle by name, or NULL. Borrowed. */
struct bundle_files {
	const struct source *items;
	size_t n;
	/* By file: the same number is the same text, also in `before`; 0 is any. NULL: nothing is known. */
	const uint64_t *numbers;
	const struct entity_set *before; /* of which unchanged lists are taken, or NULL */
};

/*
 * Entities from Cedar's JSON, strictly: unknown types, attributes, parents that are not defined, cycles, host bits,
 * v4-mapped prefixes, duplicate ids are errors with their place. `files` serves "@name" prefixes. 0, -EBADMSG or -ENOMEM.
 */
int entities_parse(const json_t *json, const struct source *src, const struct bundle_files *files,
		   struct diags *d, struct entity_set **ret);
void entity_set_free(struct entity_set **set);
#define _cleanup_entity_set_ _cleanup_(entity_set_free)

/* The entity of that kind and id, or NULL. */
const struct entity *entity_find(const struct entity_set *set, enum entity_kind kind,
				 struct text id);
/* Whether `e` is `ancestor` or has it among its ancestors. */
bool entity_in(const struct entity *e, const struct entity *ancestor);

/* ---- checking ---------------------------------------------------------------------------------- */

/*
 * Strict type check against the Postern schema, then the profile (postern-policy(5)), for the whole set; every Service,
 * Zone, Team and Identity named must be in `entities`. Marks the set checked and sorts it by @id. Warnings alone are
 * 0. With errors -EBADMSG and the set stays unchecked.
 */
int policy_check(struct policy_set *set, const struct entity_set *entities, struct diags *d);

/*
 * Type check only, as Cedar's strict validator: no profile, no entities. For the differential test of the validator.
 */
int policy_validate(const struct policy_set *set, struct diags *d);

/* ---- requests ------------------------------------------------------------------------------------ */

/* The numbers are those of enum postern_action. */
enum action { ACTION_CONNECT, ACTION_SEND, ACTION_LISTEN, ACTION_ACCEPT, ACTION_CREATE, ACTIONS };

/* The word of policies and requests for it: "connect". Static. */
const char *action_name(enum action a);
/* The action of that name; groups (egress, ingress) are none. 0 or -EINVAL. */
int action_from_name(struct text name, enum action *ret);

struct principal {
	uint32_t uid, gid; /* 4294967295 when not known */
	struct text *users; /* parents User::"…": names, and "#uid" where a uid was given */
	size_t n_users;
	struct text *groups; /* parents Group::"…": names and "#gid" */
	size_t n_groups;
	struct text exe; /* "" when absent */
	struct text *programs; /* parents Program::"…": exe first where given, then aliases */
	size_t n_programs;
	struct text unit; /* "" when absent */
	struct text *slices; /* Unit's ancestors */
	size_t n_slices;
	struct text identity; /* "" when no person is proven */
	struct text script, sha256, parent, container;
	bool preexisting;
};

struct endpoint {
	bool v4;
	uint8_t addr[16]; /* network order; IPv4 in the last four bytes with ::ffff: before */
	uint16_t port;
	uint8_t local_addr[16];
	uint16_t local_port;
	uint8_t protocol; /* enum postern_protocol */
	struct text socket_kind; /* for create: "raw", "packet", …; else "" */
};

#define POSTERN_DURATION_WORST INT64_MAX

struct context {
	bool mfa, verified, interactive;
	int64_t mfa_age_ms;
	bool secure_boot, lockdown, disk_encrypted, tpm2, untainted, modules_signed, aslr;
	bool ptrace_restricted, unprivileged_bpf_off;
	int64_t updates_age_ms, uptime_ms;
	struct text *custom;
	size_t n_custom;
	int64_t now_ms; /* datetime */
	int64_t local_time_ms; /* since local midnight */
	int64_t local_weekday; /* 1 Monday … 7 Sunday */
};

struct request {
	struct principal principal;
	enum action action;
	struct endpoint resource;
	struct context context;
};

/*
 * A request from JSON: an entry of tests.json or a line for `postern decide` (design: absent facts are worst; `now` is
 * `now_ms` when not given; `local` follows from it in UTC). v4-mapped addresses become IPv4; for connect and send the
 * any-address becomes loopback. Memory from `arena`. 0, -EBADMSG with diags, -ENOMEM.
 */
int request_parse(const json_t *json, const struct source *src, int64_t now_ms, struct arena *arena,
		  struct diags *d, struct request *ret);

/* ---- meaning ------------------------------------------------------------------------------------- */

enum verdict { VERDICT_ALLOW, VERDICT_DENY, VERDICT_WOULD_DENY };
const char *verdict_name(enum verdict v); /* "allow", "deny", "would-deny" */

/* Which set is decided: what is enforced, or what is reported (design §4, modes). */
enum policy_mode { MODE_ENFORCE, MODE_OBSERVE };
enum policy_view { VIEW_ENFORCED, VIEW_REPORTED };

/*
 * Whether a policy takes part in a view: @mode("off") in none, @mode("observe") in the reported one only.
 */
bool policy_in_view(const struct policy *p, enum policy_view view);

/*
 * Whether one boolean expression over `context` alone (or one atom) holds; used to turn facts into bits.
 */
int evaluate_condition(const struct expr *e, const struct entity_set *entities,
		       const struct request *req, bool *ret);

/* ---- tests that travel in the bundle ------------------------------------------------------------- */

struct policy_test {
	struct text name;
	struct request request;
	enum verdict expect;
	struct text by; /* "" when not given */
	bool has_by;
};

struct test_set {
	struct arena *arena; /* owned */
	struct policy_test *items;
	size_t n;
};

/* tests.json. 0, -EBADMSG with diags, -ENOMEM. */
int tests_parse(const json_t *json, const struct source *src, int64_t now_ms, struct diags *d,
		struct test_set **ret);
void test_set_free(struct test_set **set);
#define _cleanup_test_set_ _cleanup_(test_set_free)

/* ---- words of the schema that other floors need --------------------------------------------------- */

/* Prefix and endpoint texts, strictly. 0 or -EINVAL with *ret_why (static text) saying what is wrong. */
int prefix_parse(struct text t, struct prefix *ret, const char **ret_why);
int endpoint_set_parse(struct text t, struct endpoint_set *ret, const char **ret_why);
/* Cedar's duration("1h30m") and datetime("2026-01-01T00:00:00Z") texts, in milliseconds. 0 or -EINVAL. */
int duration_parse(struct text t, int64_t *ret_ms);
int datetime_parse(struct text t, int64_t *ret_ms);
/* Protocol by its word ("tcp"), and back. 0 or -EINVAL; NULL for an unknown number. */
int protocol_from_name(struct text name, uint8_t *ret);
const char *protocol_name(uint8_t protocol);

/* Texts compared. */
bool text_eq(struct text a, struct text b);
bool text_is(struct text a, const char *s);
int text_cmp(struct text a, struct text b); /* by bytes, shorter first */

/* Parts of the door with a file of their own. */
#include "policy/names.h"
#include "policy/views.h"
/* in this order: the two below speak of decisions */
#include "policy/explain.h"
#include "policy/ruleset.h"
