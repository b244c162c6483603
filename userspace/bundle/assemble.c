/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting containers together: what container.c takes apart. */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>
#include <postern/limits.h>

#include "bundle/armor.h"

int container_build(enum bundle_type type, const uint8_t *payload, size_t len,
		    const char *const *armored, size_t n, struct buf *out)
{
	if (len > POSTERN_BUNDLE_PACKED_MAX || n > POSTERN_SIGNATURES_MAX)
		return -E2BIG;
	for (size_t i = 0; i < n; i++) {
		size_t block = strlen(armored[i]);

		if (block == 0 || armor_length(armored[i], block) != block)
			return -EBADMSG;
	}
	buf_printf(out, "postern1 %s %zu %zu\n", bundle_type_name(type), len, n);
	buf_put(out, payload, len);
	for (size_t i = 0; i < n; i++)
		buf_puts(out, armored[i]);
	return buf_error(out);
}

int container_add_signature(const uint8_t *bytes, size_t len, const char *armored, struct buf *out)
{
	size_t block = strlen(armored);
	struct container c;

	if (block == 0 || armor_length(armored, block) != block)
		return -EBADMSG;
	if (container_open(bytes, len, &c) != BUNDLE_OK)
		return -EBADMSG;
	if (c.n_signatures == POSTERN_SIGNATURES_MAX)
		return -E2BIG;
	buf_printf(out, "postern1 %s %zu %zu\n", bundle_type_name(c.type), c.payload_len,
		   c.n_signatures + 1);
	/* The payload and the signatures so far are one piece of the old file. */
	buf_put(out, c.payload, (size_t)(bytes + len - c.payload));
	buf_puts(out, armored);
	return buf_error(out);
}
