/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of the firmware: EFI variables, which are four bytes of attributes and then the value. */
#include <errno.h>

#include "posture/collect.h"

enum { VARIABLE_LEN = 5, VARIABLE_VALUE = 4 };

static const char setup_mode[] =
	"/sys/firmware/efi/efivars/SetupMode-8be4df61-93ca-11d2-aa0d-00e098032b8c";

/* A variable of one byte. 0 or 1, -EBADMSG, -errno. */
static int variable(const struct posture_view *v, const char *path)
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int r = source_read(v, path, SOURCE_TEXT_MAX, &bytes, &len);

	if (r < 0)
		return r;
	if (len != VARIABLE_LEN || (unsigned char)bytes[VARIABLE_VALUE] > 1)
		return -EBADMSG;
	return bytes[VARIABLE_VALUE];
}

void collect_secure_boot(const struct posture_view *v, const struct collector *c,
			 struct posture_reading *ret)
{
	int on = variable(v, c->row.source), setup = variable(v, setup_mode);

	if (on < 0)
		reading_unknown(ret, c->row.source, on);
	else if (setup < 0)
		reading_unknown(ret, setup_mode, setup);
	else if (on && setup)
		reading_say(ret, POSTURE_BAD, "on, but in setup mode: anybody may enrol keys");
	else
		reading_say(ret, on ? POSTURE_GOOD : POSTURE_BAD, "%s", on ? "on" : "off");
}
