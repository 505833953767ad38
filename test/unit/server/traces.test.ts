/**
 * Traces in main: steps of all workers in one order, bounded, with what was missed said; ended by time, count, request
 * or nobody; begun and ended in the audit, and for those whose role allows it.
 */
import { afterEach, expect, it } from 'vitest'
import type { Caller } from '../../../src/admin/api/caller.ts'
import { createAdminBackend, type Role } from '../../../src/admin/index.ts'
import type { AdminReply } from '../../../src/ports/admin.ts'
import { keptStepsMax } from '../../../src/server/kept-trace.ts'
import { Traces, unreadMsMax } from '../../../src/server/traces.ts'
import { type Aor, parseAor } from '../../../src/sip/uri/aor.ts'
import type { AuditEntry } from '../../../src/store/index.ts'
import type { TracedMessage, TraceOrder } from '../../../src/tracing/index.ts'
import { adminPorts } from '../../support/admin-ports.ts'

const alice = parseAor('sip:alice@example.test') as Aor
const closers: (() => void)[] = []

afterEach(() => {
  for (const close of closers.splice(0)) close()
})

function world({ audit, hasAccounts = true }: { audit?: () => Promise<void>; hasAccounts?: boolean } = {}) {
  const clock = { nowMs: 1_000_000 }
  const told: (readonly TraceOrder[])[] = []
  const audited: AuditEntry[] = []
  const traces = new Traces({
    trace: (orders) => told.push(orders),
    workersCount: () => 2,
    hasAccounts,
    now: () => clock.nowMs,
    nowUs: () => clock.nowMs * 1_000,
  })
  closers.push(() => traces.close())
  const account = { aor: alice, aliases: [], groups: [], displayName: '', disabled: false, createdMs: 0, epoch: 1 }
  const known = { ok: true, account, devices: [], credentials: [], directory: null } as unknown as AdminReply
  const unknown: AdminReply = { ok: false, error: 'not-found', message: 'there is no user' }
  const backend = createAdminBackend(
    adminPorts({
      accounts: { act: async (aor) => (aor === alice ? known : unknown), list: async () => [] },
      traces,
      audit: {
        append: async (entry) => {
          await audit?.()
          audited.push(entry)
        },
      },
      now: () => clock.nowMs,
    }),
  ).traces
  const begin = async (more = {}, role: Role = 'administrator') => {
    const asked = { user: 'alice', seconds: 60, messages: 10_000, bodies: false, ...more }
    return backend.begin(asked, caller(role))
  }
  const id = async (more = {}) => {
    const begun = await begin(more)
    if (!begun.ok) throw new Error(begun.message)
    return begun.value.id
  }
  /** A worker tells what it saw up to now. */
  const tells = (worker: number, trace: string, atUs: readonly number[], missed = 0) => {
    const messages = atUs.map((at) => ({ atUs: at, worker, text: null }) as TracedMessage)
    const batches = [{ trace, messages, missed }]
    traces.onTraced(worker, { kind: 'traced', revision: told.length, untilUs: clock.nowMs * 1_000, batches })
  }
  const read = async (trace: string, after = 0, waitMs = 0, role: Role = 'administrator') =>
    backend.read(trace, after, waitMs, caller(role))
  return { clock, told, audited, traces, backend, begin, id, tells, read }
}

function caller(role: Role): Caller {
  return { by: `token of a ${role}`, name: role, role, expiresMs: null }
}

const numbers = { value: { steps: [{ number: 1 }, { number: 2 }, { number: 3 }], next: 3, missed: 0, end: null } }

it('steps of two workers are in one order, and come once both have told', async () => {
  const { id, tells, read, told } = world()
  const trace = await id()
  expect(told.at(-1)).toMatchObject([{ id: trace, account: alice, names: [alice], withText: false }])
  tells(0, trace, [999_999_001, 999_999_005])
  expect(await read(trace)).toMatchObject({ value: { steps: [], next: 0 } })
  tells(1, trace, [999_999_003])
  const part = await read(trace)
  expect(part).toMatchObject(numbers)
  expect(part.ok && part.value.steps.map(({ worker }) => worker)).toEqual([0, 1, 0])
  expect(await read(trace, 3)).toMatchObject({ value: { steps: [], next: 3, missed: 0 } })
})

it('who waits is told at once when something comes, and that it is over', async () => {
  const { id, tells, read, backend, told, traces, clock } = world()
  const trace = await id()
  const waiting = read(trace, 0, 60_000)
  tells(1, trace, [1])
  tells(0, trace, [2])
  expect(await waiting).toMatchObject({ value: { steps: [{ number: 1 }, { number: 2 }] } })
  const last = read(trace, 2, 60_000)
  await backend.end(trace)
  expect(told.at(-1)).toEqual([])
  for (const worker of [0, 1]) {
    const batches =
      worker === 0 ? [{ trace, messages: [{ atUs: 3, worker, text: null } as TracedMessage], missed: 0 }] : []
    traces.onTraced(worker, { kind: 'traced', revision: told.length, untilUs: clock.nowMs * 1_000, batches })
  }
  const part = await last
  const end = part.ok && part.value.end === null ? await read(trace, 3, 60_000) : part
  expect(part).toMatchObject({ value: { steps: [{ number: 3 }] } })
  expect(end).toMatchObject({ value: { end: 'asked' } })
})

it('a slow reader finds the newest, and how many he has missed', async () => {
  const { id, tells, read } = world()
  const trace = await id()
  for (let round = 0; round < 30; round++) {
    for (const worker of [0, 1])
      tells(
        worker,
        trace,
        Array.from({ length: 50 }, (_, at) => round * 100 + at + 1),
      )
  }
  const first = await read(trace)
  if (!first.ok) throw new Error(first.message)
  expect(first.value.missed).toBe(3_000 - keptStepsMax)
  expect(first.value.steps[0]!.number).toBe(first.value.missed + 1)
  let [after, count] = [first.value.next, first.value.steps.length]
  for (let rest = await read(trace, after); rest.ok && rest.value.steps.length > 0; rest = await read(trace, after)) {
    expect(rest.value.missed).toBe(0)
    after = rest.value.next
    count += rest.value.steps.length
  }
  expect([count, after]).toEqual([keptStepsMax, 3_000])
})

it('what a worker could not keep is missed too', async () => {
  const { id, tells, read } = world()
  const trace = await id()
  tells(0, trace, [1], 5)
  tells(1, trace, [2])
  expect(await read(trace)).toMatchObject({ value: { next: 7, missed: 5 } })
})

it('ends by its count, its time, and when nobody reads', async () => {
  const { id, tells, read, traces, clock, told } = world()
  const counted = await id({ messages: 2 })
  tells(0, counted, [1, 2])
  tells(1, counted, [3])
  expect(await read(counted)).toMatchObject({ value: { next: 2, end: 'count' } })
  const timed = await id({ seconds: 5 })
  clock.nowMs += 5_000
  traces.look()
  clock.nowMs += 1_000
  traces.look()
  expect(await read(timed)).toMatchObject({ value: { end: 'time' } })
  const unread = await id({ seconds: 600 })
  clock.nowMs += unreadMsMax
  traces.look()
  clock.nowMs += 1_000
  traces.look()
  expect(await read(unread)).toMatchObject({ value: { end: 'nobody-reads' } })
  expect(told.at(-1)).toEqual([])
  clock.nowMs += unreadMsMax
  traces.look()
  expect(await read(unread)).toMatchObject({ ok: false, error: 'not-found' })
})

it('who traced whom, from when to when, is in the audit; where it cannot be there is no trace', async () => {
  const { id, audited, backend, traces, clock } = world()
  const trace = await id({ bodies: true })
  clock.nowMs += 3_000
  await backend.end(trace)
  clock.nowMs += 1_000
  traces.look()
  await Promise.resolve()
  expect(audited).toMatchObject([
    { event: 'trace.began', subject: alice, detail: 'for 60 s or 10000 messages, with bodies' },
    { event: 'trace.ended', subject: alice, detail: expect.stringContaining('since 1970-01-01T00:16:40.000Z, 0') },
  ])
  const broken = world({ audit: () => Promise.reject(new Error('disk full')) })
  expect(await broken.begin()).toMatchObject({
    ok: false,
    error: 'failed',
    message: expect.stringContaining('disk full'),
  })
  expect(broken.told).toEqual([])
})

it('bodies are for administrators, to begin and to read', async () => {
  const { begin, id, read } = world()
  expect(await begin({ bodies: true }, 'operator')).toMatchObject({ ok: false, error: 'forbidden' })
  expect(await begin({}, 'operator')).toMatchObject({ ok: true })
  const trace = await id({ bodies: true })
  expect(await read(trace, 0, 0, 'operator')).toMatchObject({ ok: false, error: 'forbidden' })
})

it('who is not there cannot be traced; a front end, which knows no accounts, says so', async () => {
  const { begin } = world()
  expect(await begin({ user: 'nobody' })).toMatchObject({ ok: false, error: 'not-found' })
  expect(await begin({ user: 'no name' })).toMatchObject({ ok: false, error: 'invalid' })
  const frontEnd = world({ hasAccounts: false })
  const begun = await frontEnd.begin({ user: 'nobody' })
  expect([begun.ok, begun.ok && begun.warnings[0]]).toEqual([true, expect.stringContaining('not known here')])
})

it('no more than eight at once', async () => {
  const { begin } = world()
  const begun = await Promise.all(Array.from({ length: 9 }, () => begin()))
  expect(begun.map(({ ok }) => ok)).toEqual([...Array(8).fill(true), false])
})
