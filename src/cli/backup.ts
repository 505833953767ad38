/**
 * `meridian backup`: a copy of the store that was opened and counted, also while the server runs.
 */
import { resolve } from 'node:path'
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done } from './command.ts'
import { refusedOutcome, withBackend } from './open-backend.ts'

export const description: CommandDescription = {
  path: ['backup'],
  purpose: 'copy the store, also while the server runs',
  details: [
    'The copy is opened and its records are counted before this says that it is done.',
    'Without secrets/ha1.key nobody can sign in after a restore: keep a copy of the folder secrets as well,',
    'elsewhere than the backups.',
  ].join(' '),
  arguments: [{ name: '<folder>', text: 'where to; must not exist yet, or be empty' }],
  examples: [
    { line: 'meridian backup /backup/meridian-$(date +%F)', text: 'one folder a day' },
    { line: 'meridian restore /backup/meridian-2026-01-31 --verify', text: 'the way back, while no server runs' },
  ],
  exitCodes: { 1: 'the copy could not be made, or did not pass the check' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    // The server has a current folder of its own, which is not the one that this was typed in.
    const result = await backend.backup(resolve(invocation.io.cwd, invocation.arguments[0]!))
    if (!result.ok) return refusedOutcome(result)
    const { folder, records, bytes } = result.value
    return done(result.value, `copied ${records} records (${bytes} bytes) to ${folder}`, result.warnings)
  })
}
