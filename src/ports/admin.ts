/**
 * What an administrator can ask of the shard that owns an account. Passwords never come this far: only their digests.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { Account, DigestSecrets } from './directory.ts'

export type AdminRequest =
  | {
      readonly act: 'add'
      readonly displayName: string
      readonly aliases: readonly Aor[]
      readonly secrets: DigestSecrets
      readonly disabled: boolean
    }
  | { readonly act: 'show' }
  | { readonly act: 'set-password'; readonly secrets: DigestSecrets }
  | { readonly act: 'set-disabled'; readonly disabled: boolean }
  | { readonly act: 'remove' }

/** One device of a user as `meridian user show` prints it. */
export interface DeviceSummary {
  readonly deviceKey: string
  readonly contactUri: string
  readonly userAgent: string
  readonly online: boolean
  readonly transport: string
  readonly expiresMs: number
}

export type AdminReply =
  | {
      readonly ok: true
      readonly account: Account | null
      readonly devices: readonly DeviceSummary[]
      readonly mailboxMessages: number
    }
  | { readonly ok: false; readonly error: 'exists' | 'not-found' | 'unavailable'; readonly message: string }
