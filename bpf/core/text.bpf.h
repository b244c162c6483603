/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Texts, looked up in the image of a slot. Functions of their own to the verifier, which walks through each once and
 * not once a caller: the loops over a text's bytes were half of what it had to follow of a program. Numbers only, since
 * it expects nothing of them. POSTERN_NONE when the image is broken or gone.
 */
#pragma once

#include "maps/images.bpf.h"

#include <postern/subject.h>

/* Class of a text in a dimension. */
__weak int text_class(__u32 slot, __u32 dim, __u64 addr, __u32 len)
{
	postern_image_t image = bpf_map_lookup_elem(&images, &slot);

	return (int)(image ? postern_classify_bytes(image, dim, addr, len) : POSTERN_NONE);
}

/* The value of a text of that kind and node; POSTERN_NONE also when there is none. */
__weak int text_value(__u32 slot, __u32 kind, __u32 node, __u64 addr, __u32 len)
{
	postern_image_t image = bpf_map_lookup_elem(&images, &slot);

	return (int)(image ? postern_sought(image, kind, node, addr, len) : POSTERN_NONE);
}
