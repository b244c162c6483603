/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The profile: the part of Cedar that Postern takes. What every host must decide in the kernel, in
 * a bounded time and without an evaluation error, is accepted; the rest is refused by name, each
 * with what to write instead. postern-policy(5) lists it. Policies come here validated, so every
 * expression has its type.
 */
#pragma once

#include "policy/validate.h"

struct profile {
	const struct entity_set *entities; /* what the bundle defines */
	struct diags *d;
	const struct policy *policy; /* the one that is looked at */
	unsigned int operators; /* so far, in one condition */
};

/* The annotations of p->policy; they need no types. */
void profile_annotations(const struct profile *p);
/* Everything else about p->policy. */
void profile_policy(struct profile *p, const struct validation *v);
/* An error: no request can match. The hint knows the usual slips. */
void profile_impossible(const struct profile *p);

/* One file each. Each looks at one node, not at its operands. */
void profile_scope(const struct profile *p);
void profile_compare(const struct profile *p, const struct expr *e);
void profile_membership(const struct profile *p, const struct expr *e);
void profile_attribute(const struct profile *p, const struct expr *e);
void profile_call(const struct profile *p, const struct expr *e);
void profile_method(const struct profile *p, const struct expr *e);
void profile_like(const struct profile *p, const struct expr *e);
void profile_set(const struct profile *p, const struct expr *e);
void profile_characters(const struct profile *p, const struct expr *e);
void profile_essential(const struct profile *p);
void profile_script(const struct profile *p);
void profile_forbid(const struct profile *p);

/* An entity that is named must be defined, and its id be in plain letters. */
void profile_uid(const struct profile *p, const struct entity_uid *uid, struct span where);
/* Equality with a prefix, or on a type that has none here; `with` is the operand, or an element. */
bool profile_equality(const struct profile *p, const struct expr *e, const struct expr *with);
/* Whether the text has only characters that cannot pass for others. */
bool profile_is_plain(struct text t, bool controls);

/* profile_reads.c: what an expression reads. */
bool reads_anything(const struct expr *e); /* a variable, anywhere in it */
bool reads_variable(const struct expr *e, enum variable var);
/* Whether `e` is var.name. */
bool is_attribute(const struct expr *e, enum variable var, const char *name);
bool is_variable(const struct expr *e, enum variable var);

/* profile_subject.c: sets of the types that a principal can be in, as bits. */
enum subject {
	SUBJECT_USER = 1,
	SUBJECT_GROUP = 2,
	SUBJECT_PROGRAM = 4,
	SUBJECT_UNIT = 8,
	SUBJECT_PERSON = 16, /* Identity, Team */
};
unsigned int subject_of(struct text type);
/* Whether a request for which `e` is true has its principal in an entity of one of the types. */
bool subject_binds(const struct expr *e, unsigned int subjects);
bool subject_scope_binds(const struct scope *s, unsigned int subjects);

#define refuse(p, code, where, hint, ...) diag_error((p)->d, (code), (where), (hint), __VA_ARGS__)
