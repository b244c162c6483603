/* SPDX-License-Identifier: BSD-2-Clause */
/* How to mend a device fact, for explanations. */
#pragma once

/* By attribute ("secureBoot"), in the words of `postern posture`; NULL where nothing is known. Static. */
const char *device_hint(const char *attribute);
