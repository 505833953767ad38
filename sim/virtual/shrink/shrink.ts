/**
 * A failing seed becomes a small case: users, strikes, actions, contacts and time that the failure does not need are
 * left out. What stays keeps its numbers, and so the streams of chance that are made from them (CAPACITY H.6).
 */
import type { RunRecord } from '../../measure/run-record.ts'
import type { Population } from '../../users/population.ts'
import { type Violation, violations } from '../../verify/findings.ts'
import { type MannerParameters, mannerParameters } from '../../workload/manners.ts'
import { happeningsOf, type VirtualChoice } from '../run-virtual.ts'
import { type CasedUser, type KeptCase, runCase } from './kept-case.ts'
import { minimize } from './minimize.ts'

/** Larger runs take too long to be tried hundreds of times. */
const actionsMax = 20_000
/** What is tried in all; then the smallest so far is good enough. */
const runsMax = 800

export interface Shrunk {
  readonly kept: KeptCase
  readonly runs: number
}

/** Null: the seed does not fail. Throws where the run is too large, or not of the model of users. */
export async function shrink(choice: VirtualChoice, say: (line: string) => void): Promise<Shrunk | null> {
  const whole = wholeCase(choice)
  let runs = 1
  const first = foundIn(await runCase(whole, true))
  if (first === null) return null
  let smallest: KeptCase = { ...whole, finds: first.kind, wrong: first.words }
  const attempt = async (changed: Partial<KeptCase>): Promise<boolean> => {
    if (runs >= runsMax) return false
    runs++
    const kept = { ...smallest, ...changed }
    const found = kept.users.length > 0 && foundIn(await runCase(kept, true), smallest.finds)
    if (found) smallest = { ...kept, wrong: found.words }
    return Boolean(found)
  }
  for (let before = ''; before !== sizeOf(smallest) && runs < runsMax; ) {
    before = sizeOf(smallest)
    await minimize(smallest.users, (users) => attempt(among(smallest, users)))
    await minimize(smallest.strikes, (strikes) => attempt({ strikes }))
    await minimize(smallest.actions, (actions) => attempt({ actions }))
    await minimize(watchesOf(smallest), (watches) => attempt({ users: watching(smallest.users, watches) }))
    await shorten(smallest, attempt)
    say(`${sizeOf(smallest)} after ${runs} runs`)
  }
  return { kept: smallest, runs }
}

/** What was found, of this kind where one is named. */
function foundIn({ correctness }: RunRecord, kind?: Violation): { kind: Violation; words: string } | null {
  const found = kind ?? violations.find((each) => correctness[each] > 0)
  if (found === undefined || correctness[found] === 0) return null
  return { kind: found, words: correctness.examples.find((words) => words.startsWith(found)) ?? found }
}

function wholeCase(choice: VirtualChoice): KeptCase {
  const { plan, seed, windows, lists, workers } = choice
  if (plan.kind !== 'model') throw new Error('only runs of the model of users are made smaller')
  const { parameters } = plan.workload
  const { population, strikes, mutant } = happeningsOf(choice)
  return {
    schema: 'meridian-case/1',
    wrong: '',
    mendedBy: '',
    mutant: mutant.name === 'none' ? null : mutant.name,
    finds: 'lost',
    seed,
    workers: workers ?? 2,
    lists,
    windows,
    settlingMs: population.settlingMs,
    manners: Object.fromEntries(mannerParameters.map((name) => [name, parameters[name]])) as MannerParameters,
    users: Array.from({ length: population.users }, (_, user) => ({
      user,
      devices: population.devicesOf(user),
      contacts: [...population.contactsOf(user)],
    })),
    strikes,
    actions: actionsOf(population, windows.warmUpMs + windows.measureMs),
  }
}

function actionsOf(population: Population, untilMs: number): KeptCase['actions'] {
  const script = population.script(0, population.users)
  const actions: KeptCase['actions'][number][] = []
  while (script.nextDueMs <= untilMs) {
    const { dueMs, action } = script.take()
    actions.push({ dueMs, ...action })
    if (actions.length > actionsMax) throw new Error(`more than ${actionsMax} actions: take fewer users or less time`)
  }
  return actions
}

/** Only these users, what they do with each other, and whom of them they watch. */
function among({ actions }: KeptCase, users: readonly CasedUser[]): Pick<KeptCase, 'users' | 'actions'> {
  const there = new Set(users.map(({ user }) => user))
  const isThere = (user: unknown): boolean => user === undefined || there.has(user as number)
  return {
    users: users.map((each) => ({ ...each, contacts: each.contacts.filter(isThere) })),
    actions: actions.filter(({ user, to, contact }) => [user, to, contact].every(isThere)),
  }
}

type Watch = readonly [watcher: number, contact: number]

function watchesOf({ users }: KeptCase): readonly Watch[] {
  return users.flatMap(({ user, contacts }) => contacts.map((contact): Watch => [user, contact]))
}

function watching(users: readonly CasedUser[], watches: readonly Watch[]): readonly CasedUser[] {
  return users.map((each) => ({
    ...each,
    contacts: watches.flatMap(([watcher, contact]) => (watcher === each.user ? [contact] : [])),
  }))
}

/** The window ends ever earlier, after what is done and strikes. */
async function shorten(kept: KeptCase, attempt: (changed: Partial<KeptCase>) => Promise<boolean>): Promise<void> {
  const { warmUpMs, measureMs } = kept.windows
  const lastMs = Math.max(0, ...kept.actions.map(({ dueMs }) => dueMs), ...kept.strikes.map(({ atMs }) => atMs))
  for (const share of [0, 0.1, 0.3, 0.6]) {
    const endMs = Math.ceil(lastMs + 1_000 + share * (warmUpMs + measureMs - lastMs))
    if (endMs >= warmUpMs + measureMs) return
    const windows = { warmUpMs: Math.min(warmUpMs, endMs - 1_000), measureMs: 0 }
    if (await attempt({ windows: { ...windows, measureMs: endMs - windows.warmUpMs } })) return
  }
}

function sizeOf({ users, strikes, actions, windows }: KeptCase): string {
  const seconds = Math.round((windows.warmUpMs + windows.measureMs) / 1_000)
  return `${users.length} users, ${strikes.length} strikes, ${actions.length} actions, ${seconds} s`
}
