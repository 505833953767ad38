/**
 * What does a registered, idle client hold, and what a stored binding whose device is away? Expected on paper: node's
 * TCP socket 4.3 KB, our flow 1.5, account and secrets 0.7, binding, device and conversation 3: 10 KB; bound 15. TLS
 * 48.5 KB in Node: 55, bound 60. WebSocket on uWebSockets.js with TLS 4.5 KB: 11, bound 15. A binding without a flow
 * 2 KB with its account; bound 3.
 */
import type { Bench, Figure, Size } from './harness/figures.ts'
import { Load, type LoadTransport } from './harness/load.ts'
import { hasTls } from './harness/native.ts'
import { residentBytes } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'

const clients: Readonly<Record<Size, number>> = { smoke: 20, full: 10_000 }

interface Way {
  readonly transport: LoadTransport
  readonly atMostKb: number
}

const ways: readonly Way[] = [
  { transport: 'tcp', atMostKb: 15 },
  { transport: 'tls', atMostKb: 60 },
  { transport: 'wss', atMostKb: 15 },
]

export const memoryBenches: readonly Bench[] = ways.map((way) => ({
  name: `memory-${way.transport}`,
  question: `How much does the server hold for a registered, idle client over ${way.transport}?`,
  run: (size, say) => memory(way, clients[size], say),
}))

async function memory({ transport, atMostKb }: Way, count: number, say: (line: string) => void): Promise<Figure[]> {
  if (transport !== 'tcp' && !hasTls()) {
    say('no OpenSSL to compile with (Debian: libssl-dev): TLS is not measured')
    return []
  }
  const listener = transport === 'wss' ? 'web' : transport
  const server = new MeasuredServer({ workers: 1, users: count, transports: [listener as 'tcp'] })
  try {
    server.addUsers()
    await server.start()
    await server.collectGarbage()
    const empty = residentBytes(server.pid)
    const load = new Load({ transport, port: server.port(listener), connections: count })
    await load.open()
    const { refused } = await load.register(64)
    if (refused > 0) throw new Error(`${refused} users could not register`)
    // The storm of sign-ins has left garbage, which V8 collects only when there is work again.
    for (let refresh = 0; refresh < 4; refresh++) await load.register(64)
    await server.collectGarbage()
    const busy = residentBytes(server.pid)
    await load.end()
    await server.stop()
    await server.start()
    await server.collectGarbage()
    const stored = residentBytes(server.pid)
    return [
      { what: 'server with its accounts', value: empty / 1e6, unit: 'MB' },
      { what: `with ${count} clients`, value: busy / 1e6, unit: 'MB' },
      { what: 'each client', value: (busy - empty) / count / 1024, unit: 'KB', atMost: atMostKb },
      { what: 'each stored binding without a flow', value: (stored - empty) / count / 1024, unit: 'KB', atMost: 3 },
    ]
  } finally {
    await server.remove()
  }
}
