/**
 * Whether a population is what the model says: mean number of contacts, how many are mutual, whether contacts of a user
 * know each other, and how many watch the best-known user. Printed with each run.
 */
import type { Parameters } from './parameters.ts'
import type { Population } from './population.ts'
import { watchersLimit } from './social-graph.ts'

export interface PopulationCheck {
  readonly check: 'contacts' | 'reciprocity' | 'clustering' | 'watchers'
  readonly reading: number
  readonly limit: string
  readonly ok: boolean
}

/** Users whose clustering is looked at; more do not change the second digit. */
const sampleMax = 1_000

export function checkPopulation(population: Population, parameters: Parameters): readonly PopulationCheck[] {
  const mean = population.contacts.length / population.users
  const reciprocity = reciprocityOf(population)
  const clustering = clusteringOf(population)
  const watchers = mostWatchers(population)
  const { contacts: wanted, reciprocity: wantedBoth } = parameters
  const most = watchersLimit(parameters)
  return [
    {
      check: 'contacts',
      reading: mean,
      limit: `${wanted} ± 1 %`,
      ok: Math.abs(mean / wanted - 1) <= 0.01,
    },
    {
      check: 'reciprocity',
      reading: reciprocity,
      limit: `${wantedBoth.toFixed(2)} ± 0.05`,
      ok: Math.abs(reciprocity - wantedBoth) <= 0.05,
    },
    { check: 'clustering', reading: clustering, limit: 'at least 0.25', ok: clustering >= 0.25 },
    { check: 'watchers', reading: watchers, limit: `at most ${most}`, ok: watchers <= most },
  ]
}

/** Part of the arcs whose other direction is there too. */
export function reciprocityOf({ users, contactsAt, contacts, watchersAt, watchers }: Population): number {
  const seenBy = new Uint32Array(users)
  let both = 0
  for (let user = 0; user < users; user++) {
    for (let at = contactsAt[user]!; at < contactsAt[user + 1]!; at++) seenBy[contacts[at]!] = user + 1
    for (let at = watchersAt[user]!; at < watchersAt[user + 1]!; at++) if (seenBy[watchers[at]!] === user + 1) both++
  }
  return contacts.length === 0 ? 0 : both / contacts.length
}

/** Mean over users of the part of the pairs of their neighbours that are neighbours too (Watts and Strogatz, 1998). */
export function clusteringOf(population: Population): number {
  const { users } = population
  const seenBy = new Uint32Array(users)
  const countedBy = new Uint32Array(users)
  let counts = 0
  const step = Math.max(1, Math.floor(users / sampleMax))
  let sum = 0
  let counted = 0
  for (let user = 0; user < users; user += step) {
    const around = new Set<number>()
    forNeighbours(population, user, (each) => around.add(each))
    if (around.size < 2) continue
    for (const each of around) seenBy[each] = user + 1
    let links = 0
    for (const each of around) {
      counts++
      forNeighbours(population, each, (next) => {
        // A contact who is also a watcher is one neighbour.
        if (seenBy[next] !== user + 1 || countedBy[next] === counts) return
        countedBy[next] = counts
        links++
      })
    }
    sum += links / (around.size * (around.size - 1))
    counted++
  }
  return counted === 0 ? 0 : sum / counted
}

function forNeighbours(population: Population, user: number, look: (other: number) => void): void {
  const { contactsAt, contacts, watchersAt, watchers } = population
  for (let at = contactsAt[user]!; at < contactsAt[user + 1]!; at++) look(contacts[at]!)
  for (let at = watchersAt[user]!; at < watchersAt[user + 1]!; at++) look(watchers[at]!)
}

function mostWatchers({ users, watchersAt }: Population): number {
  let most = 0
  for (let user = 0; user < users; user++) most = Math.max(most, watchersAt[user + 1]! - watchersAt[user]!)
  return most
}
