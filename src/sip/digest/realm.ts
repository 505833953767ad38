/**
 * Which credentials of a request are meant for a realm (RFC 3261 §22.3), and a request without them. Whether they are
 * right is left to who owns the realm.
 */
import { MessageEditor } from '../message/edit.ts'
import { HeaderId } from '../message/header-id.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { type DigestCredentials, parseDigestCredentials } from './challenge.ts'

/** Some clients answer a 407 with Authorization, so both headers count. */
export const credentialHeaders = [HeaderId.authorization, HeaderId.proxyAuthorization] as const

export function isForRealm(credentials: string, realm: string): boolean {
  return parseDigestCredentials(credentials)?.realm === realm
}

/** The first credentials for this realm, in either header; null when there are none, or none that parse. */
export function findCredentials(request: SipMessage, realm: string): DigestCredentials | null {
  for (const id of credentialHeaders) {
    for (const value of request.has(id) ? request.all(id) : []) {
      const credentials = parseDigestCredentials(value)
      if (credentials?.realm === realm) return credentials
    }
  }
  return null
}

export function hasCredentialsFor(request: SipMessage, realm: string): boolean {
  for (const id of credentialHeaders) {
    if (request.has(id) && request.all(id).some((value) => isForRealm(value, realm))) return true
  }
  return false
}

/** The bytes of the request, which nobody else holds, without its credentials for this realm. */
export function bytesWithoutCredentials(request: SipMessage, realm: string): Uint8Array {
  if (!hasCredentialsFor(request, realm)) return Uint8Array.from(request.bytes)
  const editor = new MessageEditor(request)
  for (const id of credentialHeaders) editor.removeLines(id, (value) => isForRealm(value, realm))
  return Uint8Array.from(editor.encode())
}
