/**
 * A server that keeps 1 KB of each sign-in for ever. Users sign in and out by turns in virtual time; what is still
 * reachable after a collection of garbage is counted halfway and at the end, and the growth goes by the sign-ins
 * between. A long soak would show the same in resident memory (`npm run soak`).
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { DrillPopulation, drillPlan } from '../../sim/live/drill-population.ts'
import { makeChangedCore } from '../../sim/mutants/changed-core.ts'
import { type Mutant, noMutant } from '../../sim/mutants/mutant.ts'
import type { DueAction, Script } from '../../sim/workload/action.ts'
import { ListScript } from '../../sim/workload/list-script.ts'
import type { PlantedFault } from './planted-fault.ts'
import { virtualDrill } from './virtual-drill.ts'

const leakedBytes = 1_024
const users = 40
/** In, and out again. */
const turnMs = 10_000
const turns = 60
/** Tables have grown, and what expires has. */
const settledTurns = 30
/** For each sign-in; more is a leak. About 500 are kept for a while: nonces, tables that double, compiled code. */
const growthMax = 800

function leaking(kept: Buffer[]): Mutant {
  return {
    ...noMutant,
    name: 'keeps-sign-ins',
    caughtBy: 'retained bytes',
    makeCore: (ports, settings) =>
      makeChangedCore(ports, settings, {
        service: 'registrar',
        request(request) {
          if (request.message.request.named('Expires') !== '0') kept.push(Buffer.alloc(leakedBytes))
          return request
        },
      }),
  }
}

class ComeAndGo extends DrillPopulation {
  override script(first: number, end: number): Script {
    const actions: DueAction[] = []
    for (let turn = 0; turn < turns; turn++) {
      for (let user = first; user < end; user++) {
        const dueMs = turn * turnMs + user * 50
        actions.push({ dueMs, action: { kind: 'sign-in', user, device: 0 } })
        actions.push({ dueMs: dueMs + turnMs / 2, action: { kind: 'sign-out', user, device: 0 } })
      }
    }
    return new ListScript(actions.sort((one, other) => one.dueMs - other.dueMs))
  }
}

/** Bytes that are still reachable, on the heap and beside it. */
function retainedBytes(collect: () => void): number {
  for (let pass = 0; pass < 3; pass++) collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes that stay of each sign-in. */
async function growth(mutant: Mutant): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const plan = { ...drillPlan, users, lists: false }
  const readings: number[] = []
  const measureMs = turns * turnMs
  await virtualDrill({
    plan,
    measureMs,
    happenings: { mutant, population: new ComeAndGo(plan) },
    onProgress: (modelMs) => {
      const isDue = modelMs === settledTurns * turnMs - 1_000 || modelMs === turns * turnMs - 1_000
      if (isDue) readings.push(retainedBytes(collect))
    },
  })
  const [half, whole] = readings
  if (half === undefined || whole === undefined) throw new Error('the run was not looked at when it should have been')
  return (whole - half) / ((turns - settledTurns) * users)
}

export const signInLeak: PlantedFault = {
  number: 13,
  plantedIn: 'server',
  fault: 'leaks 1 KB for each sign-in',
  seenAs: 'bytes that are retained grow with the sign-ins',
  check: `retained bytes: at most ${growthMax} a sign-in`,
  isQuick: false,
  async run() {
    const kept: Buffer[] = []
    const [leaky, usual] = [await growth(leaking(kept)), await growth(noMutant)]
    const signIns = (turns - settledTurns) * users
    const text = (bytes: number) => `${Math.round(bytes)} bytes stay of each of ${signIns} sign-ins`
    return { seen: leaky > growthMax ? text(leaky) : null, clean: usual > growthMax ? text(usual) : null }
  },
}
