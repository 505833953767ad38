/**
 * The admin API as one table: the socket and the network serve it, the OpenAPI document is made from it, and the
 * command line asks along it.
 */
import { configRoutes } from './config.ts'
import { contactsRoutes } from './contacts.ts'
import { devicesRoutes } from './devices.ts'
import { homesRoutes } from './homes.ts'
import { policyRoutes } from './policy.ts'
import { presenceRoutes } from './presence.ts'
import type { AdminRoute } from './route.ts'
import { serverRoutes } from './server.ts'
import { tokensRoutes } from './tokens.ts'
import { tracesRoutes } from './traces.ts'
import { trafficRoutes } from './traffic.ts'
import { usersRoutes } from './users.ts'

export const adminRoutes: readonly AdminRoute[] = [
  ...usersRoutes,
  ...devicesRoutes,
  ...contactsRoutes,
  ...presenceRoutes,
  ...policyRoutes,
  ...homesRoutes,
  ...serverRoutes,
  ...configRoutes,
  ...trafficRoutes,
  ...tracesRoutes,
  ...tokensRoutes,
]

export interface FoundRoute {
  readonly route: AdminRoute
  readonly params: Readonly<Record<string, string>>
}

/** The route for a request, with its parameters; else the methods that the path does have. */
export function findRoute(method: string, path: string): FoundRoute | readonly string[] {
  const others: string[] = []
  for (const route of adminRoutes) {
    const params = matchPath(route.path, path)
    if (params === null) continue
    if (route.method === method) return { route, params }
    others.push(route.method)
  }
  return others
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return null
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    if (!part.startsWith(':')) {
      if (part !== given[index]) return null
      continue
    }
    const value = decoded(given[index]!)
    if (value === null || value === '') return null
    params[part.slice(1)] = value
  }
  return params
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
