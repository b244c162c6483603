/* SPDX-License-Identifier: BSD-2-Clause */
/* Each collector by what its source says: what makes the fact hold, what does not, what says nothing. */
#include "root.h"

#define EFIVARS "/sys/firmware/efi/efivars/"
#define SECURE_BOOT EFIVARS "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define SETUP_MODE EFIVARS "SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define LOCKDOWN "/sys/kernel/security/lockdown"
#define SIG_ENFORCE "/sys/module/module/parameters/sig_enforce"
#define SYSCTL "/proc/sys/kernel/"

struct row {
	enum posture_fact fact;
	const char *path, *text;
	enum posture_answer answer;
};

/* Facts that one file decides. */
static const struct row rows[] = {
	{ POSTURE_LOCKDOWN, LOCKDOWN, "none [integrity] confidentiality\n", POSTURE_GOOD },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "none integrity [confidentiality]\n", POSTURE_GOOD },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "[none] integrity confidentiality\n", POSTURE_BAD },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "none integrity confidentiality\n", POSTURE_UNKNOWN },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "[none] [integrity]\n", POSTURE_UNKNOWN },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "]integrity[\n", POSTURE_UNKNOWN },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "[total]\n", POSTURE_UNKNOWN },
	{ POSTURE_LOCKDOWN, LOCKDOWN, "", POSTURE_UNKNOWN },
	{ POSTURE_TPM2, "/sys/class/tpm/tpm0/tpm_version_major", "2\n", POSTURE_GOOD },
	{ POSTURE_TPM2, "/sys/class/tpm/tpm0/tpm_version_major", "1\n", POSTURE_BAD },
	{ POSTURE_TPM2, "/sys/class/tpm/tpm0/tpm_version_major", "two\n", POSTURE_UNKNOWN },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "0\n", POSTURE_GOOD },
	/* a warning or a machine check is no module */
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "528\n", POSTURE_GOOD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "1\n", POSTURE_BAD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "2\n", POSTURE_BAD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "4096\n", POSTURE_BAD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "8192\n", POSTURE_BAD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "12801\n", POSTURE_BAD },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "-1\n", POSTURE_UNKNOWN },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "0x0\n", POSTURE_UNKNOWN },
	{ POSTURE_UNTAINTED, SYSCTL "tainted", "99999999999999999999\n", POSTURE_UNKNOWN },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", "2\n", POSTURE_GOOD },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", "1\n", POSTURE_BAD },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", "0\n", POSTURE_BAD },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", "3\n", POSTURE_BAD },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", "2 2\n", POSTURE_UNKNOWN },
	{ POSTURE_ASLR, SYSCTL "randomize_va_space", " 2\n", POSTURE_UNKNOWN },
	{ POSTURE_PTRACE_RESTRICTED, SYSCTL "yama/ptrace_scope", "1\n", POSTURE_GOOD },
	{ POSTURE_PTRACE_RESTRICTED, SYSCTL "yama/ptrace_scope", "3\n", POSTURE_GOOD },
	{ POSTURE_PTRACE_RESTRICTED, SYSCTL "yama/ptrace_scope", "0\n", POSTURE_BAD },
	{ POSTURE_UNPRIVILEGED_BPF_OFF, SYSCTL "unprivileged_bpf_disabled", "1\n", POSTURE_GOOD },
	{ POSTURE_UNPRIVILEGED_BPF_OFF, SYSCTL "unprivileged_bpf_disabled", "2\n", POSTURE_GOOD },
	{ POSTURE_UNPRIVILEGED_BPF_OFF, SYSCTL "unprivileged_bpf_disabled", "0\n", POSTURE_BAD },
	{ POSTURE_UPTIME, "/proc/uptime", "12345.67 23456.78\n", POSTURE_GOOD },
	{ POSTURE_UPTIME, "/proc/uptime", "12345\n", POSTURE_UNKNOWN },
	{ POSTURE_UPTIME, "/proc/uptime", "soon\n", POSTURE_UNKNOWN },
	{ POSTURE_UPTIME, "/proc/uptime", "-1.00 1.00\n", POSTURE_UNKNOWN },
	{ POSTURE_UPTIME, "/proc/uptime", "1.-5 1.00\n", POSTURE_UNKNOWN },
	{ POSTURE_LSM_ENFORCING, "/sys/fs/selinux/enforce", "1", POSTURE_GOOD },
	{ POSTURE_LSM_ENFORCING, "/sys/fs/selinux/enforce", "0", POSTURE_UNKNOWN },
	{ POSTURE_LSM_ENFORCING, "/sys/module/apparmor/parameters/enabled", "Y\n", POSTURE_GOOD },
	{ POSTURE_LSM_ENFORCING, "/sys/module/apparmor/parameters/enabled", "N\n", POSTURE_BAD },
	{ POSTURE_KEXEC_LOCKED, SYSCTL "kexec_load_disabled", "1\n", POSTURE_GOOD },
	{ POSTURE_KEXEC_LOCKED, SYSCTL "kexec_load_disabled", "0\n", POSTURE_BAD },
	{ POSTURE_CPU_MITIGATED, "/sys/devices/system/cpu/vulnerabilities/l1tf",
	  "Mitigation: PTE Inversion\n", POSTURE_GOOD },
	{ POSTURE_CPU_MITIGATED, "/sys/devices/system/cpu/vulnerabilities/mds",
	  "Vulnerable: no microcode\n", POSTURE_BAD },
	{ POSTURE_KERNEL, SYSCTL "osrelease", "6.1.0\n", POSTURE_GOOD },
	{ POSTURE_OS, "/etc/os-release", "NAME=x\nID=debian\nVERSION_ID=\"12\"\n", POSTURE_GOOD },
	{ POSTURE_OS, "/etc/os-release", "NAME=x\n", POSTURE_UNKNOWN },
};

static void one_file_decides(void **state)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum posture_answer got;

		root_file(state, rows[i].path, rows[i].text);
		got = root_answer(state, rows[i].fact);
		if (got != rows[i].answer)
			fail_msg("%s of %s: %s, wanted %s", posture_row(rows[i].fact)->name,
				 rows[i].text, posture_answer_name(got),
				 posture_answer_name(rows[i].answer));
		assert_int_equal(unlink(root_path(state, rows[i].path)), 0);
	}
}

/* What is not there is unknown, whichever fact: only the custom facts and the swap may be missing. */
static void an_empty_root_holds_nothing(void **state)
{
	struct posture *p = root_read(state);

	for (int i = 0; i < POSTURE_FACTS; i++) {
		if (p->fact[i].answer != POSTURE_UNKNOWN)
			fail_msg("%s is %s", posture_row((enum posture_fact)i)->name,
				 posture_answer_name(p->fact[i].answer));
		assert_int_equal(p->fact[i].ms, POSTURE_AGE_WORST);
		assert_true(p->fact[i].found[0] != '\0');
	}
	assert_int_equal(p->n_custom, 0);
	assert_string_equal(p->custom_problem, "");
	free(p);
}

static void variable(void **state, const char *path, const char *value, size_t len)
{
	char bytes[16] = { 6, 0, 0, 0 };

	memcpy(bytes + 4, value, len);
	root_bytes(state, path, bytes, 4 + len);
}

static void secure_boot_is_on_and_not_in_setup(void **state)
{
	variable(state, SECURE_BOOT, "\1", 1);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_UNKNOWN);
	variable(state, SETUP_MODE, "\0", 1);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_GOOD);
	variable(state, SETUP_MODE, "\1", 1);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_BAD);
	variable(state, SETUP_MODE, "\0", 1);
	variable(state, SECURE_BOOT, "\0", 1);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_BAD);
}

static void variables_of_another_form_say_nothing(void **state)
{
	variable(state, SETUP_MODE, "\0", 1);
	variable(state, SECURE_BOOT, "\1\1", 2);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_UNKNOWN);
	variable(state, SECURE_BOOT, "\1", 0);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_UNKNOWN);
	variable(state, SECURE_BOOT, "\2", 1);
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_UNKNOWN);
	root_file(state, SECURE_BOOT, "1");
	assert_int_equal(root_answer(state, POSTURE_SECURE_BOOT), POSTURE_UNKNOWN);
}

static void modules_are_signed_in_three_ways(void **state)
{
	root_file(state, SIG_ENFORCE, "N\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_BAD);
	root_file(state, SYSCTL "modules_disabled", "1\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_GOOD);
	root_file(state, SYSCTL "modules_disabled", "0\n");
	root_file(state, LOCKDOWN, "none [integrity]\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_GOOD);
	assert_int_equal(root_answer(state, POSTURE_KEXEC_LOCKED), POSTURE_GOOD);
	root_file(state, LOCKDOWN, "[none] integrity\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_BAD);
	root_file(state, SIG_ENFORCE, "Y\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_GOOD);
	root_file(state, SIG_ENFORCE, "YES\n");
	assert_int_equal(root_answer(state, POSTURE_MODULES_SIGNED), POSTURE_BAD);
}

static void links_are_protected_by_three_files(void **state)
{
	root_file(state, "/proc/sys/fs/protected_symlinks", "1\n");
	root_file(state, "/proc/sys/fs/protected_hardlinks", "1\n");
	assert_int_equal(root_answer(state, POSTURE_LINKS_PROTECTED), POSTURE_UNKNOWN);
	root_file(state, "/proc/sys/fs/suid_dumpable", "2\n");
	assert_int_equal(root_answer(state, POSTURE_LINKS_PROTECTED), POSTURE_GOOD);
	root_file(state, "/proc/sys/fs/suid_dumpable", "1\n");
	assert_int_equal(root_answer(state, POSTURE_LINKS_PROTECTED), POSTURE_BAD);
	root_file(state, "/proc/sys/fs/suid_dumpable", "0\n");
	root_file(state, "/proc/sys/fs/protected_symlinks", "0\n");
	assert_int_equal(root_answer(state, POSTURE_LINKS_PROTECTED), POSTURE_BAD);
}

static void a_mark_asks_for_a_restart(void **state)
{
	root_dir(state, "/run");
	assert_int_equal(root_answer(state, POSTURE_NO_REBOOT_PENDING), POSTURE_GOOD);
	root_link(state, "/run/reboot-required", "nowhere");
	assert_int_equal(root_answer(state, POSTURE_NO_REBOOT_PENDING), POSTURE_BAD);
}

static int64_t updates_age(void **state)
{
	struct posture *p = root_read(state);
	int64_t ms = p->fact[POSTURE_UPDATES_AGE].ms;

	free(p);
	return ms;
}

static void changed_at(void **state, const char *path, int64_t ms)
{
	struct timespec t[2] = { { .tv_sec = ms / 1000 }, { .tv_sec = ms / 1000 } };

	root_file(state, path, "");
	assert_int_equal(utimensat(AT_FDCWD, root_path(state, path), t, 0), 0);
}

static void updates_are_as_old_as_their_newest_trace(void **state)
{
	assert_int_equal(updates_age(state), POSTURE_AGE_WORST);
	changed_at(state, "/var/lib/dpkg/status", NOW_MS - 86400000);
	assert_int_equal(updates_age(state), 86400000);
	changed_at(state, "/var/lib/apt/periodic/update-success-stamp", NOW_MS - 3600000);
	assert_int_equal(updates_age(state), 3600000);
	changed_at(state, "/var/cache/dnf/updates.solv", NOW_MS - 60000);
	assert_int_equal(updates_age(state), 60000);
}

/* Whoever can set a file's time far ahead must not be up to date for ever. */
static void a_trace_of_the_future_is_none(void **state)
{
	changed_at(state, "/var/lib/dpkg/status", NOW_MS + 86400000);
	assert_int_equal(updates_age(state), POSTURE_AGE_WORST);
	changed_at(state, "/var/lib/rpm/Packages", NOW_MS - 7200000);
	assert_int_equal(updates_age(state), 7200000);
}

static void uptime_is_in_milliseconds(void **state)
{
	struct posture *p;

	root_file(state, "/proc/uptime", "12345.67 1.00\n");
	p = root_read(state);
	assert_int_equal(p->fact[POSTURE_UPTIME].ms, 12345670);
	free(p);
}

/* Every fact says where it is read, what makes it hold, and what to do. */
static void the_table_is_whole(void **state)
{
	(void)state;
	for (int i = 0; i < POSTURE_FACTS; i++) {
		const struct posture_row *row = posture_row((enum posture_fact)i);

		assert_non_null(row->name);
		assert_true(row->source[0] && row->test[0] && row->hint[0]);
		assert_int_equal(row->attribute != NULL, i < POSTURE_ENFORCER_INTACT);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(row->name, posture_row((enum posture_fact)k)->name);
	}
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(one_file_decides),
		IN_ROOT(an_empty_root_holds_nothing),
		IN_ROOT(secure_boot_is_on_and_not_in_setup),
		IN_ROOT(variables_of_another_form_say_nothing),
		IN_ROOT(modules_are_signed_in_three_ways),
		IN_ROOT(links_are_protected_by_three_files),
		IN_ROOT(a_mark_asks_for_a_restart),
		IN_ROOT(updates_are_as_old_as_their_newest_trace),
		IN_ROOT(a_trace_of_the_future_is_none),
		IN_ROOT(uptime_is_in_milliseconds),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
