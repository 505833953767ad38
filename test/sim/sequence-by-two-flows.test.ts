/**
 * What the checker of CSeq numbers takes for overtaken (RFC 6665 §4.2.2): what was sent to the front end that a device
 * has just left. A number that comes twice, or late, or by the same flow, is held against the server.
 */
import { expect, it } from 'vitest'
import { History } from '../../sim/history.ts'
import { sequence } from '../../sim/presence/checkers/sequence.ts'

const [left, now] = [{}, {}]

function saidOf(notifies: readonly (readonly [cseq: number, flow: object, atMs: number])[]): readonly string[] {
  const history = new History(null)
  for (const [cseq, flow, atMs] of notifies) {
    const head = 'NOTIFY sip:a@192.0.2.1 SIP/2.0\r\nFrom: <sip:b@example.test>;tag=x\r\nCall-ID: c'
    history.presence.notified(Buffer.from(`${head}\r\nCSeq: ${cseq} NOTIFY\r\n\r\n`), `branch ${atMs}`, flow, atMs)
  }
  return sequence.check(history).map(({ text }) => text)
}

it('RFC 6665 §4.2.2: one sent to the front end that a device has left may be overtaken', () => {
  expect(saidOf([10, 12].map((cseq, index) => [cseq, now, index] as const))).toEqual([])
  expect(
    saidOf([
      [12, now, 1_000],
      [11, left, 1_005],
    ]),
  ).toEqual([])
})

it.each([
  ['by the same flow', 11, now, 1_005],
  ['long after', 11, left, 9_000],
  ['a second time', 12, left, 1_005],
])('none goes back %s', (_how, cseq, flow, atMs) => {
  expect(
    saidOf([
      [12, now, 1_000],
      [cseq, flow, atMs],
    ]),
  ).toEqual([`c: CSeq ${cseq} after 12`])
})
