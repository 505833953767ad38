/**
 * `meridian user show`: everything about one user, with the devices that are known to a running server.
 */
import type { UserDetails } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { pairs, table } from '../table.ts'
import { nameArgument, summaryPairs } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'show'],
  purpose: 'show a user, his devices and what waits for him',
  arguments: [nameArgument],
  examples: [
    { line: 'meridian user show alice', text: 'devices are shown while the server runs' },
    { line: "meridian user show alice --json | jq '.result.mailboxMessages'", text: 'how many messages wait' },
  ],
  exitCodes: { 1: 'there is no such user' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  return withBackend(invocation, async ({ backend, isRunning }) => {
    const result = await backend.showUser(invocation.arguments[0]!)
    if (!result.ok) return refusedOutcome(result)
    return done(result.value, detailsText(result.value, isRunning))
  })
}

function detailsText(user: UserDetails, isRunning: boolean): string {
  const rows = user.devices.map((device) => [
    device.online ? 'on line' : 'away',
    device.transport,
    device.contactUri,
    device.userAgent,
    new Date(device.expiresMs).toISOString(),
  ])
  const devices =
    rows.length > 0 ? table(['device', 'over', 'contact', 'program', 'registered until'], rows) : 'no devices'
  const head = pairs([...summaryPairs(user), ['mailbox', `${user.mailboxMessages} messages`]])
  return `${head}\n\n${isRunning ? devices : 'the server is not running; devices are known to it alone'}`
}
