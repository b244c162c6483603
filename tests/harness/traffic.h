/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a program does with sockets, over loopback and in one thread unless said: what a bench compares between places
 * that differ in what is attached to them.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct traffic {
	const char *name;
	void (*open)(void);
	int (*op)(void *arg);
	int (*part)(uint64_t *took); /* or: only part of it counts */
	size_t n, warm; /* how often, after so often uncounted */
	double least, most; /* allowed ratio; 0: any */
};

enum { TRAFFICS = 10 };
#define TRAFFIC_OPENS 3 /* the last so many open connections */
#define TRAFFIC_NOBODY 1 /* a port that nobody listens on */

extern const struct traffic traffics[TRAFFICS];

/* Median ns of one of it; ends the program when it fails. */
double traffic_measured(const struct traffic *t);
/* Median ns of a connect that does not succeed, as it must not: to TRAFFIC_NOBODY. */
double traffic_refused(void);
