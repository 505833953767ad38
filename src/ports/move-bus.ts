/**
 * What is said when a user gets another home: an administrator's ask, the steps of the move between the two homes, and
 * who hears that users are to be looked for anew.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { DigestSecrets } from './directory.ts'
import type { FlowId } from './flows.ts'
import type { ReplyAddress } from './reply-address.ts'
import type { StoreKey } from './store.ts'

export type MoveRequest =
  /** Asked of the user's home, by whatever home an administrator is at. `to`: as in the topology. */
  | { readonly act: 'move'; readonly to: string }
  /** The user's home is dead: the server that is asked becomes it. `secrets` null: a copy is here that has some. */
  | { readonly act: 'adopt'; readonly displayName: string; readonly secrets: DigestSecrets | null }

export type MoveReply =
  | {
      readonly ok: true
      readonly aor: Aor
      /** Empty where it is not known. */
      readonly from: string
      readonly to: string
      readonly epoch: number
      readonly recordsCount: number
      /** How long messages for the user waited. */
      readonly frozenMs: number
    }
  | MoveRefusal

/** The user stays where he is. */
export interface MoveRefusal {
  readonly ok: false
  readonly error: 'invalid' | 'not-found' | 'conflict' | 'unavailable'
  readonly message: string
}

/** Ask, main → shard, and home → the user's home: an administrator gives a user another home. */
export interface MoveAskMessage {
  readonly kind: 'move-ask'
  readonly from: ReplyAddress
  readonly aor: Aor
  readonly act: MoveRequest
}

export interface MoveReplyMessage {
  readonly kind: 'move-reply'
  readonly to: ReplyAddress
  readonly reply: MoveReply
}

/** One record of the copy; null: it is there no longer. Secrets are open: only links carry them. */
export interface MovedRecord {
  readonly key: StoreKey
  readonly value: Uint8Array | null
}

/** By this flow some of the user's devices are reached now. */
export interface MovedFlow {
  readonly flow: FlowId
  readonly bindings: readonly string[]
  /** Since when; steady wall clock. */
  readonly atMs: number
}

export type MoveStep =
  | { readonly step: 'offer'; readonly names: readonly Aor[]; readonly epoch: number }
  | { readonly step: 'part'; readonly records: readonly MovedRecord[] }
  /** What was sent so far is all: flush it, and say so under this number. */
  | { readonly step: 'flush'; readonly round: number; readonly flows: readonly MovedFlow[] }
  /** The user is the new home's from now on, whatever happens. */
  | { readonly step: 'committed'; readonly epoch: number }
  /** Nothing came of it. */
  | { readonly step: 'dropped' }

/** Note, old home → new home. */
export interface MoveStepMessage {
  readonly kind: 'move-step'
  /** The old home's shard of this user. */
  readonly worker: number
  readonly aor: Aor
  /** Names the move; 64 random bits. */
  readonly move: string
  readonly step: MoveStep
}

export type MoveAnswer =
  | { readonly says: 'ready' }
  | { readonly says: 'refused'; readonly reason: string }
  | { readonly says: 'flushed'; readonly round: number }
  /** It has taken over. */
  | { readonly says: 'owned' }
  /** What became of the move? */
  | { readonly says: 'asks' }

/** Note, new home → old home. */
export interface MoveAnswerMessage {
  readonly kind: 'move-answer'
  /** The new home's shard of this user. */
  readonly worker: number
  readonly aor: Aor
  readonly move: string
  readonly answer: MoveAnswer
}

/** Fact, home → every worker of every server: this user's home may be another one than before; ask. */
export interface LookAgainMessage {
  readonly kind: 'look-again'
  readonly aor: Aor
  readonly names: readonly Aor[]
}

/** Fact, shard or routes → every worker of this server: this is the user's home, as is known for certain here. */
export interface UserMovedMessage {
  readonly kind: 'user-moved'
  readonly aor: Aor
  readonly names: readonly Aor[]
  readonly server: string
  readonly epoch: number
  /** What says so: a record of this server, which wins over all advice, or that home itself. */
  readonly by: 'record' | 'rival'
}

export type MoveMessage =
  | MoveAskMessage
  | MoveReplyMessage
  | MoveStepMessage
  | MoveAnswerMessage
  | LookAgainMessage
  | UserMovedMessage
