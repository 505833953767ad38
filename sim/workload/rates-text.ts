/**
 * The tables of rates for people.
 */

import type { Parameters } from './parameters.ts'
import { defaultParameters } from './parameters.ts'
import {
  type RateRow,
  rateRow,
  rateTable,
  type StormRow,
  stormContacts,
  stormTable,
  tableFlushMs,
} from './rate-table.ts'
import { refreshSeconds } from './rates.ts'

export const rateHead: readonly string[] = [
  'K',
  'lists',
  'REGISTER',
  'SUBSCRIBE',
  'PUBLISH',
  'NOTIFY',
  'change + first',
  'MESSAGE',
  'typing',
  'all',
  'kB/s',
  'writes/s',
  `commits/s at ${tableFlushMs.join(' / ')} ms`,
]

export function rateCells({ contacts, lists, rates, commits }: RateRow): readonly string[] {
  return [
    String(contacts),
    lists ? 'yes' : 'no',
    digits(rates.register),
    digits(rates.subscribe),
    digits(rates.publish),
    digits(rates.notify),
    `${digits(rates.notifyOfChanges)} + ${digits(rates.notifyOfSubscriptions)}`,
    digits(rates.messagesWritten),
    digits(rates.typing),
    digits(rates.transactions),
    digits(rates.bytes / 1_000),
    digits(rates.writes),
    commits.map(digits).join(' / '),
  ]
}

export const stormHead: readonly string[] = [
  'storm',
  'arrivals',
  'REGISTER',
  ...stormContacts.map((contacts) => `SUBSCRIBE K=${contacts}, no list / list`),
  'PUBLISH',
  `NOTIFY to watchers K=${stormContacts.join(' / ')}`,
]

export function stormCells({ name, by }: StormRow): readonly string[] {
  const { plain } = by[0]!
  return [
    name,
    orNone(plain.arrivals),
    orNone(plain.register),
    ...by.map((each) =>
      plain.subscribe === 0 ? '-' : `${digits(each.plain.subscribe)} / ${digits(each.withLists.subscribe)}`,
    ),
    digits(plain.publish),
    by.map((each) => digits(each.plain.watcherNotify)).join(' / '),
  ]
}

type Align = (head: readonly string[], rows: readonly (readonly string[])[]) => string

/** The one row of these parameters, or with null the table of contact lists; and storms. */
export function ratesText(given: Parameters | null, align: Align): string {
  const parameters = given ?? defaultParameters('2003')
  const signedIn = Math.round(parameters.users * parameters.concurrency)
  const rows = given === null ? rateTable() : [rateRow(given)]
  const sessions = rows[0]!.rates.sessions
  return [
    `${signedIn} signed-in users, busy hour, per second; refreshes every ${Math.round(refreshSeconds(parameters))} s`,
    align(rateHead, rows.map(rateCells)),
    ...(sessions === 0 ? [] : [`and ${digits(sessions)} sessions opened and closed, each an INVITE and a BYE`]),
    ...watcherLines(rows),
    'MESSAGE as people write them; “all” counts each that is delivered, and no keep-alives. kB/s: SIP and TLS records,',
    'both directions.',
    '',
    'Storms, per second while they last; watchers at the end of it, if each change is told and nothing is coalesced',
    align(stormHead, stormTable(parameters).map(stormCells)),
  ].join('\n')
}

/** In no column: the published table does not have them. */
function watcherLines(rows: readonly RateRow[]): readonly string[] {
  const byContacts = new Map(rows.map(({ contacts, rates }) => [contacts, rates.notifyOfWatchers]))
  if ([...byContacts.values()].every((rate) => rate === 0)) return []
  const figures = [...byContacts].map(([contacts, rate]) => `${digits(rate)} at K=${contacts}`)
  return [`and NOTIFYs to whom others begin or end to watch (presence.winfo): ${figures.join(', ')}`]
}

function orNone(value: number): string {
  return value === 0 ? '-' : digits(value)
}

/** Three digits, whole numbers in full. */
function digits(value: number): string {
  if (value === 0) return '0'
  const rounded = Number(value.toPrecision(3))
  return value >= 100 ? String(Math.round(value)) : String(rounded)
}
