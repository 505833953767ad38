/**
 * After `meridian user move`: the home attribute in Active Directory follows, by the rights of whom `--as` names, or
 * the command says what to change there. Whatever comes of it, the user has moved.
 */
import { homeChange, ldifOfChange, serviceAccount } from '../../directory/index.ts'
import { LdapFault } from '../../ports/ldap.ts'
import { type Aor, parseAor } from '../../sip/uri/aor.ts'
import type { Invocation } from '../command.ts'
import { askController } from '../directory/ask-controller.ts'
import { mappedRefusal, type OpenedDirectory, openDirectory } from '../directory/open-directory.ts'
import { readKnownPassword } from '../password.ts'

export interface Followed {
  readonly text: string
  /** The change; empty where none is needed. */
  readonly ldif: string
  readonly changed: boolean
  readonly warnings: readonly string[]
}

/** Null: accounts do not come from a directory. */
export async function homeInDirectory(invocation: Invocation, address: string, home: string): Promise<Followed | null> {
  const opened = await openDirectory(invocation)
  const aor = parseAor(address)
  if (!opened.ok || aor === null) return null
  try {
    return await follow(invocation, opened.directory, { aor, home })
  } catch (error) {
    if (!(error instanceof LdapFault)) throw error
    return behind('', `the directory refuses it: ${error.message}`)
  }
}

async function follow(
  invocation: Invocation,
  directory: OpenedDirectory,
  { aor, home }: { readonly aor: Aor; readonly home: string },
): Promise<Followed> {
  const { settings } = directory
  const mapped = mappedRefusal(directory)
  if (mapped !== null) return behind('', mapped)
  const wanted = { aor, home, base: settings.base }
  const found = await askController(directory, 'port', serviceAccount(settings), (server) => homeChange(server, wanted))
  // An account of the server's own is in no directory.
  if (!found.ok) return behind('', found.message)
  const { change } = found
  if (change === null) return { text: '', ldif: '', changed: false, warnings: [] }
  const ldif = ldifOfChange(change)
  const { as } = invocation.options
  if (typeof as !== 'string') {
    const text = `\n${ldif}\n# Active Directory names his earlier home still: change it so, or by --as.`
    return { text, ldif, changed: false, warnings: [] }
  }
  const read = await readKnownPassword(invocation)
  if (!read.ok) return behind(ldif, 'no password was given')
  try {
    const administrator = { name: as, password: read.password }
    await askController(directory, 'domainPort', administrator, (connection) => connection.modify(change))
  } catch (error) {
    if (!(error instanceof LdapFault)) throw error
    return behind(ldif, `the directory refuses it: ${error.message}`)
  }
  return { text: `\n${ldif}\n# Changed, by ${as}.`, ldif, changed: true, warnings: [] }
}

function behind(ldif: string, reason: string): Followed {
  const warnings = [`his home attribute was not changed: ${reason}`]
  return { text: ldif === '' ? '' : `\n${ldif}`, ldif, changed: false, warnings }
}
