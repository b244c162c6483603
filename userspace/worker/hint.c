/* SPDX-License-Identifier: BSD-2-Clause */
/* Looks the row of a device's attribute up. */
#include "worker/hint.h"

#include <string.h>

#include "posture/posture.h"

const char *device_hint(const char *attribute)
{
	for (int i = 0; i < POSTURE_FACTS; i++) {
		const struct posture_row *row = posture_row((enum posture_fact)i);

		if (row->attribute && strcmp(row->attribute, attribute) == 0)
			return row->hint;
	}
	return NULL;
}
