/**
 * A workload of one's own: the validator of a YAML file that names a preset and what differs from it. Keys are written
 * as in the file. Its JSON Schema, for editors, is made from here.
 */
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { ParameterFact } from './parameter-facts.ts'
import { eras } from './parameter-facts.ts'
import { type ParameterName, type Parameters, parameterNames, parameterTable } from './parameters.ts'
import { presets } from './presets/all-presets.ts'

function bounded(min: number, max: number, why: string) {
  return v.pipe(
    v.number(),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
    v.description(why),
  )
}

function parameterSchema(fact: ParameterFact): v.GenericSchema<unknown, number | boolean | string> {
  const why = fact.unit === '' ? fact.text : `${fact.text} (${fact.unit})`
  if (fact.kind === 'switch') return v.pipe(v.boolean(), v.description(why))
  if (fact.kind === 'choice') return v.pipe(v.picklist(fact.choices), v.description(why))
  const number = bounded(fact.min, fact.max, why)
  return fact.whole ? v.pipe(number, v.integer('expected a whole number')) : number
}

const parametersSchema = v.strictObject(
  Object.fromEntries(parameterNames.map((name) => [name, v.optional(parameterSchema(parameterTable[name]))])) as {
    readonly [K in ParameterName]: v.OptionalSchema<v.GenericSchema<unknown, Parameters[K]>, undefined>
  },
)

const day = 24 * 60
const atMinutes = bounded(0, 14 * day, 'when it begins, minutes after the warm-up')
const withinSeconds = bounded(1, 3_600, 'how long it takes all of them, seconds')

const stormSchema = v.variant('kind', [
  v.pipe(v.strictObject({ kind: v.literal('kill-server'), atMinutes }), v.description('SIGKILL, and a start at once')),
  v.pipe(
    v.strictObject({
      kind: v.literal('messages'),
      atMinutes,
      forSeconds: bounded(1, 3_600, 'how long conversations go faster, seconds'),
      factor: bounded(1, 1_000, 'how many times as fast'),
      recipients: v.optional(v.pipe(bounded(0, 1_000, 'to how many others one user writes'), v.integer()), 0),
      withinSeconds: v.optional(withinSeconds, 10),
    }),
    v.description('conversations go faster, and one user writes to many'),
  ),
  v.pipe(
    v.strictObject({
      kind: v.literal('presence'),
      atMinutes,
      share: bounded(0, 1, 'part of the users'),
      withinSeconds: v.optional(withinSeconds, 10),
    }),
    v.description('this part of all users changes its state'),
  ),
])

const era = v.pipe(
  // Unquoted, 2003 is a number.
  v.union([v.literal(2003), v.picklist(eras)]),
  v.transform((value) => (value === 2003 ? '2003' : value)),
  v.description('whose defaults: 2003, or modern'),
)

export const workloadSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'expected small letters, digits and dashes'),
    v.description('what reports call it; not the name of a preset'),
  ),
  preset: v.optional(
    v.pipe(v.picklist(presets.map(({ name }) => name)), v.description('from which all is taken that stands not here')),
    'steady-hour',
  ),
  era: v.optional(era, '2003'),
  parameters: v.optional(v.pipe(parametersSchema, v.description('see `meridian sim --explain-model`')), {}),
  activity: v.optional(
    v.pipe(
      v.array(bounded(0, 10, 'activity of an hour; 1 is the busy hour')),
      v.check(
        (hours) => hours.length === 24 || hours.length === 1,
        'expected 24 hours from midnight, or one for always',
      ),
      v.description('hour by hour from midnight, or one value for always'),
    ),
  ),
  warmUpMinutes: v.optional(bounded(0, 14 * day, 'from when everybody is signed in until figures are taken')),
  measureMinutes: v.optional(bounded(0.1, 14 * day, 'how long figures are taken')),
  storms: v.optional(
    v.pipe(
      v.array(stormSchema),
      v.maxLength(100, 'expected at most 100 storms'),
      v.description('instead of the storms of the preset'),
    ),
  ),
})

export type WorkloadText = v.InferOutput<typeof workloadSchema>
export type StormText = v.InferOutput<typeof stormSchema>

export function workloadJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(workloadSchema, {
    typeMode: 'input',
    target: 'draft-2020-12',
    ignoreActions: ['check', 'transform'],
  })
  return { title: 'A workload of simulated users of Meridian', ...schema }
}
