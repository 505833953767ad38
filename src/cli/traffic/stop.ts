/**
 * `meridian traffic stop`: ends a recording; its file is whole then.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { recordingText } from './report.ts'

export const description: CommandDescription = {
  path: ['traffic', 'stop'],
  purpose: 'end a recording of traffic',
  examples: [
    { line: 'meridian traffic stop', text: 'the file is whole when this returns' },
    { line: 'meridian traffic stop --json', text: 'file, rows and bytes for a program' },
  ],
  exitCodes: { 1: 'nothing is recorded, or the server does not run' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.traffic.stop()
    return result.ok ? done(result.value, recordingText(result.value), result.warnings) : refusedOutcome(result)
  })
}
