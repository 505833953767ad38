/**
 * Numbers of what a shard names to others: they go up, over its restarts too. A verdict says which was the newest that
 * its shard had heard, so one that was under way when its watch ended is not taken for an answer to a later watch of
 * the same pair, which might be blocked by then.
 */

/** Room for the numbers of one start. */
const perIncarnation = 2 ** 32

export class NamingNumbers {
  readonly #base: number
  #last = 0

  constructor(incarnation: number) {
    this.#base = incarnation * perIncarnation
  }

  next(): number {
    return this.#base + ++this.#last
  }

  /** As it is kept with a watch: without the start of the shard, which ends its watches. */
  kept(number: number): number {
    return number - this.#base
  }

  /** Said by somebody who had not heard of this watch. */
  isBefore(heard: number, kept: number): boolean {
    return heard < this.#base + kept
  }
}
