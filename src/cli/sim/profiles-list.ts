/**
 * `meridian sim profiles list`: the hardware profiles that ship.
 */
import { loadProfile, profileNames } from '../../../sim/profiles/load-profile.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misconfigured } from '../command.ts'
import { table } from '../table.ts'

export const description: CommandDescription = {
  path: ['sim', 'profiles', 'list'],
  purpose: 'list the hardware profiles that ship',
  withoutConfig: true,
  examples: [
    { line: 'meridian sim profiles list', text: 'shows what machines can be asked about' },
    { line: 'meridian sim profiles list --json', text: 'the same for a program' },
  ],
  exitCodes: { 78: 'one of them cannot be read' },
}

export async function run({ io }: Invocation): Promise<Outcome> {
  const loaded = profileNames().map((name) => loadProfile(name, io.cwd))
  const errors = loaded.flatMap((each) => (each.ok ? [] : each.errors.map(formatConfigError)))
  if (errors.length > 0) return misconfigured(errors.join('\nmeridian: '), { errors })
  const profiles = loaded.flatMap((each) => (each.ok ? [each.profile] : []))
  const rows = profiles.map(({ name, cpu, memory, net, claim, title }) => [
    name,
    `${cpu.count} × ${cpu.score}`,
    `${memory.total_mb}`,
    net.link_mbit === null ? 'no limit' : `${net.link_mbit}`,
    claim === null ? '-' : `${claim.users}`,
    title,
  ])
  const text = table(['name', 'CPUs × score', 'memory MB', 'link Mbit', 'claimed users', 'what it is'], rows)
  return done(profiles, text)
}
