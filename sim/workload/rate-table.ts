/**
 * The table of `meridian sim rates`: what 10,000 signed-in users ask of a server, for short and long contact lists, and
 * what storms do.
 */
import type { Parameters } from './parameters.ts'
import { defaultParameters } from './parameters.ts'
import type { Rates } from './rate-kinds.ts'
import { commitsPerSecond, deriveRates } from './rates.ts'

/** Contacts of the rows. */
export const tableContacts: readonly number[] = [6, 16, 24, 50]
/** Flush times of the columns, milliseconds: a solid-state disk, and disks of 2003. */
export const tableFlushMs: readonly number[] = [0.2, 10, 18]

export interface RateRow {
  readonly contacts: number
  readonly lists: boolean
  readonly rates: Rates
  /** For `tableFlushMs`. */
  readonly commits: readonly number[]
}

/** Pager messages, one device, everybody there; else as given or as in 2003. */
export function rateTable(given: Partial<Parameters> = {}): readonly RateRow[] {
  return tableContacts.flatMap((contacts) =>
    [false, true].map((lists) => {
      const parameters = { ...defaultParameters('2003'), sessionShare: 0, ...given, contacts, lists }
      return rateRow(parameters)
    }),
  )
}

export function rateRow(parameters: Parameters, signedIn?: number): RateRow {
  const rates = deriveRates(parameters, signedIn)
  const commits = tableFlushMs.map((flushMs) => commitsPerSecond(rates.writes, flushMs))
  return { contacts: parameters.contacts, lists: parameters.lists, rates, commits }
}

/** Per second while the storm lasts. */
export interface StormRates {
  readonly arrivals: number
  /** Two for each arrival: 401, then 200. */
  readonly register: number
  /** As many first NOTIFYs. */
  readonly subscribe: number
  readonly publish: number
  /** NOTIFYs to watchers at the end of it, half of that on average, if each change is told and nothing coalesced. */
  readonly watcherNotify: number
}

/** All users come within so many seconds. */
export function comingStorm(parameters: Parameters, withinSeconds: number): StormRates {
  const arrivals = (parameters.users * parameters.concurrency * parameters.devices) / withinSeconds
  const subscriptions = (parameters.lists ? 1 : parameters.contacts) + parameters.extraSubscriptions
  return {
    arrivals,
    register: 2 * arrivals,
    subscribe: subscriptions * arrivals,
    publish: arrivals,
    watcherNotify: arrivals * parameters.contacts,
  }
}

/** This part of all users publishes within so many seconds. */
export function presenceStormRates(parameters: Parameters, share: number, withinSeconds: number): StormRates {
  const publish = (share * parameters.users * parameters.concurrency) / withinSeconds
  const watcherNotify = publish * parameters.contacts * parameters.concurrency * parameters.devices
  return { arrivals: 0, register: 0, subscribe: 0, publish, watcherNotify }
}

export interface StormRow {
  readonly name: string
  /** By contacts 16 and 50; without lists, then with them. */
  readonly by: readonly { readonly contacts: number; readonly plain: StormRates; readonly withLists: StormRates }[]
}

export const stormContacts: readonly number[] = [16, 50]

/** Width of the storm, seconds; RFC 5626's first wait is 15 to 30 s. */
const comingStorms = [
  ['morning, 15 min', 900],
  ['restart, uniform 300 s', 300],
  ['restart, uniform 60 s', 60],
  ['restart, RFC 5626', 15],
] as const

export function stormTable(given: Partial<Parameters> = {}): readonly StormRow[] {
  const both = (rates: (parameters: Parameters) => StormRates): StormRow['by'] =>
    stormContacts.map((contacts) => {
      const parameters = { ...defaultParameters('2003'), ...given, contacts }
      const [plain, withLists] = [false, true].map((lists) => rates({ ...parameters, lists }))
      return { contacts, plain: plain!, withLists: withLists! }
    })
  return [
    ...comingStorms.map(([name, seconds]) => ({ name, by: both((parameters) => comingStorm(parameters, seconds)) })),
    { name: 'presence-storm, 10 s', by: both((parameters) => presenceStormRates(parameters, 0.3, 10)) },
  ]
}
