/**
 * `meridian admin token list`: who has a token for the admin API.
 */
import { isoDay } from '../certs/data-folder.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { table } from '../table.ts'

export const description: CommandDescription = {
  path: ['admin', 'token', 'list'],
  purpose: 'list the tokens of the admin API, without their secrets',
  examples: [
    { line: 'meridian admin token list', text: 'with roles and when they end' },
    { line: 'meridian admin token list --json', text: 'for a program' },
  ],
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.tokens.list()
    if (!result.ok) return refusedOutcome(result)
    const nowMs = Date.now()
    const rows = result.value.map(({ id, name, role, createdMs, expiresMs }) => {
      const ends = expiresMs === null ? '-' : expiresMs <= nowMs ? `${isoDay(expiresMs)} (over)` : isoDay(expiresMs)
      return [id, name, role, isoDay(createdMs), ends]
    })
    return done(result.value, rows.length === 0 ? '' : table(['id', 'name', 'role', 'made', 'ends'], rows))
  })
}
