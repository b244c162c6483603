/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The checker's tables say what postern.cedarschema says: the tables are written out as a schema, and its words equal
 * the file's, comments aside.
 */
#include "policy/schema.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "cm.h"

enum { FILE_MAX = 1 << 20 };

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

/* The text's words and signs, one a line, without comments. */
static void words_of(const char *s, struct buf *out)
{
	while (*s) {
		if (strncmp(s, "//", 2) == 0) {
			s += strcspn(s, "\n");
		} else if (strchr(" \t\n", *s)) {
			s++;
		} else {
			do {
				buf_putc(out, *s);
			} while (is_word(*s++) && is_word(*s));
			buf_putc(out, '\n');
		}
	}
}

static void write_type(const struct type *t, struct buf *out)
{
	bool extension = t->kind >= TYPE_IPADDR && t->kind <= TYPE_DURATION;

	buf_puts(out, extension ? "__cedar::" : "");
	type_print(t, out);
}

static void write_attributes(const struct attribute *attributes, size_t n, struct buf *out)
{
	buf_puts(out, " = {");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, " %s: ", attributes[i].name.s);
		write_type(attributes[i].type, out);
		buf_putc(out, ',');
	}
	buf_puts(out, "}");
}

static void write_parents(const struct entity_type *t, struct buf *out)
{
	if (!t->in_itself && t->n_parents == 0)
		return;
	buf_puts(out, " in [");
	buf_puts(out, t->in_itself ? t->name.s : "");
	for (size_t i = 0; i < t->n_parents; i++)
		buf_printf(out, "%s%s", i || t->in_itself ? ", " : "", t->parents[i]->name.s);
	buf_puts(out, "]");
}

static void write_entity(const struct entity_type *t, struct buf *out)
{
	buf_printf(out, "entity %s", t->name.s);
	write_parents(t, out);
	if (t->n_attributes > 0)
		write_attributes(t->attributes, t->n_attributes, out);
	for (size_t i = 0; i < t->n_ids; i++)
		buf_printf(out, "%s\"%s\"", i ? ", " : " enum [", t->ids[i]);
	buf_puts(out, t->n_ids > 0 ? "];\n" : ";\n");
}

/* Neighbours that differ in their name only are declared together. */
static bool same_action(const struct schema_action *a, const struct schema_action *b)
{
	return a->principal && a->group == b->group && a->principal == b->principal &&
	       a->resource == b->resource && a->context == b->context;
}

static size_t write_actions(size_t i, struct buf *out)
{
	const struct schema_action *a = &schema_actions[i];

	buf_printf(out, "action %s", a->name);
	while (++i < schema_n_actions && same_action(a, &schema_actions[i]))
		buf_printf(out, ", %s", schema_actions[i].name);
	if (a->group)
		buf_printf(out, " in [%s]", a->group->name);
	if (a->principal) {
		buf_puts(out, " appliesTo { principal: ");
		write_type(a->principal, out);
		buf_puts(out, ", resource: ");
		write_type(a->resource, out);
		buf_puts(out, ", context: ");
		write_type(a->context, out);
		buf_puts(out, "}");
	}
	buf_puts(out, ";\n");
	return i;
}

static void write_schema(struct buf *out)
{
	for (size_t i = 0; i < schema_n_entities; i++)
		write_entity(schema_entities[i], out);
	for (size_t i = 0; i < schema_n_records; i++) {
		buf_printf(out, "type %s", schema_records[i]->name);
		write_attributes(schema_records[i]->attributes, schema_records[i]->n_attributes,
				 out);
		buf_puts(out, ";\n");
	}
	for (size_t i = 0; i < schema_n_actions;)
		i = write_actions(i, out);
}

static void tables_are_the_schema(void **state)
{
	const char *top = getenv("TOP");
	_cleanup_buf_ struct buf path = BUF_INIT, tables = BUF_INIT, left = BUF_INIT,
				 right = BUF_INIT;
	_cleanup_free_ char *text = NULL;
	size_t len;

	(void)state;
	buf_printf(&path, "%s/userspace/policy/postern.cedarschema", top ? top : ".");
	assert_int_equal(file_read(AT_FDCWD, path.data, FILE_MAX, &text, &len), 0);
	write_schema(&tables);
	words_of(text, &left);
	words_of(tables.data, &right);
	assert_string_equal(left.data, right.data);
	assert_true(left.len > 1000);
}

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

static void every_type_has_a_reference(void **state)
{
	(void)state;
	for (size_t i = 0; i < schema_n_entities; i++) {
		const struct type *t = schema_entity_ref(schema_entities[i]);

		assert_non_null(t);
		assert_ptr_equal(t->entity, schema_entities[i]);
		assert_ptr_equal(schema_entity(schema_entities[i]->name), schema_entities[i]);
	}
	assert_ptr_equal(schema_entity(text_of("Action")), &entity_action);
}

static void unknown_names_are_unknown(void **state)
{
	(void)state;
	assert_null(schema_entity(text_of("user")));
	assert_null(schema_entity(text_of("")));
	assert_null(schema_entity(text_of("X::User")));
	assert_null(schema_action(text_of("Connect")));
	assert_null(schema_function(text_of("isIpv4"), false));
	assert_null(schema_function(text_of("ip"), true));
	assert_int_equal(schema_method_arity(text_of("isIpv4")), -1);
	assert_false(schema_has_id(&entity_socket_kind, text_of("tcp")));
	assert_true(schema_has_id(&entity_socket_kind, text_of("vsock")));
	assert_true(schema_has_id(&entity_user, text_of("anybody")));
}

static void membership_follows_the_declarations(void **state)
{
	(void)state;
	assert_true(schema_may_be_in(&entity_process, &entity_team));
	assert_true(schema_may_be_in(&entity_identity, &entity_team));
	assert_true(schema_may_be_in(&entity_user, &entity_user));
	assert_false(schema_may_be_in(&entity_team, &entity_identity));
	assert_false(schema_may_be_in(&entity_process, &entity_zone));
	assert_false(schema_may_be_in(&entity_socket_kind, &entity_endpoint));
	assert_true(schema_action_in(schema_action(text_of("send")), text_of("egress")));
	assert_true(schema_action_in(schema_action(text_of("send")), text_of("send")));
	assert_false(schema_action_in(schema_action(text_of("create")), text_of("egress")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_the_schema),
		cmocka_unit_test(every_type_has_a_reference),
		cmocka_unit_test(unknown_names_are_unknown),
		cmocka_unit_test(membership_follows_the_declarations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
