/**
 * The part of the admin API's table that records traffic.
 */
import * as v from 'valibot'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'

const recordBody = v.strictObject({ file: v.string(), hours: v.number() })

export const trafficRoutes: readonly AdminRoute[] = [
  { method: 'GET', path: '/v1/traffic/recording', handle: ({ traffic }) => traffic.status() },
  {
    method: 'PUT',
    path: '/v1/traffic/recording',
    handle: ({ traffic }, call) => checked(recordBody, call, ({ file, hours }) => traffic.record(file, hours)),
  },
  { method: 'DELETE', path: '/v1/traffic/recording', handle: ({ traffic }) => traffic.stop() },
]
