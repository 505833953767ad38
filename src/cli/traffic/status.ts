/**
 * `meridian traffic status`: whether traffic is recorded, and how much there is of it.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { recordingText } from './report.ts'

export const description: CommandDescription = {
  path: ['traffic', 'status'],
  purpose: 'say whether traffic is recorded',
  examples: [
    { line: 'meridian traffic status', text: 'file, rows and bytes so far' },
    { line: 'meridian traffic status --json', text: 'the same for a program' },
  ],
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.traffic.status()
    return result.ok ? done(result.value, recordingText(result.value), result.warnings) : refusedOutcome(result)
  })
}
