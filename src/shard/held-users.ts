/**
 * Users for whom nothing is handled now: their records are read again, or are on their way to another home. What comes
 * for them waits, in its order, and is handled when the last reason is gone.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { ownerOf } from './message-parts.ts'

export type HoldReason = 'reading' | 'moving'

interface Held {
  readonly reasons: Set<HoldReason>
  readonly messages: BusMessage[]
}

export class HeldUsers {
  readonly #held = new Map<Aor, Held>()

  get isEmpty(): boolean {
    return this.#held.size === 0
  }

  isHeld(aor: Aor, reason: HoldReason): boolean {
    return this.#held.get(aor)?.reasons.has(reason) ?? false
  }

  hold(aor: Aor, reason: HoldReason): void {
    const held = this.#held.get(aor)
    if (held) held.reasons.add(reason)
    else this.#held.set(aor, { reasons: new Set([reason]), messages: [] })
  }

  /** What has waited, where nothing holds the user any more. */
  letGo(aor: Aor, reason: HoldReason): readonly BusMessage[] {
    const held = this.#held.get(aor)
    if (!held?.reasons.delete(reason) || held.reasons.size > 0) return []
    this.#held.delete(aor)
    return held.messages
  }

  /** Keeps what is for held users; returns the rest. */
  park(message: BusMessage): BusMessage | null {
    if (this.#held.size === 0) return message
    if (message.kind === 'watches') {
      const { entries } = message
      for (const each of entries) this.#held.get(each.presentity)?.messages.push({ ...message, entries: [each] })
      const left = entries.filter(({ presentity }) => !this.#held.has(presentity))
      return left.length === 0 ? null : { ...message, entries: left }
    }
    const aor = ownerOf(message)
    const held = aor && this.#held.get(aor)
    if (!held) return message
    held.messages.push(message)
    return null
  }
}
