/**
 * Connections to directory servers as the configuration has them. ldapts comes with the first of them: a server with
 * accounts of its own does not load it.
 */
import { readFileSync } from 'node:fs'
import type { LdapServer, LdapWriter } from '../ports/ldap.ts'
import { mappedConnection } from './active-directory/attribute-mapping.ts'
import { attributeMapping, type DirectorySettings } from './active-directory/directory-settings.ts'
import type { OpenLdapOptions } from './ldap/open-ldap.ts'

export interface LdapSettings
  extends Omit<OpenLdapOptions, 'caPem'>,
    Pick<DirectorySettings, 'addressAttribute' | 'enabledAttribute' | 'enabledValue' | 'homeAttribute'> {
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
  const mapping = attributeMapping(settings)
  const open = async (server: LdapServer) => {
    const connection = await openLdap(server, { tls, caPem, connectMs, answerMs })
    return mapping === null ? connection : mappedConnection(connection, mapping)
  }
  return { ok: true, open }
}
