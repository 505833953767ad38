/**
 * A failure of a virtual run as a small file that says all of it: who watches whom, what is done when, what strikes. It
 * does not depend on the model of users that once made it, and is replayed for ever (CAPACITY H.6).
 */
import * as v from 'valibot'
import type { RunRecord } from '../../measure/run-record.ts'
import { allMutants } from '../../mutants/all-mutants.ts'
import { noMutant } from '../../mutants/mutant.ts'
import type { Population } from '../../users/population.ts'
import { type Violation, violations } from '../../verify/findings.ts'
import type { Action, DeviceManners, Script } from '../../workload/action.ts'
import { ListScript } from '../../workload/list-script.ts'
import { deviceManners, type MannerParameters } from '../../workload/manners.ts'
import { runVirtual, type VirtualChoice } from '../run-virtual.ts'
import type { Strike } from '../strikes.ts'
import type { SeenViolation } from '../virtual-run-options.ts'

const whole = v.pipe(v.number(), v.integer(), v.minValue(-1))
const userSchema = v.strictObject({ user: whole, devices: whole, contacts: v.array(whole) })
const strikeSchema = v.strictObject({ fault: v.string(), number: whole, atMs: v.number() })
/** What an action may say is the business of whoever carries it out (`../../workload/action.ts`). */
const actionSchema = v.looseObject({ dueMs: v.number(), kind: v.string() })
const caseSchema = v.strictObject({
  schema: v.literal('meridian-case/1'),
  /** What was wrong, and what mended it. */
  wrong: v.string(),
  mendedBy: v.string(),
  /** What is planted in the server and makes it fail; null: nothing any more. */
  mutant: v.nullable(v.string()),
  finds: v.picklist(violations),
  seed: whole,
  workers: whole,
  lists: v.boolean(),
  windows: v.strictObject({ warmUpMs: v.number(), measureMs: v.number() }),
  settlingMs: v.number(),
  /** Of the model of users: those on which the devices' own manners rest. */
  manners: v.looseObject({}),
  users: v.array(userSchema),
  strikes: v.array(strikeSchema),
  actions: v.array(actionSchema),
})

type DueRecord = { readonly dueMs: number; readonly kind: string; readonly [field: string]: unknown }

export interface CasedUser {
  readonly user: number
  readonly devices: number
  readonly contacts: readonly number[]
}

export interface KeptCase {
  readonly schema: 'meridian-case/1'
  readonly wrong: string
  readonly mendedBy: string
  readonly mutant: string | null
  readonly finds: Violation
  readonly seed: number
  readonly workers: number
  readonly lists: boolean
  readonly windows: RunRecord['windows']
  /** See `Population`. */
  readonly settlingMs: number
  readonly manners: MannerParameters
  readonly users: readonly CasedUser[]
  readonly strikes: readonly Strike[]
  readonly actions: readonly DueRecord[]
}

/** Throws a ValiError where the text is none. */
export function parseCase(text: string): KeptCase {
  return v.parse(caseSchema, JSON.parse(text)) as unknown as KeptCase
}

/** One user, strike or action a line. */
export function caseText(kept: KeptCase): string {
  const { users, strikes, actions, ...head } = kept
  const lines = Object.entries(head).map(([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  const lists = Object.entries({ users, strikes, actions }).map(([name, items]) => {
    const rows = items.map((item) => `    ${JSON.stringify(item)}`)
    return rows.length === 0 ? `  "${name}": []` : `  "${name}": [\n${rows.join(',\n')}\n  ]`
  })
  return `{\n${[...lines, ...lists].join(',\n')}\n}\n`
}

class CasePopulation implements Population {
  readonly #case: KeptCase
  readonly #users = new Map<number, CasedUser>()

  constructor(kept: KeptCase) {
    this.#case = kept
    for (const user of kept.users) this.#users.set(user.user, user)
  }

  get users(): number {
    return Math.max(...this.#users.keys()) + 1
  }

  get settlingMs(): number {
    return this.#case.settlingMs
  }

  /** Numbers are kept: those who were left out are there and do nothing. */
  devicesOf(user: number): number {
    return this.#users.get(user)?.devices ?? 1
  }

  contactsOf(user: number): Uint32Array {
    return Uint32Array.from(this.#users.get(user)?.contacts ?? []).sort()
  }

  mannersOf(user: number, device: number): DeviceManners {
    return deviceManners(this.#case.manners, this.#case.seed, user, device)
  }

  script(): Script {
    return new ListScript(this.#case.actions.map(({ dueMs, ...action }) => ({ dueMs, action: action as Action })))
  }
}

/** `isPlanted` false: without what is planted. Throws where there is no such mutant. */
export function runCase(
  kept: KeptCase,
  isPlanted: boolean,
  told: Pick<VirtualChoice, 'onTrace'> & { onViolation?(seen: SeenViolation): void } = {},
): Promise<RunRecord> {
  const { seed, windows, lists, workers, strikes } = kept
  const mutant = isPlanted && kept.mutant !== null ? allMutants.find(({ name }) => name === kept.mutant) : noMutant
  if (!mutant) throw new Error(`there is no mutant ${kept.mutant}`)
  const run = { seed, windows, lists, workers, profile: null, bound: 'mid', withFaults: true, quick: true } as const
  const facts = { preset: 'case', parameters: {}, plannedRates: [] }
  // The plan is not looked at: what happens is handed in.
  const plan = { kind: 'replay', traces: [] } as unknown as VirtualChoice['plan']
  return runVirtual({ ...run, ...facts, plan, ...told }, { population: new CasePopulation(kept), strikes, mutant })
}
