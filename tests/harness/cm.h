/* SPDX-License-Identifier: BSD-2-Clause */
/* cmocka, with the headers that it wants included before it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* With AddressSanitizer: freed memory is kept, address space has no limit, and wrong accesses are its own to catch. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif
