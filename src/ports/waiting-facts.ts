/**
 * Facts that wait for one destination: none is lost, and of one key only the newest counts, so that they stay bounded
 * while a worker is down. What names many pairs is kept by pair, and put together again when it leaves.
 */
import type { BusMessage } from './bus.ts'
import { type VerdictsMessage, type WatchesMessage, watchesInMessageMax } from './presence-bus.ts'

export class WaitingFacts {
  /** In the order in which they leave. */
  readonly #byKey = new Map<string, BusMessage>()

  get isEmpty(): boolean {
    return this.#byKey.size === 0
  }

  /** By key: what names many pairs is counted by pair. */
  get count(): number {
    return this.#byKey.size
  }

  /** False: it is an ask or a reply, which is not kept. */
  add(message: BusMessage): boolean {
    if (message.kind === 'watches') {
      for (const each of message.entries) {
        this.#put(`watch ${each.presentity} ${message.watcher}`, { ...message, entries: [each] })
      }
      return true
    }
    if (message.kind === 'verdicts') {
      for (const each of message.verdicts) {
        this.#put(`verdict ${each.presentity} ${message.watcher}`, { ...message, verdicts: [each] })
      }
      return true
    }
    const key = factKey(message)
    if (key !== null) this.#put(key, message)
    return key !== null
  }

  /** All of them, or the first so many; they wait no longer. */
  take(countMax = Number.POSITIVE_INFINITY): readonly BusMessage[] {
    const messages: BusMessage[] = []
    for (const [key, message] of this.#byKey) {
      const joined = joinedWith(messages.at(-1), message)
      if (joined) messages[messages.length - 1] = joined
      else if (messages.length >= countMax) break
      else messages.push(message)
      this.#byKey.delete(key)
    }
    return messages
  }

  /** What was taken and did not arrive waits again, before all else, but for what there is a newer word about. */
  giveBack(messages: readonly BusMessage[]): void {
    const newer = [...this.#byKey]
    this.#byKey.clear()
    for (const message of messages) this.add(message)
    for (const [key, message] of newer) this.#put(key, message)
  }

  #put(key: string, message: BusMessage): void {
    this.#byKey.delete(key)
    this.#byKey.set(key, message)
    if (message.kind === 'verdicts')
      for (const { presentity, verdict } of message.verdicts) {
        if (verdict !== 'allow') this.#defer(`state ${presentity}`)
      }
  }

  /** Who may not see it any more hears so before a state that waits; who may sees it as well behind that. */
  #defer(key: string): void {
    const waiting = this.#byKey.get(key)
    if (waiting) this.#put(key, waiting)
  }
}

/** Of `last` and the one behind it, where they can be one message; null where not. Lists of `last` are added to. */
function joinedWith(last: BusMessage | undefined, next: BusMessage): BusMessage | null {
  if (last?.kind === 'watches' && next.kind === 'watches') return joinedWatches(last, next)
  if (last?.kind === 'verdicts' && next.kind === 'verdicts') return joinedVerdicts(last, next)
  return null
}

function joinedWatches(last: WatchesMessage, next: WatchesMessage): WatchesMessage | null {
  if (last.watcher !== next.watcher || last.isWanted !== next.isWanted) return null
  if (last.entries.length >= watchesInMessageMax) return null
  append(last.entries, next.entries)
  // The newest word about the watcher counts.
  return { ...next, entries: last.entries }
}

function joinedVerdicts(last: VerdictsMessage, next: VerdictsMessage): VerdictsMessage | null {
  if (last.watcher !== next.watcher || last.heard !== next.heard || last.verdicts.length >= watchesInMessageMax)
    return null
  append(last.verdicts, next.verdicts)
  return last
}

/** These lists were made by `add`, and are nobody else's. */
function append<T>(to: readonly T[], from: readonly T[]): void {
  ;(to as T[]).push(...from)
}

/** Facts may not be lost; of one key only the newest counts. Null for asks and replies. */
function factKey(message: BusMessage): string | null {
  switch (message.kind) {
    case 'flow-died':
    case 'flow-alive':
      // One key: whichever of the two is newer is the truth.
      return `flow ${message.aor} ${message.flow}`
    case 'flow-left':
      return `flow-left ${message.aor} ${message.flow} ${message.bindings.join(' ')}`
    case 'state':
      return `state ${message.presentity}`
    case 'naming':
      return `naming ${message.phase}`
    case 'watch-check':
      return `watch-check ${message.part} of ${message.parts}`
    case 'joined':
      return `joined ${message.worker}`
    case 'link-state':
      return `link-state ${message.worker} ${message.server}`
    case 'name-again':
      return `${message.kind} ${message.presentity ?? ''}`
    case 'policy-change':
      return message.kind
    case 'groups-change':
      return `${message.kind} ${message.party.aor}`
    case 'epoch':
    case 'alias':
    case 'look-again':
    case 'home-renamed':
    case 'user-moved':
      return `${message.kind} ${message.aor}`
    default:
      return null
  }
}
