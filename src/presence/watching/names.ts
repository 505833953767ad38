/**
 * Small numbers for AORs inside one shard, so that a watch is a few bytes and not a text. Counted, so that a name
 * nobody uses any more is forgotten and its number used again.
 */
import type { Aor } from '../../sip/uri/aor.ts'

export class Names {
  readonly #numbers = new Map<Aor, number>()
  readonly #names: (Aor | null)[] = []
  readonly #uses: number[] = []
  readonly #free: number[] = []

  get count(): number {
    return this.#numbers.size
  }

  /** The number of this AOR, counted once more. */
  retain(aor: Aor): number {
    let number = this.#numbers.get(aor)
    if (number === undefined) {
      number = this.#free.pop() ?? this.#names.length
      this.#numbers.set(aor, number)
      this.#names[number] = aor
      this.#uses[number] = 0
    }
    this.#uses[number]!++
    return number
  }

  release(number: number): void {
    this.#uses[number]!--
    if (this.#uses[number] !== 0) return
    this.#numbers.delete(this.#names[number]!)
    this.#names[number] = null
    this.#free.push(number)
  }

  find(aor: Aor): number | null {
    return this.#numbers.get(aor) ?? null
  }

  nameIfUsed(number: number): Aor | null {
    return this.#names[number] ?? null
  }

  /** Only for a number that is in use. */
  nameOf(number: number): Aor {
    return this.#names[number]!
  }
}
