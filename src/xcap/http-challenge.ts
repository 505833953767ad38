/**
 * The challenge of HTTP digest authentication (RFC 7616 §3.3): the strongest algorithm first, one header each.
 */
import type { HeaderLines } from '../ports/bus.ts'
import { type DigestPorts, freshNonce } from '../shard/index.ts'
import { encodeChallenge } from '../sip/digest/challenge.ts'
import type { HttpAnswer } from './resolve.ts'
import { refusal } from './resolve.ts'

const strongestFirst = ['SHA-256', 'MD5'] as const

/** `isStale`: the answer was right, but the nonce does not count any more; the client need not ask its user. */
export function challenge(
  ports: DigestPorts,
  of: { readonly realm: string; readonly bootId: string; readonly remoteAddress: string; readonly isStale: boolean },
): HttpAnswer {
  const nonce = freshNonce(ports, of.bootId, of.remoteAddress)
  const headers: HeaderLines = strongestFirst.map((algorithm) => {
    const value = encodeChallenge({ realm: of.realm, nonce, algorithm, stale: of.isStale, qop: 'auth,auth-int' })
    return ['WWW-Authenticate', value] as const
  })
  return refusal(401, 'sign in with the account that SIP uses', headers)
}

/** The request-target that was digested, with or without scheme and authority (RFC 7616 §3.4.6). */
export function namesTarget(digestUri: string, path: string, query: string): boolean {
  const target = query === '' ? path : `${path}?${query}`
  return digestUri === target || digestUri.replace(/^https?:\/\/[^/?#]*/i, '') === target
}
