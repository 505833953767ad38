/**
 * What does a registration cost the processor and the disk? Expected on paper (µs on a quiet core): two requests read
 * and answered over TCP 2 × 20, digest 3, two records of a new binding 2 × 5 in a shared flush: 55 with garbage, but
 * with Node's streams and the crossing to the store thread 100: 10,000 a second and core; bound 8,000. A refresh is one
 * request without a write: 40. The disk: a commit of its own 20 KB (five pages of LMDB), 2,900 commits an hour for
 * 10,000 users, since a ceiling of four periods is passed by every seventh refresh: 60 MB an hour.
 */
import { type Bench, type Figure, median, type Size } from './harness/figures.ts'
import { Load } from './harness/load.ts'
import { cpuMicros, writtenBytes } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'

interface Sizes {
  readonly users: number
  readonly rounds: number
  readonly window: number
  readonly alone: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { users: 20, rounds: 1, window: 8, alone: 4 },
  full: { users: 3_000, rounds: 4, window: 256, alone: 300 },
}

const users = 10_000
/** Refreshes at half of 3600 s; the ceiling of four periods (`plan-register.ts`) is passed by the seventh. */
const hoursPerWrite = 3.5

interface Cost {
  readonly micros: number
  readonly perSecond: number
  readonly bytes: number
}

export const registerBench: Bench = {
  name: 'register',
  question: 'What does a durable, authenticated REGISTER cost the processor and the disk?',
  run: (size, say) => register(sizes[size], say),
}

async function register({ users: count, rounds, window, alone }: Sizes, say: (line: string) => void) {
  const server = new MeasuredServer({ workers: 1, users: count * rounds + alone, transports: ['tcp'] })
  try {
    server.addUsers()
    await server.start()
    const fresh: Cost[] = []
    const refreshed: Cost[] = []
    for (let round = 0; round < rounds; round++) {
      const load = await opened(server, count, round * count)
      fresh.push(await cost(server.pid, load, window, count))
      refreshed.push(await cost(server.pid, load, window, count))
      await load.end()
      say(
        `round ${round + 1}: new ${fresh.at(-1)!.micros.toFixed(0)} µs, ${fresh.at(-1)!.perSecond.toFixed(0)} a second`,
      )
    }
    const load = await opened(server, alone, count * rounds)
    const one = await cost(server.pid, load, 1, alone)
    await load.end()
    return figures(fresh, refreshed, one)
  } finally {
    await server.remove()
  }
}

async function opened(server: MeasuredServer, connections: number, firstUser: number): Promise<Load> {
  const load = new Load({ transport: 'tcp', port: server.port('tcp'), connections, firstUser })
  await load.open()
  return load
}

async function cost(pid: number, load: Load, window: number, count: number): Promise<Cost> {
  const micros = cpuMicros(pid)
  const bytes = writtenBytes(pid) ?? Number.NaN
  const { registered, refused, seconds } = await load.register(window)
  if (refused > 0) throw new Error(`${refused} of ${count} users could not register`)
  return {
    micros: (cpuMicros(pid) - micros) / registered,
    perSecond: registered / seconds,
    bytes: ((writtenBytes(pid) ?? Number.NaN) - bytes) / registered,
  }
}

function figures(fresh: readonly Cost[], refreshed: readonly Cost[], one: Cost): Figure[] {
  const of = (costs: readonly Cost[], field: keyof Cost) => median(costs.map((each) => each[field]))
  const commitsPerHour = users / hoursPerWrite
  return [
    { what: 'new binding, challenge included', value: of(fresh, 'micros'), unit: 'µs' },
    { what: 'new bindings a second and core', value: 1e6 / of(fresh, 'micros'), unit: '/s', atLeast: 8_000 },
    { what: 'new bindings a second, as answered', value: of(fresh, 'perSecond'), unit: '/s' },
    { what: 'written for a new binding, in company', value: of(fresh, 'bytes'), unit: 'bytes' },
    { what: 'refresh below the ceiling', value: of(refreshed, 'micros'), unit: 'µs' },
    { what: 'written for a refresh', value: of(refreshed, 'bytes'), unit: 'bytes', atMost: 0 },
    { what: 'new binding, one at a time', value: 1e3 / one.perSecond, unit: 'ms' },
    { what: 'written for a new binding, alone', value: one.bytes, unit: 'bytes' },
    { what: `commits an hour, ${users} users (projected)`, value: commitsPerHour, unit: '/h' },
    { what: `written an hour, ${users} users (projected)`, value: (commitsPerHour * one.bytes) / 1e6, unit: 'MB/h' },
  ]
}
