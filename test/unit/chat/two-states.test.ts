/**
 * Two people at terminals see each other's states over a real server (RFC 3856, RFC 3903): each change once, the
 * sign-out too.
 */
import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import {
  type AgentListener,
  chatInteractively,
  History,
  noColours,
  personalBackOff,
  processClock,
  processEntropy,
  processTimers,
  serverConnector,
  UserAgent,
} from '../../../src/chat/index.ts'
import type { Aor } from '../../../src/sip/index.ts'
import { lastingPort } from '../../support/lasting-port.ts'
import { type Program, programs } from '../../support/programs.ts'
import { fakeTerminal } from './fake-terminal.ts'

const folder = mkdtempSync(join(tmpdir(), 'meridian-two-states-'))
const start = programs(folder)
const [alice, bob] = ['sip:alice@example.test', 'sip:bob@example.test'] as [Aor, Aor]
let port = 0
let server: Program
let passwords: Record<string, string> = {}

function serve(): Program {
  const endpoints = JSON.stringify([{ transport: 'tcp', host: '127.0.0.1', port }])
  return start(['serve'], { MERIDIAN__LISTEN__ENDPOINTS: endpoints, MERIDIAN__SERVER__WORKERS: '2' })
}

beforeAll(async () => {
  port = await lastingPort()
  server = serve()
  const [, file] = await server.line(/finds them in (.+)$/, 60_000)
  passwords = JSON.parse(readFileSync(file!, 'utf8'))
}, 90_000)

/** `own` at a terminal: what it types, and the lines that it reads. */
function sit(own: Aor, peer: Aor, number: number) {
  const connector = serverConnector({ transport: 'tcp', host: '127.0.0.1', port }, { ca: null, sipDomain: null })
  const ports = { clock: processClock, timers: processTimers, entropy: processEntropy, connector }
  const settings = {
    aor: own,
    password: passwords[own]!,
    instanceId: `urn:uuid:00000000-0000-4000-8000-00000000000${number}`,
    regId: 1,
    expiresSeconds: 600,
    userAgent: 'test',
    backOff: personalBackOff,
    seen: [],
  }
  const makeAgent = (listener: AgentListener) => new UserAgent(settings, ports, listener)
  const { input, output, type, written } = fakeTerminal(80)
  const ended = chatInteractively(
    { own, peer, history: new History(null), makeAgent },
    { input, output, style: noColours },
  )
  let said = ''
  let all = ''
  const read = (): void => {
    const more = written()
    said += more
    all += more
  }
  /** Asks until this is the answer: the news may still be under way. */
  const asks = async (question: string, pattern: RegExp): Promise<void> => {
    for (;;) {
      await type(`${question}\r`)
      read()
      if (pattern.test(said)) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  /** Waits for it, and forgets all up to it. */
  const reads = async (pattern: RegExp): Promise<void> => {
    for (;;) {
      read()
      const found = pattern.exec(said)
      if (found) {
        said = said.slice(found.index + found[0].length)
        return
      }
      await new Promise((resolve) => output.once('readable', resolve))
    }
  }
  return { type, reads, asks, heard: () => all, ended }
}

it('see each change, with its note, and the end', async () => {
  const first = sit(alice, bob, 1)
  await first.reads(/signed in as alice/)
  await first.reads(/· \d\d:\d\d bob is offline\n/)
  const second = sit(bob, alice, 2)
  await second.reads(/alice is available\n/)
  await first.reads(/bob is available\n/)
  await second.type('/status away at lunch\r')
  await second.reads(/others see that you are away: at lunch\n/)
  await first.reads(/bob is away: at lunch\n/)
  await first.type('/who\r')
  await first.reads(/· bob is away: at lunch \(since \d\d:\d\d\)\n/)
  await second.type('/status busy\r')
  await first.reads(/bob is busy\n/)
  await second.type('/quit\r')
  expect(await second.ended).toMatchObject({ kind: 'quit' })
  await first.reads(/bob is offline\n/)
  await first.type('/quit\r')
  expect(await first.ended).toMatchObject({ kind: 'quit' })
}, 60_000)

it('see their contacts with /who, changes of those whom they did not turn to stay silent', async () => {
  expect(await start(['contacts', 'add', 'alice', 'bob']).exitCode()).toBe(0)
  const first = sit(alice, 'sip:carol@example.test' as Aor, 1)
  await first.reads(/there is no carol here\n/)
  const second = sit(bob, alice, 2)
  await second.reads(/signed in as bob/)
  await second.type('/status busy moving\r')
  await second.reads(/others see/)
  await first.asks('/who', /· bob is busy: moving \(since \d\d:\d\d\)\n/)
  expect(first.heard()).not.toMatch(/\d\d:\d\d bob is/)
  await first.type('/to bob\r')
  await first.reads(/· bob is busy: moving\n/)
  for (const each of [first, second]) await each.type('/quit\r')
  await Promise.all([first.ended, second.ended])
}, 60_000)

it('see each other again after the server was killed, with what they had set', async () => {
  const first = sit(alice, bob, 1)
  const second = sit(bob, alice, 2)
  await first.reads(/bob is available\n/)
  await second.type('/status busy before\r')
  await first.reads(/bob is busy: before\n/)
  server.signal('SIGKILL')
  await server.endedBy()
  await first.reads(/not connected/)
  server = serve()
  await server.line(/^listening on/, 60_000)
  await Promise.all([first.reads(/connected again\n/), second.reads(/connected again\n/)])
  await second.type('/status away after\r')
  await first.reads(/bob is away: after\n/)
  await second.type('/quit\r')
  await first.reads(/bob is offline\n/)
  await first.type('/quit\r')
  await Promise.all([first.ended, second.ended])
}, 120_000)
