/**
 * How a device proves who it is (RFC 7616, RFC 3261 §22). A server that trusts a line once it is proved is not shown
 * credentials again; one that asks each time gets them ahead. Passwords are derived, not kept.
 */
import type { Context } from './context.ts'
import type { Proof } from './requests.ts'
import { answerChallenge, type DigestChallenge, type HeaderLines, parseChallenge } from './sip.ts'

export class Credentials implements Proof {
  readonly #context: Context
  readonly #user: number
  #challenge: DigestChallenge | null = null
  #isProxy = false
  #uses = 0
  #isProved = false
  #isAskedEachTime = false
  isPasswordWrong = false

  constructor(context: Context, user: number) {
    this.#context = context
    this.#user = user
  }

  /** On a new line nothing was asked yet. */
  forget(): void {
    this.#challenge = null
    this.#isProved = false
  }

  /** A request was taken. */
  proved(): void {
    this.#isProved = true
    if (!this.#isAskedEachTime) this.#challenge = null
  }

  challenged(values: readonly string[], isProxy: boolean): boolean {
    if (this.#isProved) this.#isAskedEachTime = true
    const only = this.#context.dialect.algorithm
    const challenges = values.map(parseChallenge).filter((challenge) => challenge !== null)
    this.#challenge =
      challenges.find((each) => each.algorithm !== null && (only ?? each.algorithm) === each.algorithm) ?? null
    this.#isProxy = isProxy
    this.#uses = 0
    return this.#challenge !== null
  }

  header(method: string, uri: string, body: Uint8Array | null): HeaderLines {
    if (this.#challenge === null) return []
    const { naming, outside } = this.#context
    const value = answerChallenge([this.#challenge], {
      username: naming.userName(this.#user),
      password: this.isPasswordWrong ? 'not the password' : naming.password(this.#user),
      method,
      uri,
      body,
      nc: ++this.#uses,
      cnonce: Math.floor(outside.random() * 2 ** 32).toString(16),
    })
    if (value === null) return []
    return [[this.#isProxy ? 'Proxy-Authorization' : 'Authorization', value]]
  }
}
