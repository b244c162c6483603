/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Maps by name, their pins, and whether pinned ones are those that these programs were compiled for:
 * what a running enforcement depends on is taken over whole or not at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "loader/object.h"
#include "postern.skel.h"

#define EVENT_BYTES (64u << 10) /* some 170 records: more than one process has in a second */
#define OFFLINE_ENTRIES 1
#define LIMIT_TEXT 64 /* bytes */
#define INQUIRIES_A_CPU 16
#define INQUIRIES_LEAST 64 /* powers of two */
#define INQUIRIES_MOST 1024
#define SHORT_PATHS 16 /* processes for each one whose path is long */

static void map_path(char *to, const char *pin, const char *name)
{
	(void)snprintf(to, PIN_PATH_MAX, "%s/maps/%s", pin, name);
}

bool maps_are_pinned(const struct loader *l)
{
	char path[PIN_PATH_MAX];

	map_path(path, l->pin, "ledger");
	return access(path, F_OK) == 0;
}

static uint32_t page_multiple(uint32_t bytes)
{
	uint32_t size = (uint32_t)sysconf(_SC_PAGESIZE);

	while (size < bytes)
		size *= 2;
	return size;
}

static uint32_t power_of_two(uint64_t least, uint32_t from, uint32_t most)
{
	uint32_t n = from;

	while (n < least && n < most)
		n *= 2;
	return n;
}

/* A limit of the kernel's; none where it cannot be read. */
static uint64_t kernel_limit(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t len;

	if (file_read(AT_FDCWD, path, LIMIT_TEXT, &text, &len) < 0)
		return UINT64_MAX;
	return strtoull(text, NULL, 10);
}

/*
 * As many as the kernel starts: with less room, users who fill it would lock everybody down. Buckets are taken at once,
 * and a host of little memory starts fewer.
 */
static uint32_t processes_of_host(void)
{
	uint64_t threads = kernel_limit("/proc/sys/kernel/threads-max"),
		 pids = kernel_limit("/proc/sys/kernel/pid_max");

	return power_of_two(threads < pids ? threads : pids, POSTERN_PROCESSES_LEAST,
			    POSTERN_PROCESSES_MAX);
}

/* Every CPU can have one decision on its way, and more that were preempted. */
static int size_inquiries(struct loader *l)
{
	int cpus = libbpf_num_possible_cpus();
	uint32_t n = power_of_two((uint64_t)(cpus > 0 ? cpus : 1) * INQUIRIES_A_CPU,
				  INQUIRIES_LEAST, INQUIRIES_MOST);

	l->skel->rodata->knobs.inquiries = n;
	return bpf_map__set_max_entries(l->skel->maps.inquiries, n);
}

/* Sizes, before anything is created. The offline engine needs neither processes nor events. */
int maps_prepare(struct loader *l, const struct loader_config *cfg, struct diags *d)
{
	uint32_t processes = cfg->process_max ? cfg->process_max : processes_of_host();
	uint32_t bytes = page_multiple(cfg->event_bytes ? cfg->event_bytes : EVENT_BYTES);
	int r;

	l->sized_by_host = !cfg->process_max;
	if (!cfg->pin) {
		processes = OFFLINE_ENTRIES;
		bytes = page_multiple(1);
	}
	r = bpf_map__set_max_entries(l->skel->maps.processes, processes);
	if (r == 0)
		r = bpf_map__set_max_entries(l->skel->maps.long_paths,
					     (processes + SHORT_PATHS - 1) / SHORT_PATHS);
	if (r == 0)
		r = bpf_map__set_max_entries(l->skel->maps.events, bytes);
	if (r == 0)
		r = size_inquiries(l);
	if (r < 0)
		diag_error(d, "loader-size", NOWHERE, NULL, "cannot size the maps: %s",
			   strerror(-r));
	return r;
}

static bool map_fits(const struct bpf_map *m, const struct bpf_map_info *pinned)
{
	return pinned->type == bpf_map__type(m) && pinned->key_size == bpf_map__key_size(m) &&
	       pinned->value_size == bpf_map__value_size(m) &&
	       pinned->max_entries == bpf_map__max_entries(m) &&
	       pinned->map_flags == bpf_map__map_flags(m);
}

static int map_stale(struct diags *d, const char *path)
{
	diag_error(d, "loader-stale", NOWHERE,
		   "run posternd --detach and start it again: nothing is enforced in between; or "
		   "keep the sizes and the version that the pins were made with",
		   "%s was made by another version or with other sizes", path);
	return -ESTALE;
}

/*
 * Asked before anything is taken over: an older controller cannot know what the programs in force mean by what
 * they keep. Pins of a time before there were numbers are older than all.
 */
static int ledger_check(const struct loader *l, struct diags *d)
{
	struct postern_ledger ledger = { 0 };
	struct bpf_map_info info = { 0 };
	uint32_t zero = 0, len = sizeof(info);
	char path[PIN_PATH_MAX];
	_cleanup_close_ int fd = -1;

	map_path(path, l->pin, "ledger");
	fd = bpf_obj_get(path);
	/* what is not there, or of another shape, is found out when it is taken over */
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0 ||
	    info.value_size != sizeof(ledger) || bpf_map_lookup_elem(fd, &zero, &ledger) < 0 ||
	    ledger.programs <= l->programs)
		return 0;
	diag_error(
		d, "loader-newer", NOWHERE,
		"install the newer posternd again; or run posternd --detach and start this one: "
		"nothing is enforced in between",
		"what is in force in %s is of a newer posternd (programs of version %u, these are %u); "
		"it goes on",
		l->pin, ledger.programs, l->programs);
	return -ESTALE;
}

static bool is_by_process(const struct loader *l, const struct bpf_map *m)
{
	return m == l->skel->maps.processes || m == l->skel->maps.long_paths;
}

static int map_adopt(struct loader *l, struct bpf_map *m, struct diags *d)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	char path[PIN_PATH_MAX];
	_cleanup_close_ int fd = -1;
	int r;

	map_path(path, l->pin, bpf_map__name(m));
	fd = bpf_obj_get(path);
	if (fd == -ENOENT)
		return 0;
	r = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len);
	/* a virtual machine's memory can have changed since */
	if (r == 0 && l->sized_by_host && is_by_process(l, m))
		r = bpf_map__set_max_entries(m, info.max_entries);
	if (r == 0 && !map_fits(m, &info))
		return map_stale(d, path);
	if (r == 0)
		r = bpf_map__reuse_fd(m, fd);
	if (r < 0)
		diag_error(d, "loader-map", NOWHERE, NULL, "cannot take over %s: %s", path,
			   strerror(-r));
	return r;
}

/* Takes over what is pinned; before the object is loaded. 0 or -errno. */
int maps_adopt(struct loader *l, struct diags *d)
{
	int r = ledger_check(l, d);
	struct bpf_map *m;

	if (r < 0)
		return r;
	bpf_object__for_each_map(m, l->skel->obj)
	{
		r = bpf_map__is_internal(m) ? 0 : map_adopt(l, m, d);
		if (r < 0)
			return r;
	}
	return 0;
}

static int map_pin(const struct loader *l, const struct kept_map *m)
{
	char path[PIN_PATH_MAX];

	map_path(path, l->pin, m->name);
	if (access(path, F_OK) == 0)
		return 0;
	return bpf_obj_pin(m->fd, path);
}

/* Pins what is not pinned yet, and writes or checks the ledger. */
int maps_pin(struct loader *l, struct diags *d)
{
	struct postern_ledger ledger;
	char path[PIN_PATH_MAX];
	int r = ledger_read(l, &ledger);

	map_path(path, l->pin, "ledger");
	if (r == 0 && ledger.abi && ledger.abi != POSTERN_ABI_VERSION)
		return map_stale(d, path);
	ledger.abi = POSTERN_ABI_VERSION;
	ledger.programs = l->programs;
	if (r == 0)
		r = ledger_write(l, &ledger);
	(void)snprintf(path, sizeof(path), "%s/maps", l->pin);
	if (r == 0)
		r = dir_make(path, 0700);
	for (size_t i = 0; i < l->maps && r == 0; i++)
		r = l->map[i].pinned ? map_pin(l, &l->map[i]) : 0;
	if (r < 0)
		diag_error(d, "loader-pin", NOWHERE, "run as root", "cannot pin maps in %s: %s",
			   path, strerror(-r));
	return r;
}

/* Pins again what somebody unpinned: without a pin the next posternd would start from nothing. */
void maps_mend(struct loader *l, struct loader_mended *ret)
{
	char path[PIN_PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/maps", l->pin);
	(void)dir_make(path, 0700);
	for (size_t i = 0; i < l->maps; i++) {
		const struct kept_map *m = &l->map[i];

		if (!m->pinned)
			continue;
		map_path(path, l->pin, m->name);
		if (access(path, F_OK) == 0)
			continue;
		if (map_pin(l, m) == 0)
			ret->pinned++;
		else
			ret->failed++;
	}
}

int ledger_read(const struct loader *l, struct postern_ledger *ret)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(map_fd(l, MAP_LEDGER), &zero, ret);
}

int ledger_write(const struct loader *l, const struct postern_ledger *ledger)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(map_fd(l, MAP_LEDGER), &zero, ledger, BPF_ANY);
}
