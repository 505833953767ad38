/**
 * Connections to directory servers as the configuration has them. ldapts comes with the first of them: a server with
 * accounts of its own does not load it.
 */
import { readFileSync } from 'node:fs'
import type { LdapServer, LdapWriter } from '../ports/ldap.ts'
import type { OpenLdapOptions } from './ldap/open-ldap.ts'

export interface LdapSettings extends Omit<OpenLdapOptions, 'caPem'> {
  /** Certificates that are believed; null for those of the system. */
  readonly authorityFile: string | null
}

export type ConfiguredLdap =
  | { readonly ok: true; readonly open: (server: LdapServer) => Promise<LdapWriter> }
  | { readonly ok: false; readonly message: string }

/** Nothing is asked yet. */
export async function configuredLdap(settings: LdapSettings): Promise<ConfiguredLdap> {
  const { authorityFile, tls, connectMs, answerMs } = settings
  let caPem: string | null = null
  try {
    if (authorityFile !== null) caPem = readFileSync(authorityFile, 'utf8')
  } catch (error) {
    return { ok: false, message: `directory.authorityFile cannot be read: ${(error as Error).message}` }
  }
  const { openLdap } = await import('./ldap/open-ldap.ts')
  return { ok: true, open: (server) => openLdap(server, { tls, caPem, connectMs, answerMs }) }
}
