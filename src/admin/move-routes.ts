/**
 * The part of the admin API's table that is about homes of users.
 */
import * as v from 'valibot'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

const moveBody = v.strictObject({ to: v.string() })
const adoptBody = v.strictObject({
  displayName: v.optional(v.string(), ''),
  password: v.optional(v.nullable(v.string()), null),
  /** That the home is dead is an administrator's word, and no default. */
  force: v.literal(true),
})

export const moveRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/v1/users/:name/move',
    handle: ({ homes }, call) => checked(moveBody, call, ({ to }) => homes.move(call.params.name!, to)),
  },
  {
    method: 'POST',
    path: '/v1/users/:name/adopt',
    handle: ({ homes }, call) => checked(adoptBody, call, (body) => homes.adopt(call.params.name!, body)),
  },
]
