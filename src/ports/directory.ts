/**
 * Accounts as the core sees them. All of them are records in the store (`src/directory/local/`); where Active Directory
 * says who there is, it says so to the shard, which keeps it.
 */

import type { Aor } from '../sip/uri/aor.ts'

export interface Account {
  readonly aor: Aor
  /** Other AORs that this account may use in From and is reached by. */
  readonly aliases: readonly Aor[]
  readonly displayName: string
  /** Names that the organisation's rules between groups speak of; lower case, in the order of their letters. */
  readonly groups: readonly string[]
  readonly disabled: boolean
  /** Rises whenever flows, nonces and tokens given before must stop counting: password change, disabling, removal. */
  readonly epoch: number
  readonly createdMs: number
}

/** Password equivalents; in memory only in the account's shard, encrypted at rest. Hexadecimal, lower case. */
export interface DigestSecrets {
  readonly md5: string
  readonly sha256: string
}

/** The secret of one device, made by us and shown once, beside or instead of a password. */
export interface DeviceCredential {
  /** Lower case; empty for the one whose user name is the account's own. */
  readonly device: string
  readonly secrets: DigestSecrets
  readonly createdMs: number
}

/** What Active Directory said last of a user whose home this server is. */
export interface DirectoryUserFacts {
  /** objectGUID: who it is, whatever he is called. */
  readonly guid: string
  readonly dn: string
  readonly displayName: string
  readonly aliases: readonly Aor[]
  /**
   * The server that the directory named as his home when this was said or, of somebody who was moved here while it
   * lagged, before; empty where that is not known. Another one later is a request to move him there.
   */
  readonly home: string
  /** Why he may do nothing; empty where he may. */
  readonly against: readonly string[]
}
