/**
 * The list of all record kinds. Adding a kind is adding one file and one line here and one row in `docs/store.md`.
 */
import type { StoreKey } from '../store.ts'
import { accountRecord } from './account.ts'
import { aliasRecord } from './alias.ts'
import { arrivalRecord, arrivingRecord } from './arrival.ts'
import { bindingRecord } from './binding.ts'
import { credentialRecord } from './credential.ts'
import { denialRecord } from './denial.ts'
import { deviceRecord } from './device.ts'
import { deviceCredentialRecord } from './device-credential.ts'
import { directoryUserRecord } from './directory-user.ts'
import { documentRecord } from './document.ts'
import { hardStateRecord } from './hard-state.ts'
import { homeRecord } from './home.ts'
import { keyParts } from './keys.ts'
import { mailboxMessageRecord } from './mailbox-message.ts'
import { lastWrittenRecord, manifestRecord } from './manifest.ts'
import { operationRecord } from './operation.ts'
import { passwordBudgetRecord } from './password-budget.ts'
import { policyRecord } from './policy.ts'
import { publicationRecord } from './publication.ts'
import { quarantineOwner, quarantineRecord } from './quarantine.ts'
import { queueEntryRecord } from './queue-entry.ts'
import type { RecordKind } from './record-kind.ts'
import { secretRecord } from './secret.ts'
import { setAsideRecord } from './set-aside.ts'
import { subscriptionRecord } from './subscription.ts'

/** A kind as those see it who only read, whatever its values are. */
export type ReadableKind = Pick<RecordKind<object>, 'name' | 'version' | 'masked' | 'decode'>

export const recordKinds: readonly ReadableKind[] = [
  accountRecord,
  aliasRecord,
  arrivalRecord,
  arrivingRecord,
  bindingRecord,
  credentialRecord,
  denialRecord,
  deviceRecord,
  deviceCredentialRecord,
  directoryUserRecord,
  documentRecord,
  hardStateRecord,
  homeRecord,
  lastWrittenRecord,
  mailboxMessageRecord,
  manifestRecord,
  operationRecord,
  passwordBudgetRecord,
  publicationRecord,
  policyRecord,
  quarantineRecord,
  queueEntryRecord,
  secretRecord,
  setAsideRecord,
  subscriptionRecord,
]

const kindsByName = new Map(recordKinds.map((kind) => [kind.name, kind]))

/** Which kind the record under this key is; null for a kind that this build does not know. */
export function kindOfKey(key: StoreKey): ReadableKind | null {
  const { aor, kind } = keyParts(key)
  return kindsByName.get(aor === quarantineOwner ? quarantineRecord.name : kind) ?? null
}
