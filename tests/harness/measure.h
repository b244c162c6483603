/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Measuring by medians: of single operations within a round, and of ratios over rounds in which everything that is
 * compared took its turn. Absolute figures belong to the machine and the moment; ratios of one round do not.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

uint64_t measure_now_ns(void); /* CLOCK_MONOTONIC */

/* The median of n values, which are put in order; 0 for none. */
double measure_median(double *values, size_t n);
/* The value that `part` (0 to 1) of them do not exceed; they are put in order. */
double measure_quantile(double *values, size_t n, double part);

/* Median ns of `n` runs of an operation, at most 4096; the operation answers 0 or the bench ends. */
double measure_op(int (*op)(void *arg), void *arg, size_t n);

/* The same for an operation that says itself what part of it counts: its ns in *took. */
double measure_part(int (*op)(uint64_t *took), size_t n);

/* Ends the program with a sentence if kernel.bpf_stats_enabled is on: it costs more than what is measured. */
void measure_no_stats(void);
