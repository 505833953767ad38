/**
 * Which of the user's documents an xcap-diff subscription is to (RFC 5875 §4.4): the entries of a resource list, read
 * from a SUBSCRIBE and kept for a restart. An entry that names a part of a document means the whole of it.
 */
import { Buffer } from 'node:buffer'
import { parseResourceLists, urisOf } from '../documents/index.ts'
import type { Rejection } from '../shard/index.ts'
import { decodeBody } from '../sip/message/content-coding.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import { type DocumentSummary, usageOf } from '../xcap/index.ts'
import { badEncoding, badSelection, selectionTooLarge, selectionType, wrongSelectionType } from './rejections.ts'

const selectionBytesMax = 64 * 1024
const entriesMax = 500

/** Entries `auid/name` for a document, `auid/` for all of a usage; `/` for all of the user. */
export type DocumentSelection = ReadonlySet<string>

const codingRejections = { unknown: badEncoding, broken: badSelection, 'too-large': selectionTooLarge } as const

export const allDocuments: DocumentSelection = new Set(['/'])

export function selects(selection: DocumentSelection, { auid, name }: DocumentSummary): boolean {
  return selection.has(`${auid}/${name}`) || selection.has(`${auid}/`) || selection.has('/')
}

/** Null: the request does not say. What is not the user's own is left out (RFC 5875 §4.6). */
export function readSelection(message: SipMessage, isOwn: (aor: Aor) => boolean): DocumentSelection | Rejection | null {
  if (message.body.length === 0) return null
  const type = (message.first(HeaderId.contentType) ?? '').split(';', 1)[0]!.trim().toLowerCase()
  if (type !== selectionType) return wrongSelectionType
  const decoded = decodeBody(message.body, message.first(HeaderId.contentEncoding), selectionBytesMax)
  if (!decoded.ok) return codingRejections[decoded.fault]
  const parsed = parseResourceLists(decoded.body)
  if (!parsed.ok) return badSelection
  const uris = urisOf(parsed.document.lists)
  if (uris.length > entriesMax) return selectionTooLarge
  return new Set(uris.flatMap((uri) => entryOf(uri, isOwn) ?? []))
}

/** `resource-lists/users/sip:bob@example.test/index` → `resource-lists/index`; null: nothing of this user's. */
function entryOf(uri: string, isOwn: (aor: Aor) => boolean): string | null {
  const [path = ''] = uri.trim().split('/~~', 1)
  const found = /(?:^|\/)([^/]+)\/users\/([^/]+)\/([^/]*)$/.exec(path)
  if (!found) return null
  const [auid, user, name] = found.slice(1).map(decode)
  const owner = parseAor(/^sips?:/i.test(user ?? '') ? (user ?? '') : `sip:${user}`)
  const isNamed = auid && name != null && !/\p{Cc}/u.test(auid + name)
  return isNamed && owner && isOwn(owner) ? `${usageOf(auid)?.auid ?? auid}/${name}` : null
}

function decode(segment: string): string | null {
  try {
    return decodeURIComponent(segment)
  } catch {
    return null
  }
}

export function keepSelection(selection: DocumentSelection): Uint8Array {
  return Buffer.from([...selection].join('\n'))
}

/** Of `keepSelection`. */
export function keptSelection(bytes: Uint8Array): DocumentSelection {
  return new Set(
    Buffer.from(bytes)
      .toString('utf8')
      .split('\n')
      .filter((entry) => entry !== ''),
  )
}
