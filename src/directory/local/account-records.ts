/**
 * An account as records: itself, its credential sealed, and one record under each of its other names. Who may change
 * it, and what else must hear of it, is decided by the callers.
 */
import { Buffer } from 'node:buffer'
import type { Account, DeviceCredential, DigestSecrets } from '../../ports/directory.ts'
import { accountKey, accountRecord } from '../../ports/records/account.ts'
import { aliasKey, aliasRecord } from '../../ports/records/alias.ts'
import { type Credential, credentialKey, credentialRecord } from '../../ports/records/credential.ts'
import { deviceCredentialKey, deviceCredentialRecord } from '../../ports/records/device-credential.ts'
import { usersRange } from '../../ports/records/keys.ts'
import { scanKind } from '../../ports/records/scan-kind.ts'
import type { SecretBox } from '../../ports/secret-box.ts'
import type { RecordWrite, Store } from '../../ports/store.ts'

/** `secrets` null: the password stays as it is. */
export function accountWrites(account: Account, secrets: DigestSecrets | null, box: SecretBox): RecordWrite[] {
  const writes: RecordWrite[] = [{ key: accountKey(account.aor), value: accountRecord.encode(account) }]
  for (const alias of account.aliases) {
    writes.push({ key: aliasKey(alias), value: aliasRecord.encode({ mainAor: account.aor }) })
  }
  const credential = secrets && credentialRecord.encode(sealed(secrets, box))
  if (credential) writes.push({ key: credentialKey(account.aor), value: credential })
  return writes
}

export function deviceCredentialWrite(
  aor: string,
  { device, secrets, createdMs }: DeviceCredential,
  box: SecretBox,
): RecordWrite {
  const value = deviceCredentialRecord.encode({ ...sealed(secrets, box), device, createdMs: Math.floor(createdMs) })
  return { key: deviceCredentialKey(aor, device), value }
}

/** Null when the record is damaged or was sealed with another key. */
export function openSecrets(value: Uint8Array, box: SecretBox): DigestSecrets | null {
  const decoded = credentialRecord.decode(value)
  return decoded.ok ? opened(decoded.value, box) : null
}

/** The same of one device. */
export function openDeviceCredential(value: Uint8Array, box: SecretBox): DeviceCredential | null {
  const decoded = deviceCredentialRecord.decode(value)
  const secrets = decoded.ok ? opened(decoded.value, box) : null
  if (!decoded.ok || secrets === null) return null
  const { device, createdMs } = decoded.value
  return { device, secrets, createdMs }
}

function sealed({ md5, sha256 }: DigestSecrets, box: SecretBox): Credential {
  return { ha1Md5: box.seal(Buffer.from(md5, 'latin1')), ha1Sha256: box.seal(Buffer.from(sha256, 'latin1')) }
}

function opened({ ha1Md5, ha1Sha256 }: Credential, box: SecretBox): DigestSecrets | null {
  const md5 = box.open(ha1Md5)
  const sha256 = box.open(ha1Sha256)
  return md5 && sha256 ? { md5: md5.toString('latin1'), sha256: sha256.toString('latin1') } : null
}

/**
 * The first epoch of a new account: above every epoch of a removed one of the same name, so that what that one was
 * given does not come back to life. Milliseconds, since each act on an account raises its epoch by one.
 */
export function firstEpoch(createdMs: number): number {
  return Math.max(1, Math.floor(createdMs))
}

/** The account's groups after a change; in the order of their letters, so that equal sets are equal lists. */
export function changedGroups(
  groups: readonly string[],
  { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
): readonly string[] {
  const kept = groups.filter((group) => !remove.includes(group))
  return [...new Set([...kept, ...add])].sort()
}

/** All accounts of a store in the order of their AORs; unreadable ones are left out. */
export async function readAccounts(store: Store): Promise<readonly Account[]> {
  const accounts: Account[] = []
  await scanKind(store, usersRange, accountRecord, (account) => void accounts.push(account))
  return accounts
}
