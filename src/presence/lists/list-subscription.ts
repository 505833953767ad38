/**
 * A subscription to a list (RFC 4662), as presence keeps it: who is on the list and what its watcher has not been told.
 * The states themselves are the watches', where each is kept once for all watchers of a shard.
 */
import type { TimerHandle } from '../../ports/timers.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { ListedMember, ListMembers } from './list-members.ts'

export class ListSubscription {
  /** The list came with the SUBSCRIBE (RFC 5367); otherwise it is the user's own, and followed. */
  readonly isContained: boolean
  /** Wanted, until `members` has them. */
  wanted: readonly ListedMember[] | null
  members: ListMembers | null = null
  /** Of the next RLMI document. */
  nextVersion: number
  /** All must be told, whatever is asked for: others are on the list, or have other names. */
  owesAll = true
  /** Whose policy has not spoken yet; the watcher is told of all at once, as far as that takes no long time. */
  undecided: Set<Aor> | null = null
  patience: TimerHandle | null = null
  /** The notifier has been told that it may go on. */
  isGranted = false
  /** Of the state after the last NOTIFY (RFC 5839 §4.1), never used before; empty: there was none. */
  #lastTag = ''
  #changed: Set<Aor> | null = null

  constructor(isContained: boolean, wanted: readonly ListedMember[], nextVersion: number) {
    this.isContained = isContained
    this.wanted = wanted
    this.nextVersion = nextVersion
  }

  /** How many it has, or will have. */
  get count(): number {
    return this.wanted?.length ?? this.members?.count ?? 0
  }

  listed(): readonly ListedMember[] {
    return this.wanted ?? this.members?.listed() ?? []
  }

  has(members: readonly ListedMember[]): boolean {
    if (this.members && !this.wanted) return this.members.equals(members)
    const { wanted } = this
    if (wanted?.length !== members.length) return false
    return wanted.every(({ uri, displayName }, at) => {
      return uri === members[at]!.uri && displayName === members[at]!.displayName
    })
  }

  /** Its watcher must be told of this presentity. */
  mark(presentity: Aor): void {
    this.#changed ??= new Set()
    this.#changed.add(presentity)
  }

  changed(): Iterable<Aor> {
    return this.#changed ?? []
  }

  /** Null: the watcher cannot have what there is to tell. */
  get entityTag(): string | null {
    return this.#lastTag === '' || this.owesAll || this.#changed !== null ? null : this.#lastTag
  }

  /** Told, but for what the last NOTIFY had no room for. */
  told(tag: string, left: readonly Aor[]): void {
    this.#lastTag = tag
    this.#changed = left.length > 0 ? new Set(left) : null
    this.owesAll = false
    this.nextVersion++
  }
}
