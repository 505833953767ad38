/**
 * The backend that a command works on: the running server's, asked over its socket, or the store itself when no server
 * has it open.
 */
import type { AdminBackend, AdminResult } from '../admin/index.ts'
import type { Config } from '../config/index.ts'
import { dataPaths } from '../config/index.ts'
import { connectAdmin } from './admin-client.ts'
import type { Invocation, Outcome } from './command.ts'
import { failed, misused } from './command.ts'
import { loadConfiguration } from './configuration.ts'

export interface OpenBackend {
  readonly backend: AdminBackend
  readonly config: Config
  readonly isRunning: boolean
}

/** Opens, uses and closes again; what `use` throws is thrown on after the closing. */
export async function withBackend(
  invocation: Invocation,
  use: (open: OpenBackend) => Promise<Outcome>,
): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { config } = loaded
  const client = await connectAdmin(dataPaths(config).adminSocket)
  if (client) return use({ backend: client, config, isRunning: true })
  // Loaded only where it is needed: the database's native code costs every other command its start-up time.
  const { openDirectBackend } = await import('./direct-backend.ts')
  const direct = await openDirectBackend(config)
  if (!direct.ok) return failed(direct.message)
  try {
    return await use({ backend: direct.backend, config, isRunning: false })
  } finally {
    await direct.close()
  }
}

/** What a refused act means for the command line. */
export function refusedOutcome({ error, message }: AdminResult<unknown> & { readonly ok: false }): Outcome {
  return error === 'invalid' ? misused(message) : failed(message, { error })
}
