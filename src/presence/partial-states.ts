/**
 * Partial notification (RFC 5263): to whom reads it goes what has changed since the document before, or the whole where
 * that is no longer. A difference is made once for all watchers of a shard who have seen the same; only their version
 * numbers differ, which are put in for each. Kept are a few documents as text, and only where somebody wants them.
 */
import { Buffer } from 'node:buffer'
import { writePidfDiff, writePidfFull } from '../documents/index.ts'
import { parseXml, type XmlElement } from '../xml/index.ts'

/** So far may a watcher be behind, whose rate is low or whose answers are slow; more is told as a whole. */
const statesMax = 4

/** A body around its version number. */
interface Split {
  readonly head: Uint8Array
  readonly tail: Uint8Array
}

interface State {
  readonly tag: string
  readonly document: Uint8Array
}

interface History {
  watchersCount: number
  /** Oldest first; the last is the newest. */
  states: State[]
  /** To the newest state, by the tag of the one before; '' is the whole. Null: it cannot be said. */
  readonly bodies: Map<string, Split | null>
}

interface PartialWatcher {
  /** Of its history; '' before the first document. */
  key: string
  /** One more with each document, whole or not (RFC 5263 §4.4). */
  nextVersion: number
  sentTag: string | null
}

/** What is to be told, to whom. */
export interface PartialTelling {
  readonly subscriptionNumber: number
  /** For its first document: version numbers up to this one may have been used already. */
  readonly usedVersion: number
  /** The presentity and what of it may be seen: a difference never reaches over two of these. */
  readonly key: string
  /** Names this state within `key`. */
  readonly tag: string
  readonly document: Uint8Array
  readonly want: 'full' | 'changes'
}

export class PartialStates {
  readonly #watchers = new Map<number, PartialWatcher>()
  readonly #histories = new Map<string, History>()
  readonly #onMade: (kind: 'full' | 'changes') => void

  /** `onMade`: a body was made, not taken from those that are there. */
  constructor(onMade: (kind: 'full' | 'changes') => void) {
    this.#onMade = onMade
  }

  /** Documents that are held for differences, over all presentities. */
  get statesCount(): number {
    let count = 0
    for (const { states } of this.#histories.values()) count += states.length
    return count
  }

  /** Version numbers begin behind this one: 0 for a new subscription. */
  begin(subscriptionNumber: number, usedVersion: number): PartialWatcher {
    const watcher = { key: '', nextVersion: usedVersion + 1, sentTag: null }
    this.#watchers.set(subscriptionNumber, watcher)
    return watcher
  }

  end(subscriptionNumber: number): void {
    const watcher = this.#watchers.get(subscriptionNumber)
    if (watcher) this.#leave(watcher)
    this.#watchers.delete(subscriptionNumber)
  }

  /**
   * The body of `application/pidf-diff+xml`, counted as sent. `nothing-new`: the watcher has it already. Null: the
   * document is none that could be told so.
   */
  tell(telling: PartialTelling): Uint8Array | 'nothing-new' | null {
    const { subscriptionNumber, usedVersion, key, tag, document, want } = telling
    const watcher = this.#watchers.get(subscriptionNumber) ?? this.begin(subscriptionNumber, usedVersion)
    const history = this.#join(watcher, key)
    see(history, { tag, document })
    const before = want === 'changes' ? watcher.sentTag : null
    if (before === tag) return 'nothing-new'
    const split = (before !== null && this.#body(history, before)) || this.#body(history, '')
    watcher.sentTag = split ? tag : null
    return split && Buffer.concat([split.head, Buffer.from(String(watcher.nextVersion++)), split.tail])
  }

  #join(watcher: PartialWatcher, key: string): History {
    if (watcher.key !== key) {
      this.#leave(watcher)
      watcher.key = key
      watcher.sentTag = null
      const history = this.#histories.get(key) ?? { watchersCount: 0, states: [], bodies: new Map() }
      history.watchersCount++
      this.#histories.set(key, history)
    }
    return this.#histories.get(key)!
  }

  #leave({ key }: PartialWatcher): void {
    const history = this.#histories.get(key)
    if (!history) return
    history.watchersCount--
    if (history.watchersCount === 0) this.#histories.delete(key)
  }

  /** From the state of this tag, or with '' from nothing, to the newest. */
  #body({ states, bodies }: History, from: string): Split | null {
    const known = bodies.get(from)
    if (known !== undefined) return known
    const after = rootOf(states.at(-1)!.document)
    const before = states.find(({ tag }) => tag === from)
    let split: Split | null = null
    if (after && from === '') split = splitAtVersion(writePidfFull(after, versionMark))
    else if (after && before) {
      const root = rootOf(before.document)
      const diff = root && writePidfDiff(root, after, versionMark)
      split = diff && splitAtVersion(diff)
    }
    if (split) this.#onMade(from === '' ? 'full' : 'changes')
    bodies.set(from, split)
    return split
  }
}

function see({ states, bodies }: History, state: State): void {
  if (states.at(-1)?.tag === state.tag) return
  states.push(state)
  if (states.length > statesMax) states.shift()
  bodies.clear()
}

function rootOf(document: Uint8Array): XmlElement | null {
  const parsed = parseXml(document)
  return parsed.ok ? parsed.root : null
}

const versionMark = 0

/** The root's own attribute: nothing before it may hold a quotation mark that is not escaped. */
function splitAtVersion(bytes: Uint8Array): Split {
  const body = Buffer.from(bytes)
  const at = body.indexOf(` version="${versionMark}"`) + ' version="'.length
  return { head: body.subarray(0, at), tail: body.subarray(at + 1) }
}
