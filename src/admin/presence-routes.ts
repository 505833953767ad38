/**
 * The part of the admin API's table that is about presence: what is shown, who watches, and hard state as a resource.
 */
import * as v from 'valibot'
import { hardStateSources } from '../ports/records/hard-state.ts'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

const by = v.optional(v.picklist(hardStateSources), 'administrator')
const text = v.optional(v.nullable(v.string()), null)
const ms = v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null)
const stateBody = v.strictObject({
  by,
  status: v.optional(v.nullable(v.picklist(['open', 'closed'])), null),
  activity: text,
  note: text,
  document: text,
  fromMs: ms,
  untilMs: ms,
})
const sourceBody = v.strictObject({ by })

export const presenceRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/v1/users/:name/presence',
    handle: ({ presence }, { params }) => presence.show(params.name!),
  },
  {
    method: 'GET',
    path: '/v1/users/:name/presence/watchers',
    handle: ({ presence }, { params }) => presence.watchers(params.name!),
  },
  {
    method: 'PUT',
    path: '/v1/users/:name/presence/hard-state',
    handle: ({ presence }, call) => checked(stateBody, call, (state) => presence.set(call.params.name!, state)),
  },
  {
    method: 'DELETE',
    path: '/v1/users/:name/presence/hard-state',
    handle: ({ presence }, call) =>
      checked(sourceBody, { ...call, body: call.body ?? {} }, (body) => presence.clear(call.params.name!, body.by)),
  },
]
