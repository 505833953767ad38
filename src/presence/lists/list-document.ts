/**
 * The body of a NOTIFY about a list (RFC 4662 §5): RLMI, and beside it the documents of those whose state it tells.
 * What does not fit is left for the next one.
 */
import { type ListedResource, type ResourceInstance, type TypedBody, writeList } from '../../documents/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { pidfType } from '../publishing/publish-request.ts'
import { shownDocument } from '../watching/shown-document.ts'
import type { View } from '../watching/view.ts'
import type { ListMembers } from './list-members.ts'

export interface ListTelling {
  /** Of the list. */
  readonly uri: string
  readonly version: number
  readonly members: ListMembers
  /** Who is told of; null: everybody. */
  readonly only: Iterable<Aor> | null
  readonly viewOf: (presentity: Aor) => View
  /** Bytes of documents at most; one always fits. */
  readonly documentsBytesMax: number
  /** For content ids and the boundary; see `writeList`. */
  readonly names: { readonly token: string; readonly domain: string }
}

export interface ToldList {
  readonly body: TypedBody
  /** Whose state had no room. */
  readonly left: readonly Aor[]
}

/** Clients that take bodies as we do take 256 KB; the addresses and what each part adds count as well. */
const bodyBytesMax = 240 * 1024
/** What a document adds beside its bytes: delimiter and head of its part, and the instance that names it. */
const partBytes = 320
/** Of a resource beside its address and name. */
const resourceBytes = 48

/** One virtual subscription for each address: there is nothing to tell apart. */
const instanceId = '1'

export function tellList(telling: ListTelling): ToldList {
  const { uri, version, members, only, documentsBytesMax, names } = telling
  const left = new Set<Aor>()
  const resources: ListedResource[] = []
  let documentsBytes = 0
  // A document of all names everybody, also those whose state is told later (RFC 4662 §5.2).
  let bodyBytes = only === null ? namesBytes(members) : 0
  for (const index of only ? indexesOf(members, only) : Array(members.count).keys()) {
    const presentity = members.presentityAt(index)
    const instance = presentity === null ? noResource : instanceOf(telling.viewOf(presentity), presentity)
    const size = instance?.body?.bytes.length ?? 0
    const added = size + partBytes + (only === null ? 0 : resourceBytesOf(members, index))
    const hasRoom = documentsBytes + size <= documentsBytesMax && bodyBytes + added <= bodyBytesMax
    const fits = size === 0 || documentsBytes === 0 || hasRoom
    if (!fits) left.add(presentity!)
    else if (size > 0) {
      documentsBytes += size
      bodyBytes += added
    }
    if (fits || only === null) resources.push(resourceOf(members, index, fits ? instance : null))
  }
  const body = writeList({ uri, version, isFull: only === null, names: [], resources }, names)
  return { body, left: [...left] }
}

function namesBytes(members: ListMembers): number {
  let bytes = 0
  for (let index = 0; index < members.count; index++) bytes += resourceBytesOf(members, index)
  return bytes
}

/** A little more than it takes, for names of letters that take one byte. */
function resourceBytesOf(members: ListMembers, index: number): number {
  return resourceBytes + members.uriAt(index).length + members.displayNameAt(index).length
}

function indexesOf(members: ListMembers, presentities: Iterable<Aor>): readonly number[] {
  return [...presentities].flatMap((presentity) => members.indexesOf(presentity))
}

function resourceOf(members: ListMembers, index: number, instance: ResourceInstance | null): ListedResource {
  const displayName = members.displayNameAt(index)
  return {
    uri: members.uriAt(index),
    names: displayName === '' ? [] : [{ language: null, text: displayName }],
    instances: instance ? [instance] : [],
  }
}

/** Null: nothing is known yet. */
function instanceOf(view: View, presentity: Aor): ResourceInstance | null {
  switch (view.verdict) {
    case 'asked':
      return null
    case 'allow':
    case 'polite-block':
      return active(shownDocument(view, presentity))
    case 'confirm':
      return { id: instanceId, state: 'pending', reason: null, body: null }
    case 'block':
      return rejected
    case 'unknown':
      return noResource
  }
}

function active(document: Uint8Array | null): ResourceInstance {
  const body = document && { contentType: pidfType, bytes: document }
  return { id: instanceId, state: 'active', reason: null, body }
}

const rejected: ResourceInstance = Object.freeze({
  id: instanceId,
  state: 'terminated',
  reason: 'rejected',
  body: null,
})
const noResource: ResourceInstance = Object.freeze({ ...rejected, reason: 'noresource' })
