/**
 * Requests that bring a bearer token (RFC 8898) wait here, at the home of their user, until it is checked; then they
 * go on with what it proves, or with why it proves nothing. Wherever such a request came in, this server's own issuer
 * decides.
 */
import type { BearerTokens, TokenVerdict } from '../ports/bearer-tokens.ts'
import type { BusMessage, RequestMessage } from '../ports/bus.ts'
import { isEncrypted } from '../ports/flows.ts'
import type { Proof, RefusedToken } from '../ports/proof.ts'
import { findBearerToken } from '../sip/bearer/bearer.ts'
import { parseAor } from '../sip/uri/aor.ts'

/** Requests that wait at once: beyond that nothing is checked, and their clients come back. */
const waitingMax = 2_000

export class TokenGate {
  readonly #tokens: BearerTokens
  readonly #goOn: (message: RequestMessage) => void
  #waitingCount = 0

  constructor(tokens: BearerTokens, goOn: (message: RequestMessage) => void) {
    this.#tokens = tokens
    this.#goOn = goOn
  }

  /** Whether the message waits; `goOn` follows. */
  takes(message: BusMessage): boolean {
    if (message.kind !== 'request' || message.proof !== null) return false
    const token = findBearerToken(message.request)
    if (token === null) return false
    const refused = this.#refusal(message, token)
    if (refused) {
      this.#goOn({ ...message, proof: refused })
      return true
    }
    this.#waitingCount++
    this.#tokens.verify(token, (verdict) => {
      this.#waitingCount--
      this.#goOn({ ...message, proof: proofOf(verdict) })
    })
    return true
  }

  #refusal({ source }: RequestMessage, token: string): RefusedToken | null {
    if (!isEncrypted(source.transport)) return { refused: 'not-encrypted', detail: source.transport }
    if (token === '') return { refused: 'invalid', detail: 'malformed' }
    return this.#waitingCount < waitingMax ? null : { refused: 'unavailable', detail: 'too many at once' }
  }
}

function proofOf(verdict: TokenVerdict): Proof | RefusedToken {
  if (!verdict.ok) return { refused: verdict.why, detail: verdict.detail }
  const name = parseAor(verdict.name)
  if (name === null) return { refused: 'invalid', detail: 'it names nobody with an address' }
  return { by: 'token', names: [name], madeMs: verdict.madeMs, untilMs: verdict.untilMs }
}
