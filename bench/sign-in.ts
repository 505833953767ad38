/**
 * Does a morning hurt? Users sign in over 90 s (15 minutes at ten times the speed), each with a list of 50 contacts;
 * then the server is killed and all come back within 60 s. Expected on paper: 10,000 × (REGISTER 235 µs, SUBSCRIBE with
 * 50 watches 500, PUBLISH 190) = 9 s of a core, and two states of 50 contacts to each, of which half arrive before the
 * contact is there: 500,000 states in some 300,000 NOTIFYs of 50 µs: 15 s; a core for a quarter of the time.
 * `BENCH_SHARE=0.1`: a tenth of the users in a tenth of the time, for profiles and for comparisons.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import type { Bench, Figure, Size } from './harness/figures.ts'
import { Person, type SignOn } from './harness/person.ts'
import { residentBytes } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'
import { spentBetween, sumOf, type ThreadCost, threadCosts } from './harness/thread-cost.ts'

interface Sizes {
  readonly users: number
  readonly contacts: number
  readonly signInMs: number
  readonly reconnectMs: number
  readonly changes: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { users: 30, contacts: 5, signInMs: 500, reconnectMs: 300, changes: 10 },
  full: { users: 10_000, contacts: 50, signInMs: 90_000, reconnectMs: 60_000, changes: 500 },
}

export const signInBench: Bench = {
  name: 'presence-sign-in',
  question: 'How long does a morning sign-in take each user, and all of them the return after a crash?',
  run: (size, say) => signIn(size === 'full' ? shareOf(sizes.full) : sizes[size], say),
}

function shareOf(size: Sizes): Sizes {
  const share = Number(process.env.BENCH_SHARE ?? 1)
  if (!(share > 0 && share <= 1)) throw new Error('BENCH_SHARE is a number above 0, up to 1')
  const { users, signInMs, reconnectMs } = size
  return { ...size, users: Math.round(users * share), signInMs: signInMs * share, reconnectMs: reconnectMs * share }
}

async function signIn(size: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const server = new MeasuredServer({ workers: 1, users: size.users, transports: ['tcp'], busyAfterMs: 500 })
  let notifies = 0
  const contactsOf = (user: number) => contacts(user, size)
  const people = Array.from({ length: size.users }, (_, user) => {
    return new Person(
      user,
      () => server.port('tcp'),
      contactsOf(user),
      () => void notifies++,
    )
  })
  try {
    server.addUsers()
    await server.start()
    const empty = residentBytes(server.pid)
    const costsBefore = threadCosts(server.pid)
    const morning = await arrive(people, size.signInMs)
    await quiet(() => notifies)
    const costs = spentBetween(costsBefore, threadCosts(server.pid))
    const cpuMs = sumOf(costs).micros / 1_000
    const perUserKb = (residentBytes(server.pid) - empty) / size.users / 1024
    say(`signed in: ${notifies} NOTIFYs, ${cpuMs.toFixed(0)} ms of processor`)
    const figuresOfMorning = [
      ...shown('sign-on', morning, 1_000),
      { what: 'processor for each sign-on, its NOTIFYs included', value: cpuMs / size.users, unit: 'ms' },
      ...byThread(costs, size.users),
      { what: 'NOTIFYs for each user', value: notifies / size.users, unit: '' },
      { what: 'resident for each user', value: perUserKb, unit: 'KB' },
    ]
    const busy = await change(people, size.changes)
    await server.stop('SIGKILL')
    const killed = performance.now()
    const [restartMs, back] = await Promise.all([server.start(), arrive(people, size.reconnectMs)])
    const allMs = performance.now() - killed
    return [
      ...figuresOfMorning,
      { what: 'PUBLISH answered, 99 %', value: percentile(busy, 0.99), unit: 'ms', atMost: 1_000 },
      { what: 'ready after kill -9', value: restartMs / 1_000, unit: 's' },
      { what: 'all served after kill -9', value: allMs / 1_000, unit: 's', atMost: 120 },
      ...shown('return', back, 2_000),
    ]
  } finally {
    for (const person of people) person.close()
    await server.remove()
  }
}

/** Where the processor time of a sign-on goes: V8's helpers compile and collect, which the shard's own code causes. */
function byThread(costs: ReadonlyMap<string, ThreadCost>, users: number): Figure[] {
  return [...costs]
    .filter(([, { micros }]) => micros / users >= 50)
    .map(([part, { micros }]) => ({ what: `of it threads "${part}"`, value: micros / 1_000 / users, unit: 'ms' }))
}

/** The same pairs in each run, and nobody twice: steps that grow. */
function contacts(user: number, { users, contacts: count }: Sizes): number[] {
  return Array.from({ length: count }, (_, index) => (user + 1 + ((index * (index + 3)) / 2) * 7) % users)
}

/** Each at a moment of their own, evenly spread. */
async function arrive(people: readonly Person[], overMs: number): Promise<readonly SignOn[]> {
  return Promise.all(
    people.map(async (person, index) => {
      await setTimeout((index / people.length) * overMs)
      return person.signOn()
    }),
  )
}

async function change(people: readonly Person[], count: number): Promise<number[]> {
  const took: number[] = []
  for (let index = 0; index < count; index++) {
    const from = performance.now()
    await people[(index * 31) % people.length]!.change(`change ${index}`)
    took.push(performance.now() - from)
  }
  return took
}

async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await setTimeout(1_000)
  }
}

function shown(what: string, signOns: readonly SignOn[], p99AtMostMs: number): Figure[] {
  const faults = signOns.filter(({ fault }) => fault !== null)
  if (faults[0]) console.error(`  … ${faults.length} faults, the first: ${faults[0].fault}`)
  const ms = signOns.filter(({ fault }) => fault === null).map((each) => each.ms)
  const sum = (field: 'refused' | 'unconnected') => signOns.reduce((total, each) => total + each[field], 0)
  return [
    { what: `${what}, median`, value: percentile(ms, 0.5), unit: 'ms' },
    { what: `${what}, 99 %`, value: percentile(ms, 0.99), unit: 'ms', atMost: p99AtMostMs },
    { what: `${what}: faults`, value: faults.length, unit: '', atMost: 0 },
    { what: `${what}: refused with 503 and Retry-After`, value: sum('refused'), unit: '' },
    { what: `${what}: tries without a server`, value: sum('unconnected'), unit: '' },
  ]
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
