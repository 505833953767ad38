/**
 * How often one may ask the admin API: by token and by address, and separately how often an address may be wrong. A
 * right token is never shut out by wrong ones from the same address: its secret cannot be guessed.
 */
import { TokenBuckets } from '../../guard/index.ts'

/** As many at once as so many seconds bring. */
const burstSeconds = 4
/** Wrong tokens of one address: twenty at once, then one in five seconds. What is beyond is not even written down. */
const wrongLimits = { requestsPerSecond: 0.2, burst: 20 }

export class Throttle {
  readonly #now: () => number
  readonly #asked: TokenBuckets
  readonly #wrong = new TokenBuckets(wrongLimits)

  /** `perSecond` is read at each use; `now`: milliseconds that never go back. */
  constructor(perSecond: () => number, now: () => number) {
    this.#now = now
    this.#asked = new TokenBuckets({
      get requestsPerSecond() {
        return perSecond()
      },
      get burst() {
        return perSecond() * burstSeconds
      },
    })
  }

  /** `who`: the id of a token, or an address. */
  mayAsk(who: string): boolean {
    return this.#asked.take(who, this.#now())
  }

  /** To be called for each wrong token or password of an address. False: it is told so, and nothing else. */
  mayBeWrong(address: string): boolean {
    return this.#wrong.take(address, this.#now())
  }
}
