/**
 * The part of the admin API's table that is about policy.
 */
import * as v from 'valibot'
import { messageRules, policyDefaults, seeRules } from '../ports/records/policy.ts'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

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

export const policyRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/v1/policy', handle: ({ policy }) => policy.organisation() },
  {
    method: 'PUT',
    path: '/v1/policy/default',
    handle: ({ policy }, call) => checked(defaultBody, call, (body) => policy.setDefault(body.default)),
  },
  {
    method: 'POST',
    path: '/v1/policy/rules',
    handle: ({ policy }, call) => checked(ruleBody, call, (rule) => policy.putRule(rule)),
  },
  {
    method: 'DELETE',
    path: '/v1/policy/rules',
    handle: ({ policy }, call) => checked(pairBody, call, ({ from, to }) => policy.removeRule(from, to)),
  },
  { method: 'GET', path: '/v1/policy/users/:name', handle: ({ policy }, { params }) => policy.ofUser(params.name!) },
  {
    method: 'POST',
    path: '/v1/policy/users/:name',
    handle: ({ policy }, call) =>
      checked(userRuleBody, call, ({ rule, watchers }) => policy.setUserRule(call.params.name!, rule, watchers)),
  },
]
