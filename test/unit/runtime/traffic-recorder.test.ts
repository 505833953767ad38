/**
 * The promise of a recording: what users did, when and how large; no name, address or text; a challenged request once.
 */
import { expect, it } from 'vitest'
import type { FlowSink, TransportFlow } from '../../../src/ports/flows.ts'
import { type RecordedRow, TrafficRecorder } from '../../../src/runtime/traffic-recorder.ts'
import { requestBytes } from '../../support/requests.ts'

const flow = { transport: 'tcp', remoteAddress: '192.0.2.7' } as TransportFlow

function recorder() {
  const rows: RecordedRow[] = []
  const passed: Buffer[] = []
  const inner: FlowSink = {
    onFlowOpened: () => {},
    onFlowMessage: (_flow, bytes) => void passed.push(bytes),
    onFlowFault: () => {},
    onFlowClosed: () => {},
  }
  let nowMs = 1_000
  const made = new TrafficRecorder(
    inner,
    () => nowMs,
    (some) => rows.push(...some),
    7,
  )
  const take = (parts: Parameters<typeof requestBytes>[0], afterMs = 10) => {
    nowMs += afterMs
    made.onFlowMessage(flow, requestBytes(parts))
  }
  return { made, rows, passed, take }
}

const proof = { Authorization: 'Digest username="alice", response="secret"' }
const registered = { 'Call-ID': 'r', Contact: '<sip:alice@192.0.2.7>', To: '<sip:alice@example.test>' }

it('notes what users do, and the flow that is lost', () => {
  const { made, rows, take } = recorder()
  made.record(Buffer.alloc(32, 1))
  take({ method: 'REGISTER', uri: 'sip:example.test', headers: registered })
  take({ method: 'REGISTER', uri: 'sip:example.test', headers: { ...registered, ...proof } })
  take({
    method: 'PUBLISH',
    headers: { Event: 'presence', 'Content-Type': 'application/pidf+xml' },
    body: 'x'.repeat(9),
  })
  take({ body: 'a very private text', headers: { 'Content-Type': 'text/plain' } })
  take({ body: '<isComposing/>', headers: { 'Content-Type': 'application/im-iscomposing+xml' } })
  take({ method: 'INVITE', headers: { 'Call-ID': 'i' } })
  take({ method: 'BYE', headers: { 'Call-ID': 'i', To: '<sip:bob@example.test>;tag=b' } })
  take({ method: 'SUBSCRIBE', headers: { Event: 'presence', Expires: '0' } })
  made.onFlowClosed(flow, 'transport.reset')
  made.flush()
  expect(rows.map(([atMs, kind, , number, , bytes]) => [atMs, kind, number, bytes])).toEqual([
    [10, 'sign-in', 7, 0],
    [30, 'publish', 7, 9],
    [40, 'message', 7, 19],
    [50, 'typing', 7, 14],
    [60, 'open-session', 7, 0],
    [70, 'close-session', 7, 0],
    [80, 'poll', 7, 0],
    [80, 'flow-lost', 7, 0],
  ])
  const [users, others] = [new Set(rows.map((row) => row[2])), new Set(rows.map((row) => row[4]).filter(Boolean))]
  expect([users.size, others.size]).toEqual([1, 1])
  expect(JSON.stringify(rows)).not.toMatch(/alice|bob|example|192\.0|private|secret/)
})

it('a refresh is no sign-in, Expires 0 is a sign-out, after which a closed flow is no loss', () => {
  const { made, rows, take } = recorder()
  made.record(Buffer.alloc(32, 1))
  for (const expires of ['3600', '3600', '0']) {
    take({ method: 'REGISTER', headers: { ...registered, ...proof, Expires: expires } })
  }
  made.onFlowClosed(flow, 'transport.peer-closed')
  made.record(null)
  expect(rows.map((row) => row[1])).toEqual(['sign-in', 'sign-out'])
})

it('passes everything on, and notes nothing where nobody asked or a message cannot be read', () => {
  const { made, rows, passed, take } = recorder()
  take({ body: 'before' })
  made.record(Buffer.alloc(32, 1))
  made.onFlowMessage(flow, Buffer.from('no SIP at all\r\n\r\n'))
  made.record(null)
  take({ body: 'after' })
  expect([rows.length, passed.length]).toEqual([0, 3])
})

it('another key gives other hashes', () => {
  const hashes = [1, 2].map((key) => {
    const { made, rows, take } = recorder()
    made.record(Buffer.alloc(32, key))
    take({ body: 'x' })
    made.flush()
    return rows[0]![2]
  })
  expect(hashes[0]).not.toBe(hashes[1])
})
