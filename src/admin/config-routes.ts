/**
 * The part of the admin API's table that is about the configuration.
 */
import type { AdminRoute } from './route.ts'

export const configRoutes: readonly AdminRoute[] = [
  { method: 'POST', path: '/v1/config/reload', handle: ({ config }) => config.reload() },
]
