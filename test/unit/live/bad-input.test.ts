/**
 * What keeps a live run from beginning, or ends it: each in words with the cure; what was found until then is kept and
 * marked as partial.
 */
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { ensureDescriptors } from '../../../sim/live/descriptors.ts'
import { drillOptions } from '../../../sim/live/drill-options.ts'
import { drive, type GivenTarget } from '../../../sim/live/drive.ts'
import { OwnServer } from '../../../sim/live/own-server.ts'
import { runSummary } from '../../../sim/live/run-text.ts'
import { portsPerAddress, refusePorts, sourceAddress } from '../../../sim/live/source-addresses.ts'
import { readTarget, refuseTarget, type Target } from '../../../sim/live/target.ts'
import { driveDrill } from '../../support/live-runs.ts'

const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function given(target: Target): GivenTarget {
  return { target, ca: null, serverName: null, owned: null, pid: null, metricsUrl: null, accountsSocket: null }
}

function failure(message: string | RegExp, kind: 'failed' | 'usage' = 'failed') {
  return { ok: false, kind, message: expect.stringMatching(message) }
}

describe('a target', () => {
  it.each([
    ['sip:127.0.0.1', null, { host: '127.0.0.1', port: 5060, transport: 'tcp' }],
    ['sip:im.corp.lan:5070;transport=udp', null, { host: 'im.corp.lan', port: 5070, transport: 'udp' }],
    ['sip:10.0.0.1', 'tls', { host: '10.0.0.1', port: 5060, transport: 'tls' }],
    ['sips:[::1]:5061', null, { host: '::1', port: 5061, transport: 'tls' }],
    ['wss://im.corp.lan:5443/', null, { host: 'im.corp.lan', port: 5443, transport: 'wss' }],
  ] as const)('%s is read', (text, transport, target) => {
    const read = readTarget(text, transport)
    expect(read.ok && { ...read.target, port: read.target.port }).toMatchObject({ host: target.host })
    expect(read.ok && read.target.transport).toBe(target.transport)
  })

  it.each([
    ['localhost', null, 'is no target'],
    ['sip:', null, 'is no target'],
    ['sip:a:70000', null, 'not between 1 and 65535'],
    ['sip:a;transport=sctp', null, 'not one of udp, tcp, tls, wss'],
    ['sips:a', 'udp', 'leave one of them out'],
  ] as const)('%s is refused', (text, transport, words) => {
    expect(readTarget(text, transport)).toMatchObject({ ok: false, message: expect.stringContaining(words) })
  })

  it('of somebody else is refused until it is claimed by name', () => {
    const target: Target = { host: 'im.example.com', port: 5060, transport: 'tcp' }
    expect(refuseTarget(target, ['203.0.113.7'], null)).toContain('--i-own-this-target im.example.com')
    expect(refuseTarget(target, ['203.0.113.7'], 'example.com')).not.toBeNull()
    expect(refuseTarget(target, ['203.0.113.7'], 'im.example.com')).toBeNull()
    expect(refuseTarget(target, ['10.1.2.3'], null)).toBeNull()
    expect(refuseTarget(target, ['10.1.2.3', '203.0.113.7'], null)).not.toBeNull()
  })

  it('where nobody listens is said to be so', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    await new Promise((resolve) => server.close(resolve))
    const driven = await driveDrill({ target: given({ host: '127.0.0.1', port, transport: 'tcp' }) })
    expect(driven).toMatchObject(failure(/nobody listens at 127.0.0.1 port \d+ over tcp: start the server/))
  })

  it('that speaks no TLS is said to be so', async () => {
    const server = createServer((socket) =>
      socket
        .on('error', () => {})
        .end('hello\r\n')
        .destroySoon(),
    )
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as { port: number }
    const driven = await driveDrill({ target: given({ host: '127.0.0.1', port, transport: 'tls' }) })
    expect(driven).toMatchObject(failure('does not speak TLS'))
  })

  it('whose certificate nobody trusts is said to be so', async () => {
    const own = { domain: 'example.test', workers: null, cpus: null, configuration: '' }
    const server = new OwnServer({ transport: 'tls', ...own, onLog: () => {}, onDeath: () => {} })
    closing.push(() => server.remove())
    await server.start()
    const target = given({ host: '127.0.0.1', port: server.sipPort, transport: 'tls' })
    expect(await driveDrill({ target })).toMatchObject(failure(/certificate .* is not trusted .*--ca FILE/))
    const named = { ...target, ca: server.authority, serverName: 'other.example' }
    expect(await driveDrill({ target: named })).toMatchObject(failure(/is not for .*--server-name/))
  }, 60_000)
})

describe('descriptors and ports', () => {
  it('that are too few are told with the command that raises them', () => {
    const few = () => ({ soft: 1024, hard: 4096 })
    expect(ensureDescriptors(2_000, few, () => {})).toContain('ulimit -n 3024')
    expect(ensureDescriptors(10_000, few, () => {})).toContain('sudo prlimit --pid $$ --nofile=11024:11024')
    expect(ensureDescriptors(0, few, () => {})).toBeNull()
  })

  it('are raised where we may', () => {
    let soft = 1024
    const raise = (needed: number) => {
      soft = needed
    }
    expect(ensureDescriptors(5_000, () => ({ soft, hard: soft }), raise)).toBeNull()
  })

  it('are counted by address: loopback has a million, others one', () => {
    expect(refusePorts('127.0.0.1', 1_000_000)).toBeNull()
    expect(refusePorts('10.0.0.1', portsPerAddress)).toBeNull()
    expect(refusePorts('10.0.0.1', portsPerAddress + 1)).toContain('several machines')
    const addresses = Array.from({ length: 200_000 }, (_, device) => sourceAddress('127.0.0.1', device) ?? '')
    expect(new Set(addresses).size).toBe(200_000)
    const isPlace = /^127\.(?:1[6-9]|2\d|3[01])\.\d{1,3}\.[1-9]\d{0,2}$/
    expect(addresses.filter((address) => !isPlace.test(address))).toEqual([])
    expect(sourceAddress('10.0.0.1', 5)).toBeUndefined()
  })
})

describe('a run that ends early', () => {
  it('because it was interrupted keeps what was found', async () => {
    const stop = new AbortController()
    const driven = await driveDrill({
      signal: stop.signal,
      onProgress: ({ modelMs }) => modelMs > 3_000 && stop.abort(),
    })
    expect(driven).toMatchObject({ ok: true, record: { endedEarly: 'it was interrupted' } })
    if (!driven.ok) return
    expect(driven.record.correctness.checked).toBeGreaterThan(0)
    expect(runSummary(driven.record)).toMatch(/^PARTIAL: it was interrupted\n/)
  }, 60_000)

  it('because the server died says so', async () => {
    const { pid, ...options } = { pid: 0, ...drillOptions({ plan: { workMs: 30_000 } }) }
    let serverPid = pid
    const onProgress = ({ modelMs }: { readonly modelMs: number }) => {
      if (modelMs < 3_000 || serverPid !== 0) return
      serverPid = Number(/pid (\d+)/.exec(said.join('\n'))?.[1])
      process.kill(serverPid, 'SIGKILL')
    }
    const said: string[] = []
    const driven = await drive({ ...options, onProgress, say: (line) => said.push(line) })
    expect(driven).toMatchObject({ ok: true, record: { endedEarly: 'the server ended in mid-run (SIGKILL)' } })
    expect(driven.ok && driven.record.correctness.lost).toBe(0)
  }, 90_000)
})
