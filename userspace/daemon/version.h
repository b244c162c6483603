/* SPDX-License-Identifier: BSD-2-Clause */
/* What posternd calls itself. */
#pragma once

#ifndef POSTERN_VERSION
#define POSTERN_VERSION "0.1.0"
#endif
