/**
 * `meridian health`: whether the server of this configuration serves; for health checks of containers and scripts.
 */
import { dataPaths } from '../config/index.ts'
import { connectAdmin } from './admin-client.ts'
import type { CommandDescription, Invocation, Outcome } from './command.ts'
import { done, failed } from './command.ts'
import { loadConfiguration } from './configuration.ts'
import { refusedOutcome } from './open-backend.ts'

/** A server that takes longer is not well. */
const answerDeadlineMs = 5_000

export const description: CommandDescription = {
  path: ['health'],
  purpose: 'say whether the server serves',
  examples: [
    { line: 'meridian health', text: 'its workers and its store' },
    { line: 'meridian health || systemctl status meridian', text: 'in a script' },
  ],
  exitCodes: { 1: 'no server runs, it does not answer, or something in it is not ready' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const loaded = loadConfiguration(invocation)
  if (!loaded.ok) return loaded.outcome
  const { adminSocket } = dataPaths(loaded.config)
  const client = await connectAdmin(adminSocket, answerDeadlineMs)
  if (client === null) return failed(`no server answers on ${adminSocket}`)
  const result = await client.health()
  if (!result.ok) return refusedOutcome(result)
  const { ready, checks } = result.value
  const text = checks.map(({ name, ok, detail }) => `${ok ? 'right' : 'wrong'}  ${name}: ${detail}`).join('\n')
  return ready ? done(result.value, text) : failed('not ready', result.value, text)
}
