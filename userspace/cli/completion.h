/* SPDX-License-Identifier: BSD-2-Clause */
/* Completion of command lines, for the shells that have it. */
#pragma once

/* Prints the script of a shell on standard output. */
void completion_bash(void);
void completion_zsh(void);
