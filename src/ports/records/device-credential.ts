/**
 * `device-credential`: the secret of one device as password equivalents (HA1 over its own user name, RFC 7616 §3.4.2),
 * sealed like those of `credential`. Several an account, each revoked by itself; they go with the account.
 */
import type { StoreKey } from '../store.ts'
import type { Credential } from './credential.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface DeviceCredentialRecord extends Credential {
  /** Lower case; empty for the one whose user name is the account's own. */
  readonly device: string
  readonly createdMs: number
}

export const deviceCredentialRecord = recordKind<DeviceCredentialRecord>({
  name: 'device-credential',
  version: 1,
  masked: ['ha1Md5', 'ha1Sha256'],
  toFields: ({ device, ha1Md5, ha1Sha256, createdMs }) => [device, ha1Md5, ha1Sha256, createdMs],
  fromFields: (fields) => ({
    device: fields.text(),
    ha1Md5: fields.bytes(),
    ha1Sha256: fields.bytes(),
    createdMs: fields.count(),
  }),
})

export function deviceCredentialKey(aor: string, device: string): StoreKey {
  return recordKey(aor, deviceCredentialRecord.name, device)
}
