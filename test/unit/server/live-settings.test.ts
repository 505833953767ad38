/**
 * Every key that says `live`, and those for what is opened later, changed while a server runs: what it does differs
 * from then on, with nobody signed out. DESIGN §13. One row a key; a key without a row fails.
 */
import { describe, expect, it } from 'vitest'
import { describeKeys, loadConfig } from '../../../src/config/index.ts'
import { noPressure } from '../../../src/ports/pressure.ts'
import { parseChallenge } from '../../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../../src/sip/digest/client.ts'
import { HeaderId } from '../../../src/sip/message/header-id.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { pidf, publish, subscribe, told } from '../../support/watching.ts'
import { type ClientOptions, WireClient } from '../../support/wire-client.ts'

const dayMs = 86_400_000
const pressure = { ...noPressure, ms: 0, waiting: 0, delayMs: () => pressure.ms, waitingCount: () => pressure.waiting }

/** A config as the file would give it: paths of keys and values. */
function config(values: Readonly<Record<string, string | number>>) {
  const env = Object.entries(values).map(([path, value]) => {
    return [`MERIDIAN__${path.toUpperCase().replaceAll('.', '__')}`, String(value)] as const
  })
  const loaded = loadConfig({ file: null, env: Object.fromEntries(env), cwd: '/' })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors))
  return loaded.config
}

let count = 0

interface Rig {
  readonly world: ServerWorld
  /** Another device, on a connection and by an address of its own. */
  client(name: string, options?: ClientOptions): WireClient
}

function rigOf(world: ServerWorld): Rig {
  return {
    world,
    client: (name, options = {}) =>
      new WireClient(world, name, { address: `192.0.2.${(++count % 250) + 1}`, ...options }),
  }
}

interface Row {
  /** What else has to be set from the start on. */
  readonly with?: Readonly<Record<string, string | number>>
  readonly from: string | number
  readonly to: string | number
  /** What is looked at before and after. */
  readonly see: (rig: Rig) => unknown
  readonly expected: readonly [unknown, unknown]
}

function signedIn({ client }: Rig, name: string, options: ClientOptions = {}): WireClient {
  const device = client(name, options)
  if (device.register(600).statusCode !== 200) throw new Error(`${name} was not let in`)
  return device
}

/** For how long a device is registered that asks for so long, or (null) for no time of its own. */
function granted(device: WireClient, seconds: number | null): number {
  const headers = device.registerHeaders(seconds ?? 0).filter(([name]) => name !== 'Expires' || seconds !== null)
  const answer = device.authenticated('REGISTER', { uri: 'sip:example.test', to: device.aor, headers })
  const own = answer.all(HeaderId.contact).find((contact) => contact.includes(device.contact)) ?? ''
  return Number(/;expires=(\d+)/.exec(own)?.[1])
}

/** Statuses of requests that answer no challenge, sent one after the other. */
function burst(device: WireClient, method: string, size: number): number[] {
  return Array.from({ length: size }, (_, index) => {
    const parts = { uri: 'sip:bob@example.test', callId: `burst-${index}`, body: method === 'MESSAGE' ? 'hello' : '' }
    return device.final(device.send(method, parts)).statusCode
  })
}

function wrongPasswords(rig: Rig, size: number, options: ClientOptions = {}): number[] {
  const thief = rig.client('alice', { password: 'guessed', ...options })
  return Array.from({ length: size }, () => {
    const parts = { uri: 'sip:example.test', to: thief.aor, headers: thief.registerHeaders(600) }
    const challenge = thief.final(thief.send('REGISTER', parts))
    if (challenge.statusCode !== 401) return challenge.statusCode
    const headers = [...parts.headers, thief.credentials(challenge, 'REGISTER', parts)]
    const branch = thief.send('REGISTER', { ...parts, headers })
    rig.world.advance(5_000)
    return thief.final(branch).statusCode
  })
}

function withoutQop(device: WireClient): number {
  const parts = { uri: 'sip:example.test', to: device.aor, headers: device.registerHeaders(600) }
  const challenge = device.final(device.send('REGISTER', parts))
  const values = challenge.all(HeaderId.wwwAuthenticate).map((value) => value.replace(/, *qop="[^"]*"/, ''))
  const { name: username, password } = device
  const login = { username, password, method: 'REGISTER', uri: parts.uri, body: Buffer.alloc(0), nc: 1, cnonce: 'c' }
  const answer = answerChallenge(
    values.map(parseChallenge).filter((each) => each !== null),
    login,
  )!
  return device.final(device.send('REGISTER', { ...parts, headers: [...parts.headers, ['Authorization', answer]] }))
    .statusCode
}

/** What a second device of bob is given that was away while the first took three messages. */
function queuedFor(rig: Rig, awayMs = 0): number {
  const alice = signedIn(rig, 'alice')
  const here = signedIn(rig, 'bob')
  const instance = `urn:uuid:away-${++count}`
  const away = signedIn(rig, 'bob', { instance })
  away.close()
  for (let passedMs = 0; passedMs < awayMs; passedMs += 500_000) {
    rig.world.advance(500_000)
    for (const device of [alice, here]) device.register(600)
  }
  for (const body of ['one', 'two', 'three']) alice.message('bob', body)
  const back = signedIn(rig, 'bob', { instance })
  rig.world.advance(1_000)
  for (const device of [alice, here, back]) device.register(0)
  return back.requests('MESSAGE').length
}

function toBobWhoIsAway(rig: Rig): number {
  return signedIn(rig, 'alice').message('bob', 'are you there?').statusCode
}

function keptAfter(rig: Rig, days: number): number {
  toBobWhoIsAway(rig)
  rig.world.advance(days * dayMs)
  const shown = rig.world.admin('bob', { act: 'show' })
  return shown.ok ? shown.mailboxMessages : -1
}

const rows: Readonly<Record<string, Row>> = {
  'domain.aliases': {
    from: '[]',
    to: '[other.test]',
    see: ({ client }) => burst(client('alice', { domain: 'other.test' }), 'OPTIONS', 1),
    expected: [[403], [407]],
  },
  'registrar.minExpiresSeconds': {
    from: 60,
    to: 120,
    see: ({ client }) => client('alice').register(100).statusCode,
    expected: [200, 423],
  },
  'registrar.maxExpiresSeconds': {
    with: { 'registrar.defaultExpiresSeconds': 300 },
    from: 7_200,
    to: 400,
    see: ({ client }) => granted(client('alice'), 1_000),
    expected: [1_000, 400],
  },
  'registrar.defaultExpiresSeconds': {
    from: 3_600,
    to: 300,
    see: ({ client }) => granted(client('alice'), null),
    expected: [3_600, 300],
  },
  'registrar.devicesMax': {
    from: 10,
    to: 1,
    see: ({ client }) => [client('alice').register().statusCode, client('alice').register().statusCode].at(1),
    expected: [200, 403],
  },
  'messaging.deliveryTimeoutMs': {
    from: 20_000,
    to: 1_000,
    see: (rig) => {
      const [alice, bob] = [signedIn(rig, 'alice'), signedIn(rig, 'bob')]
      bob.answerWith = null
      const branch = alice.send('MESSAGE', { uri: bob.aor, body: 'hello?', callId: `slow-${++count}` })
      rig.world.advance(2_000)
      const isAnswered = alice.hasFinal(branch)
      bob.close()
      return isAnswered
    },
    expected: [false, true],
  },
  'messaging.mailboxMessagesMax': { from: 500, to: 0, see: toBobWhoIsAway, expected: [202, 480] },
  'messaging.mailboxBytesMax': { from: 5_000_000, to: 0, see: toBobWhoIsAway, expected: [202, 480] },
  'messaging.deviceQueueMax': { from: 200, to: 1, see: (rig) => queuedFor(rig), expected: [3, 1] },
  'messaging.deviceRememberedDays': { from: 14, to: 1, see: (rig) => queuedFor(rig, 1.5 * dayMs), expected: [3, 0] },
  'messaging.messageExpiryDays': { from: 14, to: 1, see: (rig) => keptAfter(rig, 2), expected: [1, 1] },
  'messaging.udpFragmentBytesMax': {
    from: 8_192,
    to: 1_300,
    see: (rig) => {
      const [alice, bob] = [signedIn(rig, 'alice'), signedIn(rig, 'bob', { transport: 'udp' })]
      const { statusCode } = alice.message('bob', 'x'.repeat(4_000))
      bob.register(0)
      return statusCode
    },
    expected: [200, 202],
  },
  'auth.nonceLifetimeSeconds': {
    from: 300,
    to: 10,
    see: ({ client, world }) => {
      const device = client('alice')
      const parts = { uri: 'sip:example.test', to: device.aor, headers: device.registerHeaders(600) }
      const challenge = device.final(device.send('REGISTER', parts))
      world.advance(60_000)
      const headers = [...parts.headers, device.credentials(challenge, 'REGISTER', parts)]
      return device.final(device.send('REGISTER', { ...parts, headers })).statusCode
    },
    expected: [200, 401],
  },
  'auth.reauthenticateHours': {
    from: 8,
    to: 1,
    see: (rig) => {
      const device = signedIn(rig, 'alice')
      for (let minutes = 0; minutes < 120; minutes += 5) {
        rig.world.advance(300_000)
        const parts = { uri: 'sip:example.test', to: device.aor, headers: device.registerHeaders(600) }
        if (device.final(device.send('REGISTER', parts)).statusCode === 401) return 'challenged'
      }
      return 'trusted'
    },
    expected: ['trusted', 'challenged'],
  },
  'auth.failuresPerFlowMax': {
    with: { 'limits.failedAuthenticationsPerMinute': 0 },
    from: 3,
    to: 1,
    see: (rig) => wrongPasswords(rig, 2),
    expected: [
      [401, 401],
      [403, 403],
    ],
  },
  'auth.withoutQop': {
    from: 'tls',
    to: 'always',
    see: ({ client }) => withoutQop(client('alice')),
    expected: [401, 200],
  },
  'limits.source.requestsPerSecond': {
    with: { 'limits.source.burst': 1 },
    from: 0,
    to: 1,
    see: ({ client }) => burst(client('alice'), 'OPTIONS', 3),
    expected: [
      [407, 407, 407],
      [407, 503, 503],
    ],
  },
  'limits.source.burst': {
    with: { 'limits.source.requestsPerSecond': 1 },
    from: 3,
    to: 1,
    see: ({ client }) => burst(client('alice'), 'OPTIONS', 3),
    expected: [
      [407, 407, 407],
      [407, 503, 503],
    ],
  },
  'limits.flow.requestsPerSecond': {
    with: { 'limits.flow.burst': 1 },
    from: 0,
    to: 1,
    see: ({ client }) => burst(client('alice'), 'OPTIONS', 2),
    expected: [
      [407, 407],
      [407, 503],
    ],
  },
  'limits.flow.burst': {
    with: { 'limits.flow.requestsPerSecond': 1 },
    from: 2,
    to: 1,
    see: ({ client }) => burst(client('alice'), 'OPTIONS', 2),
    expected: [
      [407, 407],
      [407, 503],
    ],
  },
  'limits.account.requestsPerSecond': {
    with: { 'limits.account.burst': 1 },
    from: 0,
    to: 1,
    see: (rig) => burst(signedIn(rig, 'alice'), 'MESSAGE', 2),
    expected: [
      [202, 202],
      [202, 503],
    ],
  },
  'limits.account.burst': {
    with: { 'limits.account.requestsPerSecond': 1 },
    from: 2,
    to: 1,
    see: (rig) => {
      rig.world.advance(5_000)
      return burst(signedIn(rig, 'alice'), 'MESSAGE', 2)
    },
    expected: [
      [202, 202],
      [202, 503],
    ],
  },
  'limits.failedAuthenticationsPerMinute': {
    with: { 'auth.failuresPerFlowMax': 100 },
    from: 20,
    to: 2,
    see: (rig) => wrongPasswords(rig, 3),
    expected: [
      [401, 401, 401],
      [401, 401, 503],
    ],
  },
  'limits.banSeconds': {
    with: { 'auth.failuresPerFlowMax': 100, 'limits.failedAuthenticationsPerMinute': 1 },
    from: 3_600,
    to: 1,
    see: (rig) => wrongPasswords(rig, 2),
    expected: [
      [401, 503],
      [401, 401],
    ],
  },
  'limits.newConnectionsPerSecond': {
    from: 0,
    to: 1,
    see: ({ client }) => {
      const address = `198.51.100.${++count}`
      const clients = Array.from({ length: 100 }, () => client('alice', { address, worker: 0 }))
      return clients.some(({ closedBy }) => closedBy === 'edge.too-many-new-flows')
    },
    expected: [false, true],
  },
  'limits.busyAfterMs': {
    from: 0,
    to: 500,
    see: ({ client }) => {
      pressure.ms = 600
      const { statusCode } = client('alice').register()
      pressure.ms = 0
      return statusCode
    },
    expected: [200, 503],
  },
  'limits.busyAfterWaiting': {
    from: 0,
    to: 5_000,
    see: ({ client }) => {
      pressure.waiting = 6_000
      const { statusCode } = client('alice').register()
      pressure.waiting = 0
      return statusCode
    },
    expected: [200, 503],
  },
  'policy.default': {
    from: 'open',
    to: 'closed',
    see: (rig) => subscribe(signedIn(rig, 'alice'), 'bob', { callId: `see-${++count}` }).statusCode,
    expected: [200, 403],
  },
}

/** Not the core's: `p8-live-configuration` and `p8-admin-api` of `test/promises/` see these with sockets. */
const seenElsewhere = ['log.level', 'web.allowedOrigins', 'limits.memoryMb', /^admin\./, /^tls\./, /^topology\./]

const turned = describeKeys().filter(({ reload, path }) => {
  const isElsewhere = seenElsewhere.some((each) => (typeof each === 'string' ? each === path : each.test(path)))
  return reload !== 'restart' && !isElsewhere
})

describe.each([1, 3])('keys that are turned while the server runs, with %i workers', (workers) => {
  it.each(turned.map(({ path }) => path))('%s', async (path) => {
    const row = rows[path]
    if (!row) throw new Error(`${path} says that it is live; show here that it is`)
    const world = await ServerWorld.start({ workers, pressure })
    const rig = rigOf(world)
    const set = (value: string | number) => world.renew(config({ ...row.with, [path]: value }))
    expect(set(row.from)).toBe(workers)
    const before = row.see(rig)
    world.advance(120_000)
    expect(set(row.to)).toBe(workers)
    expect([before, row.see(rig)]).toEqual(row.expected)
  })

  it('another policy.default ends live subscriptions before the reload is acknowledged', async () => {
    const world = await ServerWorld.start({ workers, users: ['alice', 'bob'] })
    const [alice, bob] = ['alice', 'bob'].map((name) => signedIn(rigOf(world), name)) as [WireClient, WireClient]
    subscribe(alice, 'bob')
    expect(world.renew(config({ 'policy.default': 'closed' }))).toBe(workers)
    publish(bob, pidf('bob', 'unseen'))
    world.advance(10_000)
    expect(told(alice)).toEqual(['active open', 'terminated;reason=rejected'])
    expect(world.renew(config({ 'policy.default': 'open' }))).toBe(workers)
    expect(subscribe(alice, 'bob', { callId: 'again' }).statusCode).toBe(200)
  })
})
