/**
 * `password-budget`: wrong passwords that were passed on to Active Directory for an account, so that a restart does not
 * give a guesser, or somebody with a typing error, more of them than lock the account out.
 */
import type { StoreKey } from '../store.ts'
import { directoryOwner } from './denial.ts'
import { recordKey } from './keys.ts'
import { recordKind } from './record-kind.ts'

export interface SpentPasswords {
  /** objectGUID of the account. */
  readonly guid: string
  /** Wrong ones, and those whose answer is not there. */
  readonly wrong: number
  /** Steady wall clock. */
  readonly lastWrongMs: number
}

export const passwordBudgetRecord = recordKind<SpentPasswords>({
  name: 'password-budget',
  version: 1,
  toFields: ({ guid, wrong, lastWrongMs }) => [guid, wrong, Math.floor(lastWrongMs)],
  fromFields: (fields) => ({ guid: fields.text(), wrong: fields.count(), lastWrongMs: fields.count() }),
})

export function passwordBudgetKey(guid: string): StoreKey {
  return recordKey(directoryOwner, passwordBudgetRecord.name, guid)
}
