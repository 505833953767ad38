/**
 * What a broken server would do to messages and presence, done by a proxy in front of a right one: the verifier of a
 * live run names it, with who and which. The same run without it is clean.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { DrillPlan } from '../../../sim/live/drill-population.ts'
import { asNew, FaultyProxy, type Meddle, type OnTheWay, withBody } from '../../../sim/live/faulty-proxy.ts'
import { OwnServer } from '../../../sim/live/own-server.ts'
import type { CorrectnessRecord } from '../../../sim/measure/run-record.ts'
import { clean, recordOf } from '../../support/live-runs.ts'

const patience = 90_000
const closing: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function runThrough(meddle: Meddle, plan: Partial<DrillPlan> = {}): Promise<CorrectnessRecord> {
  const quiet = { onLog: () => {}, onDeath: () => {} }
  const own = { domain: 'example.test', workers: null, cpus: null, configuration: '' }
  const server = new OwnServer({ transport: 'tcp', ...own, ...quiet })
  closing.push(() => server.remove())
  await server.start()
  const proxy = new FaultyProxy(server.sipPort, meddle)
  closing.push(() => proxy.close())
  const target = { host: '127.0.0.1', port: await proxy.listen(), transport: 'tcp' } as const
  const access = { ca: null, serverName: null, owned: null, pid: null, metricsUrl: null }
  const given = { target, ...access, accountsSocket: server.adminSocket }
  const record = await recordOf({ plan, target: given, watching: 'single' })
  expect(record.endedEarly).toBeUndefined()
  return record.correctness
}

/** Does something to the tenth text that passes, and lets all else pass. */
function onTenthText(act: (message: OnTheWay) => void): Meddle {
  let texts = 0
  return (message) => {
    const isText = message.request.method === 'MESSAGE' && message.request.named('Content-Type') === 'text/plain'
    if (isText && ++texts === 10) act(message)
    else message.pass()
  }
}

/** So many conversations that pairs talk twice. */
const repeatedPairs = { messagesPerSecond: 50 }
const pair = /u\d+ to u\d+/

describe('planted faults', () => {
  it(
    'none: all is clean',
    async () => {
      expect(await runThrough((message) => message.pass())).toMatchObject(clean)
    },
    patience,
  )

  it(
    'an accepted message that is lost',
    async () => {
      const found = await runThrough(onTenthText(({ answer }) => answer()))
      expect(found).toMatchObject({ lost: 1, duplicates: 0, misordered: 0 })
      expect(found.examples.join()).toMatch(/lost: message 1 from u\d+ to u\d+ was accepted and did not arrive/)
    },
    patience,
  )

  it.each([
    ['byte for byte', (message: OnTheWay) => message.request.bytes],
    ['with a new Call-ID', (message: OnTheWay) => asNew(message.request)],
  ])(
    'a message that comes twice, %s',
    async (_, again) => {
      const found = await runThrough(
        onTenthText((message) => {
          message.pass()
          message.pass(again(message))
        }),
      )
      expect(found).toMatchObject({ duplicates: 1, excepted: 0, lost: 0, misordered: 0 })
      expect(found.examples.join()).toMatch(pair)
    },
    patience,
  )

  it(
    'two messages of a pair that are swapped',
    async () => {
      const held = new Map<string, OnTheWay>()
      let swapped = 0
      const found = await runThrough((message) => {
        const { request, answer, pass } = message
        if (request.method !== 'MESSAGE' || request.named('Content-Type') !== 'text/plain') return pass()
        const key = `${request.from?.uri} ${message.connection}`
        const first = held.get(key)
        if (first) {
          // Each pair once, and only one of them.
          held.delete(key)
          pass()
          first.pass()
          swapped++
        } else if (swapped === 0 && held.size === 0) {
          held.set(key, message)
          answer()
        } else pass()
      }, repeatedPairs)
      expect(found).toMatchObject({ misordered: 1, duplicates: 0, lost: 0 })
      expect(found.examples.join()).toMatch(/misordered: message 1 from u\d+ to u\d+ \(device 0\) came after 2/)
    },
    patience,
  )

  it(
    'an older state after a newer one, which stays',
    async () => {
      const bodies = new Map<string, Buffer>()
      let isDone = false
      const found = await runThrough(({ request, pass }) => {
        const isState = request.method === 'NOTIFY' && request.body.includes(' due ')
        const before = isState ? bodies.get(request.callId ?? '') : undefined
        if (isState) bodies.set(request.callId ?? '', before ?? request.body)
        const isNewer = before !== undefined && !before.equals(request.body)
        if (!isNewer || isDone) return pass()
        isDone = true
        pass()
        const cseq = (request.cseq?.number ?? 0) + 1
        const older = withBody(request, before).toString('latin1')
        pass(Buffer.from(older.replace(/CSeq: \d+/i, `CSeq: ${cseq}`).replace('z9hG4bK', 'z9hG4bKold'), 'latin1'))
      })
      expect(found.stale).toBe(1)
      expect(found.examples.join()).toMatch(/stale: u\d+ saw version 1 of u\d+ after version 2/)
    },
    patience,
  )

  it(
    'the last state of a user that never reaches a watcher',
    async () => {
      const lost = new Set<string>()
      const found = await runThrough(({ request, pass, answer }) => {
        const state = /entity="pres:u11@[\s\S]*version (\d+)/.exec(request.body.toString('latin1'))
        if (request.method !== 'NOTIFY' || state === null || Number(state[1]) < 2) return pass()
        if (lost.size === 0) lost.add(request.callId ?? '')
        if (lost.has(request.callId ?? '')) answer()
        else pass()
      })
      expect(found).toMatchObject({ notConverged: 1, stale: 0, lost: 0 })
      expect(found.examples.join()).toMatch(
        /notConverged: u\d+ sees (?:absent|version 1) of u11, which should be version 2/,
      )
    },
    patience + 40_000,
  )
})
