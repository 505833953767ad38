/**
 * Bearer tokens of the admin API: what can be asked about them, and what the backend stands on.
 */
import type { AdminResult } from '../result.ts'
import type { Role } from '../roles.ts'

export interface TokenFacts {
  /** Public: it stands in the token, in lists and in the log. */
  readonly id: string
  /** Who or what uses it; in the audit log with every write. */
  readonly name: string
  readonly role: Role
  readonly createdMs: number
  /** Milliseconds since 1970 of the system's clock; null: until it is revoked. */
  readonly expiresMs: number | null
}

export type NewToken = Pick<TokenFacts, 'name' | 'role' | 'expiresMs'>

export interface CreatedToken extends TokenFacts {
  /** Shown once; only a hash of its secret part is kept. */
  readonly token: string
}

export interface TokensBackend {
  list(): Promise<AdminResult<readonly TokenFacts[]>>
  create(token: NewToken): Promise<AdminResult<CreatedToken>>
  revoke(id: string): Promise<AdminResult<TokenFacts>>
}

/** What the backend stands on. What cannot be written is thrown, and changes nothing. */
export interface TokenBook {
  readonly tokens: readonly TokenFacts[]
  create(token: NewToken): CreatedToken
  /** Null: there is none of this id. */
  revoke(id: string): TokenFacts | null
}
