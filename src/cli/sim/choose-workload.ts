/**
 * Which workload a command was asked for: a preset or a file, and what differs from it. Shared by all that run or look
 * at simulated users.
 */
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { eras } from '../../../sim/workload/parameter-facts.ts'
import { type Parameters, parameterNames, parameterTable } from '../../../sim/workload/parameters.ts'
import type { Driver, Form } from '../../../sim/workload/plan.ts'
import { findPreset, presets } from '../../../sim/workload/presets/all-presets.ts'
import { makeWorkload, type Workload } from '../../../sim/workload/workload.ts'
import { checkWorkload } from '../../../sim/workload/workload-checks.ts'
import { parseWorkload } from '../../../sim/workload/workload-file.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandIo, OptionDescription, Outcome } from '../command.ts'
import { misconfigured, misused } from '../command.ts'
import { fileFault } from '../file-fault.ts'

export const workloadOptions: readonly OptionDescription[] = [
  { flags: '--workload <name>', text: 'a preset, or a YAML file of your own', default: 'steady-hour' },
  { flags: '--users <count>', text: 'users that live on the server' },
  { flags: '--era <era>', text: 'whose defaults: clients of 2003, or modern ones', choices: eras, default: '2003' },
  { flags: '--quick', text: 'a few minutes with 300 users: for tests, never capacity' },
  { flags: '--set <name=value...>', text: 'other values of parameters; see --explain-model' },
]

export type ChosenWorkload =
  | { readonly ok: true; readonly workload: Workload }
  | { readonly ok: false; readonly outcome: Outcome }

/** A file larger than this is not a workload. */
const fileBytesMax = 64 * 1024

export function chooseWorkload(
  options: Readonly<Record<string, unknown>>,
  io: Pick<CommandIo, 'cwd'>,
  driver: Driver,
): ChosenWorkload {
  const given = givenParameters(options)
  if (!given.ok) return refused(misused(given.message))
  const form: Form = { driver, quick: options.quick === true }
  const name = typeof options.workload === 'string' ? options.workload : 'steady-hour'
  const preset = findPreset(name)
  if (!preset && !/[/.]/.test(name)) {
    const listed = presets.map((each) => each.name).join(', ')
    return refused(misused(`there is no workload ${name}; there are ${listed}, and files by their path`))
  }
  if (!preset) return fromFile(resolve(io.cwd, name), name, form, options, given.parameters)
  const era = options.era === 'modern' ? 'modern' : '2003'
  const workload = makeWorkload({ preset, ...form, era, parameters: given.parameters })
  const problems = checkWorkload(workload)
  if (problems.length === 0) return { ok: true, workload }
  return refused(misused(problems.map(({ path, message }) => `${path.at(-1)}: ${message}`).join('\nmeridian: ')))
}

function refused(outcome: Outcome): ChosenWorkload {
  return { ok: false, outcome }
}

function fromFile(
  path: string,
  shownAs: string,
  form: Form,
  options: Readonly<Record<string, unknown>>,
  parameters: Partial<Parameters>,
): ChosenWorkload {
  if (options.era !== undefined) return refused(misused('`era` stands in the workload file: leave `--era` out'))
  try {
    if (statSync(path).size > fileBytesMax) {
      return refused(misconfigured(`${shownAs}: larger than ${fileBytesMax} bytes; is this a workload?`))
    }
    const loaded = parseWorkload(readFileSync(path, 'utf8'), shownAs, form, parameters)
    if (loaded.ok) return loaded
    const errors = loaded.errors.map(formatConfigError)
    return refused(misconfigured(errors.join('\nmeridian: '), { errors: loaded.errors }))
  } catch (error) {
    return refused(misconfigured(`cannot read ${shownAs}: ${fileFault(error)}`))
  }
}

type Given =
  | { readonly ok: true; readonly parameters: Partial<Parameters> }
  | { readonly ok: false; readonly message: string }

/** `--users`, `--lists` and each `--set name=value`; bounds are checked with all the others. */
function givenParameters({ users, set, lists }: Readonly<Record<string, unknown>>): Given {
  const parameters: Record<string, number | boolean | string> = {}
  const pairs = Array.isArray(set) ? set.map(String) : []
  if (typeof lists === 'boolean') pairs.push(`lists=${lists ? 'yes' : 'no'}`)
  for (const pair of users === undefined ? pairs : [...pairs, `users=${users}`]) {
    const [, name, value] = /^([^=]*)=(.*)$/.exec(pair) ?? []
    if (name === undefined || value === undefined) return { ok: false, message: `--set ${pair}: expected name=value` }
    const known = parameterNames.find((each) => each === name)
    if (!known) return { ok: false, message: `--set ${pair}: there is no parameter ${name}; see --explain-model` }
    parameters[known] = parsedValue(parameterTable[known].kind, value)
  }
  return { ok: true, parameters }
}

function parsedValue(kind: 'number' | 'switch' | 'choice', value: string): number | boolean | string {
  if (kind === 'number') return value.trim() === '' ? Number.NaN : Number(value)
  if (kind === 'switch' && /^(?:yes|true|no|false)$/.test(value)) return value === 'yes' || value === 'true'
  return value
}
