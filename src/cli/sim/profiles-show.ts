/**
 * `meridian sim profiles show`: one hardware profile with what follows from it.
 */
import { referenceScores } from '../../../sim/profiles/convert.ts'
import { describeProfile } from '../../../sim/profiles/describe-profile.ts'
import { factorsOf } from '../../../sim/profiles/factors.ts'
import { flushFigures } from '../../../sim/profiles/flush-model.ts'
import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import { formatConfigError } from '../../config/index.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misconfigured } from '../command.ts'

export const description: CommandDescription = {
  path: ['sim', 'profiles', 'show'],
  purpose: 'show a hardware profile and what follows from it',
  details: [
    'What one second on the reference core costs on its CPUs at the low, middle and high conversion, and how long',
    'its disk takes for a flush.',
  ].join(' '),
  arguments: [{ name: '<profile>', text: 'name of one that ships, or the path of a file' }],
  withoutConfig: true,
  examples: [
    { line: 'meridian sim profiles show lcs2003-home', text: 'the reference machine of 2003' },
    { line: 'meridian sim profiles show ./my-box.yaml --json', text: 'one of your own, for a program' },
  ],
  exitCodes: { 78: 'there is no such profile, or it is wrong' },
}

export async function run({ arguments: [which], io }: Invocation): Promise<Outcome> {
  const loaded = loadProfile(which!, io.cwd)
  if (!loaded.ok) {
    const errors = loaded.errors.map(formatConfigError)
    return misconfigured(errors.join('\nmeridian: '), { errors })
  }
  const { profile } = loaded
  const found = factorsOf(profile, referenceScores)
  const flush = flushFigures(profile.disk.flush_ms)
  return done({ profile, ...found, flush }, describeProfile(profile, found, flush))
}
