/**
 * `meridian admin token create`: a bearer token for the admin API and the console.
 */
import { type Role, roles } from '../../admin/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { readTime } from '../presence/report.ts'

export const description: CommandDescription = {
  path: ['admin', 'token', 'create'],
  purpose: 'make a bearer token for the admin API over HTTPS and the console',
  details: [
    'It is shown this once; only a hash of it is kept. A reader looks; an operator also disables and signs out users,',
    'sets presence, makes backups and has the configuration read again; an administrator does everything.',
  ].join(' '),
  options: [
    { flags: '--role <role>', text: 'what it may do', choices: roles },
    { flags: '--name <name>', text: 'who or what uses it; in the audit log with every write' },
    { flags: '--expires <time>', text: '12h or 90d from now, 2026-12-24; without it, until it is revoked' },
  ],
  examples: [
    { line: 'meridian admin token create --role reader --name dashboard', text: 'for a program that looks' },
    { line: 'meridian admin token create --role administrator --name anna --expires 90d', text: 'for a person' },
  ],
  exitCodes: { 1: 'a token of this name is there already, or it could not be kept' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { role, name, expires } = invocation.options as Partial<Record<'role' | 'name' | 'expires', string>>
  if (role === undefined || name === undefined) return misused('say what it may do and who uses it: --role and --name')
  const expiresMs = expires === undefined ? null : readTime(expires, Date.now())
  if (expires !== undefined && expiresMs === null) return misused(`"${expires}" is no time, such as 90d or 2026-12-24`)
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.tokens.create({ name, role: role as Role, expiresMs })
    if (!result.ok) return refusedOutcome(result)
    return done(result.value, `${result.value.token}\nshown this once; keep it where secrets are kept`, result.warnings)
  })
}
