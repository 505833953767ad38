/**
 * The digest credentials of a user agent (RFC 7616, RFC 3261 §22): remembers the last challenge and counts the uses of
 * its nonce. Whether a challenge is answered at all is decided in `requests.ts`.
 */
import type { Entropy } from '../../ports/entropy.ts'
import { type DigestChallenge, parseChallenge } from '../../sip/digest/challenge.ts'
import { answerChallenge } from '../../sip/digest/client.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'

export interface ProtectedRequest {
  readonly method: string
  readonly requestUri: string
  readonly body: Uint8Array | null
}

export class Credentials {
  readonly #username: string
  readonly #password: string
  readonly #entropy: Entropy
  #header = 'Authorization'
  #challenges: readonly DigestChallenge[] = []
  #nonceCount = 0

  constructor(username: string, password: string, entropy: Entropy) {
    this.#username = username
    this.#password = password
    this.#entropy = entropy
  }

  /** Takes the challenges of a 401 or 407; false when it has none. */
  learn(response: SipMessage): boolean {
    const isProxy = response.statusCode === 407
    const lines = response.all(isProxy ? HeaderId.proxyAuthenticate : HeaderId.wwwAuthenticate)
    const challenges = lines.map(parseChallenge).filter((challenge) => challenge !== null)
    if (challenges.length === 0) return false
    this.#header = isProxy ? 'Proxy-Authorization' : 'Authorization'
    this.#challenges = challenges
    this.#nonceCount = 0
    return true
  }

  /** Our answer was right, but for a nonce that is too old (RFC 7616 §3.3). */
  get isStale(): boolean {
    return this.#challenges.some((challenge) => challenge.stale)
  }

  /** The header for a request; null when nobody has challenged us, or in a way that we do not know. */
  answer({ method, requestUri, body }: ProtectedRequest): readonly [name: string, value: string] | null {
    if (this.#challenges.length === 0) return null
    this.#nonceCount++
    const value = answerChallenge(this.#challenges, {
      username: this.#username,
      password: this.#password,
      method,
      uri: requestUri,
      body,
      nc: this.#nonceCount,
      cnonce: this.#entropy.word(8),
    })
    return value === null ? null : [this.#header, value]
  }
}
