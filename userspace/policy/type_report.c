/* SPDX-License-Identifier: BSD-2-Clause */
/* Type errors as messages: each place once, however many environments find it wrong. */
#include <errno.h>
#include <stdarg.h>

#include "policy/type_check.h"

enum { REPORTED_MOST = 100 }; /* in one policy; more are counted */

static bool was_reported(const struct type_checker *c, const struct expr *e)
{
	for (size_t i = 0; i < c->reported.n; i++) {
		if (c->reported.items[i] == e)
			return true;
	}
	return false;
}

void type_error(struct type_checker *c, const struct expr *e, const char *code, const char *hint,
		const char *fmt, ...)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	va_list ap;

	c->errors++;
	if (c->quiet || c->reported.n >= REPORTED_MOST || was_reported(c, e))
		return;
	if (vec_push(&c->reported, e) < 0)
		c->err = -ENOMEM;
	va_start(ap, fmt);
	buf_vprintf(&text, fmt, ap);
	va_end(ap);
	if (buf_error(&text) < 0)
		c->err = -ENOMEM;
	diag_error(c->d, code, e->span, hint, "%s", text.data ? text.data : "");
}

/* What one does with a value of the type, when it is not what was expected. */
static const char *const uses[] = {
	[TYPE_TRUE] = "combine conditions with `&&`, `||` and `!`",
	[TYPE_FALSE] = "combine conditions with `&&`, `||` and `!`",
	[TYPE_BOOL] = "combine conditions with `&&`, `||` and `!`",
	[TYPE_LONG] = "compare it with `==` or `<`",
	[TYPE_STRING] = "compare it with `==`, or match it with `like`",
	[TYPE_IPADDR] = "ask it with isInRange(), isLoopback() or isIpv4()",
	[TYPE_DECIMAL] = "compare it with lessThan()",
	[TYPE_DATETIME] = "compare it with `<` and a datetime(\"…\")",
	[TYPE_DURATION] = "compare it with `<` and a duration(\"…\")",
	[TYPE_SET] = "ask it with contains(), containsAny() or containsAll()",
	[TYPE_RECORD] = "ask for one of its attributes",
	[TYPE_ENTITY] = "ask for an attribute, or what it is `in`",
};

struct answer type_unexpected(struct type_checker *c, const struct expr *e, const char *wanted,
			      const struct type *is)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	type_print(is, &name);
	type_error(c, e, "type-unexpected", uses[is->kind], "expected %s here, but this is a %s",
		   wanted, name.data ? name.data : "");
	return NO_TYPE;
}

struct answer type_mismatch(struct type_checker *c, const struct expr *e, const struct type *x,
			    const struct type *y)
{
	_cleanup_buf_ struct buf left = BUF_INIT, right = BUF_INIT;

	type_print(x, &left);
	type_print(y, &right);
	type_error(c, e, "type-mismatch", "compare values of one type, and keep sets to one type",
		   "%s and %s cannot be compared or stand in one set", left.data ? left.data : "",
		   right.data ? right.data : "");
	return NO_TYPE;
}
