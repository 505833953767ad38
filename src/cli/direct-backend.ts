/**
 * The admin backend on the store itself, for commands that run while no server does.
 */
import { randomBytes } from 'node:crypto'
import type { AdminBackend } from '../admin/index.ts'
import {
  accountsOfRole,
  backupBook,
  createAdminBackend,
  storeCareOf,
  TokenFile,
  withoutServer,
} from '../admin/index.ts'
import { type Config, dataPaths, ownDomains } from '../config/index.ts'
import type { KeyFile } from '../directory/index.ts'
import { createSecretBox, DirectAccounts, loadOrCreateHa1Key, readHa1Key } from '../directory/index.ts'
import type { Entropy } from '../ports/entropy.ts'
import { credentialRecord } from '../ports/records/credential.ts'
import { AuditLog, DirectStore, stats } from '../store/index.ts'
import { productVersion } from './version.ts'

export type DirectBackend =
  | { readonly ok: true; readonly backend: AdminBackend; close(): Promise<void> }
  | { readonly ok: false; readonly message: string }

const entropy: Entropy = {
  bytes: (count) => randomBytes(count),
  word: (count) => randomBytes(count).toString('hex'),
}

export async function openDirectBackend(config: Config): Promise<DirectBackend> {
  const { dataFolder } = config.server
  const opened = await DirectStore.open({
    dataFolder,
    holder: 'a meridian command',
    nowMs: Date.now,
    create: { serverId: entropy.word(16), realm: realmOf(config), createdBy: `Meridian ${productVersion()}` },
    onQuarantined: (key, reason) => process.stderr.write(`warning: ${JSON.stringify(key)} set aside: ${reason}\n`),
  })
  if (!opened.ok) return { ok: false, message: opened.fault.message }
  const store = opened.value
  const key = await ha1KeyOf(store, dataFolder)
  if (!key.ok) {
    await store.close()
    return { ok: false, message: key.message }
  }
  const paths = dataPaths(config)
  const tokens = TokenFile.open(paths.adminTokens, Date.now)
  if (!tokens.ok) {
    await store.close()
    return { ok: false, message: tokens.message }
  }
  const audit = await AuditLog.open(dataFolder)
  const accounts = new DirectAccounts({ store, box: createSecretBox(key.key, entropy), now: Date.now })
  const backend = createAdminBackend({
    realm: store.opened.manifest.realm,
    domains: ownDomains(config.domain),
    accounts: accountsOfRole(config.server.role, accounts),
    store: storeCareOf(store.disk, Date.now),
    ...withoutServer,
    backups: backupBook(() => ({ dataFolder, folder: paths.backups })),
    tokens: tokens.tokens,
    audit: { append: (entry) => audit.append({ by: 'the command line', ...entry }) },
    now: Date.now,
    health: async () => ({ ready: false, checks: [{ name: 'server', ok: false, detail: 'not running' }] }),
    metricsText: async () => '',
  })
  const close = async () => {
    await audit.close()
    await store.close()
  }
  return { ok: true, backend, close }
}

/** Of a new store; for ever, since every password's digest is made over it. */
export function realmOf(config: Config): string {
  return config.domain.name.toLowerCase()
}

/** A store with passwords in it needs the key that sealed them; a new key would only hide that it is gone. */
async function ha1KeyOf(store: DirectStore, dataFolder: string): Promise<KeyFile> {
  const kinds = await stats(store.disk)
  return kinds.has(credentialRecord.name) ? readHa1Key(dataFolder) : loadOrCreateHa1Key(dataFolder)
}
