/**
 * The time of a worker by kind of work: what is timed counts for what is not, by the name of what came.
 */
import { expect, it } from 'vitest'
import type { TransportFlow } from '../../../src/ports/flows.ts'
import { MetricsRegistry } from '../../../src/runtime/metrics.ts'
import { timedEvery, WorkSpans, workOfMessage } from '../../../src/runtime/work-spans.ts'

const flow = {} as TransportFlow
const request = Buffer.from('MESSAGE sip:b@example.test SIP/2.0\r\nCSeq: 1 MESSAGE\r\n\r\n')
const response = Buffer.from('SIP/2.0 200 OK\r\nVia: x\r\nCSEQ:  77   NOTIFY\r\n\r\n')

/** A clock that goes on by so many milliseconds in each piece. */
function spansOf() {
  const metrics = new MetricsRegistry()
  let nowMs = 0
  const spans = new WorkSpans(metrics, () => nowMs)
  const spend = (ms: number) => {
    nowMs += ms
  }
  const value = (name: string, work: string) =>
    metrics.snapshot().find((each) => each.name === name && each.labels.work === work)?.value ?? 0
  return { spans, spend, value }
}

it('every seventh piece is timed, and counts for seven', () => {
  const { spans, spend, value } = spansOf()
  const seen: Buffer[] = []
  const sink = spans.flows({
    onFlowOpened: () => undefined,
    onFlowMessage: (_, bytes) => {
      seen.push(bytes)
      spend(bytes === request ? 2 : 1)
    },
    onFlowFault: () => undefined,
    onFlowClosed: () => undefined,
  })
  for (let at = 0; at < timedEvery * 10; at++) sink.onFlowMessage(flow, request)
  for (let at = 0; at < timedEvery * 20; at++) sink.onFlowMessage(flow, response)
  expect(seen.length).toBe(timedEvery * 30)
  expect(value('meridian_work_pieces_total', 'request.MESSAGE')).toBe(70)
  expect(value('meridian_work_seconds_total', 'request.MESSAGE')).toBeCloseTo(0.14, 9)
  expect(value('meridian_work_pieces_total', 'response.NOTIFY')).toBe(140)
  expect(value('meridian_work_seconds_total', 'response.NOTIFY')).toBeCloseTo(0.14, 9)
})

it('what happens within a piece is part of it, and a piece that throws has its time', () => {
  const { spans, spend, value } = spansOf()
  for (let at = 0; at < timedEvery; at++) {
    const piece = () =>
      spans.run('outer', () => {
        for (let inner = 0; inner < 20; inner++) spans.run('inner', () => spend(1))
        throw new Error('as expected')
      })
    expect(piece).toThrow('as expected')
  }
  expect(value('meridian_work_seconds_total', 'outer') + value('meridian_work_seconds_total', 'inner')).toBeGreaterThan(
    0.1,
  )
  expect(value('meridian_work_pieces_total', 'outer') % timedEvery).toBe(0)
})

it('names come from code: a method that nobody knows is `other`', () => {
  expect(workOfMessage(request)).toBe('request.MESSAGE')
  expect(workOfMessage(response)).toBe('response.NOTIFY')
  expect(workOfMessage(Buffer.from('PEER123 sip:x SIP/2.0\r\n\r\n'))).toBe('request.other')
  expect(workOfMessage(Buffer.from('SIP/2.0 200 OK\r\n\r\n'))).toBe('response.other')
})
