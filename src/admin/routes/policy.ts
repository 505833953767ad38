/**
 * The part of the admin API's table that is about policy.
 */
import * as v from 'valibot'
import { messageRules, policyDefaults, seeRules } from '../../ports/records/policy.ts'
import { type AdminRoute, route } from './route.ts'
import { listOf } from './shapes.ts'

const defaultBody = v.strictObject({ default: v.picklist(policyDefaults) })
const ruleBody = v.strictObject({
  from: v.string(),
  to: v.string(),
  see: v.optional(v.nullable(v.picklist(seeRules)), null),
  message: v.optional(v.nullable(v.picklist(messageRules)), null),
})
const pairBody = v.strictObject({ from: v.string(), to: v.string() })
const userRuleBody = v.strictObject({
  rule: v.picklist(['allow', 'block', 'polite-block', 'prompt', 'forget']),
  watchers: v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(1000)),
})

const organisation = v.strictObject({
  default: v.picklist(policyDefaults),
  defaultFrom: v.picklist(['configuration', 'command']),
  rules: listOf(
    v.strictObject({
      from: v.string(),
      to: v.string(),
      see: v.nullable(v.picklist(seeRules)),
      message: v.nullable(v.picklist(messageRules)),
    }),
  ),
  unreadable: v.boolean(),
})
const userPolicy = v.strictObject({
  aor: v.string(),
  rules: listOf(
    v.strictObject({ watcher: v.string(), rule: v.picklist(['allow', 'block', 'polite-block', 'confirm']) }),
  ),
  unreadable: v.boolean(),
})

export const policyRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/policy',
    role: 'reader',
    summary: 'The rules of the organisation, and its default.',
    value: organisation,
    handle: ({ policy }) => policy.organisation(),
  }),
  route({
    method: 'PUT',
    path: '/v1/policy/default',
    role: 'administrator',
    summary: 'What holds between two people for whom nobody has made a rule.',
    body: defaultBody,
    value: organisation,
    handle: ({ policy }, { body }) => policy.setDefault(body.default),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/rules',
    role: 'administrator',
    summary: 'Makes a rule between two groups; what it leaves out stays as an earlier rule has it.',
    body: ruleBody,
    value: organisation,
    handle: ({ policy }, { body }) => policy.putRule(body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/policy/rules',
    role: 'administrator',
    summary: 'Removes the rule between two groups.',
    body: pairBody,
    value: organisation,
    handle: ({ policy }, { body }) => policy.removeRule(body.from, body.to),
  }),
  route({
    method: 'GET',
    path: '/v1/policy/users/:name',
    role: 'reader',
    summary: 'What a user says about watchers.',
    value: userPolicy,
    handle: ({ policy }, { params }) => policy.ofUser(params.name!),
  }),
  route({
    method: 'POST',
    path: '/v1/policy/users/:name',
    role: 'administrator',
    summary: 'Sets a rule of a user for some watchers, or has it forgotten.',
    body: userRuleBody,
    value: userPolicy,
    handle: ({ policy }, { params, body }) => policy.setUserRule(params.name!, body.rule, body.watchers),
  }),
]
