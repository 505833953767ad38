/**
 * `meridian user enable ADDRESS --home SERVER`: lets somebody of Active Directory sign in. It shows what would be
 * changed, and changes it with the rights of whom `--as` names; the server's own account only reads.
 */
import { enableUser, ldifOfChange, serviceAccount } from '../../directory/index.ts'
import { type LdapChange, LdapFault } from '../../ports/ldap.ts'
import type { Invocation, Outcome } from '../command.ts'
import { done, failed, misused } from '../command.ts'
import { askController } from '../directory/ask-controller.ts'
import { directoryAor, mappedRefusal, type OpenedDirectory, openDirectory } from '../directory/open-directory.ts'
import { readKnownPassword } from '../password.ts'

export async function enableInDirectory(invocation: Invocation, home: string): Promise<Outcome> {
  const opened = await openDirectory(invocation)
  if (!opened.ok) return opened.outcome
  const { directory } = opened
  const aor = directoryAor(directory, invocation.arguments[0]!)
  if (aor === null) return misused(`${invocation.arguments[0]} is no address`)
  const { settings } = directory
  const mapped = mappedRefusal(directory)
  if (mapped !== null) return failed(mapped)
  const user = { aor, home, base: settings.base }
  try {
    const found = await askController(directory, 'port', serviceAccount(settings), (server) => enableUser(server, user))
    if (!found.ok) return failed(found.message)
    if (found.change === null) return done({ aor, changed: false }, `${aor} is enabled, with ${home} as home, already`)
    return await changed(invocation, directory, found.change)
  } catch (error) {
    if (error instanceof LdapFault) return failed(`the directory refuses it: ${error.message}`)
    throw error
  }
}

async function changed(invocation: Invocation, directory: OpenedDirectory, change: LdapChange): Promise<Outcome> {
  const ldif = ldifOfChange(change)
  const { as } = invocation.options
  if (typeof as !== 'string')
    return done({ ldif, changed: false }, `${ldif}\n# Nothing was changed: --as says by whom.`)
  const read = await readKnownPassword(invocation)
  if (!read.ok) return read.outcome
  const administrator = { name: as, password: read.password }
  await askController(directory, 'domainPort', administrator, (connection) => connection.modify(change))
  return done({ ldif, changed: true }, `${ldif}\n# Changed, by ${as}.`)
}
