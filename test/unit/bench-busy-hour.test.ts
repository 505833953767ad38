/**
 * The plan of the bench of a busy hour: the rates that were planned for 10,000 users, and nobody in two places at once.
 */
import { describe, expect, test } from 'vitest'
import { type ActKind, busyHour, isRefreshWritten, lengthMsMax } from '../../bench/busy-hour/plan.ts'
import { Sightings } from '../../bench/busy-hour/sightings.ts'
import { encodeRequest } from '../../src/sip/message/encode.ts'
import { parseMessage } from '../../src/sip/message/parse.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'

const seconds = lengthMsMax / 1_000
const hour = busyHour(10_000, lengthMsMax)
const of = (kind: ActKind) => hour.acts.filter((act) => act.kind === kind)

describe('a busy hour of 10,000 users', () => {
  test('writes 14.7 times a second and changes 11.1 times', () => {
    expect(hour.writes / seconds).toBeCloseTo(14.7, 1)
    expect((of('change').length + 2 * of('signOut').length) / seconds).toBeCloseTo(11.1, 1)
  })

  test('refreshes nobody twice, and a quarter of the refreshes is written', () => {
    const users = of('refresh').map(({ user }) => user)
    expect(new Set(users).size).toBe(users.length)
    expect(users.filter(isRefreshWritten).length / users.length).toBeCloseTo(0.25, 2)
  })

  test('moves nobody twice, and whoever moves says nothing else', () => {
    const moved = [...of('signOut'), ...of('reconnect')].map(({ user }) => user)
    expect(new Set(moved).size).toBe(moved.length)
    const others = new Set(hour.acts.filter(({ kind }) => kind === 'change').map(({ user }) => user))
    expect(moved.filter((user) => others.has(user))).toEqual([])
  })

  test('lies within its time, in order', () => {
    const times = hour.acts.map(({ atMs }) => atMs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.every((atMs) => atMs >= 0 && atMs < lengthMsMax)).toBe(true)
  })
})

describe('what watchers were told', () => {
  const notify = (body: string): SipMessage =>
    parseMessage(
      encodeRequest({
        method: 'NOTIFY',
        requestUri: 'sip:u1@192.0.2.1',
        headers: [['Via', 'SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKa']],
        body: Buffer.from(body),
        contentType: 'multipart/related;type="application/rlmi+xml"',
      }),
    ).message!

  test('counts news once, repetitions, and those who still wait', () => {
    const sightings = new Sightings(10)
    const first = sightings.expect(3, 100)
    const second = sightings.expect(3, 200)
    sightings.read(1, notify(`<note>${first}</note>`), 150)
    sightings.read(1, notify(`<note>${second}</note>`), 290)
    sightings.read(1, notify(`<note>${first}</note>`), 300)
    sightings.read(2, notify(`<list fullState="true"/><note>${second}</note>`), 400)
    expect(sightings.latenciesMs).toEqual([50, 90])
    expect([sightings.telling, sightings.repeating, sightings.full]).toEqual([2, 1, 1])
    expect(sightings.untold(() => [1, 2, 4])).toBe(1)
  })
})
