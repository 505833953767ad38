/**
 * REGISTER by hand for tests of the registrar: Contacts as a client writes them, and what an answer lists.
 */
import type { ContactValue } from '../../src/sip/message/name-addr.ts'
import type { SipMessage } from '../../src/sip/message/sip-message.ts'
import type { RequestParts, WireClient } from './wire-client.ts'

/** Contacts of an answer, in its order. */
export function contactsOf(response: SipMessage): readonly ContactValue[] {
  const { contacts } = response
  return Array.isArray(contacts) ? contacts : []
}

/** `sip:alice@192.0.2.7:20001 60`: each Contact of an answer with its seconds, parameters of the URI left out. */
export function listed(response: SipMessage): string[] {
  return contactsOf(response).map(({ uri, expiresSeconds }) => `${uri.replace(/;.*/, '')} ${expiresSeconds}`)
}

/** A REGISTER with exactly these header lines. */
export function registerWith(
  client: WireClient,
  headers: readonly (readonly [string, string])[],
  parts: RequestParts = {},
): SipMessage {
  return client.authenticated('REGISTER', { uri: 'sip:example.test', to: client.aor, ...parts, headers })
}

/** A REGISTER with these Contact values and nothing else of note. */
export function registerContacts(client: WireClient, ...contacts: readonly string[]): SipMessage {
  return registerWith(
    client,
    contacts.map((contact) => ['Contact', contact]),
  )
}

/** What the registrar has for this user: a REGISTER without Contact changes nothing (RFC 3261 §10.2.3). */
export function fetchBindings(client: WireClient): SipMessage {
  return registerWith(client, [])
}
