/**
 * From records of live runs to the cost model: what each kind of message takes, so that the sum over all runs is
 * nearest to the processor time that was read (non-negative least squares).
 *
 * A record counts operations, not messages, and an operation always has the same messages (a NOTIFY and its answer), so
 * runs cannot tell them apart: the shares within an operation are those of the model that is refined. What is found is
 * a factor for each kind of request, one for all answers, one for bytes, the idle time of a second, and what a run with
 * load takes once, while code is compiled: that belongs to short runs and is left out of the model.
 */
import type { OperationId, RunRecord } from '../measure/run-record.ts'
import { type CostModel, type MessageCost, type MessageKind, messageKinds } from './cost-model.ts'
import { nonNegativeLeastSquares, type Row, rSquaredOf } from './non-negative.ts'

/** Requests of one operation that the server receives and sends, and the answers that it receives and sends. */
interface Exchange {
  readonly received: readonly MessageKind[]
  readonly sent: readonly MessageKind[]
  readonly answersReceived: number
  readonly answersSent: number
}

const relayed = { received: ['MESSAGE'], sent: ['MESSAGE'], answersReceived: 1, answersSent: 1 } as const
const taken = (kind: MessageKind): Exchange => ({ received: [kind], sent: [], answersReceived: 0, answersSent: 1 })
const exchanges: Readonly<Partial<Record<OperationId, Exchange>>> = {
  register: taken('REGISTER'),
  subscribe: taken('SUBSCRIBE'),
  publish: taken('PUBLISH'),
  notify: { received: [], sent: ['NOTIFY'], answersReceived: 1, answersSent: 0 },
  message: relayed,
  typing: relayed,
  // INVITE, ACK and BYE; 100 to the caller, 180 and 200 on their way, 200 to BYE.
  session: {
    received: ['INVITE', 'other', 'other'],
    sent: ['INVITE', 'other', 'other'],
    answersReceived: 3,
    answersSent: 4,
  },
}

const requestKinds: readonly MessageKind[] = messageKinds.filter((kind) => kind !== 'answer')
type Class = 'userUs' | 'systemUs'
/** What runs cannot tell (an answer from its request) stays near the model before; nothing else does. */
const pull = 0.0001
/** Runs below a hundredth of a processor are not weighed as if they were exact. */
const leastShare = 0.01
/** Scale of the two unknowns that no model had before, microseconds. */
const idleUs = 20_000
const warmUpUs = 500_000

export interface FitOrigin {
  readonly commit: string
  readonly fittedAt: string
}

/** Null: nothing to fit to (records without a server, or of the virtual driver). */
export function fitCosts(records: readonly RunRecord[], before: CostModel, origin: FitOrigin): CostModel | null {
  const live = records.filter(
    ({ driver, server, endedEarly }) => driver === 'live' && server && endedEarly === undefined,
  )
  if (live.length === 0) return null
  const unknowns = requestKinds.length + 4
  const fitted = (which: Class): Fitted => {
    const rows = live.map((record) => rowOf(record, before, which))
    const factors = nonNegativeLeastSquares(rows, unknowns, pull)
    return { factors, rSquared: Math.round(rSquaredOf(rows, factors) * 1000) / 1000 }
  }
  const [user, system] = [fitted('userUs'), fitted('systemUs')]
  return {
    ...before,
    ...origin,
    runs: live.length,
    rSquared: { user: user.rSquared, system: system.rSquared },
    received: refined(before.received, user, system),
    sent: refined(before.sent, user, system),
    idle: { userUs: tenth(user.factors.at(-2)! * idleUs), systemUs: tenth(system.factors.at(-2)! * idleUs) },
    memory: memoryOf(live),
  }
}

interface Fitted {
  readonly factors: readonly number[]
  readonly rSquared: number
}

/** Requests by kind, answers, bytes, idle time, warm-up: what the model before says each took. */
function rowOf({ operations, server, windows, speed = 1 }: RunRecord, before: CostModel, which: Class): Row {
  const requests = new Array<number>(requestKinds.length).fill(0)
  let answers = 0
  let bytes = 0
  let count = 0
  for (const operation of operations) {
    const exchange = exchanges[operation.id]
    if (!exchange) continue
    count += operation.count
    bytes += operation.bytesIn + operation.bytesOut
    const add = (kind: MessageKind, cost: MessageCost) => {
      requests[requestKinds.indexOf(kind)]! += operation.count * cost[which]
    }
    for (const kind of exchange.received) add(kind, before.received[kind])
    for (const kind of exchange.sent) add(kind, before.sent[kind])
    const { answersReceived, answersSent } = exchange
    const each = answersReceived * before.received.answer[which] + answersSent * before.sent.answer[which]
    answers += operation.count * each
  }
  const seconds = windows.measureMs / speed / 1_000
  const bytesUs = which === 'userUs' ? (bytes * before.received.answer.byteNs) / 1_000 : 0
  const target = which === 'userUs' ? server!.cpuUserUs : server!.cpuSystemUs
  return {
    features: [...requests, answers, bytesUs, seconds * idleUs, count > 0 ? warmUpUs : 0],
    target,
    weight: 1 / Math.max(target, seconds * 1e6 * leastShare),
  }
}

function refined(costs: CostModel['received'], user: Fitted, system: Fitted): CostModel['received'] {
  const at = (kind: MessageKind) => (kind === 'answer' ? requestKinds.length : requestKinds.indexOf(kind))
  const bytes = user.factors[requestKinds.length + 1]!
  return Object.fromEntries(
    messageKinds.map((kind) => {
      const { userUs, systemUs, byteNs } = costs[kind]
      return [
        kind,
        {
          userUs: tenth(userUs * user.factors[at(kind)]!),
          systemUs: tenth(systemUs * system.factors[at(kind)]!),
          byteNs: tenth(byteNs * bytes),
        },
      ]
    }),
  ) as CostModel['received']
}

/** What the process grows by between nobody being there and the end of the window, by devices and their contacts. */
function memoryOf(live: readonly RunRecord[]): CostModel['memory'] {
  const baseBytes = live.reduce((sum, { server }) => sum + server!.residentBaseBytes, 0) / live.length
  const [deviceKb, contactBytes, load] = [25, 120, 40e6]
  const rows = live.map(({ users, parameters, server, operations }) => {
    const devices = users * Number(parameters.devices ?? 1)
    const isBusy = operations.some(({ id, count }) => exchanges[id] && count > 0)
    return {
      features: [
        devices * deviceKb * 1024,
        devices * Number(parameters.contacts ?? 0) * contactBytes,
        isBusy ? load : 0,
      ],
      target: server!.residentBytes - server!.residentBaseBytes,
      weight: 1 / 50e6,
    }
  })
  const factors = nonNegativeLeastSquares(rows, 3, pull)
  return {
    baseMb: tenth((baseBytes + factors[2]! * load) / 1e6),
    deviceKb: tenth(deviceKb * factors[0]!),
    contactBytes: tenth(contactBytes * factors[1]!),
  }
}

function tenth(value: number): number {
  return Math.round(value * 10) / 10
}
