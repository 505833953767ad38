/**
 * Which credentials of a request are meant for us (RFC 3261 §22.3): those for our realm. Others belong to devices and
 * pass. Whether they are right is decided by the sender's shard.
 */
import { parseDigestCredentials } from '../sip/digest/challenge.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'

/** Some clients answer a 407 with Authorization, so both headers count. */
export const credentialHeaders = [HeaderId.authorization, HeaderId.proxyAuthorization] as const

export function isForRealm(credentials: string, realm: string): boolean {
  return parseDigestCredentials(credentials)?.realm === realm
}

export function hasCredentialsFor(request: SipMessage, realm: string): boolean {
  for (const id of credentialHeaders) {
    if (request.has(id) && request.all(id).some((value) => isForRealm(value, realm))) return true
  }
  return false
}
