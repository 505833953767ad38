/**
 * A workload: preset, parameters and plan together; with population and seed it fixes every action of a run.
 */
import type { Era } from './parameter-facts.ts'
import type { Parameters } from './parameters.ts'
import { defaultParameters } from './parameters.ts'
import type { Driver, Form, Plan, Preset } from './plan.ts'
import { quickUsers } from './plan.ts'

export interface Workload {
  readonly name: string
  readonly preset: string
  readonly era: Era
  readonly driver: Driver
  readonly quick: boolean
  readonly parameters: Parameters
  readonly plan: Plan
}

export interface WorkloadChoice extends Partial<Form> {
  readonly preset: Preset
  /** Of a workload file; else the preset's. */
  readonly name?: string
  readonly era?: Era
  /** What differs from preset and era. */
  readonly parameters?: Partial<Parameters>
  readonly activity?: readonly number[]
}

/** Defaults of the era, then what the preset changes, then what was asked for. */
export function makeWorkload(choice: WorkloadChoice): Workload {
  const { preset, era = '2003', driver = 'live', quick = false } = choice
  const form: Form = { driver, quick }
  const parameters: Parameters = {
    ...defaultParameters(era),
    ...(quick && { users: quickUsers }),
    ...preset.parameters(form),
    ...choice.parameters,
  }
  const plan = preset.plan(parameters, form)
  return {
    name: choice.name ?? preset.name,
    preset: preset.name,
    era,
    driver,
    quick,
    parameters,
    plan: choice.activity ? { ...plan, activity: choice.activity } : plan,
  }
}
