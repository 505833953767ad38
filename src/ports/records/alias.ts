/**
 * `alias`: stands under the alias's own AOR and names the account behind it. Written together with the account.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { StoreKey } from '../store.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface Alias {
  readonly mainAor: Aor
}

export const aliasRecord = recordKind<Alias>({
  name: 'alias',
  version: 1,
  toFields: (alias) => [alias.mainAor],
  fromFields: (fields) => ({ mainAor: fields.text() as Aor }),
})

export function aliasKey(aliasAor: string): StoreKey {
  return recordKey(aliasAor, aliasRecord.name)
}
