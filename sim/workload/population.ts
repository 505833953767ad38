/**
 * The people of a run: contacts and watchers of each user in two compressed arrays, teams, devices, and the order in
 * which they come. Made of parameters and seed alone, so every thread can make the same.
 */
import { contactCounts, shuffle } from './degrees.ts'
import { binomial, poisson } from './distributions.ts'
import type { Parameters } from './parameters.ts'
import { Stream } from './random.ts'
import { SocialGraph } from './social-graph.ts'
import { makeTeams } from './teams.ts'

export interface Population {
  readonly users: number
  /** Contacts of user u: `contacts[contactsAt[u]] … contacts[contactsAt[u + 1] - 1]`, those he likes best first. */
  readonly contactsAt: Uint32Array
  readonly contacts: Uint32Array
  /** Users who have user u as a contact. */
  readonly watchersAt: Uint32Array
  readonly watchers: Uint32Array
  /** First user of each team, and N at the end: a team is a range of users. */
  readonly teamAt: Uint32Array
  /** Devices of each user, at least one. */
  readonly devices: Uint8Array
  /** Place of each user in a random order: who signs in first, and who is there at all if not everybody is. */
  readonly place: Uint32Array
}

/** 10,000 users with 50 contacts each take about half a second. */
export function createPopulation(parameters: Parameters, seed: number): Population {
  const { users } = parameters
  const counts = contactCounts(parameters, seed)
  const order = Uint32Array.from({ length: users }, (_, user) => user)
  shuffle(order, new Stream(seed, 'order', 0))
  const teams = makeTeams(parameters, counts, seed)
  const { contactsAt, contacts } = new SocialGraph(parameters, counts, teams, order, seed)
  const place = Uint32Array.from({ length: users }, (_, user) => user)
  shuffle(place, new Stream(seed, 'order', 1))
  const devices = new Uint8Array(users)
  const random = new Stream(seed, 'device')
  for (let user = 0; user < users; user++) {
    devices[user] = 1 + binomial(random.rekey(seed, 'device', user), 4, (parameters.devices - 1) / 4)
  }
  return { users, contactsAt, contacts, ...turned(users, contacts, contactsAt), teamAt: teams.teamAt, devices, place }
}

/** Groups in the contact list of a user, for whoever writes the lists. */
export function contactGroups({ groups }: Parameters, seed: number, user: number): number {
  return Math.min(groupsMax, 1 + poisson(new Stream(seed, 'contacts', user, 1), groups - 1))
}

const groupsMax = 64

/** The same arcs by their other end. */
function turned(users: number, contacts: Uint32Array, contactsAt: Uint32Array) {
  const watchersAt = new Uint32Array(users + 1)
  for (const contact of contacts) watchersAt[contact + 1]!++
  for (let user = 0; user < users; user++) watchersAt[user + 1]! += watchersAt[user]!
  const next = watchersAt.slice(0, users)
  const watchers = new Uint32Array(contacts.length)
  for (let user = 0; user < users; user++) {
    for (let at = contactsAt[user]!; at < contactsAt[user + 1]!; at++) watchers[next[contacts[at]!]!++] = user
  }
  return { watchersAt, watchers }
}
