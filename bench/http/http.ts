/**
 * What do a scraper of metrics, programs at the admin API and clients that read their contact lists get while people
 * write to each other, and what does it do to those people? Closed loop over HTTPS (autocannon), eight connections, one
 * kind after the other beside a steady rate of messages over TCP. Expected on paper, on two quiet cores: a page of
 * users 0.3 ms of main, so 2,000 a second; XCAP 0.1 ms of a worker and its shard; a scrape reads every worker and
 * writes 100 KB, so 300 a second; messages wait for one such turn of a worker, 99 % within 5 ms more.
 */
import type { Bench, Figure, Size } from '../harness/figures.ts'
import { Load, type MessagesRun } from '../harness/load.ts'
import { MeasuredServer } from '../harness/server.ts'
import { digestClients } from './digest-clients.ts'
import { type Asked, askRepeatedly } from './repeated.ts'

interface Sizes {
  readonly users: number
  readonly seconds: number
  readonly messagesPerSecond: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { users: 20, seconds: 1, messagesPerSecond: 50 },
  full: { users: 1_000, seconds: 6, messagesPerSecond: 500 },
}

const connections = 8
const list = '/xcap-root/resource-lists/users/sip:u0@example.test/index'

export const httpBench: Bench = {
  name: 'http',
  question: 'What do metrics, admin API and XCAP give while messages go, and how late are these then?',
  run: (size, say) => http(sizes[size], say),
}

async function http({ users, seconds, messagesPerSecond }: Sizes, say: (line: string) => void): Promise<Figure[]> {
  // What is measured is not the limit on what a token may ask.
  const configuration = 'admin:\n  requestsPerSecond: 100000\n'
  const server = new MeasuredServer({ workers: 2, users, transports: ['tcp', 'web'], core: 'any', configuration })
  let load: Load | null = null
  try {
    server.addUsers()
    const made = server.command('admin', 'token', 'create', '--role', 'reader', '--name', 'bench', '--json')
    const authorization = `Bearer ${(JSON.parse(made) as { result: { token: string } }).result.token}`
    await server.start()
    server.command('contacts', 'add', 'u0', 'u1')
    load = new Load({ transport: 'tcp', port: server.port('tcp'), connections: users })
    await load.open()
    const { refused } = await load.register(64)
    if (refused > 0) throw new Error(`${refused} users could not register`)
    const base = `https://127.0.0.1:${server.port('web')}`
    const ask = { base, connections, seconds }
    const kinds: Readonly<Record<string, () => Promise<Asked>>> = {
      metrics: () => askRepeatedly({ ...ask, path: '/metrics' }),
      'API: a page of users': () => askRepeatedly({ ...ask, path: '/v1/users?limit=100', headers: { authorization } }),
      'API: the summary': () => askRepeatedly({ ...ask, path: '/v1/summary', headers: { authorization } }),
      'XCAP: a contact list': async () => {
        const setupClient = await digestClients({ base, path: list, name: 'u0', password: 'password0', connections })
        return askRepeatedly({ ...ask, path: list, setupClient })
      },
    }
    const talk = () => (load as Load).messages(seconds, messagesPerSecond, Math.floor(users / 2))
    say(`messages alone, ${seconds} s`)
    const figures = sipFigures('alone', await talk())
    for (const [kind, run] of Object.entries(kinds)) {
      say(`${kind}, ${seconds} s beside ${messagesPerSecond} messages a second`)
      const [asked, messages] = await Promise.all([run(), talk()])
      figures.push(...httpFigures(kind, asked), ...sipFigures(`beside ${kind}`, messages))
    }
    return figures
  } finally {
    await load?.end()
    await server.remove()
  }
}

function httpFigures(kind: string, { perSecond, p99Ms, others }: Asked): Figure[] {
  return [
    { what: `${kind}, answered`, value: perSecond, unit: '/s' },
    { what: `${kind}, answered within, 99 %`, value: p99Ms, unit: 'ms' },
    { what: `${kind}, not answered with 200`, value: others, unit: '', atMost: 0 },
  ]
}

function sipFigures(when: string, { p50Ms, p99Ms, failed, unanswered }: MessagesRun): Figure[] {
  return [
    { what: `a MESSAGE ${when}, median`, value: p50Ms, unit: 'ms' },
    { what: `a MESSAGE ${when}, 99 %`, value: p99Ms, unit: 'ms' },
    { what: `a MESSAGE ${when}, failed`, value: failed + unanswered, unit: '', atMost: 0 },
  ]
}
