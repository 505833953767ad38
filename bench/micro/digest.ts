/**
 * What does one digest check cost? Expected on paper: two hashes of one to three blocks, 0.4 µs each with their
 * crossing into OpenSSL, and the rest below 0.2 µs: 1.0 µs, bound 1.5 µs; half of it when method and URI are those of
 * the check before, as in a storm of registrations. Reading the header comes on top: 2 µs more.
 *
 *     node bench/micro/digest.ts          full
 *     node bench/micro/digest.ts smoke    a thousandth of it; run by test/unit/sip/digest/bench.test.ts
 */

import type { DigestAlgorithm } from '../../src/sip/digest/algorithm.ts'
import { parseChallenge, parseDigestCredentials } from '../../src/sip/digest/challenge.ts'
import { answerChallenge } from '../../src/sip/digest/client.ts'
import { computeHa1, verifyResponse } from '../../src/sip/digest/compute.ts'

const usersCount = 64
const password = 'correct horse'
const uri = 'sip:example.test'

export interface DigestFigures {
  readonly algorithm: DigestAlgorithm
  /** Method and URI as in the check before. */
  readonly verifyMicros: number
  /** Method other than in the check before. */
  readonly verifyOtherMicros: number
  readonly parseMicros: number
  /** Checks that succeeded, so that nobody wins by doing less. */
  readonly verifiedCount: number
}

/** CPU time of user and system, in microseconds for each operation. */
export function measureDigest(algorithm: DigestAlgorithm, count: number): DigestFigures {
  const headers = Array.from({ length: usersCount }, (_, index) => header(algorithm, index))
  const credentials = headers.map((text) => parseDigestCredentials(text)!)
  const secrets = credentials.map(({ username, realm }) => computeHa1(algorithm, username, realm, password))
  let verifiedCount = 0
  const verifyMicros = cpuMicros(count, (index) => {
    const user = index % usersCount
    if (verifyResponse(credentials[user]!, secrets[user]!, 'REGISTER', null)) verifiedCount++
  })
  const verifyOtherMicros = cpuMicros(count, (index) => {
    const user = index % usersCount
    if (verifyResponse(credentials[user]!, secrets[user]!, (index & 1) === 0 ? 'MESSAGE' : 'PUBLISH', null)) {
      verifiedCount = 0
    }
  })
  const parseMicros = cpuMicros(count, (index) => {
    if (parseDigestCredentials(headers[index % usersCount]!) === null) verifiedCount = 0
  })
  return { algorithm, verifyMicros, verifyOtherMicros, parseMicros, verifiedCount }
}

function header(algorithm: DigestAlgorithm, index: number): string {
  const nonce = `MTczMjU3NDAwMDAwMA.${String(index).padStart(6, '0')}.b64MacOfTheNonce01234`
  const challenge = parseChallenge(`Digest realm="example.test", nonce="${nonce}", algorithm=${algorithm}, qop="auth"`)!
  const who = { username: `user${index}`, password, cnonce: '0a4f113b7c11' }
  const value = answerChallenge([challenge], { ...who, method: 'REGISTER', uri, body: null, nc: 1 + index })!
  // As it comes from the wire: decoded from bytes, not a rope of pieces.
  return Buffer.from(value).toString('latin1')
}

function cpuMicros(count: number, operation: (index: number) => void): number {
  const start = process.cpuUsage()
  for (let index = 0; index < count; index++) operation(index)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / count
}

if (import.meta.main) {
  const count = process.argv[2] === 'smoke' ? 500 : 500_000
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    measureDigest(algorithm, Math.min(count, 20_000))
    const figures = measureDigest(algorithm, count)
    const [verify, other, parse] = [figures.verifyMicros, figures.verifyOtherMicros, figures.parseMicros].map(
      (micros) => `${micros.toFixed(2)} µs`,
    )
    console.log(`${algorithm}: verify ${verify}, other method ${other}, parse ${parse}, ${figures.verifiedCount} right`)
  }
}
