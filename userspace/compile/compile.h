/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of compile/: from checked policies to the image that the kernel side decides with, and the same decision in C.
 * Pure: no files, no maps, no host look-ups; what the host knows comes in as a binding.
 */
#pragma once

#include <postern/ask.h>
#include <postern/event.h>
#include <postern/lookup.h>

#include "policy/policy.h"

/* ---- what the host knows of the names in the policies ---------------------------------------------- */

/* A uid (or a stand-in key, for `decide`) and all its User parents. */
struct binding_user {
	uint32_t key; /* what the kernel side looks up */
	uint32_t uid; /* principal.uid */
	struct text *names; /* every User parent, "#uid" included where it applies */
	size_t n_names;
};

/* A gid (or stand-in key) and all its Group parents. */
struct binding_group {
	uint32_t key;
	struct text *names;
	size_t n_names;
};

/* An executable path that has further Program parents: what a symbolic link in a policy stands for. */
struct binding_program {
	struct text key; /* the path that the kernel side will look up; else == exe */
	struct text exe; /* principal.exe */
	struct text *programs; /* every Program parent, exe included */
	size_t n_programs;
};

/* The file that a Program names on this host, for services with private mounts. */
struct binding_file {
	struct postern_file_key file;
	struct text *programs; /* the Program names that resolve to it */
	size_t n_programs;
};

/* Owned by the caller; borrowed here. A user or group that is not listed has only its "#number". */
struct binding {
	struct binding_user *users;
	size_t n_users;
	struct binding_group *groups;
	size_t n_groups;
	struct binding_program *programs;
	size_t n_programs;
	struct binding_file *files;
	size_t n_files;
};

/* ---- the image ------------------------------------------------------------------------------------------ */

/*
 * The facts of an image, by their bits. `device` has those that only a controller can tell; NULL where the kernel side
 * decides itself. They depend on the policies alone, which own them: they are the same in every image of one set.
 */
struct image_facts {
	const struct expr *device[POSTERN_FACTS_MAX];
	struct postern_fact fact[POSTERN_FACTS_MAX]; /* what the image says of each */
	size_t n; /* of all facts */
};

struct image {
	struct postern_line *lines; /* owned */
	uint32_t n; /* lines: bytes / 64 */
	struct image_facts facts; /* none in an image that came as bytes */
	/* The policies by number, owned by the views; NULL in an image that came as bytes. */
	struct policy *const *policies;
};

/*
 * Compiles both views of a checked set. Limits are refused with the number, the limit and what to do
 * (-E2BIG with diags); conditions that no image can hold in this version likewise (-EOPNOTSUPP with diags). 0, these, or
 * -ENOMEM. The views must outlive the image's `facts` and `policies`.
 *
 * A set's not_after_ms becomes a fact of every permit that is not @essential.
 *
 * A NULL `binding` is that of no host in particular, in which every User named is somebody: to find limits and sizes.
 */
int image_compile(const struct policy_views *views, const struct binding *binding, struct diags *d,
		  struct image **ret);
void image_free(struct image **i);
#define _cleanup_image_ _cleanup_(image_free)

/*
 * The same, for one set after another. *memory is what the run before left, NULL at first: what has not changed since is
 * not taken apart again. The image is the one that image_compile() gives. After a run that gave none the memory is as it
 * was; after another it is of that run, or NULL. It is about as large as the image.
 */
struct image_memory;
int image_compile_next(const struct policy_views *views, const struct binding *binding,
		       struct image_memory **memory, struct diags *d, struct image **ret);
/* Releases it; NULL is left alone. */
void image_memory_free(struct image_memory **m);

/*
 * Whether bytes are an image whose every reference stays inside it: what a controller asks before it loads what a
 * worker made. 0 or -EBADMSG with *ret_why (static text).
 */
int image_validate(const struct postern_line *lines, size_t n, const char **ret_why);

/* The @id of a policy by its number; text with len 0 when out of range. Points into the image. */
struct text image_policy_id(const struct image *i, uint32_t policy);

/* Sizes of the parts, for people (`check -o wide`) and tests. */
struct image_size {
	size_t bytes, policies, rows, door_classes, cells, alternatives, strings, facts;
};
void image_measure(const struct image *i, struct image_size *ret);

/*
 * What a bundle needs that this version's kernel side does not supply, so that it may be checked and decided offline
 * but not applied: one diag (code "apply-…") per policy and reason. 0 when it can be applied, else their number.
 */
int image_appliable(const struct policy_set *set, struct diags *d);

/*
 * A binding made from requests instead of a host, for offline engines: stand-in keys for each distinct principal. One
 * binding serves all requests of a run.
 */
struct request_binding;
int request_binding_new(const struct request *reqs, size_t n, struct request_binding **ret);
void request_binding_free(struct request_binding **b);
const struct binding *request_binding_get(const struct request_binding *b);

/* ---- deciding in C ----------------------------------------------------------------------------------------- */

/* Bits of the device's facts that hold on a device. 0, or -ENOMEM. */
int image_device_facts(const struct image_facts *facts, const struct context *device,
		       uint64_t *ret_bits);

/*
 * Changes a context so that each of the `asked` facts is in it as it was `held`, as far as they tell. 0, or -ENOMEM of the
 * arena.
 */
int image_recall(const struct image_facts *facts, uint64_t asked, uint64_t held,
		 struct arena *arena, struct context *context);

/* What the facts of a request are decided from. 0, or -ENOMEM. */
int image_context(const struct image *i, const struct request *req, struct postern_context *ret);

/* The subject of a request under an image: classes, bits, facts. 0, or -EINVAL on a broken image. */
int image_subject(const struct image *i, const struct request_binding *b, const struct request *req,
		  struct postern_subject *ret);

/* The destination words of a request. */
void image_destination(const struct request *req, struct postern_destination *ret);

/* The image engine: the kernel's look-ups, run here. 0 or -EINVAL on a broken image. */
int image_decide(const struct image *i, const struct request_binding *b, const struct request *req,
		 struct decision *ret);

/* The kernel's words for a verdict and a reason. */
enum verdict verdict_from_abi(uint32_t v);
const char *reason_name(uint32_t reason); /* "permit", "forbid", "default-deny", "no-process", … */

/* The SocketKind that stands in the port of a `create`: "raw", "packet", … */
const char *socket_kind_name(uint32_t number);

/* The question for the kernel's `postern_ask` program. `texts` get the strings in order of enum postern_ask_text. */
int image_ask(const struct image *i, const struct request_binding *b, const struct request *req,
	      struct postern_ask *ret, struct text texts[POSTERN_ASK_TEXTS]);
