/**
 * `meridian user list`: who is a user of this server.
 */
import type { AdminBackend, AdminResult, UserFilter, UserSummary } from '../../admin/index.ts'
import { granted, pageRowsMax } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { table } from '../table.ts'

export const description: CommandDescription = {
  path: ['user', 'list'],
  purpose: 'list users',
  options: [
    { flags: '--search <text>', text: 'only where address, alias or name holds this' },
    { flags: '--group <name>', text: 'only who is in this group' },
    { flags: '--disabled', text: 'only those who may not sign in' },
    { flags: '--enabled', text: 'only those who may' },
  ],
  examples: [
    { line: 'meridian user list --search liddell', text: 'finds Alice' },
    { line: "meridian user list --disabled --json | jq -r '.result[].aor'", text: 'one address a line' },
  ],
}

/** Page by page: an answer has a bound, and the number of users has none. */
async function everyUser(backend: AdminBackend, filter: UserFilter): Promise<AdminResult<readonly UserSummary[]>> {
  const users: UserSummary[] = []
  for (let after = ''; ; ) {
    const page = await backend.listUsers(filter, { after, limit: pageRowsMax })
    if (!page.ok) return page
    users.push(...page.value.users)
    if (page.value.next === null) return granted(users)
    after = page.value.next
  }
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { disabled, enabled, search, group } = invocation.options
  if (disabled && enabled) return misused('--disabled and --enabled exclude each other')
  const wanted = disabled ? true : enabled ? false : null
  return withBackend(invocation, async ({ backend }) => {
    const filter = { search: String(search ?? ''), disabled: wanted, group: String(group ?? '').trim() }
    const result = await everyUser(backend, filter)
    if (!result.ok) return refusedOutcome(result)
    const rows = result.value.map((user) => [
      user.aor,
      user.disabled ? 'disabled' : 'enabled',
      user.displayName,
      user.aliases.join(' '),
      user.groups.join('; '),
    ])
    return done(result.value, rows.length === 0 ? '' : table(['address', 'state', 'name', 'aliases', 'groups'], rows))
  })
}
