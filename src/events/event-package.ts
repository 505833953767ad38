/**
 * What an event package is to the notifier (RFC 6665 §7): what a subscription to it means, and its newest state. It is
 * asked for a document only when one may leave, so only the newest state is ever on its way.
 */
import type { Rejection, Unit } from '../shard/index.ts'
import type { SubscribeRequest } from './subscribe-request.ts'
import type { SubscriptionHandle } from './subscription-handle.ts'

export interface NotifyDocument {
  readonly contentType: string
  readonly body: Uint8Array
  /** Option tags that the watcher must understand, `eventlist` for a list (RFC 4662 §4.1); usually none. */
  readonly requires?: string
  /** Entity tag of this state for this watcher (RFC 5839 §4.1); null where the package has none. */
  readonly entityTag: string | null
  /** It was cut for its size: the rest is asked for as `changes` when the watcher has answered. */
  readonly hasMore?: boolean
}

/**
 * What a package says to a new subscription: a refusal; `active` or `pending` (RFC 6665 §4.1.3); or `asked`: it must
 * ask elsewhere and will say `EventsService.decide` within seconds.
 */
export type Admission = Rejection | 'active' | 'pending' | 'asked'

/** What a refresh has changed. */
export interface Refreshed {
  /** From now on, in place of what `keptBody` says before this unit's changes. */
  readonly keptBody: Uint8Array
}

export interface EventPackage {
  /** As in Event: `presence`, `presence.winfo`, `reg`. */
  readonly name: string
  /** Document formats that it offers, the usual one first. */
  readonly contentTypes: readonly string[]
  readonly defaultExpiresSeconds: number
  readonly rfcs: readonly string[]
  /** Option tags that it understands in Require (RFC 3261 §8.2.2.3). */
  readonly extensions?: readonly string[]
  /** May this be subscribed to? Decides by what this shard knows; changes nothing. */
  admit(subscription: SubscriptionHandle, request: SubscribeRequest): Admission
  /** It is there, by a request or by a record that was read: what it needs from elsewhere is asked for. */
  begin(unit: Unit, subscription: SubscriptionHandle): void
  /** It has ended, for whatever reason: called after a unit. */
  end(subscription: SubscriptionHandle): void
  /** A refresh of one that stands, which may carry a new body (RFC 5367 §3.2). Null: as it was. */
  refresh?(unit: Unit, subscription: SubscriptionHandle, request: SubscribeRequest): Rejection | Refreshed | null
  /** What it needs again after a start, beside the Request-URI: `data` of the handle when `begin` is called then. */
  keptBody?(subscription: SubscriptionHandle): Uint8Array
  /** A batch has failed, and this is what the store has: a refresh may not have been kept. */
  readAgain?(unit: Unit, subscription: SubscriptionHandle, keptBody: Uint8Array): void
  /** What the device of both has subscribed to anew: the old one ends. Default: yes. */
  replaces?(made: SubscriptionHandle, known: SubscriptionHandle): boolean
  /** Option tag for Require of the answer to SUBSCRIBE (RFC 4662 §4.1); null: none. */
  requiredBy?(subscription: SubscriptionHandle): string | null
  /**
   * The newest state for this watcher: all of it, or with `changes` what is new since the last document, which is then
   * counted as sent. Null: nothing that he may see yet, or nothing new.
   */
  document(subscription: SubscriptionHandle, want: 'full' | 'changes'): NotifyDocument | null
  /** Entity tag of the state as it is now for this watcher, without making a document (RFC 5839 §5). */
  entityTag?(subscription: SubscriptionHandle): string | null
}
