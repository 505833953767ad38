/**
 * Who may ask (RFC 4825 §5.7 and §14, RFC 7616): digest with the accounts of SIP, over TLS, one's own documents only.
 */
import { beforeEach, describe, expect, test } from 'vitest'
import { aorOf, passwordOf, ServerWorld, secretsOf } from '../../support/server-world.ts'
import { type ClientParts, XcapClient } from '../../support/xcap-client.ts'
import { friends, types } from '../../support/xcap-documents.ts'

let world: ServerWorld
let alice: XcapClient

beforeEach(async () => {
  world = await ServerWorld.start({ workers: 3 })
  alice = new XcapClient(world, 'alice')
  expect(alice.put(alice.path('resource-lists'), types.lists, friends).status).toBe(201)
})

function status(parts: ClientParts, name = 'alice'): number {
  const client = new XcapClient(world, name, parts)
  return client.get(client.path('resource-lists')).status
}

describe('RFC 7616 in HTTP', () => {
  test('without credentials there is a challenge, SHA-256 first, and nothing said of what exists', () => {
    for (const path of [
      alice.path('resource-lists'),
      '/xcap-root/resource-lists/users/sip:nobody@example.test/index',
    ]) {
      const answer = alice.exchange('GET', path)
      expect(answer.status).toBe(401)
      const challenges = answer.headers('WWW-Authenticate')
      expect(challenges.map((value) => /algorithm=([\w-]+)/.exec(value)?.[1])).toEqual(['SHA-256', 'MD5'])
      expect(challenges[0]).toContain('realm="example.test"')
    }
  })

  test('SHA-256 and MD5, auth and auth-int are taken, at any worker', () => {
    for (const algorithm of ['SHA-256', 'MD5'] as const) {
      for (const qop of ['auth', 'auth-int', null] as const) {
        for (const worker of [0, 1, 2]) expect(status({ algorithm, qop, worker })).toBe(200)
      }
    }
  })

  test('a wrong password, an unknown user and a disabled one get nothing', () => {
    expect(status({ password: 'guessed' })).toBe(401)
    expect(status({}, 'nobody')).toBe(401)
    world.admin('alice', { act: 'set-disabled', disabled: true })
    // Nonces of before no longer count, and a fresh one tells who knows the password that the account is closed.
    expect(status({})).toBe(403)
  })

  test('a nonce count is good once, and a new nonce is offered as stale', () => {
    const path = alice.path('resource-lists')
    const headers = { Authorization: alice.credentials('GET', path) }
    expect(alice.exchange('GET', path, { headers }).status).toBe(200)
    const again = alice.exchange('GET', path, { headers })
    expect([again.status, again.header('WWW-Authenticate')?.includes('stale=true')]).toEqual([401, true])
  })

  test('a nonce for one address is none for another', () => {
    const path = alice.path('resource-lists')
    const thief = new XcapClient(world, 'alice', { remoteAddress: '198.51.100.9' })
    const headers = { Authorization: alice.credentials('GET', path) }
    expect(thief.exchange('GET', path, { headers }).status).toBe(401)
  })

  test('credentials for one URI or method do not open another', () => {
    const [path, other] = [alice.path('resource-lists'), alice.path('pres-rules')]
    const headers = { Authorization: alice.credentials('GET', path) }
    expect(alice.exchange('GET', other, { headers }).status).toBe(400)
    const forGet = { Authorization: alice.credentials('GET', path) }
    expect(alice.exchange('DELETE', path, { headers: forGet }).status).toBe(401)
  })

  test('a changed password ends what an old nonce was good for', () => {
    const path = alice.path('resource-lists')
    world.advance(1_000)
    world.admin('alice', { act: 'set-password', secrets: secretsOf(aorOf('alice'), passwordOf('alice')) })
    const headers = { Authorization: alice.credentials('GET', path) }
    const answer = alice.exchange('GET', path, { headers })
    expect([answer.status, answer.header('WWW-Authenticate')?.includes('stale=true')]).toEqual([401, true])
  })
})

describe('RFC 4825 §5.7: one reads and writes one’s own documents', () => {
  test('those of somebody else are forbidden, whether they exist or not', () => {
    const bob = new XcapClient(world, 'bob')
    for (const path of [
      alice.path('resource-lists'),
      alice.path('pres-rules'),
      '/xcap-root/resource-lists/users/sip:nobody@example.test/index',
    ]) {
      expect(bob.get(path).status).toBe(403)
      expect(bob.put(path, types.lists, friends).status).toBe(403)
      expect(bob.delete(path).status).toBe(403)
    }
    expect(alice.get(alice.path('resource-lists')).body).toBe(friends)
  })

  test('an alias of the account names the same documents', () => {
    world.addUser('carol', { aliases: ['caroline'] })
    const carol = new XcapClient(world, 'carol')
    expect(
      carol.put('/xcap-root/resource-lists/users/sip:caroline@example.test/index', types.lists, friends).status,
    ).toBe(201)
    expect(carol.get(carol.path('resource-lists')).body).toBe(friends)
  })
})

describe('RFC 4825 §14: security', () => {
  test('nothing is said without TLS, but on loopback', () => {
    expect(status({ isSecure: false })).toBe(403)
    expect(status({ isSecure: false, remoteAddress: '127.0.0.1' })).toBe(200)
    expect(status({ isSecure: false, remoteAddress: '::1' })).toBe(200)
  })

  test('guessing becomes slow and is stopped, for that address alone', () => {
    const guesser = new XcapClient(world, 'alice', { password: 'guessed', remoteAddress: '198.51.100.9' })
    const path = alice.path('resource-lists')
    guesser.takeNonce(guesser.exchange('GET', path))
    const guess = () => guesser.begin('GET', path, { headers: { Authorization: guesser.credentials('GET', path) } })
    const guesses = Array.from({ length: 100 }, guess)
    world.settle()
    const answered = () => guesses.filter((answers) => answers.length > 0).length
    expect(answered()).toBe(50)
    world.advance(5_000)
    expect(answered()).toBe(100)
    expect(status({ remoteAddress: '198.51.100.9' })).toBe(403)
    expect(status({})).toBe(200)
  })

  test('a worker that does not answer is a 503 after a while, one that died at once', () => {
    world.loses = ({ kind }) => kind === 'xcap'
    const lost = alice.begin('GET', alice.path('resource-lists'), {
      headers: { Authorization: alice.credentials('GET', alice.path('resource-lists')) },
    })
    world.settle()
    expect(lost).toEqual([])
    world.advance(10_000)
    expect(lost.map((answer) => [answer.status, answer.header('Retry-After')])).toEqual([[503, '2']])
  })
})
