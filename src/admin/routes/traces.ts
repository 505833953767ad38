/**
 * The part of the admin API's table that traces one user's messages. Reading is a long poll: an answer comes when there
 * is something to tell.
 */
import * as v from 'valibot'
import { type AdminRoute, route } from './route.ts'
import { listOf } from './shapes.ts'

/** One hour, in which somebody should have found what he looks for. */
export const traceSecondsMax = 3_600
export const traceMessagesMax = 100_000
/** Less than what listeners take for silence. */
export const traceWaitMsMax = 5_000

const wholeFrom = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))

const traceBody = v.strictObject({
  user: v.string(),
  seconds: v.optional(wholeFrom(1, traceSecondsMax), 600),
  messages: v.optional(wholeFrom(1, traceMessagesMax), 10_000),
  bodies: v.optional(v.boolean(), false),
})

const traceFacts = v.strictObject({
  id: v.string(),
  aor: v.string(),
  by: v.string(),
  beganMs: v.number(),
  endsMs: v.number(),
  bodies: v.boolean(),
  messages: v.number(),
})

const step = v.strictObject({
  number: v.number(),
  atMs: v.number(),
  worker: v.number(),
  direction: v.picklist(['received', 'sent']),
  side: v.picklist(['device', 'other']),
  method: v.string(),
  status: v.number(),
  reason: v.string(),
  cseq: v.number(),
  callId: v.string(),
  from: v.string(),
  to: v.string(),
  flow: v.string(),
  transport: v.string(),
  remoteAddress: v.string(),
  remotePort: v.number(),
  bytes: v.number(),
  bodyBytes: v.number(),
  text: v.nullable(v.string()),
})

const tracePart = v.strictObject({
  steps: listOf(step),
  next: v.number(),
  missed: v.number(),
  end: v.nullable(v.picklist(['time', 'count', 'asked', 'nobody-reads', 'server-stops'])),
})

export const tracesRoutes: readonly AdminRoute[] = [
  route({
    method: 'GET',
    path: '/v1/traces',
    role: 'operator',
    summary: 'Which users are traced, by whom and until when.',
    value: listOf(traceFacts),
    handle: ({ traces }) => traces.list(),
  }),
  route({
    method: 'POST',
    path: '/v1/traces',
    role: 'operator',
    summary: 'Begins to trace a user’s messages; whole messages (`bodies`) are for administrators.',
    body: traceBody,
    value: traceFacts,
    handle: ({ traces }, { body, caller }) => traces.begin(body, caller),
  }),
  route({
    method: 'GET',
    path: '/v1/traces/:id',
    role: 'operator',
    summary: 'What was seen behind a number, in order; waits up to `waitMs` for something to tell.',
    query: {
      after: v.optional(wholeFrom(0, Number.MAX_SAFE_INTEGER), 0),
      waitMs: v.optional(wholeFrom(0, traceWaitMsMax), 0),
    },
    value: tracePart,
    handle: ({ traces }, { params, query, caller }) => traces.read(params.id!, query.after, query.waitMs, caller),
  }),
  route({
    method: 'DELETE',
    path: '/v1/traces/:id',
    role: 'operator',
    summary: 'Ends a trace; what was seen can be read for half a minute more.',
    value: traceFacts,
    handle: ({ traces }, { params }) => traces.end(params.id!),
  }),
]
