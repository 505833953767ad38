/**
 * The part of the admin API's table that is about homes of users.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'

const moveBody = v.strictObject({ to: v.string() })
const adoptBody = v.strictObject({
  displayName: v.optional(v.string(), ''),
  password: v.optional(v.nullable(v.string()), null),
  /** That the home is dead is an administrator's word, and no default. */
  force: v.literal(true),
})
const moved = v.strictObject({
  aor: v.string(),
  from: v.string(),
  to: v.string(),
  epoch: v.number(),
  records: v.number(),
  frozenMs: v.number(),
})

export const homesRoutes: readonly AdminRoute[] = [
  route({
    method: 'POST',
    path: '/v1/users/:name/move',
    role: 'administrator',
    summary: 'Moves a user to another home of the topology.',
    body: moveBody,
    value: moved,
    handle: ({ homes }, { params, body }) => homes.move(params.name!, body.to),
  }),
  route({
    method: 'POST',
    path: '/v1/users/:name/adopt',
    role: 'administrator',
    summary: 'Makes this server the home of a user whose home is dead.',
    body: adoptBody,
    value: moved,
    handle: ({ homes }, { params, body }) => homes.adopt(params.name!, body),
  }),
]
