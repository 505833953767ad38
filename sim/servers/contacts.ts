/**
 * When homes could hear of each other: what a user's shard says reaches another home only while a connection stands
 * between the two by which a batch has come since it was made, or since its cable last hung. A cable's own view, which
 * rests on nothing that servers believe.
 */
import { shardOf } from '../../src/ports/sharding.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'

/** The worker that speaks. */
export interface Speaker {
  readonly server: string
  readonly worker: number
  readonly workersCount: number
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
   * Null: this user's shard, at that server, was in touch with the other one all the time from `fromMs` to `toMs`. Else
   * the end of its last contact before that was at least as long.
   */
  outSince(user: Aor, server: string, to: string, { fromMs, toMs }: { fromMs: number; toMs: number }): number | null {
    const isMeant = ({ from, to: other, sinceMs }: Contact): boolean =>
      from.server === server && other === to && shardOf(user, from.workersCount) === from.worker && sinceMs <= toMs
    // In the order in which they began.
    const stretches: { sinceMs: number; untilMs: number }[] = []
    for (const { sinceMs, untilMs } of this.#all.filter(isMeant)) {
      const last = stretches.at(-1)
      if (last && sinceMs <= last.untilMs) last.untilMs = Math.max(last.untilMs, untilMs)
      else stretches.push({ sinceMs, untilMs })
    }
    const whole = stretches.findLast(({ sinceMs, untilMs }) => Math.min(untilMs, toMs) - sinceMs >= toMs - fromMs)
    if (!whole) return 0
    return whole.untilMs >= toMs ? null : whole.untilMs
  }
}
