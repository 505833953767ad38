/**
 * Two people talk over a real server: the newcomer's first minute (P8), in pipes instead of terminals.
 */
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { lastingPort } from '../../support/lasting-port.ts'
import { type Program, programs } from '../../support/programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-two-people-'))
const start = programs(folder)

function serve(listen: readonly object[]): Program {
  return start(['serve'], { MERIDIAN__LISTEN__ENDPOINTS: JSON.stringify(listen), MERIDIAN__SERVER__WORKERS: '1' })
}

const endpoints: { readonly transport: string; readonly host: string; readonly port: number }[] = []
const ports = new Map<string, number>()
let server: Program

beforeAll(async () => {
  for (const transport of ['tls', 'tcp', 'udp', 'ws', 'web']) {
    endpoints.push({ transport, host: '127.0.0.1', port: await lastingPort() })
  }
  server = serve(endpoints)
  await server.line(/^listening on/, 60_000)
  for (const { transport, port } of endpoints) ports.set(transport, port)
}, 90_000)

function chat(name: string, transport = 'tls', ...more: string[]): Program {
  const place = `${transport}:127.0.0.1:${ports.get(transport === 'wss' ? 'web' : transport)}`
  return start(['chat', name, '--server', place, ...more])
}

async function quit(person: Program): Promise<void> {
  person.endInput()
  expect(await person.exitCode()).toBe(0)
}

describe('the demo accounts', () => {
  it('have their passwords in a file for their owner, and the banner says so', async () => {
    const [, file] = await server.line(/finds them in (.+)$/)
    expect(statSync(file!).mode & 0o777).toBe(0o600)
    const passwords = JSON.parse(readFileSync(file!, 'utf8'))
    expect(Object.keys(passwords)).toEqual(['sip:alice@example.test', 'sip:bob@example.test'])
    await server.line(new RegExp(`alice@example\\.test +${passwords['sip:alice@example.test']}`))
  })
})

describe('two people', () => {
  it('talk in both directions, in any script', async () => {
    const alice = chat('alice')
    const bob = chat('bob')
    await Promise.all([alice.line(/^signed in as alice@example\.test$/), bob.line(/^signed in as bob@/)])
    alice.type('grüße, 你好 😀')
    await bob.line(/^alice: grüße, 你好 😀$/)
    await alice.line(/^✓ delivered to bob$/)
    bob.type('привет')
    await alice.line(/^bob: привет$/)
    await bob.line(/^✓ delivered to alice$/)
    await Promise.all([quit(alice), quit(bob)])
  }, 60_000)

  it('reach each other later: stored, and delivered in order at the next sign-in', async () => {
    const alice = chat('alice')
    alice.type('one')
    alice.type('two')
    await alice.line(/^◷ stored for bob$/)
    await alice.line(/^◷ stored for bob$/)
    await quit(alice)
    const bob = chat('bob')
    await bob.line(/^alice: one$/)
    await bob.line(/^alice: two$/)
    await quit(bob)
  }, 60_000)

  it.each(['tcp', 'udp', 'ws', 'wss'])(
    'reach each other over %s',
    async (transport) => {
      const bob = chat('bob')
      await bob.line(/^signed in/)
      const alice = chat('alice', transport)
      alice.type(`by ${transport}`)
      await bob.line(new RegExp(`^alice: by ${transport}$`))
      await alice.line(/^✓ delivered to bob$/)
      await Promise.all([quit(alice), quit(bob)])
    },
    60_000,
  )

  it('see on a second device what they sent from the first', async () => {
    const first = chat('alice')
    await first.line(/^signed in/)
    const second = chat('alice')
    await second.line(/^signed in/)
    first.type('for later')
    await second.line(/^alice → bob: for later$/)
    await Promise.all([quit(first), quit(second)])
  }, 60_000)
})

describe('what goes wrong', () => {
  it('is told in words: nobody of that name', async () => {
    const alice = chat('alice', 'tls', '--to', 'nobody')
    alice.type('hello?')
    await alice.line(/^✗ not delivered to nobody: nobody cannot be reached here \(no such user, or disabled\)$/)
    alice.endInput()
    expect(await alice.exitCode()).toBe(1)
  }, 60_000)

  it('is told in words: a wrong password', async () => {
    const password = join(folder, 'authority-is-no-password')
    const alice = chat('alice', 'tls', '--password-file', join(folder, 'data/certificates/authority.crt'))
    await alice.line(/^meridian: the server does not let alice@example\.test in: the password is wrong/)
    expect(await alice.exitCode()).toBe(1)
    const missing = chat('alice', 'tls', '--password-file', password)
    await missing.line(/^meridian: cannot read .*ENOENT$/)
  }, 60_000)

  it('is told in words: an account that was disabled meanwhile, and not as a wrong password', async () => {
    const bob = chat('bob')
    await bob.line(/^signed in/)
    expect(await start(['user', 'disable', 'bob']).exitCode()).toBe(0)
    await bob.line(/^meridian: the server refuses bob@example\.test: the account is disabled.* \(403 Forbidden\)$/)
    expect(await bob.exitCode()).toBe(1)
    expect(bob.said).not.toContain('password')
    expect(await start(['user', 'enable', 'bob']).exitCode()).toBe(0)
  }, 60_000)

  it('is told in words: a certificate from elsewhere, and no server', async () => {
    const ca = join(folder, 'data/certificates/server.crt')
    const distrustful = chat('alice', 'tls', '--ca', ca)
    await distrustful.line(/--ca <file>/)
    expect(await distrustful.exitCode()).toBe(1)
    const lost = start(['chat', 'alice', '--server', 'tcp:127.0.0.1:9'])
    await lost.line(/nothing listens on 127\.0\.0\.1 port 9; start the server with `npm start`/)
    expect(await lost.exitCode()).toBe(1)
  }, 60_000)
})

describe('a server that starts again', () => {
  it('finds everybody back by themselves', async () => {
    const bob = chat('bob')
    await bob.line(/^signed in/)
    await server.stop()
    await bob.line(/^not connected, trying again/)
    const second = serve(endpoints)
    await second.line(/^listening on/, 60_000)
    await bob.line(/^signed in/, 30_000)
    const alice = chat('alice')
    alice.type('back?')
    await bob.line(/^alice: back\?$/)
    await Promise.all([quit(alice), quit(bob)])
  }, 120_000)
})
