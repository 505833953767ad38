/**
 * The argument that most user commands have, and what they print of a user.
 */
import type { UserSummary } from '../../admin/index.ts'
import type { ArgumentDescription } from '../command.ts'

export const nameArgument: ArgumentDescription = {
  name: '<name>',
  text: 'alice, alice@example.test or sip:alice@example.test; an alias will do',
}

export function summaryPairs(user: UserSummary): [string, string][] {
  return [
    ['address', user.aor],
    ['name', user.displayName],
    ['aliases', user.aliases.join(' ')],
    ['groups', user.groups.join('; ')],
    ['state', user.disabled ? 'disabled' : 'enabled'],
    ['created', user.createdAt],
  ]
}
