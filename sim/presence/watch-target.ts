/**
 * What a device may subscribe to: one user, its user's own contact list (RFC 4662), a list that goes with the SUBSCRIBE
 * (RFC 5367), its user's own registrations (RFC 3680), watchers (RFC 3857) and mailbox (RFC 3842).
 */
import { Buffer } from 'node:buffer'
import type { HeaderLines } from '../../src/sip/message/encode.ts'
import type { SimulatedUser } from '../model/simulated-user.ts'

export type WatchedPackage = 'presence' | 'reg' | 'presence.winfo' | 'message-summary'

export interface WatchTarget {
  /** A device has one subscription for each. */
  readonly key: string
  readonly event: WatchedPackage
  readonly uri: string
  readonly list: 'own' | 'contained' | null
  readonly presentities: readonly string[]
  readonly headers: HeaderLines
}

const readsLists: HeaderLines = [
  ['Supported', 'eventlist'],
  ['Accept', 'application/pidf+xml, application/rlmi+xml, multipart/related'],
]

export function oneUser({ name, aor }: SimulatedUser): WatchTarget {
  return { key: name, event: 'presence', uri: aor, list: null, presentities: [name], headers: [] }
}

export function ownContacts({ name, domain }: SimulatedUser): WatchTarget {
  return {
    key: '+contacts',
    event: 'presence',
    uri: `sip:${name}+contacts@${domain}`,
    list: 'own',
    presentities: [],
    headers: readsLists,
  }
}

/** The list itself is the device's, and changes. */
export function containedList({ domain }: SimulatedUser): WatchTarget {
  return {
    key: '+contained',
    event: 'presence',
    uri: `sip:${domain}`,
    list: 'contained',
    presentities: [],
    headers: readsLists,
  }
}

/** Where its user is registered (RFC 3680). */
export function ownRegistrations({ aor }: SimulatedUser): WatchTarget {
  return { key: '+reg', event: 'reg', uri: aor, list: null, presentities: [], headers: [] }
}

/** Who watches its user (RFC 3857). */
export function ownWatchers({ aor }: SimulatedUser): WatchTarget {
  return { key: '+winfo', event: 'presence.winfo', uri: aor, list: null, presentities: [], headers: [] }
}

/** What waits for its user (RFC 3842). */
export function ownMailbox({ aor }: SimulatedUser): WatchTarget {
  return { key: '+mail', event: 'message-summary', uri: aor, list: null, presentities: [], headers: [] }
}

/** Of a SUBSCRIBE that brings a list along (RFC 5367 §3.1). */
export const bringsList: HeaderLines = [
  ['Require', 'recipient-list-subscribe'],
  ['Content-Type', 'application/resource-lists+xml'],
  ['Content-Disposition', 'recipient-list'],
]

/** Users of this domain as a resource list (RFC 4826 §3). */
export function encodeList(members: readonly string[], domain: string): Buffer {
  const entries = members.map((member) => `<entry uri="sip:${member}@${domain}"/>`).join('')
  const list = `<list name="contacts">${entries}</list>`
  return Buffer.from(`<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">${list}</resource-lists>`)
}
