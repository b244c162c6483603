/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs attempts one after the other, each as a program of its own in the governed cgroup. */
#pragma once

/*
 * words: DIR CGROUP ROUND [NAME...]. Prints "NAME arrived|stopped STATUS FROM TO" for each, where STATUS
 * is the exit status of the attempt (an errno), 255 when it took too long, and the rest is when; then the ledger. With the file
 * DIR/hold it says "ready" after the early ones have begun and waits for the file to go. Exit status.
 */
int drive(char **words);
