/**
 * The part of the admin API's table that is about devices with a secret of their own.
 */
import * as v from 'valibot'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

const enrolBody = v.strictObject({ password: v.string(), device: v.optional(v.string(), '') })
const revokeBody = v.strictObject({ device: v.string() })

export const devicesRoutes: readonly AdminRoute[] = [
  {
    method: 'GET',
    path: '/v1/users/:name/devices',
    handle: ({ devices }, { params }) => devices.list(params.name!),
  },
  {
    method: 'POST',
    path: '/v1/users/:name/devices',
    handle: ({ devices }, call) =>
      checked(enrolBody, call, ({ password, device }) => devices.enrol(call.params.name!, password, device)),
  },
  {
    method: 'DELETE',
    path: '/v1/users/:name/devices',
    handle: ({ devices }, call) => checked(revokeBody, call, ({ device }) => devices.revoke(call.params.name!, device)),
  },
]
