/**
 * The part of the admin API's table that is about its own tokens.
 */
import * as v from 'valibot'
import { granted } from '../result.ts'
import { roles } from '../roles.ts'
import { type AdminRoute, route } from './route.ts'
import { listOf, msOrNull } from './shapes.ts'

const facts = {
  id: v.string(),
  name: v.string(),
  role: v.picklist(roles),
  createdMs: v.number(),
  expiresMs: msOrNull,
}
const token = v.strictObject(facts)
const newToken = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  role: v.picklist(roles),
  expiresMs: v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null),
})

export const tokensRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/session',
    role: 'reader',
    summary: 'Who asks: the name and the role behind the token, certificate or session.',
    value: v.strictObject({ name: v.string(), role: v.picklist(roles), expiresMs: msOrNull }),
    handle: async (_backend, { caller: { name, role, expiresMs } }) => granted({ name, role, expiresMs }),
  }),
  route({
    method: 'GET',
    path: '/v1/tokens',
    role: 'administrator',
    summary: 'The tokens of this API, without their secrets.',
    value: listOf(token),
    handle: ({ tokens }) => tokens.list(),
  }),
  route({
    method: 'POST',
    path: '/v1/tokens',
    role: 'administrator',
    summary: 'Makes a token. It is shown this once: only a hash of it is kept.',
    body: newToken,
    value: v.strictObject({ ...facts, token: v.string() }),
    handle: ({ tokens }, { body }) => tokens.create(body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/tokens/:id',
    role: 'administrator',
    summary: 'Revokes a token; sessions of the console that were begun with it end.',
    value: token,
    handle: ({ tokens }, { params }) => tokens.revoke(params.id!),
  }),
]
