/**
 * Bearer tokens as SIP carries them (RFC 8898): the challenge with the authorization server and scope, and a request's
 * token. What is in a token, and whether it is good, is for whoever knows its issuer.
 */
import { credentialHeaders } from '../digest/realm.ts'
import { quote } from '../message/quoted-string.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { isBearer } from './scheme.ts'

/** What a client needs to know to get a token. */
export interface BearerTerms {
  /** An https URI. */
  readonly authorizationServer: string
  /** Words separated by blanks; null where the client need not say. */
  readonly scope: string | null
}

/** RFC 6750 §2.1: `b64token`. */
const bearer = /^bearer[ \t]+([\w\-.~+/]+=*)[ \t]*$/i
/** The first one, in either header; null where there is none. Empty: one that is malformed. */
export function findBearerToken(request: SipMessage): string | null {
  for (const id of credentialHeaders) {
    for (const value of request.has(id) ? request.all(id) : []) {
      if (isBearer(value)) return bearer.exec(value)?.[1] ?? ''
    }
  }
  return null
}

/** RFC 8898 §4. `isInvalid`: the token that came is none that counts; the client gets another one. */
export function encodeBearerChallenge(realm: string, terms: BearerTerms, isInvalid: boolean): string {
  const scope = terms.scope === null ? '' : `, scope=${quote(terms.scope)}`
  const error = isInvalid ? ', error="invalid_token"' : ''
  return `Bearer realm=${quote(realm)}, authz_server=${quote(terms.authorizationServer)}${scope}${error}`
}
