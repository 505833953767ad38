/**
 * Which credentials of a request are meant for a realm (RFC 3261 §22.3), and a request without them. Whether they are
 * right is left to who owns the realm.
 */
import { isBearer } from '../bearer/scheme.ts'
import { MessageEditor } from '../message/edit.ts'
import { HeaderId } from '../message/header-id.ts'
import type { SipMessage } from '../message/sip-message.ts'
import { type DigestCredentials, parseDigestCredentials } from './challenge.ts'

/** Some clients answer a 407 with Authorization, so both headers count. */
export const credentialHeaders = [HeaderId.authorization, HeaderId.proxyAuthorization] as const

export function isForRealm(credentials: string, realm: string): boolean {
  return parsed(credentials)?.realm === realm
}

// The credentials parsed last. A request that is judged has its own read two or three times in a row: is it to be
// challenged, whom does it name, what is taken out before it goes on.
let lastText = ''
let lastParsed: DigestCredentials | null = null

function parsed(credentials: string): DigestCredentials | null {
  if (credentials !== lastText) {
    lastParsed = parseDigestCredentials(credentials)
    lastText = credentials
  }
  return lastParsed
}

/** The first credentials for this realm, in either header; null when there are none, or none that parse. */
export function findCredentials(request: SipMessage, realm: string): DigestCredentials | null {
  for (const id of credentialHeaders) {
    for (const value of request.has(id) ? request.all(id) : []) {
      const credentials = parsed(value)
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

/** Nobody after us is to see them: answers to our challenge, and tokens, which say of nobody whom they are for. */
export function isSpentHere(credentials: string, realm: string): boolean {
  return isBearer(credentials) || isForRealm(credentials, realm)
}

/** The bytes of the request, which nobody else holds, without the credentials that are spent here. */
export function bytesWithoutCredentials(request: SipMessage, realm: string): Uint8Array {
  const isSpent = (value: string) => isSpentHere(value, realm)
  if (!credentialHeaders.some((id) => request.has(id) && request.all(id).some(isSpent))) {
    return Uint8Array.from(request.bytes)
  }
  const editor = new MessageEditor(request)
  for (const id of credentialHeaders) editor.removeLines(id, isSpent)
  return Uint8Array.from(editor.encode())
}
