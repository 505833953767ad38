/**
 * `meridian sim profiles check`: looks for mistakes in hardware profiles.
 */
import { loadProfile, profileNames } from '../../../sim/profiles/load-profile.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misconfigured } from '../command.ts'

export const description: CommandDescription = {
  path: ['sim', 'profiles', 'check'],
  purpose: 'look for mistakes in hardware profiles',
  arguments: [{ name: '[profiles...]', text: 'names or paths of files; without one, all that ship' }],
  withoutConfig: true,
  examples: [
    { line: 'meridian sim profiles check', text: 'checks those that ship' },
    { line: 'meridian sim profiles check ./my-box.yaml', text: 'checks one of your own, before a run of an hour' },
  ],
  exitCodes: { 78: 'something is wrong; each line names file, line, column and key' },
}

export async function run({ arguments: given, io }: Invocation): Promise<Outcome> {
  const names = given.length > 0 ? given : profileNames()
  const errors = names.flatMap((name) => {
    const loaded = loadProfile(name, io.cwd)
    return loaded.ok ? [] : loaded.errors.map(formatConfigError)
  })
  if (errors.length > 0) return misconfigured(errors.join('\nmeridian: '), { errors })
  return done({ checked: names }, `${names.length} checked: no mistakes`)
}
