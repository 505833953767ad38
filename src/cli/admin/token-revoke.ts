/**
 * `meridian admin token revoke`: a token of the admin API is good no longer.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'

export const description: CommandDescription = {
  path: ['admin', 'token', 'revoke'],
  purpose: 'revoke a token of the admin API',
  details: 'At once; sessions of the console that were begun with it end too.',
  arguments: [{ name: '<id>', text: 'as `admin token list` shows it' }],
  examples: [
    { line: 'meridian admin token revoke 0123456789abcdef', text: 'somebody has lost it' },
    { line: 'meridian admin token list', text: 'shows the ids' },
  ],
  exitCodes: { 1: 'no token has this id' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.tokens.revoke(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    const { id, name } = result.value
    return done(result.value, `revoked ${id} (${name})`, result.warnings)
  })
}
