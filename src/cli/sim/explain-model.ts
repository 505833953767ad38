/**
 * `meridian sim --explain-model`: the parameters of the model of users, and its presets; `--workload-schema`: what may
 * stand in a file of one's own.
 */
import { explainModel } from '../../../sim/workload/explain.ts'
import { modelVersion, parameterTable } from '../../../sim/workload/parameters.ts'
import { presets } from '../../../sim/workload/presets/all-presets.ts'
import { workloadJsonSchema } from '../../../sim/workload/workload-schema.ts'
import type { Outcome } from '../command.ts'
import { done } from '../command.ts'

export function explainModelOutcome(): Outcome {
  const listed = presets.map(({ name, purpose }) => ({ name, purpose }))
  return done({ modelVersion, parameters: parameterTable, presets: listed }, explainModel())
}

export function workloadSchemaOutcome(): Outcome {
  const schema = workloadJsonSchema()
  return done(schema, JSON.stringify(schema, null, 2))
}
