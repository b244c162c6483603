/* SPDX-License-Identifier: BSD-2-Clause */
/* The fixed world: see world.h. Its names are the ones in the dictionaries. */
#include "world.h"

#include "fuzz.h"

static const char entities_text[] =
	"[{\"uid\":{\"type\":\"Zone\",\"id\":\"z\"},\"parents\":[],\"attrs\":{\"prefixes\":"
	"[\"10.0.0.0/8\",\"fd00::/8\"]}},"
	"{\"uid\":{\"type\":\"Zone\",\"id\":\"y\"},\"parents\":[{\"type\":\"Zone\",\"id\":\"z\"}],"
	"\"attrs\":{\"prefixes\":[\"192.168.1.128/25\",\"10.20.0.0/24\"]}},"
	"{\"uid\":{\"type\":\"Zone\",\"id\":\"all\"},\"parents\":[],\"attrs\":{\"prefixes\":"
	"[\"0.0.0.0/0\",\"::/0\"]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"s\"},\"parents\":[{\"type\":\"Service\",\"id\":"
	"\"g\"}],\"attrs\":{\"endpoints\":[\"tcp 10.20.0.0/24:5432\",\"udp [fd00::]/8:53-99\"]}},"
	"{\"uid\":{\"type\":\"Service\",\"id\":\"g\"},\"parents\":[],\"attrs\":{\"endpoints\":[]}},"
	"{\"uid\":{\"type\":\"Team\",\"id\":\"t\"},\"parents\":[],\"attrs\":{}},"
	"{\"uid\":{\"type\":\"Identity\",\"id\":\"i\"},\"parents\":[{\"type\":\"Team\",\"id\":\"t\""
	"}],\"attrs\":{\"user\":\"u\",\"keys\":[],\"requireVerified\":false}}]";

static const char policies_text[] =
	"@id(\"a\") permit(principal in Program::\"/a\", action == Action::\"connect\", resource)"
	"when { resource in Service::\"s\" || principal.exe like \"/a*b\" };"
	"@id(\"b\") forbid(principal in User::\"u\", action in Action::\"egress\", resource)"
	"unless { resource.ip.isInRange(ip(\"10.0.0.0/8\")) && context.session.mfa };"
	"@id(\"c\") @mode(\"observe\") forbid(principal in Group::\"h\", action, resource);"
	"@id(\"d\") permit(principal in Unit::\"n.slice\", action in [Action::\"send\","
	"Action::\"accept\"], resource in Zone::\"z\") when { principal.uid < 1000 ||"
	"context.session.mfaAge <= duration(\"1h\") };"
	"@id(\"e\") permit(principal in Team::\"t\", action == Action::\"create\", resource);"
	"@id(\"f\") permit(principal, action == Action::\"listen\", resource) when {"
	"[80, 443].contains(resource.port) && principal.parent != \"/p\" };";

/* Who, then what: each of the one with each of the other. */
static const char *const principals[] = {
	"{}",
	"{\"user\":\"root\",\"program\":\"/a\",\"unit\":\"n.service\",\"slices\":[\"n.slice\"]}",
	"{\"user\":\"u\",\"uid\":1000,\"gid\":100,\"groups\":[\"h\"],\"program\":\"/aXb\","
	"\"aliases\":[\"/a\"],\"identity\":\"i\"}",
	"{\"uid\":7,\"groups\":[\"#0\",\"h\"],\"program\":\"/b\",\"script\":\"/s\",\"parent\":"
	"\"/p\",\"sha256\":\"00\",\"container\":\"c\",\"preexisting\":true}",
};

static const char *const others[] = {
	"\"action\":\"connect\",\"resource\":\"tcp 10.20.0.5:5432\",\"context\":{\"session\":"
	"{\"mfaAge\":\"30m\",\"verified\":true},\"now\":\"2030-01-01T00:00:00Z\"}",
	"\"action\":\"send\",\"resource\":\"udp [fd00::1]:53\",\"context\":{\"device\":{"
	"\"secureBoot\":true,\"custom\":[\"av\"]}}",
	"\"action\":\"listen\",\"resource\":\"tcp 0.0.0.0:443\",\"context\":{\"local\":{\"time\":"
	"\"9h\",\"weekday\":1}}",
	"\"action\":\"accept\",\"resource\":\"tcp 192.168.1.200:40000\"",
	"\"action\":\"create\",\"resource\":\"raw\"",
	"\"action\":\"connect\",\"resource\":\"tcp [::1]:80\",\"context\":{\"session\":{"
	"\"interactive\":true},\"now\":\"2020-02-29T23:59:59.999Z\"}",
};

_Static_assert(sizeof(principals) / sizeof(principals[0]) * sizeof(others) / sizeof(others[0]) ==
		       FUZZ_REQUESTS,
	       "the number in world.h");

static json_t *json_of(const char *text, struct diags *d)
{
	const struct source src = { "world", text, strlen(text) };
	json_t *j = NULL;

	must(json_parse(&src, d, &j) == 0);
	return j;
}

static void make_requests(struct fuzz_world *w, struct diags *d)
{
	const size_t n = sizeof(others) / sizeof(others[0]);
	char text[1024];

	must(arena_new(&w->arena) == 0);
	for (size_t i = 0; i < FUZZ_REQUESTS; i++) {
		_cleanup_json_ json_t *j = NULL;

		(void)snprintf(text, sizeof(text), "{\"principal\":%s,%s}", principals[i / n],
			       others[i % n]);
		j = json_of(text, d);
		must(request_parse(j, NULL, 0, w->arena, d, &w->requests[i]) == 0);
	}
	must(request_binding_new(w->requests, FUZZ_REQUESTS, &w->binding) == 0);
}

const struct fuzz_world *fuzz_world(void)
{
	static struct fuzz_world w;
	const struct source src = { "world.cedar", policies_text, sizeof(policies_text) - 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;

	if (w.binding)
		return &w;
	j = json_of(entities_text, &d);
	must(entities_parse(j, NULL, NULL, &d, &w.entities) == 0);
	must(policy_set_new(&w.set) == 0);
	must(policy_parse(w.set, &src, &d) == 0);
	must(policy_check(w.set, w.entities, &d) == 0);
	must(policy_views_make(w.set, w.entities, &ROLLOUT_ENFORCED, &d, &w.views) == 0);
	make_requests(&w, &d);
	return &w;
}

void fuzz_compare(const struct fuzz_world *w, const struct policy_views *views,
		  const struct image *i)
{
	for (size_t k = 0; k < FUZZ_REQUESTS; k++) {
		const struct request *req = &w->requests[k];
		struct decision want, got;

		must(decide_reference(views, req, &want) == 0);
		must(image_decide(i, w->binding, req, &got) == 0);
		must(want.verdict == got.verdict && want.policy == got.policy);
		must(strcmp(want.reason, got.reason) == 0);
	}
}
