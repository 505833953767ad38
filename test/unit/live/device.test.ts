/**
 * One simulated device against a scripted server: what it does with 423, 412, 481, 503 with Retry-After, a wrong
 * password, and a line that answers no ping. No sockets and no time but what the test says.
 */
import { describe, expect, it } from 'vitest'
import { HeaderId } from '../../../src/sip/index.ts'
import { DeviceRig as Rig } from '../../support/device-rig.ts'

const signIn = [0, { kind: 'sign-in', user: 0, device: 0 }] as const

describe('a device', () => {
  it('asks for longer after 423, as long as Min-Expires says (RFC 3261 §10.2.8)', async () => {
    const rig = new Rig([signIn])
    rig.answerOf = (request) =>
      request.method === 'REGISTER' && (request.expiresSeconds ?? 0) < 7200
        ? { status: 423, headers: [['Min-Expires', '7200']] }
        : { status: 200 }
    await rig.pass(1)
    expect(rig.of('REGISTER').map(({ expiresSeconds }) => expiresSeconds)).toEqual([3600, 7200])
    expect(rig.fleet.registered).toBe(1)
    expect(rig.recorder.toWindow().levels.find(({ id }) => id === 'D1')).toMatchObject({ failures: 0 })
  })

  it('answers a challenge with SHA-256, and shows nothing more on a line that trusts it (RFC 7616, 8760)', async () => {
    const rig = new Rig([signIn])
    const challenge = 'Digest realm="example.test", nonce="n1", qop="auth", algorithm=SHA-256'
    rig.answerOf = (request) =>
      request.method === 'REGISTER' && !request.has(HeaderId.authorization)
        ? { status: 401, headers: [['WWW-Authenticate', challenge]] }
        : { status: 200 }
    await rig.pass(1)
    expect(rig.of('REGISTER')).toHaveLength(2)
    expect(rig.of('REGISTER')[1]?.first(HeaderId.authorization)).toMatch(/username="u0".*algorithm=SHA-256/)
    expect(rig.of('PUBLISH')[0]?.has(HeaderId.authorization)).toBe(false)
  })

  it('with a wrong password tries as often as a client does, and leaves', async () => {
    const rig = new Rig([[0, { kind: 'sign-in', user: 0, device: 0, wrongPassword: true }]])
    const challenge = 'Digest realm="example.test", nonce="n1", qop="auth", algorithm=MD5'
    rig.answerOf = () => ({ status: 401, headers: [['WWW-Authenticate', challenge]] })
    await rig.pass(30)
    expect(rig.of('REGISTER')).toHaveLength(3)
    expect(rig.counts).toEqual({ 'wrong-password.401': 1 })
    expect(rig.fleet.wanted).toBe(0)
  })

  it('that stands for one who has long been there refreshes at any moment of the period at first', async () => {
    const at = async (settlingMs: number) => {
      const rig = new Rig([signIn], { expiresSeconds: 60 }, settlingMs)
      await rig.pass(30)
      return rig.of('REGISTER').length
    }
    // Half of 48 s, since the rig answers chance by a half; without it after all of them.
    expect([await at(0), await at(10_000)]).toEqual([1, 2])
  })

  it('publishes anew after 412, with a newer version (RFC 3903 §4.2)', async () => {
    const rig = new Rig([
      signIn,
      [2_000, { kind: 'publish', user: 0, device: 0, shown: { cause: 'manual', state: 'busy' } }],
    ])
    rig.answerOf = (request) =>
      request.method !== 'PUBLISH'
        ? { status: 200 }
        : request.has(HeaderId.sipIfMatch)
          ? { status: 412 }
          : { status: 200, headers: [['SIP-ETag', 'e1']] }
    await rig.pass(4)
    expect(rig.of('PUBLISH').map((request) => request.first(HeaderId.sipIfMatch))).toEqual([null, 'e1', null])
    expect(rig.board.newest(0)).toBe(3)
    expect(rig.counts).toEqual({ 'publish.412': 1 })
  })

  it('subscribes anew after 481, in a dialog of its own (RFC 6665 §4.1.2.2)', async () => {
    const rig = new Rig([signIn])
    let isForgotten = false
    rig.answerOf = (request) => {
      if (request.method !== 'SUBSCRIBE' || !request.to?.tag)
        return { status: 200, headers: [['Contact', '<sip:s@h>']] }
      isForgotten = true
      return { status: 481 }
    }
    await rig.pass(3600)
    const callIds = rig.of('SUBSCRIBE').map(({ callId }) => callId)
    expect(isForgotten).toBe(true)
    expect(callIds[0]).toBe(callIds[1])
    expect(callIds[2]).not.toBe(callIds[1])
    expect(rig.of('SUBSCRIBE')[2]?.to?.tag).toBeNull()
  })

  it('waits for Retry-After, and some more, before it signs in again', async () => {
    const rig = new Rig([signIn])
    rig.answerOf = () => ({ status: 503, headers: [['Retry-After', '20']] })
    await rig.pass(19)
    expect(rig.of('REGISTER')).toHaveLength(1)
    rig.answerOf = () => ({ status: 200 })
    await rig.pass(12)
    expect(rig.lines).toBe(2)
    expect(rig.fleet.registered).toBe(1)
    expect(rig.recorder.toWindow().levels.find(({ id }) => id === 'D1')).toMatchObject({
      failures: 1,
      causes: { 503: 1 },
    })
  })

  it('comes back on a new line when no pong has come for ten seconds (RFC 5626 §4.4.1)', async () => {
    const rig = new Rig([signIn])
    await rig.pass(200)
    expect(rig.pings).toBeGreaterThan(0)
    expect(rig.lines).toBeGreaterThan(1)
    expect(rig.counts).toMatchObject({ 'no-pong': rig.lines - 1 })
    expect(rig.of('PUBLISH')).toHaveLength(1)
  })

  it('gives up a request that nobody answers after 32 s (Timer F)', async () => {
    const rig = new Rig([signIn, [1_000, { kind: 'message', user: 0, to: 1, talk: 1, bodyBytes: 100 }]])
    rig.answerOf = ({ method }) => (method === 'MESSAGE' ? null : { status: 200 })
    await rig.pass(31)
    expect(rig.fleet.underWay).toBe(1)
    await rig.pass(4)
    expect(rig.fleet.underWay).toBe(0)
    expect(rig.counts).toMatchObject({ 'failed.D4.timeout': 1 })
  })
})
