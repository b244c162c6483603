/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The members that bundle.json and the payload share: what a bundle is called, for whom, until
 * when, and how strict.
 */
#pragma once

#include "bundle/bundle.h"
#include "bundle/document.h"

enum {
	BUNDLE_FORMAT = 1,
	MANIFEST_MEMBERS = 8, /* of bundle_members, so many are in bundle.json */
	BUNDLE_MEMBERS = 12,
};

/*
 * All members of a payload, those of bundle.json first; also the order in which they are written.
 */
extern const struct member bundle_members[BUNDLE_MEMBERS];

/* Reads and checks them into `b`, which owns what is allocated. 0, -EBADMSG or -ENOMEM. */
int manifest_read(const struct document *doc, const json_t *object, struct bundle *b);

/* Sets them on an object, in order, leaving out times that are 0. 0 or -ENOMEM. */
int manifest_write(const struct bundle *b, json_t *object);
