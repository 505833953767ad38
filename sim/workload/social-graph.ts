/**
 * Who has whom as a contact: arcs between users, in rounds of one contact each, so that people whose lists are still
 * short find others whose lists are too, and can have each other. Each pair is decided once: both ways or one way.
 */
import { RankWeights } from './distributions.ts'
import { PairSet } from './pair-set.ts'
import type { Parameters } from './parameters.ts'
import { Stream } from './random.ts'
import type { Teams } from './teams.ts'

/** Where a contact is looked for; a place that has nobody left hands on to the next one. */
const places = { team: 0, division: 1, anybody: 2, hub: 3 } as const
type Place = (typeof places)[keyof typeof places]

/** Of draws in the circle, in those beside it, and in the whole of a place, before the next place is tried. */
const attemptsMax = 12

export class SocialGraph {
  readonly contactsAt: Uint32Array
  readonly contacts: Uint32Array
  readonly #parameters: Parameters
  readonly #counts: Uint32Array
  readonly #teams: Teams
  readonly #random: Stream
  readonly #filled: Uint32Array
  /** Contacts still to be found: four for each user, by place. */
  readonly #wanted: Uint16Array
  readonly #watchers: Uint32Array
  readonly #watchersMax: number
  readonly #pairs: PairSet
  readonly #byRank: Uint32Array
  readonly #ranks: RankWeights
  readonly #hubs: Uint32Array
  #arcs = 0
  #mutualArcs = 0

  /** `order`: a permutation of the users; their rank, whose first are the hubs. */
  constructor(parameters: Parameters, counts: Uint32Array, teams: Teams, order: Uint32Array, seed: number) {
    const { users } = parameters
    this.#parameters = parameters
    this.#counts = counts
    this.#teams = teams
    this.#random = new Stream(seed, 'graph')
    this.contactsAt = new Uint32Array(users + 1)
    for (let user = 0; user < users; user++) this.contactsAt[user + 1] = this.contactsAt[user]! + counts[user]!
    this.contacts = new Uint32Array(this.contactsAt[users]!)
    this.#filled = new Uint32Array(users)
    this.#wanted = new Uint16Array(users * 4)
    this.#watchers = new Uint32Array(users)
    this.#watchersMax = watchersLimit(parameters)
    this.#pairs = new PairSet(users, this.contacts.length)
    this.#byRank = order
    this.#ranks = new RankWeights(users, parameters.rankExponent)
    this.#hubs = order.slice(0, Math.min(parameters.hubs, Math.ceil(users / 50)))
    for (let user = 0; user < users; user++) this.#divide(user)
    this.#fill()
  }

  /** Splits the contacts of a user over the places; what is lost in rounding is decided by chance. */
  #divide(user: number): void {
    const { teamShare, divisionShare, hubShare } = this.#parameters
    const count = this.#counts[user]!
    const rounded = (value: number): number => Math.floor(value + this.#random.float())
    const hubs = Math.min(rounded(count * hubShare), count)
    const division = Math.min(rounded(count * divisionShare), count - hubs)
    const team = Math.min(rounded(count * teamShare), count - hubs - division)
    this.#wanted.set([team, division, count - hubs - division - team, hubs], user * 4)
  }

  #fill(): void {
    let active = Uint32Array.from(this.#counts, (_, user) => user)
    while (active.length > 0) {
      for (const user of active) if (this.#filled[user]! < this.#counts[user]!) this.#addOne(user)
      active = active.filter((user) => this.#filled[user]! < this.#counts[user]!)
    }
  }

  #addOne(user: number): void {
    let place = this.#nextPlace(user)
    const both = this.#wantsBoth(place)
    for (;;) {
      const found = this.#find(user, place, both)
      if (found >= 0) {
        this.#link(user, found, place, both)
        return
      }
      if (place === places.anybody) break
      this.#handOn(user, place)
      place = place === places.team ? places.division : places.anybody
    }
    this.#linkAnyone(user)
  }

  #nextPlace(user: number): Place {
    const total = this.#counts[user]! - this.#filled[user]!
    let draw = this.#random.below(total)
    for (const place of [places.team, places.division, places.hub] as const) {
      draw -= this.#wanted[user * 4 + place]!
      if (draw < 0) return place
    }
    return places.anybody
  }

  /** A place that has nobody left: what was still wanted there is wanted in the next. */
  #handOn(user: number, place: Place): void {
    const next = place === places.team ? places.division : places.anybody
    this.#wanted[user * 4 + next]! += this.#wanted[user * 4 + place]!
    this.#wanted[user * 4 + place] = 0
  }

  /** A user for whom nothing is decided yet with this one, or -1. Prefers one with room, where both ways are wanted. */
  #find(user: number, place: Place, both: boolean): number {
    let oneWay = -1
    for (let attempt = 0; attempt < attemptsMax * 3; attempt++) {
      const other = this.#draw(user, place, Math.floor(attempt / attemptsMax))
      if (other === user || this.#pairs.has(user, other)) continue
      if (this.#watchers[other]! >= this.#watchersMax) continue
      if (!both || this.#hasRoom(other)) return other
      if (oneWay < 0) oneWay = other
    }
    return oneWay
  }

  #draw(user: number, place: Place, distance: number): number {
    const { circleOf, circleAt, members, teamOf, teamAt, divisionOfTeam, divisionAt, partnerOf } = this.#teams
    if (place === places.hub) return this.#hubs[this.#random.below(this.#hubs.length)]!
    if (place === places.anybody) return this.#byRank[this.#ranks.draw(this.#random, this.#byRank.length)]!
    const team = teamOf[user]!
    if (distance < 2) {
      const own = circleOf[user]!
      const middle = place === places.team ? own : partnerOf[own]!
      const circle = distance === 0 ? middle : this.#besides(middle)
      const from = circleAt[circle]!
      return members[from + this.#random.below(circleAt[circle + 1]! - from)]!
    }
    const division = divisionOfTeam[team]!
    const from = place === places.team ? teamAt[team]! : teamAt[divisionAt[division]!]!
    const to = place === places.team ? teamAt[team + 1]! : teamAt[divisionAt[division + 1]!]!
    return from + this.#random.below(to - from)
  }

  /** The next circle of the same team, by contacts: the one before or the one after. */
  #besides(circle: number): number {
    const { circleAt, members, teamOf } = this.#teams
    const next = circle + (this.#random.chance(0.5) ? 1 : -1)
    if (next < 0 || next + 1 >= circleAt.length) return circle
    const isSameTeam = teamOf[members[circleAt[next]!]!] === teamOf[members[circleAt[circle]!]!]
    return isSameTeam ? next : circle
  }

  /**
   * Steers by what is still missing of all mutual arcs against all that are still to be made; a little ahead of it,
   * since at the end those with the longest lists find nobody who has room. Hubs are one way, anybody is
   * somewhat less often both.
   */
  #wantsBoth(place: Place): boolean {
    if (place === places.hub) return false
    const missing = this.#parameters.reciprocity * this.contacts.length - this.#mutualArcs
    const ahead = place === places.anybody ? 1.2 : 1.4
    return this.#random.chance((ahead * missing) / (this.contacts.length - this.#arcs))
  }

  #hasRoom(user: number): boolean {
    return this.#filled[user]! < this.#counts[user]!
  }

  #link(user: number, other: number, place: Place, both: boolean): void {
    this.#pairs.add(user, other)
    this.#addArc(user, other, place)
    if (!both || !this.#hasRoom(other) || this.#watchers[user]! >= this.#watchersMax) return
    this.#addArc(other, user, place)
    this.#mutualArcs += 2
  }

  #addArc(user: number, other: number, place: Place): void {
    this.contacts[this.contactsAt[user]! + this.#filled[user]!] = other
    this.#filled[user]!++
    this.#watchers[other]!++
    this.#arcs++
    const wanted = this.#wanted.subarray(user * 4, user * 4 + 4)
    const taken = wanted[place]! > 0 ? place : wanted.findIndex((count) => count > 0)
    wanted[taken]!--
  }

  /** The last resort, in populations so small that chance does not find who is left: the first that is free. */
  #linkAnyone(user: number): void {
    const { users } = this.#parameters
    const from = this.#random.below(users)
    for (let step = 0; step < users; step++) {
      const other = (from + step) % users
      if (other === user || this.#pairs.has(user, other)) continue
      this.#link(user, other, places.anybody, false)
      return
    }
    // Everybody else has this user already: the answer to a one-way arc makes it mutual.
    for (let step = 0; step < users; step++) {
      const other = (from + step) % users
      if (other === user || this.#hasContact(user, other)) continue
      this.#addArc(user, other, places.anybody)
      this.#mutualArcs += 2
      return
    }
  }

  #hasContact(user: number, other: number): boolean {
    const from = this.contactsAt[user]!
    return this.contacts.subarray(from, from + this.#filled[user]!).includes(other)
  }
}

/** No user is watched by more than 5 % of all; in small populations, where K alone is as much, by four times K. */
export function watchersLimit({ users, contacts }: Parameters): number {
  return Math.max(Math.floor(users * 0.05), Math.ceil(4 * contacts))
}
