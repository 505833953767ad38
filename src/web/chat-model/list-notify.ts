/**
 * What a NOTIFY for a list says (RFC 4662): an RLMI document and those that it names, as one multipart body.
 */
import { type Address, addressOf } from './addresses.ts'
import { headersOf } from './headers.ts'
import { childrenOf, type ParseXml, type XmlNode } from './markup.ts'
import { readPidf } from './pidf.ts'
import { type Presence, unknownPresence } from './state.ts'

export interface ListNotify {
  /** Who is not named is not on the list any more. */
  readonly isFull: boolean
  readonly of: Readonly<Record<Address, Presence>>
}

interface Part {
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
}

/** Null when it is no such body. */
export function readListNotify(contentType: string, body: string, parse: ParseXml): ListNotify | null {
  const parts = readMultipart(contentType, body)
  const root = parts.find((part) => typeOf(part) === 'application/rlmi+xml')
  const list = root ? parse(root.body) : null
  if (list?.name !== 'list') return null
  const documents = new Map(parts.map((part) => [contentId(part.headers.get('content-id') ?? ''), part]))
  const of: Record<Address, Presence> = {}
  for (const resource of childrenOf(list, 'resource')) {
    const address = addressOf(resource.attributes.uri ?? '', '')
    if (address !== null) of[address] = presenceOf(resource, documents, parse)
  }
  return { isFull: list.attributes.fullState === 'true' || list.attributes.fullState === '1', of }
}

function presenceOf(resource: XmlNode, documents: ReadonlyMap<string, Part>, parse: ParseXml): Presence {
  const instance = childrenOf(resource, 'instance')[0]
  if (!instance) return unknownPresence
  const { state, cid } = instance.attributes
  if (state === 'pending') return { ...unknownPresence, availability: 'pending' }
  if (state === 'terminated') return { ...unknownPresence, availability: 'refused' }
  const part = documents.get(contentId(cid ?? ''))
  return (part && readPidf(parse(part.body))) ?? unknownPresence
}

/** RFC 2046 §5.1, of text: bodies that are not text have nothing here. */
function readMultipart(contentType: string, body: string): readonly Part[] {
  const quoted = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  const boundary = quoted?.[1] ?? quoted?.[2]
  if (!boundary) return []
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`)
  const parts: Part[] = []
  for (const piece of pieces.slice(1)) {
    if (piece.startsWith('--')) break
    const end = piece.indexOf('\r\n\r\n')
    if (end < 0) continue
    const lines = piece.slice(0, end).split('\r\n').slice(1)
    parts.push({ headers: headersOf(lines), body: piece.slice(end + 4) })
  }
  return parts
}

function typeOf({ headers }: Part): string {
  return (headers.get('content-type') ?? '').split(';')[0]!.trim().toLowerCase()
}

function contentId(value: string): string {
  return value.trim().replace(/^<|>$/g, '')
}
