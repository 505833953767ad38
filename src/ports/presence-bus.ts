/**
 * What the two ends of a watch say to each other on the bus: the watcher's shard names its watches, the presentity's
 * judges them and sends each new state once to every shard that has watchers.
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { PresenceReply, PresenceRequest } from './admin.ts'
import type { PolicyParty } from './policy.ts'
import type { ReplyAddress } from './reply-address.ts'

/** One state of a presentity; compared by incarnation of its shard, then by number. */
export interface StateVersion {
  readonly incarnation: number
  readonly number: number
}

/** May this watcher see the presentity (RFC 5025 §3.2.1)? `unknown`: there is no such user. */
export type SeeVerdict = 'allow' | 'confirm' | 'polite-block' | 'block' | 'unknown'

/**
 * Fact, watcher's shard → presentities' shard: somebody there watches these presentities from now on, or no longer
 * does. Named again when that shard has lost its memory. Each pair of watcher and presentity is a fact of its own.
 */
export interface WatchesMessage {
  readonly kind: 'watches'
  /** Of the watcher's shard. */
  readonly worker: number
  readonly watcher: Aor
  /** The watcher, as the presentities' policies look at him. */
  readonly party: PolicyParty
  readonly isWanted: boolean
  /** Goes up with everything that the watcher's shard names, over its restarts too. */
  readonly number: number
  /** Each presentity once, `watchesInMessageMax` of them at most. */
  readonly entries: readonly NamedWatch[]
}

export interface NamedWatch {
  readonly presentity: Aor
  /** Of the state that the watcher's shard has already. */
  readonly known: StateVersion | null
}

/** Carried out as one unit of work, which must not take long. */
export const watchesInMessageMax = 100

/** Fact, presentities' shard → watcher's shard: what this watcher may see from now on; each pair a fact of its own. */
export interface VerdictsMessage {
  readonly kind: 'verdicts'
  readonly watcher: Aor
  /** The newest `number` that had been heard of the watcher's shard: of a watch that begins later this says nothing. */
  readonly heard: number
  readonly verdicts: readonly Verdict[]
}

export interface Verdict {
  readonly presentity: Aor
  readonly verdict: SeeVerdict
  /** The newest state, where the watcher may see it and his shard does not have it. */
  readonly state: StateMessage | null
  /** Set when the name is another name of this user, who is to be watched instead. */
  readonly mainAor: Aor | null
}

/** Fact, presentity's shard → each shard with watchers, once: the newest state, for all of them. */
export interface StateMessage {
  readonly kind: 'state'
  readonly presentity: Aor
  readonly version: StateVersion
  /** PIDF (RFC 3863), whole. */
  readonly document: Uint8Array
  /** When what caused it came, steady wall clock. */
  readonly causeMs: number
}

/** Fact, watcher's shard → presentity's shard: the watches that follow, up to `end`, are all that it has there. */
export interface NamingMessage {
  readonly kind: 'naming'
  readonly worker: number
  readonly phase: 'begin' | 'end'
}

/**
 * Fact, watcher's shard → presentity's shard, now and then: what it has there. If that is not so, `name-again` comes.
 */
export interface WatchCheckMessage {
  readonly kind: 'watch-check'
  readonly worker: number
  readonly count: number
  /** Sum of the hashes of all pairs, modulo 2^32. */
  readonly hash: number
  /** Of presentities whose hash modulo `parts` is `part`; the others have messages of their own. */
  readonly part: number
  readonly parts: number
}

/** Fact, presentity's shard → watcher's shard: name your watches here again. */
export interface NameAgainMessage {
  readonly kind: 'name-again'
  readonly worker: number
  /** Only those on this user, who was not there when they were named; null: all. */
  readonly presentity: Aor | null
}

/** Ask, presentity's shard → watcher's shards: confirm that all verdicts sent before have been applied. */
export interface BarrierMessage {
  readonly kind: 'barrier'
  readonly from: ReplyAddress
}

export interface BarrierPassedMessage {
  readonly kind: 'barrier-passed'
  readonly to: ReplyAddress
  readonly worker: number
}

/** Ask, main → shard: an administrator looks at what is shown of a user, or has something shown. */
export interface PresenceAskMessage {
  readonly kind: 'presence-ask'
  readonly from: ReplyAddress
  readonly aor: Aor
  readonly act: PresenceRequest
}

export interface PresenceReplyMessage {
  readonly kind: 'presence-reply'
  readonly to: ReplyAddress
  readonly reply: PresenceReply
}

export type PresenceMessage =
  | WatchesMessage
  | VerdictsMessage
  | StateMessage
  | NamingMessage
  | WatchCheckMessage
  | NameAgainMessage
  | BarrierMessage
  | BarrierPassedMessage
  | PresenceAskMessage
  | PresenceReplyMessage
