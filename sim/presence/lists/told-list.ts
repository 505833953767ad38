/**
 * What a NOTIFY tells of a list (RFC 4662 §5): version, whether it is all of the list, and each member's state.
 */
import { Buffer } from 'node:buffer'
import { type ListedResource, parseList } from '../../../src/documents/index.ts'
import { parseStates, type ToldState } from '../document.ts'

export interface ToldMember {
  /** Of the instance; `unknown`: there is none yet. */
  readonly state: 'active' | 'pending' | 'terminated' | 'unknown'
  readonly reason: string | null
  readonly told: ToldState | null
}

export interface ToldList {
  /** Null: it can be read. */
  readonly fault: string | null
  readonly version: number
  readonly isFull: boolean
  /** By the user part of the address. */
  readonly members: ReadonlyMap<string, ToldMember>
}

/** `text`: of the whole NOTIFY, one character a byte. Null: it is about no list. */
export function parseToldList(text: string): ToldList | null {
  const [head = '', body = ''] = text.split(/\r\n\r\n(.*)/s)
  const contentType = /^Content-Type: *(.*)$/im.exec(head)?.[1]?.trim() ?? ''
  if (!contentType.startsWith('multipart/related')) return null
  const parsed = parseList(contentType, Buffer.from(body, 'latin1'))
  if (!parsed.ok) return { fault: parsed.fault, version: -1, isFull: false, members: new Map() }
  const { version, isFull, resources } = parsed.list
  const members = new Map(resources.map((resource) => [userOf(resource.uri), memberOf(resource)]))
  return { fault: members.size < resources.length ? 'one is there twice' : null, version, isFull, members }
}

export function statesOf({ members }: ToldList): ReadonlyMap<string, ToldState> {
  return new Map([...members].flatMap(([name, { told }]) => (told ? [[name, told]] : [])))
}

function memberOf({ uri, instances: [instance] }: ListedResource): ToldMember {
  if (!instance) return { state: 'unknown', reason: null, told: null }
  const { state, reason, body } = instance
  const told = body && parseStates(Buffer.from(body.bytes).toString('latin1')).get(userOf(uri))
  return { state, reason, told: told ?? null }
}

function userOf(uri: string): string {
  return uri.replace(/^sip:([^@]*)@.*$/, '$1')
}
