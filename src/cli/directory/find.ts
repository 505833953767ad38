/**
 * `meridian directory find`: who Active Directory has behind an address, and why he may or may not sign in.
 */
import { Catalogs, catalogsOptions, type DirectoryUser, DirectoryUsers, type LookedUp } from '../../directory/index.ts'
import { LdapFault } from '../../ports/ldap.ts'
import type { CommandDescription, Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { directoryAor, type OpenedDirectory, openDirectory } from './open-directory.ts'

export const description: CommandDescription = {
  path: ['directory', 'find'],
  purpose: 'find the user behind an address in Active Directory',
  details: [
    'By SIP address, user principal name, mail and proxy addresses, as the server itself looks for him. Where several',
    'claim the address, all of them are refused, and all are shown.',
  ].join(' '),
  arguments: [{ name: '<address>', text: 'alice, alice@example.test or sip:alice@example.test' }],
  examples: [
    { line: 'meridian directory find alice', text: 'in the domain of the configuration' },
    { line: 'meridian directory find sip:alice@corp.example --json', text: 'everything that was read' },
  ],
  exitCodes: { 1: 'nobody, or several, or no catalog answers', 78: 'the configuration has mistakes' },
}

export async function run(invocation: Invocation): Promise<Outcome> {
  const opened = await openDirectory(invocation)
  if (!opened.ok) return opened.outcome
  const aor = directoryAor(opened.directory, invocation.arguments[0]!)
  if (aor === null) return misused(`${invocation.arguments[0]} is no address`)
  try {
    const found = await findOnce(opened.directory, (users) => users.findNow(aor))
    if (found === null) return failed('no global catalog answers; `meridian directory check` says why')
    return outcomeOf(aor, found)
  } catch (error) {
    if (error instanceof LdapFault) return failed(`the directory refuses the question: ${error.message}`)
    throw error
  }
}

async function findOnce<T>(
  { settings, ports }: OpenedDirectory,
  find: (users: DirectoryUsers) => Promise<T>,
): Promise<T> {
  const catalogs = new Catalogs(ports, catalogsOptions(settings))
  const users = new DirectoryUsers({ ...ports, catalogs }, { base: settings.base, cacheMs: 1 })
  return find(users).finally(() => catalogs.end())
}

function outcomeOf(aor: string, { answer }: LookedUp): Outcome {
  switch (answer.found) {
    case 'nobody':
      return failed(`nobody in the directory has the address ${aor}`)
    case 'duplicate': {
      const claimants = answer.users.map(({ dn }) => dn)
      const message = `${aor} is claimed by ${claimants.length}, so all are refused: ${claimants.join('; ')}`
      return failed(message, { aor, claimants })
    }
    case 'user': {
      const { usn, ...user } = answer.user
      return done({ ...user, usn: String(usn) }, linesOf(answer.user).join('\n'))
    }
  }
}

function linesOf(user: DirectoryUser): readonly string[] {
  const { home } = user
  return [
    `${user.aor}  ${user.displayName}`,
    `  object     ${user.guid}  ${user.dn}`,
    `  also       ${user.aliases.join(', ') || '-'}`,
    `  SIP        ${user.sipEnabled ? 'enabled' : 'not enabled'}`,
    `  account    ${user.accountDisabled ? 'disabled' : 'enabled'}`,
    `  home       ${typeof home === 'string' ? (home === 'deleted' ? 'a pool that was deleted' : 'none') : home.dn}`,
  ]
}
