/**
 * What one can subscribe to: the presence of a person (RFC 3856), or that of all one's contacts at once, as the server
 * keeps them (RFC 4662). How the subscription is kept is `watch.ts`.
 */
import type { Buffer } from 'node:buffer'
import { type ListedResource, parseList } from '../../documents/index.ts'
import type { HeaderLines } from '../../sip/message/encode.ts'
import { type Aor, aorDomain, aorUser, parseAor } from '../../sip/uri/aor.ts'
import { MediaTypes, parseMediaType } from '../bodies/media-type.ts'
import { parsePresence } from '../bodies/presence-body.ts'
import type { SeenPresence } from './events.ts'

export type PresenceSeen = (of: Aor, presence: SeenPresence) => void

export interface Watched {
  /** Where the SUBSCRIBE goes. */
  readonly uri: string
  /** What we can read. */
  readonly headers: HeaderLines
  /** What the body of a NOTIFY says, to be told; or the status to refuse it with. */
  read(contentType: string, body: Buffer): readonly Seen[] | number
  /** Of the subscription itself. */
  readonly pending: readonly Seen[]
  refused(status: number, reason: string): readonly Seen[]
}

export interface Seen {
  readonly of: Aor
  readonly presence: SeenPresence
}

export function watchedPerson(person: Aor): Watched {
  return {
    uri: person,
    headers: [['Accept', MediaTypes.presence]],
    read(contentType, body) {
      if (parseMediaType(contentType)?.type !== MediaTypes.presence) return 415
      const state = parsePresence(body)
      return state === null ? 400 : [{ of: person, presence: { kind: 'told', ...state } }]
    },
    pending: [{ of: person, presence: { kind: 'pending' } }],
    refused: (status, reason) => [{ of: person, presence: { kind: 'refused', status, reason } }],
  }
}

/** A server without such a list is nothing to tell a user of. */
export function watchedContacts(own: Aor): Watched {
  const known = new Set<Aor>()
  return {
    uri: `sip:${aorUser(own)}+contacts@${aorDomain(own)}`,
    headers: [
      ['Supported', 'eventlist'],
      ['Accept', `${MediaTypes.presence}, application/rlmi+xml, ${MediaTypes.parts}`],
    ],
    read(contentType, body) {
      if (parseMediaType(contentType)?.type !== MediaTypes.parts) return 415
      const parsed = parseList(contentType, body)
      if (!parsed.ok) return 400
      const { isFull, resources } = parsed.list
      const listed = resources.flatMap(({ uri }) => parseAor(uri) ?? [])
      // RFC 4662 §5.3: whom a document of all does not name is no longer in the list.
      const removed = isFull ? [...known].filter((each) => !listed.includes(each)) : []
      for (const each of removed) known.delete(each)
      for (const each of listed) known.add(each)
      return [...removed.map((of): Seen => ({ of, presence: { kind: 'removed' } })), ...resources.flatMap(seenOf)]
    },
    pending: [],
    refused: () => [],
  }
}

/** None where nothing is known yet, or of what is no SIP address. */
function seenOf({ uri, instances: [instance] }: ListedResource): readonly Seen[] {
  const of = parseAor(uri)
  if (of === null || instance === undefined) return []
  const { state, reason, body } = instance
  if (state === 'pending') return [{ of, presence: { kind: 'pending' } }]
  if (state === 'terminated') return [{ of, presence: endOf(reason ?? '') }]
  const told = body === null ? null : parsePresence(body.bytes)
  return told === null ? [] : [{ of, presence: { kind: 'told', ...told } }]
}

/** RFC 6665 §4.1.3: what the reason of an end says of the other one. */
function endOf(reason: string): SeenPresence {
  return reason === 'noresource'
    ? { kind: 'refused', status: 404, reason: 'No Resource' }
    : { kind: 'refused', status: 403, reason: 'Rejected' }
}
