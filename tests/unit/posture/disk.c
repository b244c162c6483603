/* SPDX-License-Identifier: BSD-2-Clause */
/* What the root file system and swap stand on, down through partitions, LVM, RAID and btrfs. */
#include "root.h"

#define LUKS "CRYPT-LUKS2-00112233445566778899aabbccddeeff-root\n"

static void mounted(void **state, const char *line)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "20 1 0:5 / /proc rw - proc proc rw\n%s\n", line);
	root_file(state, "/proc/self/mountinfo", text);
}

/* A block device and, where it has one, its number. */
static void device(void **state, const char *name, const char *number)
{
	char path[256], target[256];

	(void)snprintf(path, sizeof(path), "/sys/devices/%s/size", name);
	root_file(state, path, "1\n");
	(void)snprintf(path, sizeof(path), "/sys/class/block/%s", name);
	(void)snprintf(target, sizeof(target), "../../devices/%s", name);
	root_link(state, path, target);
	if (!number)
		return;
	(void)snprintf(path, sizeof(path), "/sys/dev/block/%s", number);
	root_link(state, path, target);
}

static void device_is(void **state, const char *name, const char *file, const char *text)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "/sys/devices/%s/%s", name, file);
	root_file(state, path, text);
}

static void stands_on(void **state, const char *upper, const char *lower)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "slaves/%s", lower);
	device_is(state, upper, path, "");
}

static void a_luks_device_is_encrypted(void **state)
{
	mounted(state, "36 1 253:0 / / rw,noatime shared:1 - ext4 /dev/mapper/root rw");
	device(state, "dm-0", "253:0");
	device_is(state, "dm-0", "dm/uuid", LUKS);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_GOOD);
}

static void a_plain_disk_is_not(void **state)
{
	mounted(state, "36 1 8:0 / / rw - ext4 /dev/sda rw");
	device(state, "sda", "8:0");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
}

/* Device-mapper has other targets: their names hide nothing. */
static void other_mappings_are_not(void **state)
{
	static const char *const uuids[] = {
		"LVM-abcdef\n",	  "CRYPT-VERITY-ab\n", "CRYPT-INTEGRITY-ab\n", "CRYPT\n", "",
		"crypt-luks2-\n",
	};

	mounted(state, "36 1 253:0 / / rw - ext4 /dev/mapper/root rw");
	device(state, "dm-0", "253:0");
	for (size_t i = 0; i < sizeof(uuids) / sizeof(uuids[0]); i++) {
		device_is(state, "dm-0", "dm/uuid", uuids[i]);
		assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
	}
}

/* LVM on RAID on two LUKS devices: every way down must end in one. */
static void every_leg_must_be_encrypted(void **state)
{
	mounted(state, "36 1 253:5 / / rw - ext4 /dev/mapper/vg-root rw");
	device(state, "dm-5", "253:5");
	device_is(state, "dm-5", "dm/uuid", "LVM-x\n");
	stands_on(state, "dm-5", "md0");
	device(state, "md0", NULL);
	stands_on(state, "md0", "dm-0");
	stands_on(state, "md0", "dm-1");
	device(state, "dm-0", NULL);
	device(state, "dm-1", NULL);
	device_is(state, "dm-0", "dm/uuid", LUKS);
	device_is(state, "dm-1", "dm/uuid", LUKS);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_GOOD);
	device_is(state, "dm-1", "dm/uuid", "LVM-y\n");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
}

static void a_partition_stands_on_its_disk(void **state)
{
	mounted(state, "36 1 259:1 / / rw - ext4 /dev/md0p1 rw");
	root_file(state, "/sys/devices/md0/md0p1/partition", "1\n");
	root_link(state, "/sys/dev/block/259:1", "../../devices/md0/md0p1");
	root_file(state, "/sys/devices/md0/dm/uuid", LUKS);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_GOOD);
	root_file(state, "/sys/devices/md0/dm/uuid", "LVM-x\n");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
}

static void loops_of_devices_end(void **state)
{
	mounted(state, "36 1 253:0 / / rw - ext4 /dev/dm-0 rw");
	device(state, "dm-0", "253:0");
	device(state, "dm-1", NULL);
	stands_on(state, "dm-0", "dm-1");
	stands_on(state, "dm-1", "dm-0");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
}

enum { FAN = 8, FAN_LAYERS = 6 };

static void fan_device(void **state, int layer, int i)
{
	char name[32], lower[32];

	(void)snprintf(name, sizeof(name), "d%dx%d", layer, i);
	device(state, name, layer == 0 && i == 0 ? "253:0" : NULL);
	if (layer == FAN_LAYERS - 1)
		device_is(state, name, "dm/uuid", LUKS);
	for (int k = 0; k < FAN; k++) {
		(void)snprintf(lower, sizeof(lower), "d%dx%d", layer + 1, k);
		stands_on(state, name, lower);
	}
}

/* Eight legs in each of six layers are thousands of ways, all of them good: too many to walk. */
static void a_fan_of_devices_ends(void **state)
{
	mounted(state, "36 1 253:0 / / rw - ext4 /dev/dm-0 rw");
	for (int layer = 0; layer < FAN_LAYERS; layer++)
		for (int i = 0; i < FAN; i++)
			fan_device(state, layer, i);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
}

static void a_layer_that_is_not_there_is_unknown(void **state)
{
	mounted(state, "36 1 253:0 / / rw - ext4 /dev/dm-0 rw");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
	device(state, "dm-0", "253:0");
	stands_on(state, "dm-0", "gone");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
}

static void what_stands_on_no_device_is_unknown(void **state)
{
	static const char *const lines[] = {
		"36 1 0:30 / / rw - overlay overlay rw",
		"36 1 0:30 / / rw - nfs server:/root rw",
		"36 1 0:30 / / rw - tmpfs /dev/.. rw",
		"36 1 0:30 / / rw - tmpfs /dev/ rw",
		"36 1 0:30 / / rw",
		"garbage",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		mounted(state, lines[i]);
		assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
	}
}

/* What is mounted on top of / is what is used. */
static void the_mount_on_top_counts(void **state)
{
	mounted(state, "36 1 253:0 / / rw - ext4 /dev/dm-0 rw\n"
		       "37 36 8:0 / / rw - ext4 /dev/sda rw");
	device(state, "dm-0", "253:0");
	device_is(state, "dm-0", "dm/uuid", LUKS);
	device(state, "sda", "8:0");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
}

static void every_device_of_a_btrfs_counts(void **state)
{
	mounted(state, "36 1 0:33 /root / rw - btrfs /dev/dm-0 rw");
	root_file(state, "/dev/dm-0", "");
	device(state, "dm-0", NULL);
	device_is(state, "dm-0", "dm/uuid", LUKS);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_UNKNOWN);
	root_dir(state, "/sys/fs/btrfs/features");
	root_file(state, "/sys/fs/btrfs/1234/devices/dm-0", "");
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_GOOD);
	root_file(state, "/sys/fs/btrfs/1234/devices/sdb", "");
	device(state, "sdb", NULL);
	assert_int_equal(root_answer(state, POSTURE_DISK_ENCRYPTED), POSTURE_BAD);
}

static void swap(void **state, const char *lines)
{
	char text[1024];

	(void)snprintf(text, sizeof(text), "Filename\tType\tSize\tUsed\tPriority\n%s", lines);
	root_file(state, "/proc/swaps", text);
}

static void swap_that_leaves_nothing_behind(void **state)
{
	swap(state, "");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_GOOD);
	device(state, "zram0", NULL);
	swap(state, "/dev/zram0 partition 100 0 100\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_GOOD);
	device(state, "dm-3", NULL);
	device_is(state, "dm-3", "dm/uuid", "CRYPT-PLAIN-swap\n");
	swap(state, "/dev/zram0 partition 100 0 100\n/dev/dm-3 partition 100 0 -2\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_GOOD);
}

static void swap_that_does(void **state)
{
	device(state, "zram0", NULL);
	device(state, "sda2", NULL);
	swap(state, "/dev/zram0 partition 100 0 100\n/dev/sda2 partition 100 0 -2\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_BAD);
	swap(state, "/dev/sda2 partition 100 0 -2\n/dev/zram0 partition 100 0 100\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_BAD);
	swap(state, "/dev/none partition 100 0 100\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_UNKNOWN);
	swap(state, "/not-there file 100 0 100\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_UNKNOWN);
	swap(state, "nonsense\n");
	assert_int_equal(root_answer(state, POSTURE_SWAP_ENCRYPTED), POSTURE_UNKNOWN);
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(a_luks_device_is_encrypted),
		IN_ROOT(a_plain_disk_is_not),
		IN_ROOT(other_mappings_are_not),
		IN_ROOT(every_leg_must_be_encrypted),
		IN_ROOT(a_partition_stands_on_its_disk),
		IN_ROOT(loops_of_devices_end),
		IN_ROOT(a_fan_of_devices_ends),
		IN_ROOT(a_layer_that_is_not_there_is_unknown),
		IN_ROOT(what_stands_on_no_device_is_unknown),
		IN_ROOT(the_mount_on_top_counts),
		IN_ROOT(every_device_of_a_btrfs_counts),
		IN_ROOT(swap_that_leaves_nothing_behind),
		IN_ROOT(swap_that_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
