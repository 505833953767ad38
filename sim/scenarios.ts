/**
 * What can be simulated: each scenario with its run of one seed, its checkers and its planted faults. A seed means
 * something only together with its scenario.
 */
import { allCheckers } from './checkers/all-checkers.ts'
import type { Checker } from './checkers/checker.ts'
import { allMutants } from './mutants/all-mutants.ts'
import type { Mutant } from './mutants/mutant.ts'
import { presenceCheckers } from './presence/checkers/all-presence-checkers.ts'
import { presenceMutants } from './presence/mutants/all-presence-mutants.ts'
import { runPresenceSeed } from './presence/run-presence.ts'
import { type RunOptions, type RunResult, runSeed } from './run.ts'
import { serverCheckers } from './servers/checkers/all-server-checkers.ts'
import { serverMutants } from './servers/mutants/all-server-mutants.ts'
import { runServersSeed } from './servers/run-servers.ts'

export interface Scenario {
  readonly name: string
  /** What its `messagesCount` counts. */
  readonly counted: string
  readonly runSeed: (seed: number, options?: RunOptions) => Promise<RunResult>
  readonly checkers: readonly Checker[]
  readonly mutants: readonly Mutant[]
}

/** Registration and messages (P1, P2, P3). */
export const messages: Scenario = {
  name: 'messages',
  counted: 'messages',
  runSeed,
  checkers: allCheckers,
  mutants: allMutants,
}

/** Publications, subscriptions and policy. */
export const presence: Scenario = {
  name: 'presence',
  counted: 'NOTIFYs',
  runSeed: runPresenceSeed,
  checkers: presenceCheckers,
  mutants: presenceMutants,
}

/** Front ends and homes as one. */
export const servers: Scenario = {
  name: 'servers',
  counted: 'messages and NOTIFYs',
  runSeed: runServersSeed,
  checkers: serverCheckers,
  mutants: serverMutants,
}

export const scenarios: readonly Scenario[] = [messages, presence, servers]
