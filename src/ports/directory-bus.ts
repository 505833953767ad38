/**
 * What shards ask main about users whom they do not know, where accounts come from a directory: LDAP is spoken on main.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { ReplyAddress } from './reply-address.ts'

/** Ask, shard → main: whose is this address? Who is found has become an account here when the reply comes. */
export interface DirectoryAskMessage {
  readonly kind: 'directory-ask'
  readonly from: ReplyAddress
  readonly aor: Aor
}

/** Reply to `directory-ask`. */
export interface DirectoryAnswerMessage {
  readonly kind: 'directory-answer'
  readonly to: ReplyAddress
  readonly aor: Aor
  /** `unsure`: no catalog answered. */
  readonly outcome: 'found' | 'nobody' | 'unsure'
  /** Where the address is another name of an account of this server: that. */
  readonly mainAor: Aor | null
}

export type DirectoryMessage = DirectoryAskMessage | DirectoryAnswerMessage
