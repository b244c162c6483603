/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every limit of Postern, with its unit. postern(7) has the same ones: tools/check-docs compares. */
#pragma once

/* policy text */
#define POSTERN_NESTING_MAX 64 /* parentheses, if, sets: depth of one expression */
#define POSTERN_OPERATORS_MAX 256 /* operators in one condition */
#define POSTERN_LIKE_LITERAL_MAX 252 /* bytes of literal text in one pattern */
#define POSTERN_POLICIES_MAX 65535 /* policies in one bundle */
#define POSTERN_POLICY_ID_MAX 128 /* bytes of an @id */

/* entities that a bundle defines */
#define POSTERN_ENTITIES_MAX 65536 /* Services, Zones, Teams and Identities together */
#define POSTERN_PREFIXES_MAX (8u << 20) /* prefixes of all Zones together, a file counted per use */
#define POSTERN_ENTITY_DEPTH_MAX 64 /* parents above parents */
#define POSTERN_ANCESTORS_MAX (1u << 20) /* pairs of an entity and what it is in */

/* bundle */
#define POSTERN_BUNDLE_PACKED_MAX (32u << 20) /* bytes of payload as shipped */
#define POSTERN_BUNDLE_INFLATED_MAX (256u << 20) /* bytes of JSON after gunzip */
#define POSTERN_SIGNATURES_MAX 16
#define POSTERN_BUNDLES_KEPT 8 /* confirmed bundles that a host can go back to */
#define POSTERN_BUNDLES_UNCONFIRMED 64 /* bundles tried and never confirmed that a host remembers */
#define POSTERN_TRIAL_MAX 86400 /* seconds that a bundle can be tried, or enforcing be suspended */

/* image */
#define POSTERN_FACTS_MAX 64 /* distinct conditions on context and on this end in one bundle */
#define POSTERN_GROUPS_MAX 256 /* distinct Group names in one bundle */
#define POSTERN_UNITS_MAX 1024 /* distinct Unit names in one bundle */
#define POSTERN_ALTERNATIVES_MAX 64 /* alternatives of one policy in one cell */
#define POSTERN_TERMS_MAX 10 /* principal terms in one line of an alternative */
#define POSTERN_IMAGE_LINES_MAX (16u << 20) /* 64-byte lines: 1 GiB */
#define POSTERN_CLASSES_MAX 0xffffffu /* of one principal dimension; also columns of its matrix */
#define POSTERN_AFFIX_COMBOS_MAX 65536 /* prefixes × suffixes of the patterns on one attribute */

/* process facts in the kernel */
#define POSTERN_PATH_MAX 4096 /* bytes of a path, with room for a NUL */
#define POSTERN_PATH_SHORT 256 /* paths up to one less are kept beside the process */
#define POSTERN_PATH_COMPONENTS 64 /* components of a path that are walked */
#define POSTERN_PROCESS_GROUPS_MAX 64 /* effective and supplementary groups that are read */
#define POSTERN_CGROUP_DEPTH_MAX 32 /* levels of a cgroup path */
#define POSTERN_UNITS_NESTED_MAX 16 /* Units named in a bundle that one cgroup lies in */
#define POSTERN_PROCESSES_MAX 65536 /* as many as the kernel starts, and at least as follows */
#define POSTERN_PROCESSES_LEAST 4096
#define POSTERN_DEPARTED_MAX 1024 /* ended programs whose sockets live on; the oldest go first */
#define POSTERN_SESSIONS_MAX 1024 /* login sessions that are known */
#define POSTERN_DIGESTS_MAX 4096 /* executables whose content is verified */
#define POSTERN_WANTED_MAX 1024 /* executables that wait to be verified */
#define POSTERN_DIGEST_BYTES_MAX (1u << 30) /* bytes of an executable that is verified */
#define POSTERN_CONTAINER_MAX 72 /* bytes of a container id, with room for a NUL */

/* events */
#define POSTERN_EVENTS_ALIKE_MAX 32 /* a second, of decisions that differ only in their time */
#define POSTERN_EVENTS_PROCESS_MAX 128 /* a second, about one process */
#define POSTERN_FOLDS_MAX 512 /* kinds of decisions that are counted at once */

/* posture */
#define POSTERN_POSTURE_CUSTOM_MAX 256 /* facts in posture.d: with more none of them counts */
