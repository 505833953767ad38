/**
 * Faults of a server planted through the ports of its core, in virtual time: the checkers of the simulation name them,
 * and are silent in the same seeds without.
 */
import { catchMutant } from '../../sim/catch-mutant.ts'
import { acknowledgeBeforeFlush } from '../../sim/mutants/acknowledge-before-flush.ts'
import { removalNotWritten } from '../../sim/mutants/lost-removals.ts'
import { type Mutant, noMutant } from '../../sim/mutants/mutant.ts'
import { blockAfterAnswer } from '../../sim/presence/mutants/block-after-answer.ts'
import { runSeed } from '../../sim/run.ts'
import { runSeeds } from '../../sim/run-seeds.ts'
import { messages, presence, type Scenario } from '../../sim/scenarios.ts'
import { countersTrial } from '../gate/trials.ts'
import type { PlantedFault } from './planted-fault.ts'

const seedsMax = 50

function byChecker(
  row: Pick<PlantedFault, 'number' | 'fault' | 'seenAs'>,
  mutant: Mutant,
  scenario: Scenario,
): PlantedFault {
  return {
    ...row,
    plantedIn: 'server',
    check: `checker ${mutant.caughtBy} of the simulation (npm run sim -- --mutants)`,
    isQuick: true,
    async run() {
      const first = mutant.firstSeed ?? 1
      const { seed, text } = await catchMutant(mutant, first, seedsMax, scenario)
      if (seed === null) return { seen: null, clean: null }
      for await (const { violations } of runSeeds(seed, 1, { mutant: noMutant }, scenario))
        if (violations.length > 0) return { seen: text, clean: violations[0]!.text }
      return { seen: `seed ${seed}: ${text}`, clean: null }
    },
  }
}

/** The time of day leaks into what the server names its starts by. */
const clockLeaks: Mutant = {
  ...noMutant,
  name: 'clock-leaks',
  caughtBy: 'trace hash',
  bootId: () => process.hrtime.bigint().toString(36),
}

const traceHash: PlantedFault = {
  number: 17,
  plantedIn: 'server',
  fault: 'the clock of the host leaks into what is sent',
  seenAs: 'two runs of a seed have other trace hashes',
  check: 'trace hash (test/sim/determinism.test.ts)',
  isQuick: true,
  async run() {
    const hashes = async (mutant: Mutant) => {
      const [one, other] = [await runSeed(1, { mutant }), await runSeed(1, { mutant })]
      return [one.traceHash, other.traceHash] as const
    }
    const [one, other] = await hashes(clockLeaks)
    const [first, second] = await hashes(noMutant)
    return {
      seen: one === other ? null : `${one.slice(0, 8)} and ${other.slice(0, 8)}`,
      clean: first === second ? null : `${first.slice(0, 8)} and ${second.slice(0, 8)}`,
    }
  },
}

/** Counters of a server as it is, and of one that tells each watcher one time too many. */
const extraNotifications: PlantedFault = {
  number: 10,
  plantedIn: 'server',
  fault: 'one NOTIFY more for each change and watcher',
  seenAs: 'the counter of NOTIFYs sent',
  check: 'exact counters (npm run bench -- --gate --only counters)',
  isQuick: true,
  async run() {
    const { planted, clean } = await countersTrial()
    return { seen: planted, clean }
  },
}

export const simulatedFaults: readonly PlantedFault[] = [
  extraNotifications,
  byChecker(
    { number: 11, fault: 'answers before the flush', seenAs: 'a binding or message lost after a crash' },
    acknowledgeBeforeFlush,
    messages,
  ),
  byChecker(
    { number: 12, fault: 'forgets to remove a binding durably', seenAs: 'what was removed is back after a restart' },
    removalNotWritten,
    messages,
  ),
  byChecker({ number: 14, fault: 'notifies a blocked watcher', seenAs: 'unauthorised' }, blockAfterAnswer, presence),
  traceHash,
]
