/**
 * The part of the admin API's table that is about the configuration.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'
import { listOf, numbers } from './shapes.ts'

const changedKey = v.strictObject({ key: v.string(), from: v.unknown(), to: v.unknown() })
const rejected = v.strictObject({
  file: v.nullable(v.string()),
  line: v.nullable(v.number()),
  column: v.nullable(v.number()),
  key: v.string(),
  message: v.string(),
  nearestKey: v.nullable(v.string()),
  variable: v.nullable(v.string()),
})
const reload = v.strictObject({
  outcome: v.picklist(['taken-over', 'unchanged', 'refused']),
  file: v.nullable(v.string()),
  applied: listOf(changedKey),
  reconnect: listOf(changedKey),
  restart: listOf(changedKey),
  rejected: listOf(rejected),
  unconfirmedWorkers: numbers,
})

export const configRoutes: readonly AdminRoute[] = [
  route({
    method: 'POST',
    path: '/v1/config/reload',
    role: 'operator',
    summary: 'Reads the configuration again: what was taken over, what waits, what was rejected and why.',
    value: reload,
    handle: ({ config }) => config.reload(),
  }),
]
