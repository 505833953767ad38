/**
 * `meridian restore`: puts a backup in the place of the store, while no server runs.
 */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { dataPaths } from '../config/index.ts'
import { ha1KeyPath } from '../directory/index.ts'
import { connectAdmin } from './admin-client.ts'
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done, failed } from './command.ts'
import { loadConfiguration } from './configuration.ts'

export const description: CommandDescription = {
  path: ['restore'],
  purpose: 'put a backup in the place of the store, while no server runs',
  details: [
    'The former store is kept beside it. Registrations are dropped, so that every client signs in again;',
    'stored messages are marked as possibly seen; what was revoked since the copy is printed and must be done again.',
  ].join(' '),
  arguments: [{ name: '<folder>', text: 'the backup' }],
  options: [{ flags: '--verify', text: 'read every record of the backup first; without it the backup is only opened' }],
  examples: [
    { line: 'meridian restore /backup/meridian-2026-01-31 --verify', text: 'checks the copy, then restores it' },
    { line: 'meridian restore ./data/backups/before-schema-2-1764110000000', text: 'undoes a migration' },
  ],
  exitCodes: { 1: 'a server is running, or the backup cannot be used; the store is as it was' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options, io } = invocation
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { folder, adminSocket } = dataPaths(loaded.config)
  if (await connectAdmin(adminSocket)) return failed(`a server runs on ${folder}; stop it first`)
  const { describeRestore, restore } = await import('../store/index.ts')
  const from = resolve(io.cwd, invocation.arguments[0]!)
  const result = await restore(from, folder, { verify: options.verify === true, nowMs: Date.now() })
  if (!result.ok) return failed(result.reason)
  const keyPath = ha1KeyPath(folder)
  const warnings = existsSync(keyPath) ? [] : [`${keyPath} is missing: without it nobody can sign in`]
  return done(result.report, describeRestore(result.report).join('\n'), warnings)
}
