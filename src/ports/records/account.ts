/**
 * `account`: what the local directory knows of a user. Written by the user's shard for the directory (`user add`,
 * disabling, password and group changes). Credentials are records of their own. Version 2 has added the groups.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { Account } from '../directory.ts'
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export const accountRecord = recordKind<Account>({
  name: 'account',
  version: 2,
  toFields: (account) => [
    account.aor,
    [...account.aliases],
    account.displayName,
    account.disabled,
    account.epoch,
    account.createdMs,
    [...account.groups],
  ],
  fromFields: (fields, version) => ({
    aor: fields.text() as Aor,
    aliases: fields.texts() as readonly Aor[],
    displayName: fields.text(),
    disabled: fields.flag(),
    epoch: fields.count(),
    createdMs: fields.count(),
    groups: version === 1 ? [] : fields.texts(),
  }),
})

export function accountKey(aor: string): StoreKey {
  return recordKey(aor, accountRecord.name)
}
