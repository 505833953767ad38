/**
 * `meridian user adopt`: makes this server the home of a user whose home is dead.
 */
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, misused } from '../command.ts'
import { refusedOutcome, withBackend } from '../open-backend.ts'
import { passwordDetails, passwordOptions, readPassword } from '../password.ts'
import { nameArgument } from './name.ts'

export const description: CommandDescription = {
  path: ['user', 'adopt'],
  purpose: 'make this server the home of a user whose home is dead',
  details: [
    'What the dead home kept is not here, so that he begins with an account and a password alone, unless the home died',
    'while he was being moved here: then --copied takes the copy. When the dead home comes back it serves him no more.',
    'Where two homes both have a user, this says that the server of the configuration is right (--copied).',
    passwordDetails,
  ].join(' '),
  arguments: [nameArgument],
  options: [
    { flags: '--force', text: 'do it; without this nothing happens' },
    { flags: '--display-name <text>', text: 'what other people see' },
    { flags: '--copied', text: 'with what is here of him already; no password is asked for' },
    ...passwordOptions,
  ],
  examples: [
    { line: 'meridian user adopt alice --force --generate', text: 'alice gets a new password, which is printed' },
    { line: 'meridian user adopt alice --force --copied', text: 'her home died while she was being moved here' },
  ],
  exitCodes: { 1: 'her home is alive, nobody has such a user, or the store did not take it' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const { options } = invocation
  const name = invocation.arguments[0]!
  if (options.force !== true) {
    return misused(
      `this takes ${name} from a home that is believed dead, with all that it keeps of him; say --force, ` +
        `or use \`meridian user move ${name}\` while it lives`,
    )
  }
  const read = options.copied === true ? null : await readPassword(invocation)
  if (read && !read.ok) return read.outcome
  const password = read?.password ?? null
  return withBackend(invocation, async ({ backend }) => {
    const result = await backend.homes.adopt(name, { displayName: String(options.displayName ?? ''), password })
    if (!result.ok) return refusedOutcome(result)
    const generated = read?.isGenerated ? password : null
    const { aor, to, epoch } = result.value
    const secret = generated === null ? '' : `\npassword: ${generated}`
    const text = `${to} is the home of ${aor} now, epoch ${epoch}${secret}`
    return done({ user: result.value, password: generated }, text, result.warnings)
  })
}
