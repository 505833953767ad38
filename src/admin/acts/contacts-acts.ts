/**
 * What administrators can ask of a user's contact list.
 */
import type { AdminResult } from '../result.ts'

export interface ContactSummary {
  readonly uri: string
  readonly displayName: string
  readonly groups: readonly string[]
  readonly flags: readonly string[]
}

export interface NewContact {
  /** `bob`, `bob@example.test`, or any URI. */
  readonly contact: string
  /** Null: as it is. */
  readonly displayName: string | null
  /** Further groups; a contact that is in none goes into `contacts`. */
  readonly groups: readonly string[]
  /** Null: as they are. */
  readonly flags: readonly string[] | null
}

export interface ContactList {
  readonly aor: string
  readonly contacts: readonly ContactSummary[]
}

export interface ContactsBackend {
  list(user: string): Promise<AdminResult<ContactList>>
  /** Adds them, or changes those that are there: all or none. */
  put(user: string, contacts: readonly NewContact[]): Promise<AdminResult<ContactList>>
  /** `groups` empty: out of all. */
  remove(user: string, contact: string, groups: readonly string[]): Promise<AdminResult<ContactList>>
}
