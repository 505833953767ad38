/**
 * `meridian device list`: which devices of a user have a password of their own.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { table } from '../table.ts'
import { nameArgument } from '../user/name.ts'

export const description: CommandDescription = {
  path: ['device', 'list'],
  purpose: 'list the devices of a user that have a password of their own',
  arguments: [nameArgument],
  examples: [
    { line: 'meridian device list alice', text: 'user names, and since when' },
    { line: 'meridian device list alice --json', text: 'the same for a program' },
  ],
  exitCodes: { 1: 'there is no such user' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.devices.list(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    const { aor, devices } = result.value
    const rows = devices.map(({ device, userName, enrolledAt }) => [device || '-', userName, enrolledAt])
    const text = rows.length === 0 ? `${aor} has no such device` : table(['device', 'user name', 'enrolled'], rows)
    return done(result.value, text, result.warnings)
  })
}
