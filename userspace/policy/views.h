/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Views of a set: what is enforced and what is reported, each a set of plain Cedar policies in which annotations, the
 * bundle's end, its mode and its phases have become conditions. Cedar's answer over them is the verdict. Part of the door.
 */
#pragma once

#include <postern/phase.h>

#include "policy/policy.h"

/* Ids that begin so are Postern's own: of the permits that modes and phases add. */
#define POLICY_RESERVED "postern:"

/* How far a bundle is rolled out. */
struct rollout {
	enum policy_mode mode;
	struct postern_phases phases;
};

#define ROLLOUT_ENFORCED ((struct rollout){ MODE_ENFORCE, POSTERN_PHASES_ENFORCED })
#define ROLLOUT_OBSERVED ((struct rollout){ MODE_OBSERVE, POSTERN_PHASES_ENFORCED })

struct policy_views {
	struct arena *arena; /* owned */
	const struct policy_set *set;
	const struct entity_set *entities;
	struct rollout rollout;
	/*
	 * The policies as images number them: the set's in its order, then one permit per action that keeps open what no
	 * permit mentions ("postern:open-connect", …) while the network phase is not enforced.
	 */
	struct policy **numbered;
	size_t n;
	/* By view and number: the policy rewritten, or NULL where the view is without it. */
	struct policy **rewritten[2];
	/*
	 * By number: the permit with only its network conditions, which says what it mentions, however long it lasts; NULL for
	 * other policies, and for all while the network phase is enforced.
	 */
	struct policy **mentions;
	struct policy *all; /* of a bundle that observes: the enforced set's one permit; else NULL */
};

/* Whether a view keeps open what no permit mentions. */
bool policy_views_open(const struct policy_views *v, enum policy_view view);

/*
 * Both views of a set, which must outlive them, as must the entities. The set's not_after_ms counts as it is now. 0,
 * -EBADMSG with diags when a condition grows too large, -ENOMEM.
 */
int policy_views_make(const struct policy_set *set, const struct entity_set *entities,
		      const struct rollout *how, struct diags *d, struct policy_views **ret);
void policy_views_free(struct policy_views **v);
#define _cleanup_policy_views_ _cleanup_(policy_views_free)

/* A view as Cedar text. */
void policy_views_print(const struct policy_views *v, enum policy_view view, struct buf *out);

/*
 * Cedar's answer over one view: walks every policy's tree, no compilation. `ret_policy` is the least @id of the
 * determining set, as rewritten, or NULL for a default deny. 0, or -EINVAL when an evaluation error occurs, which a
 * checked set never does.
 */
int evaluate(const struct policy_views *v, const struct request *req, enum policy_view view,
	     bool *ret_allow, const struct policy **ret_policy);

struct decision {
	enum verdict verdict;
	const struct policy *policy; /* of the reported view, as written; NULL for a default deny */
	const char *reason; /* "permit", "forbid", "default-deny" */
};

/*
 * Both views together: the reference engine. What is named is the reported view's policy, since that is what enforcing
 * would do; it is the set's own, or one of those that phases add. 0 or -EINVAL.
 */
int decide_reference(const struct policy_views *v, const struct request *req, struct decision *ret);
