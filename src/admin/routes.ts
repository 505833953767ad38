/**
 * The admin API as a table: method, path, and what of the backend answers. Bodies are checked before they reach it.
 * `admin-api.ts` serves this table, `admin-client.ts` asks along it.
 */
import * as v from 'valibot'
import { configRoutes } from './config-routes.ts'
import { contactsRoutes } from './contacts-routes.ts'
import { devicesRoutes } from './devices-routes.ts'
import { moveRoutes } from './move-routes.ts'
import { policyRoutes } from './policy-routes.ts'
import { presenceRoutes } from './presence-routes.ts'
import type { AdminRoute } from './route.ts'
import { checked } from './route.ts'
import { trafficRoutes } from './traffic-routes.ts'

const newUser = v.strictObject({
  name: v.string(),
  displayName: v.optional(v.string(), ''),
  aliases: v.optional(v.array(v.string()), []),
  groups: v.optional(v.array(v.string()), []),
  password: v.string(),
  disabled: v.optional(v.boolean(), false),
})

/** An import is sent in parts of at most this many rows. */
export const importRowsMax = 1000

const importBody = v.strictObject({ rows: v.pipe(v.array(newUser), v.maxLength(importRowsMax)) })
const passwordBody = v.strictObject({ password: v.string() })
const disabledBody = v.strictObject({ disabled: v.boolean() })
const groupsBody = v.strictObject({ add: v.array(v.string()), remove: v.array(v.string()) })
const backupBody = v.strictObject({ folder: v.string() })

export const adminRoutes: readonly AdminRoute[] = [
  {
    method: 'POST',
    path: '/v1/users',
    handle: (backend, call) => checked(newUser, call, (user) => backend.addUser(user)),
  },
  { method: 'GET', path: '/v1/users', handle: (backend, { query }) => backend.listUsers(filterOf(query)) },
  { method: 'GET', path: '/v1/users/:name', handle: (backend, { params }) => backend.showUser(params.name!) },
  { method: 'DELETE', path: '/v1/users/:name', handle: (backend, { params }) => backend.removeUser(params.name!) },
  {
    method: 'PUT',
    path: '/v1/users/:name/password',
    handle: (backend, call) =>
      checked(passwordBody, call, ({ password }) => backend.setPassword(call.params.name!, password)),
  },
  {
    method: 'PUT',
    path: '/v1/users/:name/disabled',
    handle: (backend, call) =>
      checked(disabledBody, call, ({ disabled }) => backend.setDisabled(call.params.name!, disabled)),
  },
  {
    method: 'POST',
    path: '/v1/users/:name/groups',
    handle: (backend, call) => checked(groupsBody, call, (change) => backend.changeGroups(call.params.name!, change)),
  },
  {
    method: 'POST',
    path: '/v1/import',
    handle: (backend, call) => checked(importBody, call, ({ rows }) => backend.importUsers(rows)),
  },
  { method: 'GET', path: '/v1/export', handle: (backend) => backend.exportUsers() },
  {
    method: 'POST',
    path: '/v1/backup',
    handle: (backend, call) => checked(backupBody, call, ({ folder }) => backend.backup(folder)),
  },
  { method: 'GET', path: '/v1/store/stats', handle: (backend) => backend.storeStats() },
  { method: 'GET', path: '/v1/store/check', handle: (backend) => backend.storeCheck() },
  { method: 'GET', path: '/v1/store/records/:name', handle: (backend, { params }) => backend.storeShow(params.name!) },
  { method: 'GET', path: '/v1/health', handle: (backend) => backend.health() },
  {
    method: 'GET',
    path: '/v1/metrics',
    textType: 'text/plain; version=0.0.4; charset=utf-8',
    handle: (backend) => backend.metricsText(),
  },
  ...devicesRoutes,
  ...policyRoutes,
  ...contactsRoutes,
  ...presenceRoutes,
  ...moveRoutes,
  ...trafficRoutes,
  ...configRoutes,
]

function filterOf(query: URLSearchParams) {
  const disabled = query.get('disabled')
  const group = query.get('group') ?? ''
  return { search: query.get('search') ?? '', disabled: disabled === null ? null : disabled === 'true', group }
}

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
