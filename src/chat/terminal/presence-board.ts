/**
 * What is known of people's presence in this conversation, and since when; tells news from repetition.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { SeenPresence } from '../agent/events.ts'
import { timeText } from './line-format.ts'
import { seenWords } from './presence-words.ts'

export class PresenceBoard {
  readonly #known = new Map<Aor, { readonly words: string; readonly timeMs: number }>()
  readonly #name: (aor: Aor) => string

  constructor(name: (aor: Aor) => string) {
    this.#name = name
  }

  /** The line to print; null when it says what is known, or that nothing is known any more. */
  onSeen(of: Aor, presence: SeenPresence, nowMs: number): string | null {
    if (presence.kind === 'removed') {
      this.#known.delete(of)
      return null
    }
    const words = seenWords(this.#name(of), presence)
    if (this.#known.get(of)?.words === words) return null
    this.#known.set(of, { words, timeMs: nowMs })
    return words
  }

  /** What is known of somebody; null when nothing is. */
  wordsOf(person: Aor): string | null {
    return this.#known.get(person)?.words ?? null
  }

  /** Of everybody, by name. */
  lines(nowMs: number): string[] {
    const known = [...this.#known.values()].sort((a, b) => (a.words < b.words ? -1 : 1))
    return known.map(({ words, timeMs }) => `${words} (since ${timeText(timeMs, nowMs)})`)
  }
}
