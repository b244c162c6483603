/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rewrite of policies into plain Cedar: annotations with a meaning become conditions, and conditions of classes that
 * are not in force become the less restrictive constant. postern-policy(5), "Phases", says what is rewritten to what.
 */
#pragma once

#include "policy/expr_make.h"
#include "policy/views.h"

/* Classes of conditions, as bits: what a set of phases puts in force. */
enum rewrite_class {
	REWRITE_NETWORK = 1, /* whatever is neither of the others: also now and local */
	REWRITE_IDENTITY = 2, /* reads context.session, or asks for an Identity or Team */
	REWRITE_DEVICE = 4, /* reads context.device */
};
#define REWRITE_ALL (REWRITE_NETWORK | REWRITE_IDENTITY | REWRITE_DEVICE)

struct rewriting {
	struct making make; /* span: of the policy */
	const struct policy_set *set;
	const struct entity_set *entities;
	struct diags *d;
	unsigned int enforced; /* enum rewrite_class */
	bool ends; /* @expires and the bundle's end become conditions */
	const struct policy *policy; /* being rewritten */
	size_t nodes; /* made of this policy so far */
};

/* rewrite_class.c */
unsigned int rewrite_class_of(const struct expr *atom);
/* Whether an Identity or a Team. */
bool rewrite_is_person(struct text type);
/* Whether any atom of a condition, or of a policy with its scope, is of one of the classes. */
bool rewrite_reads(const struct expr *e, unsigned int classes);
bool rewrite_policy_reads(const struct policy *p, unsigned int classes);

/*
 * rewrite_expr.c: a condition under an even (`positive`) or odd number of negations. What does not change is the same
 * node. NULL for lack of memory, or with a diag when it grows past what is sensible.
 */
struct expr *rewrite_expr(struct rewriting *w, struct expr *e, bool positive);

/* rewrite_person.c: `principal in` these Identities and Teams, in words of the phase: what stands for it. */
struct expr *rewrite_person(struct rewriting *w, const struct entity_uid *uids, size_t n,
			    bool positive);
/* The constant that lets more through. */
struct expr *rewrite_constant(struct rewriting *w, bool positive);

/* rewrite_policy.c: NULL as above. */
struct policy *rewrite_policy(struct rewriting *w, const struct policy *p);

/* rewrite_open.c: the permit for one action that all of `mentions` (NULL: none) leave open. */
struct policy *rewrite_open(struct rewriting *w, enum action action, struct policy *const *mentions,
			    size_t n);
/* `permit(principal, action, resource);` under an id. */
struct policy *rewrite_permit_all(const struct making *m, struct text id);
/* Whether a scope lets an action through. */
bool rewrite_scope_has(const struct scope *s, enum action action);
