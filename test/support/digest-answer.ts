/**
 * Credentials as clients of all kinds make them: any of the offered algorithms, any qop or none, right or wrong.
 */
import { parseChallenge } from '../../src/sip/digest/challenge.ts'
import { computeHa1, computeResponse, encodeNonceCount } from '../../src/sip/digest/compute.ts'
import { HeaderId } from '../../src/sip/message/header-id.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { WireClient } from './wire-client.ts'

export interface AnswerParts {
  readonly method: string
  readonly uri?: string
  readonly algorithm?: 'SHA-256' | 'MD5'
  readonly qop?: 'auth' | 'auth-int' | null
  readonly nc?: number
  readonly body?: string
  readonly username?: string
  readonly password?: string
  readonly nonce?: string
}

export function challengesOf(response: SipMessage) {
  const values = [...response.all(HeaderId.wwwAuthenticate), ...response.all(HeaderId.proxyAuthenticate)]
  return values.map((value) => parseChallenge(value)!)
}

export function nonceOf(response: SipMessage): string {
  return challengesOf(response)[0]!.nonce
}

export function isStale(response: SipMessage): boolean {
  return challengesOf(response).some(({ stale }) => stale)
}

/** The header line that answers this challenge. */
export function answerOf(client: WireClient, challenge: SipMessage, parts: AnswerParts): readonly [string, string] {
  const { method, uri = 'sip:example.test', algorithm = 'SHA-256', qop = 'auth', nc = 1 } = parts
  const { username = client.name, password = client.password, nonce = nonceOf(challenge) } = parts
  const realm = 'example.test'
  const ha1 = computeHa1(algorithm, username, realm, password)
  const cnonce = 'c0ffee'
  const body = Buffer.from(parts.body ?? '')
  const response = computeResponse({ algorithm, ha1, method, uri, nonce, nc, cnonce, qop, body })
  const protection = qop === null ? '' : `, qop=${qop}, nc=${encodeNonceCount(nc)}, cnonce="${cnonce}"`
  const value =
    `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, ` +
    `response="${response}"${protection}`
  return [challenge.statusCode === 401 ? 'Authorization' : 'Proxy-Authorization', value]
}

/** Asks without credentials and takes the challenge. */
export function challenged(client: WireClient, method = 'REGISTER', body?: string): SipMessage {
  const to = method === 'REGISTER' ? client.aor : 'sip:bob@example.test'
  const uri = method === 'REGISTER' ? 'sip:example.test' : to
  return client.final(client.send(method, { uri, to, ...(body === undefined ? {} : { body }) }))
}

/** A REGISTER that fetches bindings, with this credentials line. */
export function fetchWith(client: WireClient, credentials: readonly [string, string]): SipMessage {
  return client.final(client.send('REGISTER', { uri: 'sip:example.test', to: client.aor, headers: [credentials] }))
}
