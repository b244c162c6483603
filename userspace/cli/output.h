/* SPDX-License-Identifier: BSD-2-Clause */
/* How commands speak: data on standard output as text or JSON, talk on standard error, colour where it helps. */
#pragma once

#include <stdbool.h>

#include "base/diag.h"
#include "base/json.h"

enum output_form { OUTPUT_TEXT, OUTPUT_WIDE, OUTPUT_JSON };
enum output_colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

/* Set once by main from -o and --color. */
void output_init(enum output_form form, enum output_colour colour);
enum output_form output_form(void);

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DOUBT, TONE_FAINT };

/* Start and end of a tone on standard output; "" where there is no colour. Static. */
const char *tone_on(enum tone t);
const char *tone_off(void);

/* One JSON object as a line on standard output; takes the reference. */
void output_json(json_t *object);

/*
 * What went wrong and the next thing to try, on standard error:
 *   postern: text
 *     try: hint
 */
void complain(const char *hint, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* All diags on standard error. */
void complain_diags(const struct diags *d);
