/**
 * The part of the admin API's table that is about users and their devices.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'
import { listOf, texts } from './shapes.ts'

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
/** A page of users that says no other number, and the largest. */
const pageRows = 100
export const pageRowsMax = 10_000

const importBody = v.strictObject({ rows: v.pipe(v.array(newUser), v.maxLength(importRowsMax)) })
const passwordBody = v.strictObject({ password: v.string() })
const disabledBody = v.strictObject({ disabled: v.boolean() })
const displayNameBody = v.strictObject({ displayName: v.string() })
const groupsBody = v.strictObject({ add: v.array(v.string()), remove: v.array(v.string()) })

const summaryEntries = {
  aor: v.string(),
  displayName: v.string(),
  aliases: texts,
  groups: texts,
  disabled: v.boolean(),
  createdAt: v.pipe(v.string(), v.isoTimestamp()),
}
const summary = v.strictObject(summaryEntries)
const page = v.strictObject({
  users: listOf(summary),
  next: v.pipe(
    v.nullable(v.string()),
    v.description('Ask with it as `after` for the next page; null: this was the last.'),
  ),
  total: v.pipe(v.number(), v.description('All that match, on whatever page.')),
})
const device = v.strictObject({
  deviceKey: v.string(),
  contactUri: v.string(),
  userAgent: v.string(),
  online: v.boolean(),
  transport: v.string(),
  expiresMs: v.number(),
})
const details = v.strictObject({
  ...summaryEntries,
  epoch: v.number(),
  devices: listOf(device),
  mailboxMessages: v.number(),
})
const outcome = v.strictObject({
  name: v.string(),
  outcome: v.picklist(['added', 'exists', 'refused']),
  message: v.string(),
})

const listQuery = {
  search: v.optional(v.pipe(v.string(), v.description('Part of the address, an alias or the display name.')), ''),
  group: v.optional(v.string(), ''),
  disabled: v.optional(v.boolean()),
  after: v.optional(v.pipe(v.string(), v.description('`next` of the page before.')), ''),
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(pageRowsMax)), pageRows),
}

const manyUsersRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users',
    role: 'reader',
    summary: 'Users by page, in the order of their addresses.',
    query: listQuery,
    value: page,
    handle: (backend, { query: { search, group, disabled, after, limit } }) =>
      backend.listUsers({ search, group, disabled: disabled ?? null }, { after, limit }),
  }),
  route({
    method: 'POST',
    path: '/v1/users',
    role: 'administrator',
    summary: 'Makes a user.',
    body: newUser,
    value: summary,
    handle: (backend, { body }) => backend.addUser(body),
  }),
  route({
    method: 'POST',
    path: '/v1/import',
    role: 'administrator',
    summary: 'Makes many users: each row by itself.',
    body: importBody,
    value: listOf(outcome),
    handle: (backend, { body }) => backend.importUsers(body.rows),
  }),
  route({
    method: 'GET',
    path: '/v1/export',
    role: 'administrator',
    summary: 'All users, without passwords: a store holds none.',
    value: listOf(summary),
    handle: (backend) => backend.exportUsers(),
  }),
]

const oneUserRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users/:name',
    role: 'reader',
    summary: 'A user with devices; the entity tag changes with the account, not with its devices.',
    value: details,
    handle: (backend, { params }) => backend.showUser(params.name!),
  }),
  route({
    method: 'PATCH',
    path: '/v1/users/:name',
    role: 'administrator',
    summary: 'Changes the display name.',
    ifMatch: 'required',
    body: displayNameBody,
    value: summary,
    handle: (backend, { params, body }) => backend.setDisplayName(params.name!, body.displayName),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name',
    role: 'administrator',
    summary: 'Removes a user and all that is kept for him.',
    ifMatch: 'required',
    value: summary,
    handle: (backend, { params }) => backend.removeUser(params.name!),
  }),
  route({
    method: 'PUT',
    path: '/v1/users/:name/password',
    role: 'administrator',
    summary: 'Sets a password; connections of the one before end.',
    ifMatch: 'obeyed',
    body: passwordBody,
    value: summary,
    handle: (backend, { params, body }) => backend.setPassword(params.name!, body.password),
  }),
  route({
    method: 'PUT',
    path: '/v1/users/:name/disabled',
    role: 'operator',
    summary: 'Disables a user, who is signed out and cannot sign in, or enables him again.',
    ifMatch: 'obeyed',
    body: disabledBody,
    value: summary,
    handle: (backend, { params, body }) => backend.setDisabled(params.name!, body.disabled),
  }),
  route({
    method: 'POST',
    path: '/v1/users/:name/groups',
    role: 'administrator',
    summary: 'Takes a user out of some groups, then puts him into others.',
    ifMatch: 'obeyed',
    body: groupsBody,
    value: summary,
    handle: (backend, { params, body }) => backend.changeGroups(params.name!, body),
  }),
]

const registrationsRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users/:name/registrations',
    role: 'reader',
    summary: 'The devices of a user that are signed in.',
    value: listOf(device),
    handle: (backend, { params }) => backend.registrations(params.name!),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name/registrations',
    role: 'operator',
    summary: 'Signs out all devices of a user and ends their connections; who knows the password can sign in again.',
    value: details,
    handle: (backend, { params }) => backend.signOut(params.name!, null),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name/registrations/:device',
    role: 'operator',
    summary: 'Signs out one device; if it has the password it can sign in again.',
    value: details,
    handle: (backend, { params }) => backend.signOut(params.name!, params.device!),
  }),
]

export const usersRoutes: readonly AdminRoute[] = [...manyUsersRoutes, ...oneUserRoutes, ...registrationsRoutes]
