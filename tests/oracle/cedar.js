// SPDX-License-Identifier: BSD-2-Clause
// The official engine, with our schema. It is found where `npm ci` put it: ORACLE_MODULES.
'use strict';

const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');

const installed = createRequire(path.resolve(process.env.ORACLE_MODULES, 'x.js'));
const wasm = installed('@cedar-policy/cedar-wasm/nodejs');
const schema = fs.readFileSync(path.join(__dirname, '../../userspace/policy/postern.cedarschema'), 'utf8');

function expect(answer, what) {
	if (answer.type !== 'success')
		throw new Error(`Cedar: ${what}: ${answer.errors.map((e) => e.message).join('; ')}`);
	return answer;
}

expect(wasm.preparseSchema('postern', schema), 'schema');

// Each policy of a text as Cedar's JSON, then each template.
function policiesOf(text) {
	const parts = expect(wasm.policySetTextToParts(text), 'policies');
	return [
		...parts.policies.map((one) => expect(wasm.policyToJson(one), 'policy').json),
		...parts.policy_templates.map((one) => expect(wasm.templateToJson(one), 'template').json),
	];
}

// What it says of a text: {parsed, valid, warned, message}.
function judge(text) {
	const parts = wasm.policySetTextToParts(text);
	if (parts.type !== 'success')
		return { parsed: false, valid: false, warned: false, message: parts.errors[0].message };
	const templates = Object.fromEntries(parts.policy_templates.map((one, i) => [`t${i}`, one]));
	const a = expect(wasm.validate({ schema, policies: { staticPolicies: parts.policies.join('\n'), templates } }), 'validation');
	const warnings = [...a.validationWarnings.map((w) => w.error), ...a.otherWarnings];
	const errors = a.validationErrors.map((e) => e.error);
	return { parsed: true, valid: errors.length === 0, warned: warnings.length > 0,
		message: [...errors, ...warnings][0]?.message ?? '' };
}

// A set to decide by: {id: policy}. It must be valid, since only such sets have a meaning here.
function use(name, policies) {
	const a = expect(wasm.validate({ schema, policies: { staticPolicies: policies } }), 'validation');
	if (a.validationErrors.length > 0)
		throw new Error(`Cedar refuses the set: ${a.validationErrors[0].error.message}`);
	expect(wasm.preparsePolicySet(name, { staticPolicies: policies }), 'policy set');
}

const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function authorize(name, call) {
	const { response } = expect(wasm.statefulIsAuthorized({
		...call, preparsedSchemaName: 'postern', preparsedPolicySetId: name, validateRequest: true,
	}), 'request');
	if (response.diagnostics.errors.length > 0)
		throw new Error(`Cedar could not evaluate: ${response.diagnostics.errors[0].error.message}`);
	return response;
}

// {allow, policy}: the least id of the determining policies, "" for none.
function decide(name, call) {
	const { decision, diagnostics } = authorize(name, call);
	return { allow: decision === 'allow', policy: [...diagnostics.reason].sort(byBytes)[0] ?? '' };
}

// The ids of the determining policies: of permits alone, all that the request satisfies.
const reasons = (name, call) => new Set(authorize(name, call).diagnostics.reason);

function format(text) {
	return expect(wasm.formatPolicies({ policyText: text }), 'formatter').formatted_policy;
}

// A policy's text from its JSON. Cedar writes an annotation without a value as one with "".
function textOf(policy) {
	return expect(wasm.policyToText(policy), 'policy').text.replace(/^@essential\(""\)/m, '@essential');
}

module.exports = { policiesOf, judge, use, decide, reasons, byBytes, format, textOf };
