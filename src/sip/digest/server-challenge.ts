/**
 * The challenge that a server gives (RFC 3261 §22, RFC 8760): 401 for what it answers itself as registrar, 407 for
 * what it would pass on. The strongest algorithm comes first; a client takes the first one that it knows.
 */
import { type BearerTerms, encodeBearerChallenge } from '../bearer/bearer.ts'
import { HeaderId } from '../message/header-id.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { encodeChallenge } from './challenge.ts'
import { readsOneChallenge } from './single-challenge-agents.ts'

export interface ServerChallenge {
  readonly status: 401 | 407
  readonly reason: string
  readonly event: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** Bearer tokens are taken too (RFC 8898). */
export interface TokenOffer {
  readonly terms: BearerTerms
  /** The one that came is none that counts. */
  readonly isInvalid: boolean
}

const strongestFirst = ['SHA-256', 'MD5'] as const
const oldest = ['MD5'] as const

/** `stale` (RFC 7616 §3.3): the response was right but the nonce no longer counts; the client need not ask its user. */
export function serverChallenge(
  request: SipMessage,
  realm: string,
  nonce: string,
  stale: boolean,
  tokens: TokenOffer | null = null,
): ServerChallenge {
  const registrar = request.method === 'REGISTER'
  const readsOne = readsOneChallenge(request.first(HeaderId.userAgent))
  const algorithms = readsOne ? oldest : strongestFirst
  const name = registrar ? 'WWW-Authenticate' : 'Proxy-Authenticate'
  return {
    status: registrar ? 401 : 407,
    reason: registrar ? 'Unauthorized' : 'Proxy Authentication Required',
    event: stale ? 'auth.stale-nonce' : 'auth.challenge',
    headers: [
      ...algorithms.map((algorithm) => encodeChallenge({ realm, nonce, algorithm, stale, qop: 'auth,auth-int' })),
      // Last: whoever takes the first that it knows, and has a password, goes on as before.
      ...(tokens === null || readsOne ? [] : [encodeBearerChallenge(realm, tokens.terms, tokens.isInvalid)]),
    ].map((value) => [name, value] as const),
  }
}
