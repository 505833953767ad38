/**
 * Which watches a place has named since it last began to name all of them: each watch carries the round in which it was
 * named. A round begins at once, however many watches there are; what it did not name is removed at its end, some at a
 * time.
 */
import type { ShardHost } from '../../shard/index.ts'
import { verdictCode, verdictOf, type WatchVerdict } from './verdicts.ts'

/** The verdict in the lower bits of a watch's byte, the round in the upper ones. */
const verdictBits = 3
const verdictMask = (1 << verdictBits) - 1
/** A watch is taken for named again if its place begins so often without an end; the next comparison finds that. */
const roundsCount = 2 ** (8 - verdictBits)

/** Presentities that are looked at in one turn: some thousand watches. */
const sliceLength = 100

export class NamingRounds<T> {
  readonly #host: ShardHost
  readonly #remove: (presentity: T, place: number) => void
  /** By place; 0 where none has begun. */
  readonly #rounds = new Map<number, number>()
  readonly #ended = new Set<number>()

  /** `remove`: what this place has not named. Called in a change. */
  constructor(host: ShardHost, remove: (presentity: T, place: number) => void) {
    this.#host = host
    this.#remove = remove
  }

  begin(place: number): void {
    this.#rounds.set(place, (this.#of(place) + 1) % roundsCount)
  }

  /** All of these that were not named are removed, the first of them now. To be called in a change. */
  end(place: number, presentities: readonly T[]): void {
    this.#ended.add(place)
    this.#endFrom(0, place, presentities)
  }

  /** This place has named all of its watches once: there are none that this shard has not heard of. */
  hasEnded(place: number): boolean {
    return this.#ended.has(place)
  }

  /** A watch that this place has just named. */
  named(verdict: WatchVerdict, place: number): number {
    return verdictCode(verdict) | (this.#of(place) << verdictBits)
  }

  isNamed(byte: number, place: number): boolean {
    return byte >> verdictBits === this.#of(place)
  }

  #of(place: number): number {
    return this.#rounds.get(place) ?? 0
  }

  #endFrom(from: number, place: number, presentities: readonly T[]): void {
    const next = from + sliceLength
    for (const each of presentities.slice(from, next)) this.#remove(each, place)
    if (next >= presentities.length) return
    const round = this.#of(place)
    const onTimer = () => {
      // Begun anew meanwhile: what is not named yet may come, and that round has an end of its own.
      if (this.#of(place) !== round) return
      const cause = { who: '', what: 'unnamed-watches', hash: '' }
      this.#host.run(cause, (unit) => unit.change(() => this.#endFrom(next, place, presentities)))
    }
    this.#host.timers.set(0, { onTimer }, 0)
  }
}

export function verdictIn(byte: number): WatchVerdict {
  return verdictOf(byte & verdictMask)
}

/** Judged again: in which round it was named stays. */
export function withVerdict(byte: number, verdict: WatchVerdict): number {
  return (byte & ~verdictMask) | verdictCode(verdict)
}
