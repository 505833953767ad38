/**
 * What must be changed in the directory so that it names the home that somebody has: the attribute follows a move,
 * which is decided between the homes. Found by the catalog; who makes the change has other rights than the service
 * account.
 */
import type { LdapChange, LdapConnection } from '../../ports/ldap.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { dnKey } from './distinguished-name.ts'
import { homeNamed } from './enable-user.ts'
import { findUser } from './find-user.ts'

export type HomeChange =
  /** Null: it is so already. */
  { readonly ok: true; readonly change: LdapChange | null } | { readonly ok: false; readonly message: string }

/** `home`: name of a server. Rejects with `LdapFault`. */
export async function homeChange(
  connection: LdapConnection,
  { aor, home, base }: { readonly aor: Aor; readonly home: string; readonly base: string },
): Promise<HomeChange> {
  const homeDn = await homeNamed(connection, home)
  if (homeDn === null) return { ok: false, message: `the directory knows no home of the name ${home}` }
  const found = await findUser(connection, aor, base)
  if (found.found === 'nobody') return { ok: false, message: `nobody in the directory has ${aor}` }
  if (found.found === 'duplicate') return { ok: false, message: `several in the directory have ${aor}` }
  const { dn, home: named } = found.user
  if (typeof named !== 'string' && dnKey(named.dn) === homeDn) return { ok: true, change: null }
  return { ok: true, change: { dn, replace: { 'msRTCSIP-PrimaryHomeServer': [homeDn] } } }
}
