/**
 * `directory-user`: the account under this AOR is one of Active Directory, and this is what that said last. So users
 * are known while no domain controller answers, and who was removed while the server was down is missed at its start.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { DirectoryUserFacts } from '../directory.ts'
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface DirectoryUserRecord extends DirectoryUserFacts {
  /** Steady wall clock at which it was written; what is said again unchanged is not. */
  readonly saidMs: number
}

export const directoryUserRecord = recordKind<DirectoryUserRecord>({
  name: 'directory-user',
  version: 2,
  toFields: ({ guid, dn, displayName, aliases, against, saidMs, home }) => [
    guid,
    dn,
    displayName,
    [...aliases],
    [...against],
    saidMs,
    home,
  ],
  fromFields: (fields, version) => ({
    guid: fields.text(),
    dn: fields.text(),
    displayName: fields.text(),
    aliases: fields.texts() as readonly Aor[],
    against: fields.texts(),
    saidMs: fields.count(),
    home: version === 1 ? '' : fields.text(),
  }),
})

export function directoryUserKey(aor: string): StoreKey {
  return recordKey(aor, directoryUserRecord.name)
}
