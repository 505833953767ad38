/**
 * What lies where in the data folder, for everybody who opens a file there.
 */
import { join, resolve } from 'node:path'
import type { Config } from './schema.ts'

export interface DataPaths {
  readonly folder: string
  readonly store: string
  /** Keys and certificates; not part of a backup of the store. */
  readonly secrets: string
  readonly adminSocket: string
  /** Bearer tokens of the admin API, by their hashes. */
  readonly adminTokens: string
  readonly backups: string
  readonly reports: string
  readonly authority: { readonly certFile: string; readonly keyFile: string }
  /** What tls and web show: of the configuration, else our own authority's. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string }
  /** PEM: what the chains of the other servers' certificates are held against. */
  readonly linkAuthorityFile: string
}

export function dataPaths({ server, tls, topology, admin }: Config): DataPaths {
  const folder = server.dataFolder
  const certificates = join(folder, 'certificates')
  const pair = (name: string) => ({
    certFile: join(certificates, `${name}.crt`),
    keyFile: join(certificates, `${name}.key`),
  })
  const { certificateFile, privateKeyFile } = tls
  const own = pair('server')
  const authority = pair('authority')
  return {
    folder,
    store: join(folder, 'store'),
    secrets: join(folder, 'secrets'),
    adminSocket: resolve(folder, admin.socket),
    adminTokens: join(folder, 'secrets', 'admin-tokens.json'),
    backups: admin.backupFolder ?? join(folder, 'backups'),
    reports: admin.reportsFolder ?? join(folder, '..', 'report'),
    authority,
    certificate: { certFile: certificateFile ?? own.certFile, keyFile: privateKeyFile ?? own.keyFile },
    linkAuthorityFile: topology.authorityFile ?? tls.clientAuthorityFile ?? authority.certFile,
  }
}
