/**
 * What does the server cost for a relayed, authenticated MESSAGE with its 200, beside the kernel's part? One in flight
 * a pair, 1,000 pairs, one core saturated, against a floor that moves the same bytes over the same sockets with no SIP
 * in it. Expected on paper (µs on a quiet core): floor on TCP 9; node's streams 5 more; parsing, forwarding, two
 * transactions, two shard units and garbage 12: 26, a ratio of 2.9. On TLS the floor is 14: 2.3. On UDP 6.4, node's
 * dgram 7 more, and each request is proved (digest 2): 4.4. WebSocket on uWebSockets.js 3 above TCP's floor: 2.8.
 */
import { type Bench, type Figure, median, type Size } from './harness/figures.ts'
import { Floor, Load, type LoadTransport, type MessagesRun } from './harness/load.ts'
import { hasTls } from './harness/native.ts'
import { cpuMicros } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'

interface Way {
  readonly transport: LoadTransport
  /** The floor of WebSocket is TCP's. */
  readonly floor: 'tcp' | 'tls' | 'udp'
  readonly workers: number
  /** Times the floor. */
  readonly atMost: number
}

const ways: Readonly<Record<string, Way>> = {
  'relay-tcp': { transport: 'tcp', floor: 'tcp', workers: 1, atMost: 3 },
  'relay-tls': { transport: 'tls', floor: 'tls', workers: 1, atMost: 2.5 },
  'relay-udp': { transport: 'udp', floor: 'udp', workers: 1, atMost: 4.5 },
  'relay-ws': { transport: 'ws', floor: 'tcp', workers: 1, atMost: 3 },
  'relay-tcp-two-workers': { transport: 'tcp', floor: 'tcp', workers: 2, atMost: 4.2 },
}

const pacedPerSecond = 5_000

interface Sizes {
  readonly connections: number
  readonly warmUpSeconds: number
  readonly seconds: number
  readonly rounds: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { connections: 20, warmUpSeconds: 0.2, seconds: 0.3, rounds: 1 },
  full: { connections: 2_000, warmUpSeconds: 6, seconds: 2, rounds: 5 },
}

interface Costs {
  readonly micros: number[]
  readonly runs: MessagesRun[]
}

export const relayBenches: readonly Bench[] = Object.entries(ways).map(([name, way]) => ({
  name,
  question: `A relayed MESSAGE with its 200 over ${way.transport}, ${way.workers} worker(s): times the floor?`,
  run: (size, say) => relay(way, sizes[size], say),
}))

async function relay(way: Way, size: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const { transport, workers } = way
  if ((transport === 'tls' || transport === 'wss') && !hasTls()) {
    say('no OpenSSL to compile with (Debian: libssl-dev): TLS is not measured')
    return []
  }
  const server = new MeasuredServer({ workers, users: size.connections, transports: [transport as 'tcp'] })
  let floor: Floor | null = null
  const loads: Load[] = []
  try {
    server.addUsers()
    await server.start()
    floor = new Floor(way.floor, way.floor === 'tls' ? server.certificate : [])
    const common = { connections: size.connections }
    const onFloor = new Load({ ...common, transport: way.floor, port: await floor.port(), isFloor: true })
    const onServer = new Load({ ...common, transport, port: server.port(transport) })
    loads.push(onFloor, onServer)
    await onFloor.open()
    await onServer.open()
    const { refused } = await onServer.register(64)
    if (refused > 0) throw new Error(`${refused} users could not register`)
    return await compare(way, size, { load: onServer, pid: server.pid }, { load: onFloor, pid: floor.pid }, say)
  } finally {
    for (const load of loads) await load.end()
    await floor?.end()
    await server.remove()
  }
}

interface Side {
  readonly load: Load
  readonly pid: number
}

async function compare(way: Way, size: Sizes, server: Side, floor: Side, say: (line: string) => void) {
  // Datagrams are lost where too many wait for one socket, so fewer pairs talk at once there.
  const active = way.transport === 'udp' ? Math.min(64, size.connections / 2) : size.connections / 2
  say(`warming up for ${size.warmUpSeconds} s`)
  await server.load.messages(size.warmUpSeconds, 0, active)
  const found = { floor: empty(), server: empty(), pacedFloor: empty(), pacedServer: empty() }
  for (let round = 0; round < size.rounds; round++) {
    await measure(floor, size.seconds, 0, active, found.floor)
    await measure(server, size.seconds, 0, active, found.server)
    say(`round ${round + 1}: floor ${last(found.floor)}, server ${last(found.server)}`)
  }
  for (let round = 0; round < Math.max(1, size.rounds - 2); round++) {
    await measure(floor, size.seconds, pacedPerSecond, active, found.pacedFloor)
    await measure(server, size.seconds, pacedPerSecond, active, found.pacedServer)
  }
  return figures(way, found)
}

type Found = Readonly<Record<'floor' | 'server' | 'pacedFloor' | 'pacedServer', Costs>>

function figures(way: Way, { floor, server, pacedFloor, pacedServer }: Found): Figure[] {
  const ratios = server.micros.map((micros, round) => micros / floor.micros[round]!)
  const run = server.runs.at(-1)!
  const paced = pacedServer.runs.at(-1)!
  const lost = server.runs.reduce((sum, { failed, unanswered, stored }) => sum + failed + unanswered + stored, 0)
  return [
    { what: 'floor, saturated', value: median(floor.micros), unit: 'µs/pair' },
    { what: 'server, saturated', value: median(server.micros), unit: 'µs/pair' },
    { what: 'times the floor', value: median(ratios), unit: '×', atMost: way.atMost },
    { what: 'rate, saturated', value: run.counted / run.seconds, unit: 'pairs/s' },
    { what: 'answered otherwise than with 200', value: lost, unit: '', atMost: 0 },
    { what: `floor at ${pacedPerSecond}/s`, value: median(pacedFloor.micros), unit: 'µs/pair' },
    { what: `server at ${pacedPerSecond}/s`, value: median(pacedServer.micros), unit: 'µs/pair' },
    { what: `answered within, median at ${pacedPerSecond}/s`, value: paced.p50Ms, unit: 'ms' },
    { what: `answered within, 99 % at ${pacedPerSecond}/s`, value: paced.p99Ms, unit: 'ms' },
  ]
}

async function measure({ load, pid }: Side, seconds: number, rate: number, active: number, into: Costs) {
  const before = cpuMicros(pid)
  const run = await load.messages(seconds, rate, active)
  into.micros.push((cpuMicros(pid) - before) / Math.max(1, run.answered))
  into.runs.push(run)
}

function empty(): Costs {
  return { micros: [], runs: [] }
}

function last({ micros }: Costs): string {
  return `${micros.at(-1)!.toFixed(1)} µs`
}
