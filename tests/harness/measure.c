/* SPDX-License-Identifier: BSD-2-Clause */
/* See measure.h. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { OPS_MAX = 4096 };

uint64_t measure_now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double measure_quantile(double *values, size_t n, double part)
{
	if (n == 0)
		return 0;
	qsort(values, n, sizeof(values[0]), compare);
	return values[(size_t)(part * (double)(n - 1) + 0.5)];
}

double measure_median(double *values, size_t n)
{
	return measure_quantile(values, n, 0.5);
}

static void failed(void)
{
	perror("an operation that is measured failed");
	exit(EXIT_FAILURE);
}

double measure_part(int (*op)(uint64_t *took), size_t n)
{
	static double took[OPS_MAX];

	n = n < OPS_MAX ? n : OPS_MAX;
	for (size_t i = 0; i < n; i++) {
		uint64_t ns;

		if (op(&ns))
			failed();
		took[i] = (double)ns;
	}
	return measure_median(took, n);
}

double measure_op(int (*op)(void *arg), void *arg, size_t n)
{
	static double took[OPS_MAX];
	size_t i;

	n = n < OPS_MAX ? n : OPS_MAX;
	for (i = 0; i < n; i++) {
		uint64_t began = measure_now_ns();

		if (op(arg))
			failed();
		took[i] = (double)(measure_now_ns() - began);
	}
	return measure_median(took, n);
}

void measure_no_stats(void)
{
	FILE *f = fopen("/proc/sys/kernel/bpf_stats_enabled", "re");
	int on = 0;

	if (f && fscanf(f, "%d", &on) == 1 && on) {
		(void)fputs(
			"kernel.bpf_stats_enabled is 1, which costs more than what is measured; "
			"try: sysctl kernel.bpf_stats_enabled=0\n",
			stderr);
		exit(EXIT_FAILURE);
	}
	if (f)
		(void)fclose(f);
}
