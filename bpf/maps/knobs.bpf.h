/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the loader sets before it loads the programs; constants to the verifier. */
#pragma once

#include "world.bpf.h"

const volatile struct postern_knobs knobs __weak = {};
