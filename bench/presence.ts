/**
 * What does presence cost? A PUBLISH that 2,000 watchers see, each NOTIFY with its 200, beside a floor that writes and
 * reads the same bytes; a durable PUBLISH that nobody sees; memory of a subscription. Expected on paper (µs on a quiet
 * core): the floor 4; a NOTIFY is a head of 600 bytes and a shared body 6, node's stream 3, its 200 read and matched 4,
 * timers and garbage 3: with the floor's part 20, 5 times. A PUBLISH reads 800 bytes of XML (15), writes one record in
 * a shared flush (8), and is a request over TCP (20): 43. A subscription holds a dialog (1 KB), a watch at both ends
 * (200 bytes), timers (300): 2 KB.
 */
import { setTimeout } from 'node:timers/promises'
import { Audience, publish, signIn, spread } from './harness/audience.ts'
import { FanFloor } from './harness/fan-floor.ts'
import { type Bench, type Figure, median, type Size } from './harness/figures.ts'
import { freePort } from './harness/free-port.ts'
import { LiveHeap } from './harness/live-heap.ts'
import { Floor } from './harness/load.ts'
import { cpuMicros, cpuParts, residentBytes, writtenBytes } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'

/** Of a NOTIFY and its 200, as the floor moves them. */
const [notifyBytes, answerBytes] = [1_300, 430]
/** Longer than the window in which changes become one. */
const pauseMs = 300

interface Sizes {
  readonly watchers: number
  readonly rounds: number
  readonly changesPerRound: number
  readonly publishers: number
  readonly publicationsEach: number
  readonly watchedEach: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { watchers: 20, rounds: 1, changesPerRound: 2, publishers: 10, publicationsEach: 2, watchedEach: 2 },
  full: { watchers: 2_000, rounds: 5, changesPerRound: 8, publishers: 500, publicationsEach: 20, watchedEach: 10 },
}

export const presenceBenches: readonly Bench[] = [
  {
    name: 'presence-fan-out',
    question: 'A NOTIFY with its 200 to each of 2,000 watchers of one user, one worker: times the floor?',
    run: (size, say) => fanOut(1, sizes[size], say),
  },
  {
    name: 'presence-fan-out-two-workers',
    question: 'The same with the watchers on two workers: times the floor?',
    run: (size, say) => fanOut(2, sizes[size], say),
  },
  {
    name: 'presence-publish',
    question: 'What does a durable PUBLISH cost that nobody watches?',
    run: (size, say) => publications(sizes[size], say),
  },
  {
    name: 'presence-memory',
    question: 'How much does the server hold for a subscription, both ends together?',
    run: (size) => memory(sizes[size]),
  },
]

async function fanOut(workers: number, size: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const server = new MeasuredServer({ workers, users: size.watchers + 1, transports: ['tcp'] })
  const audience = new Audience(server)
  const floor = new Floor('fan')
  let onFloor: FanFloor | null = null
  try {
    server.addUsers()
    await server.start()
    onFloor = await FanFloor.open(await floor.port(), size.watchers, notifyBytes, answerBytes)
    await audience.signIn(size.watchers + 1)
    await audience.watch([0])
    await setTimeout(pauseMs)
    return await compare(size, { audience, pid: server.pid }, { fan: onFloor, pid: floor.pid }, say)
  } finally {
    onFloor?.close()
    audience.close()
    await floor.end()
    await server.remove()
  }
}

async function compare(
  size: Sizes,
  server: { readonly audience: Audience; readonly pid: number },
  floor: { readonly fan: FanFloor; readonly pid: number },
  say: (line: string) => void,
): Promise<Figure[]> {
  const found = { floor: [] as number[], server: [] as number[] }
  await micros(server.pid, size, () => server.audience.change())
  const before = { notified: server.audience.notified, floor: cpuParts(floor.pid), server: cpuParts(server.pid) }
  for (let round = 0; round < size.rounds; round++) {
    found.floor.push(await micros(floor.pid, size, () => floor.fan.round()))
    found.server.push(await micros(server.pid, size, () => server.audience.change()))
    const [onFloor, onServer] = [found.floor.at(-1)!, found.server.at(-1)!]
    say(`round ${round + 1}: floor ${onFloor.toFixed(1)} µs, server ${onServer.toFixed(1)} µs`)
  }
  const changes = size.rounds * size.changesPerRound
  const ratios = found.server.map((each, round) => each / found.floor[round]!)
  return [
    { what: 'floor', value: median(found.floor), unit: 'µs' },
    { what: 'NOTIFY with its 200', value: median(found.server), unit: 'µs' },
    { what: 'times the floor', value: median(ratios), unit: '×', atMost: 3 },
    ...userShare('of the floor in user mode', before.floor, cpuParts(floor.pid)),
    ...userShare('of the server in user mode', before.server, cpuParts(server.pid)),
    {
      what: 'NOTIFYs a change and watcher',
      value: (server.audience.notified - before.notified) / (changes * size.watchers),
      unit: '',
      atMost: 1,
      atLeast: 1,
    },
  ]
}

type CpuParts = ReturnType<typeof cpuParts>

/**
 * Processors differ in how fast they run ours and the kernel's: a ratio to the floor is one of this machine. A round so
 * short that no tick of the clock fell into it has no share.
 */
function userShare(what: string, before: CpuParts, after: CpuParts): Figure[] {
  const user = after.user - before.user
  const all = user + after.system - before.system
  return all === 0 ? [] : [{ what, value: (100 * user) / all, unit: '%' }]
}

/** For each watcher, pauses between the changes included: nothing else is done in them. */
async function micros(pid: number, { watchers, changesPerRound }: Sizes, act: () => Promise<void>): Promise<number> {
  const before = cpuMicros(pid)
  for (let change = 0; change < changesPerRound; change++) {
    await act()
    await setTimeout(pauseMs)
  }
  return (cpuMicros(pid) - before) / (changesPerRound * watchers)
}

async function publications(size: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const server = new MeasuredServer({ workers: 1, users: size.publishers, transports: ['tcp'] })
  try {
    server.addUsers()
    await server.start()
    const clients = await signIn(server, size.publishers)
    const tags = new Map<number, string>()
    const costs: number[] = []
    let bytes = 0
    for (let round = 0; round <= size.rounds; round++) {
      const before = { cpu: cpuMicros(server.pid), bytes: writtenBytes(server.pid) ?? Number.NaN }
      for (let number = 0; number < size.publicationsEach; number++) {
        await spread(clients, async (client) => {
          tags.set(client.user, await publish(client, `${round} ${number}`, tags.get(client.user) ?? null))
        })
      }
      const count = size.publishers * size.publicationsEach
      bytes = ((writtenBytes(server.pid) ?? Number.NaN) - before.bytes) / count
      const cost = (cpuMicros(server.pid) - before.cpu) / count
      say(`round ${round}: ${cost.toFixed(1)} µs`)
      // The first warms up.
      if (round > 0) costs.push(cost)
    }
    for (const client of clients) client.close()
    return [
      { what: 'PUBLISH that replaces one', value: median(costs), unit: 'µs' },
      { what: 'a second and core', value: 1e6 / median(costs), unit: '/s', atLeast: 8_000 },
      { what: 'written for each, in company', value: bytes, unit: 'bytes' },
    ]
  } finally {
    await server.remove()
  }
}

/**
 * Resident memory when each thread has collected its garbage, since a storm of subscriptions leaves room that V8 keeps
 * for later: that is told beside it, and the live objects too.
 */
async function memory({ watchers, watchedEach }: Sizes): Promise<Figure[]> {
  const inspectorPort = await freePort()
  const nodeFlags = [`--inspect=127.0.0.1:${inspectorPort}`]
  const server = new MeasuredServer({ workers: 1, users: watchers + 1, transports: ['tcp'], nodeFlags })
  const audience = new Audience(server)
  let heap: LiveHeap | null = null
  try {
    server.addUsers()
    await server.start()
    heap = await LiveHeap.connect(inspectorPort)
    await audience.signIn(watchers + 1)
    // What a first subscription makes once is not counted.
    await audience.watch([0])
    const before = await held(server, heap)
    await audience.watch(Array.from({ length: watchedEach }, (_, index) => index + 1))
    for (let change = 0; change < 4; change++) {
      await audience.change()
      await setTimeout(pauseMs)
    }
    await server.collectGarbage()
    const withGarbage = residentBytes(server.pid)
    const after = await held(server, heap)
    const count = watchers * watchedEach
    const each = (bytes: number) => bytes / count / 1024
    return [
      { what: `each of ${count} subscriptions`, value: each(after.resident - before.resident), unit: 'KB', atMost: 4 },
      { what: 'of it live objects', value: each(after.live - before.live), unit: 'KB' },
      { what: 'of it pages of the store', value: each(after.file - before.file), unit: 'KB' },
      { what: 'before V8 had collected', value: each(withGarbage - before.resident), unit: 'KB' },
    ]
  } finally {
    heap?.close()
    audience.close()
    await server.remove()
  }
}

/** Bytes when each thread has collected its garbage. */
async function held({ pid }: MeasuredServer, heap: LiveHeap) {
  const { heapBytes, outsideBytes } = await heap.read()
  return { live: heapBytes + outsideBytes, resident: residentBytes(pid), file: residentBytes(pid, 'RssFile') }
}
