/**
 * One way at a time to each peer: pager mode, or one session. Messages that go different ways overtake each other
 * wherever servers stand between, so who wants to be read in order waits for the answers before going another way.
 */
interface Way {
  readonly name: string
  underWay: number
  readonly waiting: (() => void)[]
}

export class Turns {
  #ways: Map<number, Way> | null = null

  /** True: it may go this way now, and `ended` will be called. False: `later` is called when it may try again. */
  begin(peer: number, name: string, later: () => void): boolean {
    this.#ways ??= new Map()
    const way = this.#ways.get(peer)
    if (!way) this.#ways.set(peer, { name, underWay: 1, waiting: [] })
    else if (way.name !== name || way.waiting.length > 0) {
      way.waiting.push(later)
      return false
    } else way.underWay++
    return true
  }

  ended(peer: number): void {
    const way = this.#ways?.get(peer)
    if (!way || --way.underWay > 0) return
    this.#ways?.delete(peer)
    for (const later of way.waiting) later()
    if (this.#ways?.size === 0) this.#ways = null
  }
}
