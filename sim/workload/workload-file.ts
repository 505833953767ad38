/**
 * Reads a workload file: its text in, a workload or a list of mistakes with their places out.
 */

import { checkYaml } from '../../src/config/checked-yaml.ts'
import type { ConfigError } from '../../src/config/config-error.ts'
import type { Parameters } from './parameters.ts'
import type { Form, Storm } from './plan.ts'
import { setUpMs } from './plan.ts'
import { findPreset } from './presets/all-presets.ts'
import { makeWorkload, type Workload, type WorkloadChoice } from './workload.ts'
import { checkWorkload } from './workload-checks.ts'
import { type StormText, type WorkloadText, workloadSchema } from './workload-schema.ts'

export type LoadedWorkload =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly errors: readonly ConfigError[] }

/** `shownAs` is how the messages name the file. What is in `over` wins over the file: flags of a command. */
export function parseWorkload(
  text: string,
  shownAs: string,
  form: Form,
  over: Partial<Parameters> = {},
): LoadedWorkload {
  const checked = checkYaml(workloadSchema, text, shownAs)
  if (!checked.ok) return checked
  const { value, refuse } = checked
  if (findPreset(value.name)) {
    const message = `${value.name} is a preset; a workload of your own needs another name, or reports are mixed up`
    return { ok: false, errors: [refuse(['name'], message)] }
  }
  const workload = workloadOf(value, form, over)
  const problems = checkWorkload(workload)
  if (problems.length > 0) return { ok: false, errors: problems.map(({ path, message }) => refuse(path, message)) }
  return { ok: true, workload }
}

function workloadOf(text: WorkloadText, form: Form, over: Partial<Parameters>): Workload {
  const choice: WorkloadChoice = {
    preset: findPreset(text.preset)!,
    name: text.name,
    era: text.era,
    ...form,
    parameters: { ...withoutMissing(text.parameters), ...over },
    ...(text.activity && { activity: text.activity }),
  }
  const made = makeWorkload(choice)
  const { parameters, plan } = made
  const warmUpMs =
    text.warmUpMinutes === undefined
      ? plan.windows.warmUpMs
      : Math.ceil(setUpMs(parameters, plan.arrival)) + text.warmUpMinutes * minuteMs
  const measureMs = text.measureMinutes === undefined ? plan.windows.measureMs : text.measureMinutes * minuteMs
  const storms = text.storms?.map((storm) => stormOf(storm, warmUpMs)) ?? plan.storms
  return {
    ...made,
    plan: { ...plan, storms, windows: { warmUpMs, measureMs }, durationMs: warmUpMs + measureMs },
  }
}

const minuteMs = 60_000
const secondMs = 1_000

function stormOf(text: StormText, afterMs: number): Storm {
  const atMs = afterMs + text.atMinutes * minuteMs
  if (text.kind === 'kill-server') return { kind: text.kind, atMs }
  const withinMs = text.withinSeconds * secondMs
  if (text.kind === 'presence') return { kind: text.kind, atMs, withinMs, share: text.share }
  const { factor, recipients, forSeconds } = text
  return { kind: text.kind, atMs, forMs: forSeconds * secondMs, factor, recipients, withinMs }
}

function withoutMissing(parameters: WorkloadText['parameters']): Partial<Parameters> {
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
}
