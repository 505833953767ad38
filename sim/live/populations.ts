/** From a plan, which is data and so reaches every thread, to the population that it means. */
import type { Population } from '../users/population.ts'
import type { DeviceManners, Script } from '../workload/action.ts'
import { deviceManners } from '../workload/manners.ts'
import { setUpMs, type Windows } from '../workload/plan.ts'
import { createPopulation, type Population as People } from '../workload/population.ts'
import { createScript } from '../workload/script.ts'
import type { Workload } from '../workload/workload.ts'
import { type DrillPlan, DrillPopulation } from './drill-population.ts'
import { type ReplayPlan, ReplayPopulation } from './replay-population.ts'

/** Users as the model draws them. */
export interface ModelPlan {
  readonly kind: 'model'
  readonly workload: Workload
  readonly seed: number
}

export type PopulationPlan = DrillPlan | ModelPlan | ReplayPlan

/** The plan, going on to the end of windows that are longer than the workload's own. */
export function coveringPlan(plan: PopulationPlan, { warmUpMs, measureMs }: Windows): PopulationPlan {
  if (plan.kind !== 'model' || plan.workload.plan.durationMs >= warmUpMs + measureMs) return plan
  return { ...plan, workload: { ...plan.workload, plan: { ...plan.workload.plan, durationMs: warmUpMs + measureMs } } }
}

export function makePopulation(plan: PopulationPlan): Population {
  switch (plan.kind) {
    case 'drill':
      return new DrillPopulation(plan)
    case 'replay':
      return new ReplayPopulation(plan)
    case 'model':
      return new ModelPopulation(plan)
  }
}

/** The last of those who come in have their first answers by then. */
const answeredWithinMs = 5_000

class ModelPopulation implements Population {
  readonly #plan: ModelPlan
  readonly #people: People

  constructor(plan: ModelPlan) {
    this.#plan = plan
    this.#people = createPopulation(plan.workload.parameters, plan.seed)
  }

  get users(): number {
    return this.#people.users
  }

  /** Where the load is looked at only after all have come in, they stand for users of a day that is under way. */
  get settlingMs(): number {
    const { parameters, plan } = this.#plan.workload
    if (plan.arrival.kind !== 'ramp' || plan.windows.warmUpMs === 0) return 0
    return Math.min(plan.windows.warmUpMs, setUpMs(parameters, plan.arrival) + answeredWithinMs)
  }

  devicesOf(user: number): number {
    return this.#people.devices[user]!
  }

  contactsOf(user: number): Uint32Array {
    const { contacts, contactsAt } = this.#people
    return contacts.slice(contactsAt[user], contactsAt[user + 1]).sort()
  }

  mannersOf(user: number, device: number): DeviceManners {
    return deviceManners(this.#plan.workload.parameters, this.#plan.seed, user, device)
  }

  script(first: number, end: number): Script {
    const { workload, seed } = this.#plan
    return createScript({ workload, population: this.#people, seed, users: [first, end] })
  }
}
