/* SPDX-License-Identifier: BSD-2-Clause */
/* The same figures for programs, as JSON, and for eyes, as a picture without script. */
#include "compare.h"

#include <stdio.h>

static FILE *begin(const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f)
		die(path);
	return f;
}

static void end(FILE *f, const char *path)
{
	if (fclose(f) != 0)
		die(path);
}

void report_json(const char *path, size_t rounds)
{
	FILE *f = begin(path);

	(void)fprintf(f, "{\"rounds\":%zu,\"variants\":[", rounds);
	for (size_t i = 0; i < n_variants; i++) {
		const struct variant *v = &variants[i];

		(void)fprintf(f,
			      "%s\n{\"name\":\"%s\",\"kind\":\"%s\",\"rules\":%zu,\"applyMs\":%.1f,"
			      "\"kernelBytes\":%llu,\"mapBytes\":%llu,\"denials\":%llu,"
			      "\"events\":%llu,\"eventsLost\":%llu,\"operations\":[",
			      i ? "," : "", v->name, v->kind, v->rules, v->apply_ms,
			      (unsigned long long)v->kernel_bytes, (unsigned long long)v->map_bytes,
			      (unsigned long long)v->floods, (unsigned long long)v->told,
			      (unsigned long long)v->lost);
		for (enum op_id op = 0; op < OPS; op++)
			(void)fprintf(
				f,
				"%s{\"name\":\"%s\",\"ns\":%.0f,\"addedNs\":%.0f,\"ratio\":%.4f}",
				op ? "," : "", op_names[op], median_of(v, op, rounds),
				added_to(v, &variants[0], op, rounds),
				ratio_to(v, &variants[0], op, rounds));
		(void)fputs("]}", f);
	}
	(void)fputs("\n]}\n", f);
	end(f, path);
}

/* ---- the picture ------------------------------------------------------------------------------ */

enum { LEFT = 240, WIDTH = 420, ROW = 16, HEAD = 26 };

/* As long as what is added to none; past three times none it is cut off, and its figure says how far it goes. */
static void bar(FILE *f, const struct variant *v, enum op_id op, size_t rounds, int y)
{
	double x = ratio_to(v, &variants[0], op, rounds), part = (x - 1) / 2;
	const char *colour = v->map_bytes || v->kind[0] == 'p' ? "#2a6f97" : "#b8b8b8";

	part = part < 0 ? 0 : part > 1 ? 1 : part;
	(void)fprintf(f,
		      "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>"
		      "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>"
		      "<text x=\"%.1f\" y=\"%d\">%.3f</text>\n",
		      LEFT - 8, y + ROW - 4, v->name, LEFT, y + 2, 1 + part * WIDTH, ROW - 4,
		      colour, LEFT + 6 + part * WIDTH, y + ROW - 4, x);
}

void report_svg(const char *path, size_t rounds)
{
	int y = HEAD, height = (int)(OPS * (n_variants * ROW + HEAD) + 2 * HEAD);
	FILE *f = begin(path);

	(void)fprintf(
		f,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"font-family=\"sans-serif\" font-size=\"11\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
		"<text x=\"8\" y=\"18\" font-size=\"14\">Ratio to no enforcement at all; a bar is what is "
		"added, full length at 3</text>\n",
		LEFT + WIDTH + 80, height);
	for (enum op_id op = 0; op < OPS; op++) {
		(void)fprintf(f, "<text x=\"8\" y=\"%d\" font-weight=\"bold\">%s</text>\n", y + 18,
			      op_names[op]);
		y += HEAD;
		for (size_t i = 0; i < n_variants; i++, y += ROW)
			bar(f, &variants[i], op, rounds, y);
	}
	(void)fputs("</svg>\n", f);
	end(f, path);
}
