/**
 * The documents of a shard's users: in memory as bytes, in the store as records. Whoever lives by a document hears of
 * each change; the change is acknowledged when all of them have followed.
 */

import { RecentMap } from '../guard/index.ts'
import { type DocumentRecord, documentKey, documentRecord } from '../ports/records/document.ts'
import { quarantineKey } from '../ports/records/quarantine.ts'
import type { StoreKey } from '../ports/store.ts'
import type { ShardHost, Unit } from '../shard/index.ts'
import { ownBytes } from '../sip/message/own-bytes.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { parseXml, type XmlElement } from '../xml/index.ts'
import { textOf } from './fragment.ts'
import { type MarkupElement, readMarkup } from './markup.ts'

export interface UserDocument {
  readonly root: XmlElement
  readonly bytes: Uint8Array
  readonly etag: string
}

/**
 * Told in the unit in which the document has changed in memory; `done` must be called, in this or a later unit.
 * `isFollowed` false: what lives by the document has not all said in time that it follows.
 */
export type DocumentListener = (unit: Unit, aor: Aor, done: (unit: Unit, isFollowed: boolean) => void) => void

/** `unconfirmed`: the store has it, and not every part of the server has said in time that it lives by it. */
export type ChangeOutcome = 'followed' | 'unconfirmed' | 'not-kept'

/** What an xcap-diff (RFC 5874) says of one document; null: it was not there, or is not any more. */
export interface DocumentChange {
  readonly aor: Aor
  readonly auid: string
  readonly name: string
  readonly oldEtag: string | null
  readonly newEtag: string | null
}

export interface DocumentSummary {
  readonly auid: string
  readonly name: string
  readonly etag: string
  readonly bytesCount: number
}

export interface UserDocuments {
  find(aor: Aor, auid: string, name: string): UserDocument | null
  /** There was such a document and it cannot be read: nobody knows what it said, until it is written anew. */
  isDamaged(aor: Aor, auid: string, name: string): boolean
  list(aor: Aor): readonly DocumentSummary[]
  /**
   * Writes in this unit; null removes. `done` runs in a later unit, when every listener has followed or has given up
   * waiting: what it answers by `sendFlushed` leaves after the flush.
   */
  put(
    unit: Unit,
    aor: Aor,
    of: { readonly auid: string; readonly name: string; readonly contentType: string },
    bytes: Uint8Array | null,
    done: (unit: Unit, outcome: ChangeOutcome) => void,
  ): void
  listen(auid: string, listener: DocumentListener): void
  /** Told of every change of any document, in the same unit as the listeners; nothing waits for it. */
  onChange(watcher: (unit: Unit, change: DocumentChange) => void): void
}

interface ParsedDocument {
  readonly root: XmlElement | null
  readonly markup: MarkupElement | null
  readonly text: string
}

interface PendingChange {
  readonly aor: Aor
  isKept: boolean
}

/**
 * Trees take ten times the room of their text, and most documents are read seldom: text of so many bytes is held parsed
 * at most, where a document counts as 8 KB at least.
 */
const [parsedBytesMax, parsedBytesMin] = [4 * 1024 * 1024, 8 * 1024]
const etagBytes = 8
const nothing = (): void => {}

export class Documents implements UserDocuments {
  readonly #host: ShardHost
  readonly #users = new Map<Aor, Map<string, DocumentRecord>>()
  /** Keys of the quarantine under which documents lie. */
  readonly #damaged = new Set<StoreKey>()
  /** By entity tag, which names content. */
  readonly #parsed = new RecentMap<string, ParsedDocument>(parsedBytesMax, ({ text }) =>
    Math.max(parsedBytesMin, text.length),
  )
  readonly #listeners = new Map<string, DocumentListener[]>()
  readonly #watchers: ((unit: Unit, change: DocumentChange) => void)[] = []
  /** Changes that somebody has not followed yet: a batch may fail in that time. */
  readonly #unsettled = new Set<PendingChange>()
  /** Users being read again, with what they had. */
  readonly #forgotten = new Map<Aor, Map<string, DocumentRecord>>()

  constructor(host: ShardHost) {
    this.#host = host
  }

  find(aor: Aor, auid: string, name: string): UserDocument | null {
    const record = this.record(aor, auid, name)
    const root = record && this.#parse(record).root
    return root ? { root, bytes: record.bytes, etag: record.etag } : null
  }

  isDamaged(aor: Aor, auid: string, name: string): boolean {
    return this.#damaged.has(quarantineKey(documentKey(aor, auid, name))) && !this.record(aor, auid, name)
  }

  list(aor: Aor): readonly DocumentSummary[] {
    return [...(this.#users.get(aor)?.values() ?? [])].map(({ auid, name, etag, bytes }) => {
      return { auid, name, etag, bytesCount: bytes.length }
    })
  }

  record(aor: Aor, auid: string, name: string): DocumentRecord | null {
    return this.#users.get(aor)?.get(documentId(auid, name)) ?? null
  }

  /** Its text, and where in it everything stands. */
  markup(record: DocumentRecord): { readonly text: string; readonly root: MarkupElement } | null {
    const { text, markup } = this.#parse(record)
    return markup && { text, root: markup }
  }

  listen(auid: string, listener: DocumentListener): void {
    this.#listeners.set(auid, [...(this.#listeners.get(auid) ?? []), listener])
  }

  onChange(watcher: (unit: Unit, change: DocumentChange) => void): void {
    this.#watchers.push(watcher)
  }

  put(
    unit: Unit,
    aor: Aor,
    { auid, name, contentType }: { auid: string; name: string; contentType: string },
    bytes: Uint8Array | null,
    done: (unit: Unit, outcome: ChangeOutcome) => void,
  ): void {
    const former = this.record(aor, auid, name)
    const etag = this.#host.entropy.word(etagBytes)
    const record = bytes && {
      auid,
      name,
      contentType,
      bytes: ownBytes(bytes),
      etag,
      changedMs: this.#host.clock.systemMs(),
    }
    unit.write(aor, documentKey(aor, auid, name), record && documentRecord.encode(record))
    this.#repair(unit, aor, documentKey(aor, auid, name))
    unit.change(() => this.#set(aor, documentId(auid, name), record))
    const change = { aor, auid, name, oldEtag: former?.etag ?? null, newEtag: record?.etag ?? null }
    this.#settle(unit, aor, auid, done, (next) => {
      for (const watcher of this.#watchers) watcher(next, change)
    })
  }

  /**
   * Writes nothing: `done` runs when everything lives by what the document says already. It may have been said a
   * moment ago, or so that not everything was known to have followed.
   */
  follow(unit: Unit, aor: Aor, auid: string, done: (unit: Unit, outcome: ChangeOutcome) => void): void {
    this.#settle(unit, aor, auid, done, nothing)
  }

  #settle(
    unit: Unit,
    aor: Aor,
    auid: string,
    done: (unit: Unit, outcome: ChangeOutcome) => void,
    first: (unit: Unit) => void,
  ): void {
    const pending: PendingChange = { aor, isKept: true }
    unit.change(() => this.#unsettled.add(pending))
    // After the change of memory: listeners look at the new document.
    unit.afterwards(() => {
      this.#host.run({ who: aor, what: 'document-changed', hash: '' }, (next) => {
        first(next)
        this.#tell(next, aor, auid, (later, isFollowed) => {
          this.#unsettled.delete(pending)
          done(later, !pending.isKept ? 'not-kept' : isFollowed ? 'followed' : 'unconfirmed')
        })
      })
    })
  }

  /** What is written anew takes the place of what was lost, for good. */
  #repair(unit: Unit, aor: Aor, key: StoreKey): void {
    const damaged = quarantineKey(key)
    if (!this.#damaged.has(damaged)) return
    unit.write(aor, damaged, null)
    unit.change(() => this.#damaged.delete(damaged))
  }

  removeUser(unit: Unit, aor: Aor): void {
    for (const { auid, name } of this.#users.get(aor)?.values() ?? []) {
      unit.write(aor, documentKey(aor, auid, name), null)
    }
    unit.change(() => this.#users.delete(aor))
  }

  load(aor: Aor, key: StoreKey, value: Uint8Array): string | null {
    const decoded = documentRecord.decode(value)
    if (!decoded.ok) {
      this.#damaged.add(quarantineKey(key))
      return decoded.reason
    }
    this.#set(aor, documentId(decoded.value.auid, decoded.value.name), decoded.value)
    return null
  }

  onQuarantined(key: StoreKey): void {
    this.#damaged.add(key)
  }

  forget(aor: Aor): void {
    const documents = this.#users.get(aor)
    if (documents) this.#forgotten.set(aor, documents)
    this.#users.delete(aor)
    for (const pending of this.#unsettled) if (pending.aor === aor) pending.isKept = false
  }

  /** The user has another home: nobody here lives by his documents any more. */
  drop(aor: Aor): void {
    this.#users.delete(aor)
    this.#forgotten.delete(aor)
  }

  /** What was not kept was seen by those who live by it: they look again. */
  onReloaded(aor: Aor): void {
    const former = this.#forgotten.get(aor) ?? new Map<string, DocumentRecord>()
    this.#forgotten.delete(aor)
    const current = this.#users.get(aor) ?? new Map<string, DocumentRecord>()
    for (const id of new Set([...former.keys(), ...current.keys()])) {
      const [before, now] = [former.get(id), current.get(id)]
      if (before?.etag === now?.etag) continue
      const { auid, name } = (now ?? before)!
      const change = { aor, auid, name, oldEtag: before?.etag ?? null, newEtag: now?.etag ?? null }
      this.#host.run({ who: aor, what: 'document-reloaded', hash: '' }, (unit) => {
        for (const watcher of this.#watchers) watcher(unit, change)
        this.#tell(unit, aor, auid, nothing)
      })
    }
  }

  /** `done` runs in the unit in which the last of them is done; each of them counts once. */
  #tell(unit: Unit, aor: Aor, auid: string, done: (unit: Unit, isFollowed: boolean) => void): void {
    const listeners = this.#listeners.get(auid) ?? []
    let waiting = listeners.length
    let isFollowedByAll = true
    if (waiting === 0) return done(unit, true)
    for (const listener of listeners) {
      let isWaitedFor = true
      listener(unit, aor, (later, isFollowed) => {
        if (!isWaitedFor) return
        isWaitedFor = false
        isFollowedByAll &&= isFollowed
        if (--waiting === 0) done(later, isFollowedByAll)
      })
    }
  }

  #set(aor: Aor, id: string, record: DocumentRecord | null): void {
    const documents = this.#users.get(aor) ?? new Map<string, DocumentRecord>()
    if (record) documents.set(id, record)
    else documents.delete(id)
    if (documents.size === 0) this.#users.delete(aor)
    else this.#users.set(aor, documents)
  }

  #parse({ etag, bytes }: DocumentRecord): ParsedDocument {
    const known = this.#parsed.get(etag)
    if (known) return known
    const parsed = parseXml(bytes)
    const text = textOf(bytes)
    const document = parsed.ok
      ? { root: parsed.root, markup: readMarkup(text), text }
      : { root: null, markup: null, text }
    this.#parsed.set(etag, document)
    return document
  }
}

/** Neither part holds a zero character. */
function documentId(auid: string, name: string): string {
  return `${auid}\0${name}`
}
