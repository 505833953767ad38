/**
 * The challenge that a server gives (RFC 3261 §22, RFC 8760): 401 for what it answers itself as registrar, 407 for
 * what it would pass on. The strongest algorithm comes first; a client takes the first one that it knows.
 */
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

const strongestFirst = ['SHA-256', 'MD5'] as const
const oldest = ['MD5'] as const

/** `stale` (RFC 7616 §3.3): the response was right but the nonce no longer counts; the client need not ask its user. */
export function serverChallenge(request: SipMessage, realm: string, nonce: string, stale: boolean): ServerChallenge {
  const registrar = request.method === 'REGISTER'
  const algorithms = readsOneChallenge(request.first(HeaderId.userAgent)) ? oldest : strongestFirst
  const name = registrar ? 'WWW-Authenticate' : 'Proxy-Authenticate'
  return {
    status: registrar ? 401 : 407,
    reason: registrar ? 'Unauthorized' : 'Proxy Authentication Required',
    event: stale ? 'auth.stale-nonce' : 'auth.challenge',
    headers: algorithms.map(
      (algorithm) => [name, encodeChallenge({ realm, nonce, algorithm, stale, qop: 'auth,auth-int' })] as const,
    ),
  }
}
