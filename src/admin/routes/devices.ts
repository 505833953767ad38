/**
 * The part of the admin API's table that is about devices with a secret of their own.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'
import { listOf } from './shapes.ts'

const enrolBody = v.strictObject({ password: v.string(), device: v.optional(v.string(), '') })
const revokeBody = v.strictObject({ device: v.string() })
const devices = v.strictObject({
  aor: v.string(),
  devices: listOf(v.strictObject({ device: v.string(), userName: v.string(), enrolledAt: v.string() })),
})

export const devicesRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users/:name/devices',
    role: 'reader',
    summary: 'The devices of a user that have a secret of their own.',
    value: devices,
    handle: (backend, { params }) => backend.devices.list(params.name!),
  }),
  route({
    method: 'POST',
    path: '/v1/users/:name/devices',
    role: 'administrator',
    summary: 'Makes a secret for a device, with the password of the user.',
    body: enrolBody,
    value: v.strictObject({ aor: v.string(), device: v.string(), userName: v.string(), secret: v.string() }),
    handle: (backend, { params, body }) => backend.devices.enrol(params.name!, body.password, body.device),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name/devices',
    role: 'operator',
    summary: 'Revokes the secret of a device; connections of all devices of this user end.',
    body: revokeBody,
    value: devices,
    handle: (backend, { params, body }) => backend.devices.revoke(params.name!, body.device),
  }),
]
