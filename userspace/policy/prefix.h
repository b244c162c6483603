/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses and prefixes: texts, containment and order. Host bits are legal here unless said. */
#pragma once

#include "policy/policy.h"

/*
 * An address alone, as inet_pton(3) reads it (no zone, no brackets, four decimal numbers without
 * leading zeros). IPv6 with an embedded IPv4 in dots is accepted. 0 or -EINVAL.
 */
int address_parse(struct text t, uint8_t addr[16], bool *ret_v4);

/* Whether the text mixes ":" and ".": IPv4 embedded in IPv6, which Cedar and prefixes refuse. */
bool address_is_mixed(struct text t);

/* Whether 16 bytes are ::ffff:0:0/96: an IPv4 address written as IPv6. */
bool address_is_mapped(const uint8_t addr[16]);

/* A decimal number of at most `max` without sign, spaces or leading zeros. 0 or -EINVAL. */
int decimal_parse(struct text t, uint32_t max, uint32_t *ret);

/* Whether every address of `inner` is one of `outer`. Families never contain each other. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);

/* One address as the longest prefix of its family. */
struct prefix prefix_of_address(const uint8_t addr[16], bool v4);

/* Order for qsort: IPv6 before IPv4, then by address, then the shorter prefix first. */
int prefix_cmp(const void *a, const void *b);
