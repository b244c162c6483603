/* SPDX-License-Identifier: BSD-2-Clause */
/* posternd.conf. */
#include "daemon/config.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "rig/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_config_ struct config c = CONFIG_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_close_ int fd = memfd_create("posternd.conf", MFD_CLOEXEC);
	char path[64];
	int r;

	must(fd >= 0 && fd_write_all(fd, data, size) == 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = config_read(path, true, &d, &c);
	must(r == 0 || d.errors > 0);
	fuzz_render(&d);
	for (int t = 0; t < CONFIG_READERS; t++)
		must(r < 0 || !c.text[t] || c.text[t][0] == '/');
	return 0;
}
