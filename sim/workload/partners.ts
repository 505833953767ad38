/**
 * Whom a user talks to: mostly his first contacts, sometimes anybody.
 */
import { RankWeights } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import type { Population } from './population.ts'
import type { Stream } from './random.ts'

/** Draws until somebody is as wanted; then nobody is found. */
const attemptsMax = 32

export class Partners {
  readonly #population: Population
  readonly #strangerShare: number
  readonly #ranks: RankWeights

  constructor(parameters: Parameters, population: Population) {
    this.#population = population
    this.#strangerShare = parameters.strangerShare
    this.#ranks = new RankWeights(Math.min(parameters.contactsMax, parameters.users), parameters.partnerExponent)
  }

  contact(random: Stream, user: number): number {
    const { contactsAt, contacts } = this.#population
    const from = contactsAt[user]!
    return contacts[from + this.#ranks.draw(random, contactsAt[user + 1]! - from)]!
  }

  /** Another user who is as wanted, or -1. */
  find(random: Stream, user: number, isWanted: (other: number) => boolean): number {
    const isStranger = random.chance(this.#strangerShare)
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      // Whose contacts are all elsewhere talks to anybody.
      const byChance = isStranger || attempt >= attemptsMax / 2
      const other = byChance ? random.below(this.#population.users) : this.contact(random, user)
      if (other !== user && isWanted(other)) return other
    }
    return -1
  }
}
