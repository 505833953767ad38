/**
 * RFC 7616 §3.3 to §3.6 at the server: nonces, counts, qop, and when a challenge says that only the nonce was old.
 */
import { describe, expect, it } from 'vitest'
import { answerOf, challenged, fetchWith, isStale, nonceOf } from '../../support/digest-answer.ts'
import { ServerWorld } from '../../support/server-world.ts'
import { WireClient } from '../../support/wire-client.ts'

describe.each([1, 3])('RFC 7616 with %i workers', (workers) => {
  async function udpClient(): Promise<{ world: ServerWorld; alice: WireClient }> {
    const world = await ServerWorld.start({ workers })
    return { world, alice: new WireClient(world, 'alice', { transport: 'udp' }) }
  }

  const register = { method: 'REGISTER' }

  it('§3.4.6: each count of a nonce is good once: fresh counting nonces need no new challenge', async () => {
    const { alice } = await udpClient()
    const challenge = challenged(alice)
    const status = (nc: number) => fetchWith(alice, answerOf(alice, challenge, { ...register, nc })).statusCode
    expect([1, 2, 3, 7, 5].map(status)).toEqual([200, 200, 200, 200, 200])
    expect([1, 3, 5, 7].map(status)).toEqual([401, 401, 401, 401])
  })

  it('§3.3: a count that was used before is answered stale=true, since the response is right', async () => {
    const { alice } = await udpClient()
    const credentials = answerOf(alice, challenged(alice), register)
    fetchWith(alice, credentials)
    const again = fetchWith(alice, credentials)
    expect([again.statusCode, isStale(again)]).toEqual([401, true])
    expect(fetchWith(alice, answerOf(alice, again, register)).statusCode).toBe(200)
  })

  it('§3.3: a nonce that is too old is stale; with a wrong password it is not', async () => {
    const { world, alice } = await udpClient()
    const challenge = challenged(alice)
    world.advance(300_001)
    const right = fetchWith(alice, answerOf(alice, challenge, register))
    const wrong = fetchWith(alice, answerOf(alice, challenge, { ...register, nc: 2, password: 'guess' }))
    expect([right.statusCode, isStale(right)]).toEqual([401, true])
    expect([wrong.statusCode, isStale(wrong)]).toEqual([401, false])
  })

  it('§3.3: a nonce of an earlier start is stale, and proves nothing', async () => {
    const { world, alice } = await udpClient()
    const credentials = answerOf(alice, challenged(alice), register)
    const after = await world.restart()
    const again = new WireClient(after, 'alice', { transport: 'udp', port: alice.port })
    const answer = fetchWith(again, credentials)
    expect([answer.statusCode, isStale(answer)]).toEqual([401, true])
    expect(fetchWith(again, answerOf(again, answer, register)).statusCode).toBe(200)
  })

  it('§3.3: a restarted shard no longer knows what was used, so no older nonce is good', async () => {
    const { world, alice } = await udpClient()
    const credentials = answerOf(alice, challenged(alice), register)
    fetchWith(alice, credentials)
    world.advance(10)
    for (let worker = 0; worker < workers; worker++) if (worker !== alice.worker) await world.restartWorker(worker)
    if (workers === 1) {
      await world.restartWorker(0)
      alice.edge.onFlowOpened(alice.flow)
    }
    const replayed = fetchWith(alice, credentials)
    expect([replayed.statusCode, isStale(replayed)]).toEqual([401, true])
  })

  it('§3.3: a nonce that this server never made is refused without stale, however right the response', async () => {
    const { alice } = await udpClient()
    const challenge = challenged(alice)
    const nonce = `${nonceOf(challenge).slice(0, -1)}${nonceOf(challenge).endsWith('A') ? 'B' : 'A'}`
    const answer = fetchWith(alice, answerOf(alice, challenge, { ...register, nonce }))
    expect([answer.statusCode, isStale(answer)]).toEqual([401, false])
  })

  it('§3.4.3: auth-int protects the body', async () => {
    const { alice } = await udpClient()
    const uri = 'sip:bob@example.test'
    const challenge = challenged(alice, 'MESSAGE', 'pay 10')
    const credentials = answerOf(alice, challenge, { method: 'MESSAGE', uri, qop: 'auth-int', body: 'pay 10' })
    const forged = alice.final(alice.send('MESSAGE', { uri, headers: [credentials], body: 'pay 99' }))
    expect(forged.statusCode).toBe(407)
    const sent = alice.final(alice.send('MESSAGE', { uri, headers: [credentials], body: 'pay 10' }))
    expect(sent.statusCode).toBe(202)
  })

  it('§3.4: a response for another method is wrong', async () => {
    const { alice } = await udpClient()
    const credentials = answerOf(alice, challenged(alice), { method: 'MESSAGE' })
    expect(fetchWith(alice, credentials).statusCode).toBe(401)
  })

  it.each([
    ['tcp', 401],
    ['udp', 401],
    ['ws', 401],
    ['tls', 200],
    ['wss', 200],
  ] as const)(
    '§3.4: clients without qop are served where nobody can listen: %s gives %i',
    async (transport, status) => {
      const world = await ServerWorld.start({ workers })
      const alice = new WireClient(world, 'alice', { transport })
      const credentials = answerOf(alice, challenged(alice), { ...register, qop: null })
      expect(fetchWith(alice, credentials).statusCode).toBe(status)
    },
  )

  it('§3.4.4: credentials for another realm are not ours: challenged, and no failure counted', async () => {
    const { alice } = await udpClient()
    const tcp = new WireClient(alice.world, 'alice')
    const foreign = [
      'Authorization',
      'Digest username="alice", realm="elsewhere", nonce="n", uri="sip:x", response="00"',
    ] as const
    const answers = Array.from({ length: 5 }, () => fetchWith(tcp, foreign).statusCode)
    expect(answers).toEqual([401, 401, 401, 401, 401])
    expect(tcp.register().statusCode).toBe(200)
  })
})
