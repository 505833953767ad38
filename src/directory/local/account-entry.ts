/**
 * An account in the memory of its shard, with everything that can prove its owner.
 */
import type { Account, DeviceCredential, DigestSecrets, DirectoryUserFacts } from '../../ports/directory.ts'
import type { KnownAccount } from '../../shard/index.ts'
import { aorUser } from '../../sip/uri/aor.ts'
import { deviceUserName } from '../device-name.ts'

export interface AccountParts {
  readonly account: Account
  /** Of the account's password; null where it has none, or its record cannot be read. */
  readonly password: DigestSecrets | null
  readonly devices: readonly DeviceCredential[]
  /** Null for an account of our own. */
  readonly directory: DirectoryUserFacts | null
  /** When its epoch was raised, steady wall clock, 0 if not in this start. */
  readonly epochFromMs: number
}

export interface AccountEntry extends AccountParts, KnownAccount {}

/** Entries are never changed: each change makes another one. */
export function accountEntry(parts: AccountParts): AccountEntry {
  const { account, password, devices } = parts
  const credentials = new Map<string, DigestSecrets>()
  if (password) credentials.set(aorUser(account.aor), password)
  for (const { device, secrets } of devices) {
    const userName = deviceUserName(account.aor, device)
    // A password is never taken away by a device that claims its name.
    if (!credentials.has(userName)) credentials.set(userName, secrets)
  }
  return { ...parts, credentials }
}

/** Closed to all when the credential of an account of ours cannot be read: never open by default. */
export function isOpen({ password, directory }: AccountEntry): boolean {
  return password !== null || directory !== null
}

/** With this secret in place of an earlier one of the same device. */
export function withDevice(devices: readonly DeviceCredential[], added: DeviceCredential): readonly DeviceCredential[] {
  return [...withoutDevice(devices, added.device), added]
}

export function withoutDevice(devices: readonly DeviceCredential[], device: string): readonly DeviceCredential[] {
  return devices.filter((each) => each.device !== device)
}
