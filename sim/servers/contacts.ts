/**
 * When homes could hear of each other: what a user's shard says reaches another home only while a connection stands
 * between the two by which a batch has come since it was made, or since its cable last hung. Of a watch the
 * presentity's shard is told, and of a verdict the watcher's: each must hear the other. A cable's own view, which rests
 * on nothing that servers believe.
 */
import { shardOf } from '../../src/ports/sharding.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'

/** The worker that speaks. */
export interface Speaker {
  readonly server: string
  readonly worker: number
  readonly workersCount: number
}

/** A user, and the server that is his home. */
export interface Placed {
  readonly user: Aor
  readonly server: string
}

interface Stretch {
  readonly sinceMs: number
  readonly untilMs: number
}

interface Contact {
  readonly from: Speaker
  readonly to: string
  readonly sinceMs: number
  /** Infinite while it lasts. */
  untilMs: number
}

export class Contacts {
  readonly #all: Contact[] = []
  /** By the connection by which they are kept. */
  readonly #open = new Map<object, Contact>()

  /** A batch of facts and asks, the facts first. */
  batchCame(flow: object, from: Speaker, to: string, atMs: number): void {
    if (this.#open.has(flow)) return
    const contact = { from, to, sinceMs: atMs, untilMs: Number.POSITIVE_INFINITY }
    this.#all.push(contact)
    this.#open.set(flow, contact)
  }

  /** That connection has ended, or hangs. */
  isOver(flow: object, atMs: number): void {
    const contact = this.#open.get(flow)
    if (contact) contact.untilMs = atMs
    this.#open.delete(flow)
  }

  /**
   * Null: the shards of these two users, each at the server that is named, heard of each other all the time from
   * `fromMs` to `toMs`. Else the end of their last contact before that was at least as long.
   */
  outSince(one: Placed, other: Placed, { fromMs, toMs }: { fromMs: number; toMs: number }): number | null {
    const there = this.#stretches(one, other.server, toMs)
    const back = this.#stretches(other, one.server, toMs)
    const whole = both(there, back).findLast(({ sinceMs, untilMs }) => untilMs - sinceMs >= toMs - fromMs)
    if (!whole) return 0
    return whole.untilMs === toMs ? null : whole.untilMs
  }

  /** What this user's shard said came to that server; in their order, apart from each other. */
  #stretches({ user, server }: Placed, to: string, toMs: number): readonly Stretch[] {
    const stretches: { sinceMs: number; untilMs: number }[] = []
    for (const { from, to: other, sinceMs, untilMs } of this.#all) {
      if (from.server !== server || other !== to || sinceMs > toMs) continue
      if (shardOf(user, from.workersCount) !== from.worker) continue
      const last = stretches.at(-1)
      const endMs = Math.min(untilMs, toMs)
      if (last && sinceMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, endMs)
      else stretches.push({ sinceMs, untilMs: endMs })
    }
    return stretches
  }
}

/** Times that are in one of these and in one of those. */
function both(these: readonly Stretch[], those: readonly Stretch[]): readonly Stretch[] {
  return these.flatMap((one) =>
    those
      .map((other) => {
        return { sinceMs: Math.max(one.sinceMs, other.sinceMs), untilMs: Math.min(one.untilMs, other.untilMs) }
      })
      .filter(({ sinceMs, untilMs }) => sinceMs <= untilMs),
  )
}
