/**
 * The keys of a token issuer (RFC 7517) while they rotate, and while it cannot be reached: known keys go on counting,
 * strangers' tokens do not make us ask it more often, and without any key nothing is said against a token.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import type { TokenVerdict } from '../../../src/ports/bearer-tokens.ts'
import { IssuerKeys, readKeys, TokenVerifier } from '../../../src/tokens/index.ts'

const pairs = await Promise.all([1, 2].map(() => generateKeyPair('ES256')))
const minuteMs = 60_000

async function setOf(...numbers: readonly number[]): Promise<JSONWebKeySet> {
  return {
    keys: await Promise.all(numbers.map(async (n) => ({ ...(await exportJWK(pairs[n]!.publicKey)), kid: `${n}` }))),
  }
}

function signed(number: number, kid = `${number}`): Promise<string> {
  return new SignJWT({ a: 1 }).setProtectedHeader({ alg: 'ES256', kid }).sign(pairs[number]!.privateKey)
}

/** An issuer whose set the test changes; null: it does not answer. */
class Issuer {
  nowMs = 0
  looks = 0
  faults: string[] = []
  published: JSONWebKeySet | null = null
  readonly keys = new IssuerKeys(
    async () => {
      this.looks++
      if (this.published === null) throw new Error('out of order')
      return this.published
    },
    () => this.nowMs,
    (fault) => this.faults.push(fault),
  )

  async knows(token: string): Promise<boolean | string> {
    try {
      await jwtVerify(token, (header, jws) => this.keys.find(header, jws))
      return true
    } catch (error) {
      return (error as Error).constructor.name
    }
  }
}

describe('the keys of an issuer', () => {
  it('are read once for many tokens, and again when a token names another', async () => {
    const issuer = new Issuer()
    issuer.published = await setOf(0)
    expect(await Promise.all([signed(0), signed(0)].map(async (token) => issuer.knows(await token)))).toEqual([
      true,
      true,
    ])
    expect(issuer.looks).toBe(1)
    issuer.published = await setOf(1)
    issuer.nowMs += minuteMs
    expect(await issuer.knows(await signed(1))).toBe(true)
    expect(await issuer.knows(await signed(0))).toBe('JWKSNoMatchingKey')
    expect(issuer.looks).toBe(2)
  })

  it('are not asked for by a stranger’s tokens more than twice in a minute', async () => {
    const issuer = new Issuer()
    issuer.published = await setOf(0)
    for (let second = 0; second < 60; second++) {
      issuer.nowMs = second * 1000
      expect(await issuer.knows(await signed(1, 'none of theirs'))).toBe('JWKSNoMatchingKey')
    }
    expect(issuer.looks).toBe(2)
  })

  it('that were taken back are forgotten within ten minutes', async () => {
    const issuer = new Issuer()
    issuer.published = await setOf(0, 1)
    expect(await issuer.knows(await signed(0))).toBe(true)
    issuer.published = await setOf(1)
    issuer.nowMs += 10 * minuteMs + 1
    expect(await issuer.knows(await signed(0))).toBe('JWKSNoMatchingKey')
  })

  it('count on for a day while it does not answer, and then no more', async () => {
    const issuer = new Issuer()
    issuer.published = await setOf(0)
    expect(await issuer.knows(await signed(0))).toBe(true)
    issuer.published = null
    issuer.nowMs += 23 * 60 * minuteMs
    expect(await issuer.knows(await signed(0))).toBe(true)
    expect(issuer.faults).toEqual(['out of order'])
    issuer.nowMs += 2 * 60 * minuteMs
    expect(await issuer.knows(await signed(0))).toBe('KeysUnavailable')
    issuer.published = await setOf(0)
    issuer.nowMs += minuteMs
    expect(await issuer.knows(await signed(0))).toBe(true)
  })
})

it('a token is neither good nor bad while no key of its issuer was ever seen', async () => {
  const issuer = new Issuer()
  const rules = { issuer: 'i', audience: 'a', claim: 'sip', domain: 'example.test', skewSeconds: 0 }
  const verifier = new TokenVerifier(rules, issuer.keys, Date.now, (work) => work())
  const verdict = await new Promise<TokenVerdict>(
    (resolve) => void signed(0).then((token) => verifier.verify(token, resolve)),
  )
  expect(verdict).toEqual({ ok: false, why: 'unavailable', detail: 'out of order' })
})

describe('what an issuer publishes', () => {
  it.each<[string, number, string]>([
    ['is a web page', 200, '<html></html>'],
    ['is something else', 200, '{"issuer":"x"}'],
    ['is a redirection', 302, '{"keys":[]}'],
    ['has no end', 200, 'x'.repeat(300 * 1024)],
  ])('is refused in words where it %s', async (_what, status, body) => {
    const server = createServer((_request, response) => response.writeHead(status, { location: '/' }).end(body))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await expect(readKeys({ url, file: null, authorityFile: null })).rejects.toThrow(url)
    server.close()
  })
})
