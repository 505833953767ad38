/**
 * The part of the admin API's table that is about presence: what is shown, who watches, and hard state as a resource.
 */
import * as v from 'valibot'
import { hardStateSources } from '../../ports/records/hard-state.ts'
import { type AdminRoute, route } from './route.ts'
import { listOf, msOrNull, nullableText, texts } from './shapes.ts'

const by = v.optional(v.picklist(hardStateSources), 'administrator')
const ms = v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null)
const stateBody = v.strictObject({
  by,
  status: v.optional(v.nullable(v.picklist(['open', 'closed'])), null),
  activity: nullableText,
  note: nullableText,
  document: nullableText,
  fromMs: ms,
  untilMs: ms,
})
const sourceBody = v.optional(v.strictObject({ by }), {})

const source = v.strictObject({
  by: v.picklist(['device', ...hardStateSources]),
  deviceKey: v.nullable(v.string()),
  counts: v.boolean(),
  saidMs: v.number(),
  fromMs: msOrNull,
  untilMs: msOrNull,
})
const presence = v.strictObject({
  aor: v.string(),
  basic: v.picklist(['open', 'closed']),
  activity: v.nullable(v.string()),
  notes: texts,
  devicesOnline: v.number(),
  sources: listOf(source),
  document: v.string(),
})
const watchers = v.strictObject({
  aor: v.string(),
  watchers: listOf(
    v.strictObject({
      watcher: v.string(),
      state: v.picklist(['allow', 'block', 'polite-block', 'confirm']),
      since: v.string(),
    }),
  ),
})

export const presenceRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/users/:name/presence',
    role: 'reader',
    summary: 'What is shown of a user, and where it comes from.',
    value: presence,
    handle: (backend, { params }) => backend.presence.show(params.name!),
  }),
  route({
    method: 'GET',
    path: '/v1/users/:name/presence/watchers',
    role: 'reader',
    summary: 'Who watches a user, with which verdict.',
    value: watchers,
    handle: (backend, { params }) => backend.presence.watchers(params.name!),
  }),
  route({
    method: 'PUT',
    path: '/v1/users/:name/presence/hard-state',
    role: 'operator',
    summary: 'Has a state, an activity, a note or a whole document shown of a user, in place of the one before.',
    body: stateBody,
    value: presence,
    handle: (backend, { params, body }) => backend.presence.set(params.name!, body),
  }),
  route({
    method: 'DELETE',
    path: '/v1/users/:name/presence/hard-state',
    role: 'operator',
    summary: 'Takes it back.',
    body: sourceBody,
    value: presence,
    handle: (backend, { params, body }) => backend.presence.clear(params.name!, body.by),
  }),
]
