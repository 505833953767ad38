/**
 * Who the simulated users are: names, secrets and instances derived from (seed, user, device), and what the model says
 * of each. Nothing here is stored per user.
 */
import { mix } from '../verify/mix.ts'
import type { DeviceManners, Script } from '../workload/action.ts'

/** The users of a run as the model draws them: the same in every thread. */
export interface Population {
  readonly users: number
  /**
   * Until then, ms of model time from the start, who signs in stands for somebody who has long been there: what is
   * granted is refreshed for the first time at any moment of its period. 0: all sign in as they do.
   */
  readonly settlingMs: number
  devicesOf(user: number): number
  /** Whom the user watches, in rising order. */
  contactsOf(user: number): Uint32Array
  mannersOf(user: number, device: number): DeviceManners
  /** The plan of the users from `first` up to `end`, exclusive. */
  script(first: number, end: number): Script
}

/** How users are called where they live. */
export class Naming {
  readonly domain: string
  readonly prefix: string
  readonly #seed: number

  constructor(domain: string, prefix: string, seed: number) {
    this.domain = domain
    this.prefix = prefix
    this.#seed = seed
  }

  userName(user: number): string {
    return `${this.prefix}${user}`
  }

  aor(user: number): string {
    return `sip:${this.prefix}${user}@${this.domain}`
  }

  /** -1 for a name that is none of ours. */
  userOf(name: string): number {
    if (!name.startsWith(this.prefix)) return -1
    const digits = name.slice(this.prefix.length)
    return /^\d{1,8}$/.test(digits) ? Number(digits) : -1
  }

  /** Eight and more characters that no other user has. */
  password(user: number): string {
    return `p${mix(user, this.#seed).toString(36)}${mix(this.#seed, user).toString(36)}`
  }

  /** RFC 5626 §4.1: the same at every sign-in of the device. */
  instance(user: number, device: number): string {
    const words = [mix(user, device), mix(device, user), mix(user, this.#seed), mix(this.#seed, device)]
    const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('')
    const [one, two, three, four] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)]
    return `urn:uuid:${one}-${two}-4${three}-8${four}-${hex.slice(20)}`
  }
}
