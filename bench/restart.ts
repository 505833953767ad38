/**
 * How soon after kill -9 does a server with 100,000 stored bindings answer again? Expected on paper: start and compiled
 * code 0.25 s, scan and decoding of 400,000 records 0.8 s, their objects 0.4 s: 1.5 s; bound 2 s.
 */
import { type Bench, type Figure, median, type Size } from './harness/figures.ts'
import { Load } from './harness/load.ts'
import { MeasuredServer } from './harness/server.ts'

interface Sizes {
  readonly users: number
  readonly atOnce: number
  readonly rounds: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { users: 40, atOnce: 20, rounds: 1 },
  full: { users: 100_000, atOnce: 10_000, rounds: 3 },
}

export const restartBench: Bench = {
  name: 'restart',
  question: 'How soon after kill -9 is a server with 100,000 stored bindings ready?',
  run: (size, say) => restart(sizes[size], say),
}

async function restart({ users, atOnce, rounds }: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const server = new MeasuredServer({ workers: 2, users, transports: ['tcp'] })
  try {
    say(`making ${users} users`)
    server.addUsers()
    await server.start()
    for (let first = 0; first < users; first += atOnce) {
      const load = new Load({ transport: 'tcp', port: server.port('tcp'), connections: atOnce, firstUser: first })
      await load.open()
      const { registered } = await load.register(256)
      say(`${first + registered} bindings`)
      await load.end()
    }
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      await server.stop('SIGKILL')
      times.push(await server.start())
    }
    return [{ what: `ready after kill -9, ${users} bindings`, value: median(times), unit: 'ms', atMost: 2_000 }]
  } finally {
    await server.remove()
  }
}
