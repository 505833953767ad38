/**
 * `meridian device revoke`: the password of one device counts no longer.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { nameArgument } from '../user/name.ts'

export const description: CommandDescription = {
  path: ['device', 'revoke'],
  purpose: 'take a device its password away',
  details: [
    'Connections of all devices of this user end within a second; the others sign in again by themselves. Without the',
    'name of a device it is the one whose user name is the account’s own.',
  ].join(' '),
  arguments: [nameArgument, { name: '[device]', text: 'its name, as `meridian device list` shows it' }],
  examples: [
    { line: 'meridian device revoke alice laptop', text: 'a laptop was lost' },
    { line: 'meridian device list alice', text: 'shows the names' },
  ],
  exitCodes: { 1: 'there is no such user, or no such device' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const [user, device] = invocation.arguments
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.devices.revoke(user!, device === undefined || device === '-' ? '' : device)
    if (!result.ok) return refusedOutcome(result)
    const { aor, devices } = result.value
    const left = devices.map(({ userName }) => userName).join(', ') || 'none'
    const text = `revoked; devices of ${aor} that are left: ${left}`
    return done(result.value, text, result.warnings)
  })
}
