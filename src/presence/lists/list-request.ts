/**
 * A list that comes with a SUBSCRIBE (RFC 5367 §4, RFC 4826 §3): read into members, or refused. Also how its members
 * are kept for a restart.
 */
import { Buffer } from 'node:buffer'
import { parseResourceLists, type ResourceList } from '../../documents/index.ts'
import type { Rejection } from '../../shard/index.ts'
import { decodeBody } from '../../sip/message/content-coding.ts'
import { HeaderId } from '../../sip/message/header-id.ts'
import type { SipMessage } from '../../sip/message/sip-message.ts'
import { parseAor } from '../../sip/uri/aor.ts'
import {
  malformedList,
  resourceListsType,
  tooManyMembers,
  unknownListCoding,
  unsupportedListType,
} from '../rejections.ts'
import type { ListedMember } from './list-members.ts'

export const containedListTag = 'recipient-list-subscribe'
const listBytesMax = 256 * 1024
const codingRejections = { unknown: unknownListCoding, broken: malformedList, 'too-large': tooManyMembers } as const

/** Null: there is none in this request. `membersMax`: more are refused. */
export function readRequestList(message: SipMessage, membersMax: number): readonly ListedMember[] | Rejection | null {
  const isRequired = requiresList(message)
  if (message.body.length === 0) return null
  const type = firstWord(message.first(HeaderId.contentType))
  const isList = firstWord(message.first(HeaderId.contentDisposition)) === 'recipient-list'
  if (!isRequired && !(isList && type === resourceListsType)) return null
  if (type !== resourceListsType) return unsupportedListType
  const decoded = decodeBody(message.body, message.first(HeaderId.contentEncoding), listBytesMax)
  if (!decoded.ok) return codingRejections[decoded.fault]
  const parsed = parseResourceLists(decoded.body)
  if (!parsed.ok) return malformedList
  const members = membersOf(parsed.document.lists)
  return members.length > membersMax ? tooManyMembers : members
}

/** The request says that it brings a list along. */
export function requiresList(message: SipMessage): boolean {
  return message.values(HeaderId.require).some((tag) => tag.toLowerCase() === containedListTag)
}

/** Flat, each address once, by its first entry; references to elsewhere are not followed (RFC 5367 §4). */
function membersOf(lists: readonly ResourceList[]): readonly ListedMember[] {
  const members = new Map<string, ListedMember>()
  const walk = ({ entries, lists: inner }: ResourceList): void => {
    for (const entry of entries) {
      const uri = parseAor(entry.uri.trim()) ?? entry.uri.trim()
      if (!members.has(uri)) members.set(uri, { uri, displayName: entry.displayNames[0]?.text.trim() ?? '' })
    }
    inner.forEach(walk)
  }
  lists.forEach(walk)
  return [...members.values()]
}

/** `text/plain;charset=utf-8` → `text/plain`. */
function firstWord(value: string | null): string {
  return (value ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

export function keepMembers(members: readonly ListedMember[]): Uint8Array {
  return Buffer.from(JSON.stringify(members.map(({ uri, displayName }) => [uri, displayName])))
}

/** Of `keepMembers`; empty where it cannot be read. */
export function readMembers(bytes: Uint8Array): readonly ListedMember[] {
  try {
    const kept = JSON.parse(Buffer.from(bytes).toString()) as readonly (readonly [string, string])[]
    return kept.map(([uri, displayName]) => ({ uri, displayName }))
  } catch {
    return []
  }
}
