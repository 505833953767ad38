/**
 * `meridian user move`: gives a user another home while he is on line.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, doneWithWarnings, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { passwordFileOption } from '../password.ts'
import { homeInDirectory } from './home-in-directory.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'move'],
  purpose: 'give a user another home while he is on line',
  details: [
    'Asked of the server of the configuration, which may be any home of the topology: the user’s home does it.',
    'Messages for the user wait for two seconds at most, or he stays where he is. Somebody of Active Directory has his',
    'home attribute changed with the rights of whom --as names; without it the change is shown as LDIF.',
  ].join(' '),
  arguments: [nameArgument],
  options: [
    { flags: '--to <home>', text: 'the new home, by its name in the topology' },
    { flags: '--as <administrator>', text: 'who may change Active Directory, as name@domain' },
    passwordFileOption,
  ],
  examples: [
    { line: 'meridian user move alice --to two.example.net', text: 'moves alice' },
    { line: 'meridian user move bob --to one.example.net -c two.yaml', text: 'asked of the server of two.yaml' },
  ],
  exitCodes: { 1: 'he was not moved; the message says why and what to do' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { to } = invocation.options
  if (typeof to !== 'string') return misused('say where to: --to HOME (`meridian topology show` lists homes)')
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.homes.move(invocation.arguments[0]!, to)
    if (!result.ok) return refusedOutcome(result)
    const { aor, from, to: home, records, frozenMs, epoch } = result.value
    const how = `${records} records, messages waited ${Math.round(frozenMs)} ms, epoch ${epoch}`
    const followed = await homeInDirectory(invocation, aor, home)
    const moved = `moved ${aor} from ${from} to ${home}: ${how}`
    if (followed === null) return done(result.value, moved, result.warnings)
    const { text, ldif, changed, warnings } = followed
    const value = { ...result.value, directory: { changed, ldif } }
    return doneWithWarnings(value, `${moved}${text}`, [...result.warnings, ...warnings])
  })
}
