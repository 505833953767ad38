/**
 * Accounts as the core sees them. Adapters: `src/directory/local/` (records in the store); Active Directory comes
 * later.
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
