/**
 * What workers ask main about users whom they do not know, where accounts come from a directory: LDAP is spoken on
 * main.
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

/**
 * Ask, routes of a worker → main: which server does the directory name as the home of this address? And main →
 * routes: which other server says itself that the user is its own?
 */
export interface HomeAskMessage {
  readonly kind: 'home-ask'
  readonly from: ReplyAddress
  readonly aor: Aor
  /** What main has kept was wrong: a catalog is asked. */
  readonly isAnew: boolean
}

/** Reply to `home-ask`. */
export interface HomeAnswerMessage {
  readonly kind: 'home-answer'
  readonly to: ReplyAddress
  readonly aor: Aor
  /** `unnamed`: nobody has the address, several have it, or his home is none; `unsure`: somebody did not answer. */
  readonly outcome: 'named' | 'unnamed' | 'unsure'
  /** Where it is named: that server, by its name in the topology. */
  readonly server: string | null
}

/** Fact, main → every worker: the directory names another home for these names of one user than it did. */
export interface HomeRenamedMessage {
  readonly kind: 'home-renamed'
  readonly aor: Aor
  readonly names: readonly Aor[]
}

export type DirectoryMessage =
  | DirectoryAskMessage
  | DirectoryAnswerMessage
  | HomeAskMessage
  | HomeAnswerMessage
  | HomeRenamedMessage
