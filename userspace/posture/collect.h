/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of posture/: the collectors, and what they read sources with. */
#pragma once

#include "base/buf.h"
#include "posture/posture.h"

struct collector {
	struct posture_row row;
	void (*read)(const struct posture_view *v, const struct collector *c,
		     struct posture_reading *ret);
	uint64_t low, high; /* of a number that is the whole source */
};

extern const struct collector collectors[POSTURE_FACTS];

/* source.c: bounded, never blocking, never outside of the root */

enum {
	SOURCE_TEXT_MAX = 4096, /* bytes of a file of one value */
	SOURCE_TABLE_MAX = 1 << 20, /* of a table like mountinfo */
	SOURCE_NAMES_MAX = 1024, /* entries of a directory */
	SOURCE_NAME_SIZE = 256,
};

/* Opens what is at a path below the root; links are followed within it. Descriptor or -errno. */
int source_open(const struct posture_view *v, const char *path, int flags);
/* A regular file of at most `max` bytes: owned, NUL-terminated. 0 or -errno. */
int source_read(const struct posture_view *v, const char *path, size_t max, char **ret,
		size_t *ret_len);
/* Its text without the white space at the end; -EBADMSG for a NUL in it. */
int source_text(const struct posture_view *v, const char *path, size_t max, char **ret);
/* A whole file that is one number, decimal. 0, -EBADMSG, -errno. */
int source_number(const struct posture_view *v, const char *path, uint64_t *ret);
/* Whether two files hold these numbers. */
bool source_is_number(const struct posture_view *v, const char *path, uint64_t wanted);
/* Names in a directory, sorted; those that start with a dot are left out. -E2BIG for too many. */
int source_names(const struct posture_view *v, const char *path, size_t max,
		 char (**ret)[SOURCE_NAME_SIZE], size_t *ret_n);

/* reading.c: what a collector says */
void reading_say(struct posture_reading *r, enum posture_answer a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Nothing is known, because `path` answered -errno `err`. */
void reading_unknown(struct posture_reading *r, const char *path, int err);

/* One collector a row, or one for several; see the table. */
void collect_number(const struct posture_view *v, const struct collector *c,
		    struct posture_reading *ret);
void collect_secure_boot(const struct posture_view *v, const struct collector *c,
			 struct posture_reading *ret);
void collect_lockdown(const struct posture_view *v, const struct collector *c,
		      struct posture_reading *ret);
void collect_untainted(const struct posture_view *v, const struct collector *c,
		       struct posture_reading *ret);
void collect_modules_signed(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret);
void collect_kexec_locked(const struct posture_view *v, const struct collector *c,
			  struct posture_reading *ret);
void collect_lsm_enforcing(const struct posture_view *v, const struct collector *c,
			   struct posture_reading *ret);
void collect_links_protected(const struct posture_view *v, const struct collector *c,
			     struct posture_reading *ret);
void collect_cpu_mitigated(const struct posture_view *v, const struct collector *c,
			   struct posture_reading *ret);
void collect_disk_encrypted(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret);
void collect_swap_encrypted(const struct posture_view *v, const struct collector *c,
			    struct posture_reading *ret);
void collect_updates_age(const struct posture_view *v, const struct collector *c,
			 struct posture_reading *ret);
void collect_uptime(const struct posture_view *v, const struct collector *c,
		    struct posture_reading *ret);
void collect_no_reboot_pending(const struct posture_view *v, const struct collector *c,
			       struct posture_reading *ret);
void collect_text(const struct posture_view *v, const struct collector *c,
		  struct posture_reading *ret);
void collect_os(const struct posture_view *v, const struct collector *c,
		struct posture_reading *ret);
void collect_enforcer(const struct posture_view *v, const struct collector *c,
		      struct posture_reading *ret);

/* device.c: whether all that a block device stands on is encrypted */
enum posture_answer device_encrypted(const struct posture_view *v, const char *sysfs,
				     struct posture_reading *r);
/* The name in /sys/class/block of a device's path in /dev. 0 or -errno. */
int device_name(const struct posture_view *v, const char *path, char ret[SOURCE_NAME_SIZE]);

/* custom.c */
void custom_read(const struct posture_view *v, struct posture *ret);
