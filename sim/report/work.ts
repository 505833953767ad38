/**
 * What the time of the server's workers went to, by its own spans (`meridian_work_seconds_total`), and what an
 * operation costs by that. The kernel tells user and system time of the process alone, so they are apportioned: user
 * time by the time of the pieces of work, system time by the messages on the wire.
 */
import type { OperationId, OperationRecord, RunRecord, ServerRecord } from '../measure/run-record.ts'

export interface PieceOfWork {
  /** `request.MESSAGE`, `bus.state`, `timers`. */
  readonly work: string
  /** Null: of all of them. */
  readonly operation: OperationId | null
  readonly seconds: number
  readonly pieces: number
  /** Of the time of all pieces. */
  readonly share: number
}

export interface OperationCost {
  /** Microseconds of each. */
  readonly userUs: number
  readonly systemUs: number
  /** Of the processor time of the server. */
  readonly share: number
}

export const howApportioned =
  'user time by the time of the pieces of work (every seventh is timed; in virtual time the cost model says), ' +
  'system time by messages on the wire'

const byMethod: Readonly<Record<string, OperationId>> = {
  REGISTER: 'register',
  SUBSCRIBE: 'subscribe',
  PUBLISH: 'publish',
  NOTIFY: 'notify',
  MESSAGE: 'message',
  INFO: 'typing',
  INVITE: 'session',
  ACK: 'session',
  BYE: 'session',
  CANCEL: 'session',
}
const byBusKind: Readonly<Record<string, OperationId>> = {
  send: 'notify',
  state: 'notify',
  watches: 'subscribe',
  verdicts: 'subscribe',
  deliver: 'message',
  sent: 'message',
  locate: 'session',
  targets: 'session',
  'flow-died': 'register',
  'flow-alive': 'register',
}
/** Requests and answers of one: what is relayed passes the server twice. */
const messagesOf: Readonly<Partial<Record<OperationId, number>>> = { message: 4, typing: 4, session: 10, keepalive: 2 }
const counted = /^meridian_work_seconds_total\{work="([^"]+)"\}$/

/** The largest first; empty where the server does not say. */
export function workOf({ counters }: ServerRecord): readonly PieceOfWork[] {
  const found = Object.entries(counters).flatMap(([name, seconds]) => {
    const [, work] = counted.exec(name) ?? []
    if (work === undefined || seconds <= 0) return []
    return [{ work, seconds, pieces: counters[`meridian_work_pieces_total{work="${work}"}`] ?? 0 }]
  })
  const total = found.reduce((sum, { seconds }) => sum + seconds, 0)
  return found
    .map((each) => ({ ...each, operation: operationOfWork(each.work), share: each.seconds / total }))
    .toSorted((a, b) => b.seconds - a.seconds)
}

function operationOfWork(work: string): OperationId | null {
  const parts = work.split('.')
  return byMethod[parts.at(-1)!] ?? (parts[0] === 'bus' ? (byBusKind[parts[1]!] ?? null) : null)
}

/** Empty where the server does not say what its time went to. */
export function operationCosts(run: RunRecord): ReadonlyMap<OperationId, OperationCost> {
  const { server, operations } = run
  const work = server ? workOf(server) : []
  if (!server || work.length === 0) return new Map()
  const shares = timeShares(work, operations)
  const messages = operations.map(({ id, count }) => count * (messagesOf[id] ?? 2))
  const allMessages = Math.max(
    1,
    messages.reduce((sum, each) => sum + each, 0),
  )
  const total = server.cpuUserUs + server.cpuSystemUs
  const costs = operations.flatMap(({ id, count }, index) => {
    if (count === 0) return []
    const user = server.cpuUserUs * (shares.get(id) ?? 0)
    const system = (server.cpuSystemUs * messages[index]!) / allMessages
    return [
      [id, { userUs: user / count, systemUs: system / count, share: (user + system) / Math.max(1, total) }] as const,
    ]
  })
  return new Map(costs)
}

/** Of the pieces that belong to an operation; what is of all of them goes along in proportion. */
function timeShares(
  work: readonly PieceOfWork[],
  operations: readonly OperationRecord[],
): ReadonlyMap<OperationId, number> {
  const seconds = new Map<OperationId, number>()
  for (const piece of work) {
    if (piece.operation === null) continue
    for (const [id, part] of sharersOf(piece.operation, work, operations))
      seconds.set(id, (seconds.get(id) ?? 0) + part * piece.seconds)
  }
  const total = [...seconds.values()].reduce((sum, each) => sum + each, 0)
  return new Map([...seconds].map(([id, each]) => [id, each / total]))
}

/** Outside of sessions a typing notice is a MESSAGE like another (RFC 3994). */
function sharersOf(
  operation: OperationId,
  work: readonly PieceOfWork[],
  operations: readonly OperationRecord[],
): readonly (readonly [OperationId, number])[] {
  const count = (id: OperationId) => operations.find((each) => each.id === id)?.count ?? 0
  const [messages, notices] = [count('message'), count('typing')]
  const areApart = work.some((each) => each.operation === 'typing')
  if (operation !== 'message' || areApart || messages + notices === 0) return [[operation, 1]]
  return [
    ['message', messages / (messages + notices)],
    ['typing', notices / (messages + notices)],
  ]
}
