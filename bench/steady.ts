/**
 * What does a lightly loaded server cost? Two workers carry what 10,000 users do in a steady hour (K = 16 contacts
 * each, lists, pager mode), paced evenly over a thousand connections at moments that do not wait for the server. Most
 * of the cost is waking up, so how often each thread slept is shown beside its time. An idle server comes first: what
 * it costs to wait.
 *
 * BENCH_SECONDS (25), BENCH_CONNECTIONS (1,000), BENCH_IDLE_SECONDS (10) in the environment change its full size,
 * BENCH_WORKERS (2) and BENCH_CHECKOUT (this one) the server that is measured.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { HeaderId } from '../src/sip/message/header-id.ts'
import type { SipMessage } from '../src/sip/message/sip-message.ts'
import { presenceDocument, spread } from './harness/audience.ts'
import { Client } from './harness/client.ts'
import type { Bench, Figure, Size } from './harness/figures.ts'
import { MeasuredServer } from './harness/server.ts'
import { type SettledWait, untilSettled } from './harness/settled.ts'
import { spentBetween, sumOf, type ThreadCost, threadCosts } from './harness/thread-cost.ts'

interface Sizes {
  readonly connections: number
  readonly contacts: number
  readonly idleSeconds: number
  /** From the last sign-in until "idle" is read, at least and at most. */
  readonly settling: Pick<SettledWait, 'leastMs' | 'mostMs' | 'sliceMs'>
  /** At several times the pace: V8 compiles what was called often enough, and an hour is long. */
  readonly warmUpSeconds: number
  readonly seconds: number
}

const warmUpSpeed = 5
const briefly = { leastMs: 100, mostMs: 300, sliceMs: 100 } as const

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { connections: 20, contacts: 4, idleSeconds: 0.2, settling: briefly, warmUpSeconds: 0.2, seconds: 1 },
  full: {
    connections: Number(process.env.BENCH_CONNECTIONS ?? 1_000),
    contacts: 16,
    idleSeconds: Number(process.env.BENCH_IDLE_SECONDS ?? 10),
    settling: { leastMs: 15_000, mostMs: 90_000, sliceMs: 5_000 },
    warmUpSeconds: 15,
    seconds: Number(process.env.BENCH_SECONDS ?? 25),
  },
}

/** A second, of 10,000 users: what `meridian sim rates` says. A change is told to all contacts. */
const perSecond = { message: 55.6, typing: 111.1, change: 11.1, register: 4.3, subscribe: 11.6, keepAlive: 93 } as const
type Kind = keyof typeof perSecond

export const steadyBench: Bench = {
  name: 'steady',
  question: 'What does a server cost that has little to do?',
  run: (size) => run(sizes[size]),
}

interface Seen {
  /** From when it was due to when it had reached the other device, and to when its sender had the answer. */
  readonly reachedMs: number[]
  readonly answeredMs: number[]
  readonly toldMs: number[]
  transactions: number
  faults: number
}

/** One user on one connection, who knows what was sent when by the text of it. */
interface Member {
  readonly client: Client
  entityTag: string | null
  list: SipMessage | null
}

async function run(size: Sizes): Promise<Figure[]> {
  const { BENCH_WORKERS: workers = '2', BENCH_CHECKOUT: checkout } = process.env
  const server = new MeasuredServer({
    workers: Number(workers),
    users: size.connections,
    transports: ['tcp'],
    ...(checkout !== undefined && { checkout }),
  })
  const hour = new SteadyHour(server, size)
  try {
    server.addUsers()
    await server.start()
    await hour.signIn()
    const settledMs = await hour.settled()
    const idle = await hour.measured(() => setTimeout(size.idleSeconds * 1_000))
    await hour.live(size.warmUpSeconds, warmUpSpeed)
    await setTimeout(1_000)
    hour.forget()
    const busy = await hour.measured(() => hour.live(size.seconds))
    return [
      { what: 'settled after signing in', value: settledMs / 1_000, unit: 's' },
      ...figuresOfIdle(idle, size.idleSeconds),
      ...figuresOfCost(busy, hour.seen, size.seconds),
      ...hour.latencies(),
    ]
  } finally {
    hour.close()
    await server.remove()
  }
}

class SteadyHour {
  readonly #server: MeasuredServer
  readonly #size: Sizes
  #members: readonly Member[] = []
  readonly #turns = new Map<Kind, number>()
  seen: Seen = nothingSeen()

  constructor(server: MeasuredServer, size: Sizes) {
    this.#server = server
    this.#size = size
  }

  async signIn(): Promise<void> {
    const { connections, contacts } = this.#size
    this.#members = Array.from({ length: connections }, (_, user) => {
      const port = this.#server.port('tcp')
      const client = new Client({ port, user, onRequest: (request) => this.#onRequest(request) })
      return { client, entityTag: null, list: null }
    })
    await spread(this.#members, async (member) => {
      const { client } = member
      await client.open()
      await client.signIn('bench')
      await this.#change(member, 'here')
    })
    await spread(this.#members, async (member) => {
      const { client } = member
      const watched = Array.from({ length: contacts }, (_, index) => (client.user + 1 + 7 * index) % connections)
      member.list = await client.subscribeToList(watched, 3_600)
      if (member.list?.statusCode !== 200) throw new Error(`u${client.user} cannot watch: ${member.list?.bytes}`)
    })
  }

  /** Until V8 has collected what signing in has left; the milliseconds that it took. */
  settled(): Promise<number> {
    const spentMicros = (): number => sumOf(threadCosts(this.#server.pid)).micros
    return untilSettled({ ...this.#size.settling, spentMicros, pause: (ms) => setTimeout(ms) })
  }

  /** CPU and sleeps by thread while it runs. */
  async measured(act: () => Promise<unknown>): Promise<Map<string, ThreadCost>> {
    const before = threadCosts(this.#server.pid)
    await act()
    return spentBetween(before, threadCosts(this.#server.pid))
  }

  forget(): void {
    this.seen = nothingSeen()
  }

  close(): void {
    for (const { client } of this.#members) client.close()
  }

  /** Each kind at its own even pace, whatever became of those before. */
  async live(seconds: number, speed = 1): Promise<void> {
    const acts = (Object.keys(perSecond) as Kind[])
      .flatMap((kind, phase) => paced(kind, perSecond[kind] * speed, seconds, phase / 7))
      .sort((a, b) => a.atMs - b.atMs)
    const fromMs = performance.now()
    const begun: Promise<void>[] = []
    for (const { kind, atMs } of acts) {
      const waitMs = fromMs + atMs - performance.now()
      if (waitMs > 0) await setTimeout(waitMs)
      begun.push(this.#begin(kind))
    }
    await setTimeout(Math.max(0, fromMs + seconds * 1_000 - performance.now()))
    await Promise.all(begun)
  }

  async #begin(kind: Kind): Promise<void> {
    const member = this.#next(kind)
    const { client } = member
    if (kind === 'keepAlive') return client.keepAlive()
    const sentMs = performance.now()
    // A friend, and as likely as not one whose shard and flow are another worker's.
    const to = (client.user + 1 + 7 * Math.floor(sentMs % this.#size.contacts)) % this.#members.length
    if (kind === 'message') {
      this.#taken(await client.message(to, `sent at ${sentMs}; ${'and so on '.repeat(6)}`))
      this.seen.answeredMs.push(performance.now() - sentMs)
    } else if (kind === 'typing') this.#taken(await client.typing(to))
    else if (kind === 'change') await this.#change(member, `sent at ${sentMs}`)
    else if (kind === 'register') this.#taken(await client.register(client.contact('bench'), 3_600))
    else if (member.list) this.#taken(await client.subscribeAgain(member.list, 'presence', 3_600))
  }

  /** Far from the one before, and everybody before anybody comes again. */
  #next(kind: Kind): Member {
    const turn = (this.#turns.get(kind) ?? 0) + 1
    this.#turns.set(kind, turn)
    return this.#members[(turn * 377) % this.#members.length] as Member
  }

  async #change(member: Member, note: string): Promise<void> {
    const answer = await member.client.publish(presenceDocument(member.client.user, note), member.entityTag)
    member.entityTag = answer?.first(HeaderId.sipEtag) ?? null
    this.#taken(answer)
  }

  #taken(answer: SipMessage | null): void {
    this.seen.transactions++
    if (answer === null || answer.statusCode >= 300) this.seen.faults++
  }

  #onRequest(request: SipMessage): void {
    this.seen.transactions++
    const isMessage = request.method === 'MESSAGE'
    const times = isMessage ? this.seen.reachedMs : this.seen.toldMs
    const body = request.body.toString('latin1')
    if (!isMessage && body.includes('fullState="true"')) return
    for (const [, sentMs] of body.matchAll(/sent at ([\d.]+)/g)) times.push(performance.now() - Number(sentMs))
  }

  latencies(): Figure[] {
    const { reachedMs, answeredMs, toldMs, faults } = this.seen
    const rows = [
      ['message to the device', reachedMs],
      ['message answered', answeredMs],
      ['change to a watcher', toldMs],
    ] as const
    const shares = [
      ['median', 0.5],
      ['95 %', 0.95],
      ['99 %', 0.99],
    ] as const
    return [
      ...rows.flatMap(([what, times]) => {
        return shares.map(([name, share]) => ({ what: `${what}, ${name}`, value: quantile(times, share), unit: 'ms' }))
      }),
      { what: 'requests not answered with 2xx', value: faults, unit: '', atMost: 0 },
    ]
  }
}

function nothingSeen(): Seen {
  return { reachedMs: [], answeredMs: [], toldMs: [], transactions: 0, faults: 0 }
}

function paced(kind: Kind, rate: number, seconds: number, phase: number): { kind: Kind; atMs: number }[] {
  return Array.from({ length: Math.floor(rate * seconds) }, (_, index) => ({
    kind,
    atMs: ((index + phase) * 1_000) / rate,
  }))
}

function figuresOfIdle(costs: ReadonlyMap<string, ThreadCost>, seconds: number): Figure[] {
  const { micros, sleeps } = sumOf(costs)
  return [
    { what: 'idle: processor', value: micros / seconds / 1e4, unit: '% of a core', atMost: 0.5 },
    { what: 'idle: sleeps of all threads', value: sleeps / seconds, unit: '/s' },
  ]
}

function figuresOfCost(costs: ReadonlyMap<string, ThreadCost>, { transactions }: Seen, seconds: number): Figure[] {
  const all = sumOf(costs)
  return [
    { what: 'transactions', value: transactions / seconds, unit: '/s' },
    { what: 'processor', value: all.micros / seconds / 1e4, unit: '% of a core' },
    { what: 'of it in the kernel', value: all.systemMicros / seconds / 1e4, unit: '% of a core' },
    { what: 'processor for a transaction', value: all.micros / transactions, unit: 'µs' },
    ...[...costs]
      .filter(([, { micros }]) => micros / seconds > 100)
      .flatMap(([part, { micros, sleeps }]) => [
        { what: `threads "${part}"`, value: micros / seconds / 1e4, unit: '% of a core' },
        { what: `threads "${part}": sleeps`, value: sleeps / seconds, unit: '/s' },
      ]),
  ]
}

function quantile(times: readonly number[], share: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
