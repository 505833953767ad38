/**
 * The part of the admin API's table that records traffic.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'

const recordBody = v.strictObject({ file: v.string(), hours: v.number() })
const status = v.strictObject({ isRecording: v.boolean(), file: v.string(), rows: v.number(), bytes: v.number() })

export const trafficRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/traffic/recording',
    role: 'reader',
    summary: 'Whether traffic is recorded, and how much there is.',
    value: status,
    handle: ({ traffic }) => traffic.status(),
  }),
  route({
    method: 'PUT',
    path: '/v1/traffic/recording',
    role: 'administrator',
    summary: 'Records what users do, without names and texts, into a new file of the server’s machine.',
    socketOnly: true,
    body: recordBody,
    value: status,
    handle: ({ traffic }, { body }) => traffic.record(body.file, body.hours),
  }),
  route({
    method: 'DELETE',
    path: '/v1/traffic/recording',
    role: 'administrator',
    summary: 'Ends the recording.',
    value: status,
    handle: ({ traffic }) => traffic.stop(),
  }),
]
