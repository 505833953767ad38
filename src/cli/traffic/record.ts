/**
 * `meridian traffic record`: notes what users do, as hashes, times and sizes, for a replay.
 */
import { resolve } from 'node:path'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { recordingText } from './report.ts'

export const description: CommandDescription = {
  path: ['traffic', 'record'],
  purpose: 'note what users do, without names and texts, to replay it later',
  details: [
    'Rows say when which user signed in, wrote, called or changed a state, and how many bytes that was. Users are',
    'hashes of a key that is thrown away; addresses, texts and names are never written. docs/traffic-recording.md has',
    'the format.',
  ].join(' '),
  arguments: [{ name: '<file>', text: 'a new file on the machine of the server' }],
  options: [{ flags: '--hours <n>', text: 'ends by itself after this time, at most 168', default: '24' }],
  examples: [
    { line: 'meridian traffic record /var/tmp/monday.jsonl --hours 24', text: 'a day' },
    { line: 'meridian traffic record lunch.jsonl --hours 0.5', text: 'half an hour' },
  ],
  exitCodes: { 1: 'the server does not run, records already, or cannot write there' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const hours = Number(invocation.options.hours ?? 24)
  if (!(hours > 0)) return misused(`--hours ${invocation.options.hours}: a number above 0 is wanted`)
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.traffic.record(resolve(invocation.io.cwd, invocation.arguments[0]!), hours)
    return result.ok ? done(result.value, recordingText(result.value), result.warnings) : refusedOutcome(result)
  })
}
