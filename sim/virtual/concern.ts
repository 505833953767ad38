/**
 * Which lines of a trace concern the users that a violation names: what goes between their devices and the server and
 * tells of the other, how they are registered and what they publish, faults, starts and ends of workers.
 */
import { makePopulation, type PopulationPlan } from '../live/populations.ts'
import { domain } from '../world/core-settings.ts'
import { addressOfDevice } from './virtual-outside.ts'

const ownRequest = /^CSeq: *\d+ (?:REGISTER|PUBLISH)/im
const ofAll = /^(?:fault |boot |clock set |worker \d+ (?:starts|listens))/

export class Concern {
  /** `u3 and u7` */
  readonly words: string
  readonly #names: readonly string[]
  /** Address of a device → its user's name. */
  readonly #nameAt = new Map<string, string>()

  private constructor(users: readonly number[], plan: PopulationPlan) {
    this.#names = users.map((user) => `u${user}`)
    this.words = this.#names.join(' and ')
    const population = makePopulation(plan)
    let device = 0
    for (let user = 0; user < population.users; user++) {
      for (let number = 0; number < population.devicesOf(user); number++, device++) {
        if (users.includes(user)) this.#nameAt.set(addressOfDevice(device), `u${user}`)
      }
    }
  }

  /** Null: the words name nobody. */
  static of(words: string, { plan }: { readonly plan: PopulationPlan }): Concern | null {
    const users = new Set([...words.matchAll(/\bu(\d+)\b/g)].map(([, digits]) => Number(digits)))
    return users.size === 0 ? null : new Concern([...users].slice(0, 2), plan)
  }

  includes(text: string, bytes: Uint8Array | null): boolean {
    if (ofAll.test(text)) return true
    const blank = text.indexOf(' ')
    const name = this.#nameAt.get(text.slice(0, blank))
    if (name === undefined) return this.#names.some((each) => text.includes(`sip:${each}@${domain}`))
    if (bytes === null) return true
    const message = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
    if (ownRequest.test(message)) return true
    return this.#names.some((each) => each !== name && message.includes(`:${each}@${domain}`))
  }
}
