/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sources of posture below a made-up root. An input is records that 0x1e parts: a letter for the file,
 * then all that it says. Whatever it says, what is shown is printable, a fact is good only with what
 * makes it so in its file, and what counts is what was read.
 */
#include "posture/posture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "rig/fuzz.h"

#define EFIVARS "/sys/firmware/efi/efivars/"
#define NOW_MS INT64_C(1767225600000)
#define BOOT_NS UINT64_C(5000000000000)

/* 'a' is the first; the last two are devices, which the input names in the files before them. */
static const char *const files[] = {
	"/proc/sys/kernel/randomize_va_space",
	"/proc/sys/kernel/tainted",
	"/proc/uptime",
	"/sys/kernel/security/lockdown",
	"/sys/module/module/parameters/sig_enforce",
	EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
	EFIVARS "SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c",
	"/proc/self/mountinfo",
	"/proc/swaps",
	"/etc/os-release",
	"/proc/sys/kernel/osrelease",
	"/sys/devices/system/cpu/vulnerabilities/mds",
	POSTURE_CUSTOM_DIR "/edr",
	POSTURE_CUSTOM_DIR "/backup",
	"/sys/dev/block/8:1/dm/uuid",
	"/sys/class/block/sda/dm/uuid",
};

enum { FILES = sizeof(files) / sizeof(files[0]) };

static char root_path[] = "/tmp/postern-fuzz-XXXXXX";
static int root = -1;

static void remove_root(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", root_path);
	(void)!system(command);
}

static void make_root(void)
{
	must(mkdtemp(root_path) != NULL);
	(void)atexit(remove_root);
	for (size_t i = 0; i < FILES; i++) {
		char path[512];

		(void)snprintf(path, sizeof(path), "%s%s", root_path, files[i]);
		*strrchr(path, '/') = '\0';
		must(dir_make(path, 0755) == 0);
	}
	root = open(root_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	must(root >= 0);
}

/* Writes what the input says; files that it does not name are not there. */
static void fill(const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < FILES; i++)
		(void)unlinkat(root, files[i] + 1, 0);
	while (size > 0) {
		const uint8_t *end = memchr(data, 0x1e, size);
		size_t n = end ? (size_t)(end - data) : size;

		if (n > 0 && data[0] >= 'a' && data[0] < 'a' + FILES) {
			int fd = openat(root, files[data[0] - 'a'] + 1,
					O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

			must(fd >= 0 && fd_write_all(fd, data + 1, n - 1) == 0);
			(void)close(fd);
		}
		n += end != NULL;
		data += n;
		size -= n;
	}
}

/* Whether a file holds some text. */
static bool says(size_t file, const char *text)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;

	return file_read(root, files[file] + 1, 1 << 20, &bytes, &len) == 0 &&
	       memmem(bytes, len, text, strlen(text));
}

static void check_shown(const char *text, size_t size)
{
	must(memchr(text, '\0', size));
	for (; *text; text++)
		must((unsigned char)*text >= 0x20 && (unsigned char)*text < 0x7f);
}

static void check_reading(const struct posture *p)
{
	static const struct {
		enum posture_fact fact;
		size_t file;
		const char *text;
	} good[] = {
		{ POSTURE_ASLR, 0, "2" },	  { POSTURE_LOCKDOWN, 3, "[" },
		{ POSTURE_SECURE_BOOT, 5, "\1" }, { POSTURE_OS, 9, "ID=" },
		{ POSTURE_UPTIME, 2, "." },	  { POSTURE_DISK_ENCRYPTED, 7, " - " },
	};

	for (int i = 0; i < POSTURE_FACTS; i++) {
		check_shown(p->fact[i].found, sizeof(p->fact[i].found));
		must(p->fact[i].answer <= POSTURE_GOOD && p->fact[i].ms >= 0);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		must(p->fact[good[i].fact].answer != POSTURE_GOOD ||
		     says(good[i].file, good[i].text));
	must(p->fact[POSTURE_DISK_ENCRYPTED].answer != POSTURE_GOOD || says(14, "CRYPT-") ||
	     says(15, "CRYPT-"));
	for (size_t i = 0; i < p->n_custom; i++) {
		check_shown(p->custom[i].name, sizeof(p->custom[i].name));
		check_shown(p->custom[i].reading.found, sizeof(p->custom[i].reading.found));
		must(p->custom[i].reading.answer != POSTURE_GOOD ||
		     (p->custom[i].until_ms > NOW_MS &&
		      p->custom[i].until_ms <= NOW_MS + 366 * INT64_C(86400000)));
	}
}

/* The same twice: what is good counts, and nothing else. */
static void check_history(struct posture_history *h, const struct posture *p)
{
	json_t *json;

	memset(h, 0, sizeof(*h));
	(void)posture_history_add(h, p, NOW_MS);
	for (int i = 0; i < POSTURE_FACTS; i++)
		must(!posture_holds(h, (enum posture_fact)i, BOOT_NS));
	(void)posture_history_add(h, p, NOW_MS);
	for (int i = 0; i < POSTURE_FACTS; i++)
		must(posture_row((enum posture_fact)i)->kind != POSTURE_BOOL ||
		     posture_holds(h, (enum posture_fact)i, BOOT_NS) ==
			     (p->fact[i].answer == POSTURE_GOOD));
	must(!posture_is_pending(h));
	json = posture_json(h, NOW_MS, BOOT_NS);
	must(json != NULL);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct posture_history h;
	static struct posture p;
	struct posture_view v = { .now_ms = NOW_MS, .boot_ns = BOOT_NS, .owner = getuid() };

	if (root < 0)
		make_root();
	v.root = root;
	fill(data, size);
	posture_read(&v, &p);
	check_reading(&p);
	check_history(&h, &p);
	return 0;
}
