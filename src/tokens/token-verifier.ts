/**
 * Whether a token is good, and whom it names (RFC 7519 §7.2, RFC 8725, RFC 9068 §4): signature by a key of the issuer,
 * issuer, audience, times, and the claim that holds the user's address. Public keys only: `none` is no signature, and
 * with HMAC the published key would be the secret.
 */
import { errors, type JWTPayload, jwtVerify } from 'jose'
import type { BearerTokens, TokenVerdict } from '../ports/bearer-tokens.ts'
import { type IssuerKeys, KeysUnavailable } from './issuer-keys.ts'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

export interface TokenRules {
  readonly issuer: string
  readonly audience: string
  /** The claim whose text is the user's address, with or without `sip:`; a bare name is one of `domain`. */
  readonly claim: string
  readonly domain: string
  /** By which clocks may differ. */
  readonly skewSeconds: number
}

export class TokenVerifier implements BearerTokens {
  readonly #rules: TokenRules
  readonly #keys: IssuerKeys
  readonly #systemMs: () => number
  readonly #run: (work: () => void) => void

  /** `run`: carries out what follows a verdict, as a turn of its own. */
  constructor(rules: TokenRules, keys: IssuerKeys, systemMs: () => number, run: (work: () => void) => void) {
    this.#rules = rules
    this.#keys = keys
    this.#systemMs = systemMs
    this.#run = run
  }

  verify(token: string, done: (verdict: TokenVerdict) => void): void {
    void this.#judge(token).then((verdict) => this.#run(() => done(verdict)))
  }

  async #judge(token: string): Promise<TokenVerdict> {
    const { issuer, audience, skewSeconds: clockTolerance } = this.#rules
    try {
      const { payload } = await jwtVerify(token, (header, jws) => this.#keys.find(header, jws), {
        algorithms,
        issuer,
        audience,
        clockTolerance,
        currentDate: new Date(this.#systemMs()),
        requiredClaims: ['exp', 'iat'],
      })
      return this.#named(payload)
    } catch (error) {
      return refusalOf(error)
    }
  }

  #named(payload: JWTPayload): TokenVerdict {
    const value = payload[this.#rules.claim]
    const text = typeof value === 'string' ? value.trim().replace(/^sips?:/i, '') : ''
    if (text === '') return { ok: false, why: 'invalid', detail: `it has no text in the claim ${this.#rules.claim}` }
    const name = `sip:${text.includes('@') ? text : `${text}@${this.#rules.domain}`}`
    // The library has seen that both are numbers.
    return { ok: true, name, madeMs: payload.iat! * 1000, untilMs: payload.exp! * 1000 }
  }
}

function refusalOf(error: unknown): TokenVerdict {
  if (error instanceof KeysUnavailable) return { ok: false, why: 'unavailable', detail: error.message }
  if (error instanceof errors.JWTExpired) return { ok: false, why: 'expired', detail: error.message }
  return { ok: false, why: 'invalid', detail: error instanceof Error ? error.message : String(error) }
}
