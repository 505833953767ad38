/**
 * What servers of one topology say to each other about where users are; all else that crosses links is what crosses
 * threads too (`bus.ts`).
 */
import type { Aor } from '../sip/uri/aor.ts'
import type { ReplyAddress } from './reply-address.ts'

/** Ask, any server → every home, and a home → its own shard: is this a user of yours, or another name of one? */
export interface WhoseMessage {
  readonly kind: 'whose'
  readonly from: ReplyAddress
  readonly aor: Aor
}

/** Reply to `whose`. */
export interface HomeIsMessage {
  readonly kind: 'home-is'
  readonly to: ReplyAddress
  readonly aor: Aor
  readonly isOurs: boolean
  /** Where it is ours: rises with each move of the user (`records/home.ts`). */
  readonly epoch: number
}

/** Reply to a request, deliver or locate: another server is this user's home. Nothing was done. */
export interface WrongHomeMessage {
  readonly kind: 'wrong-home'
  readonly to: ReplyAddress
  readonly aor: Aor
  /** Of the topology by which that is so. */
  readonly topologyVersion: number
}

/**
 * Fact, worker → each worker of a peer, when its link there has come up: whatever you have told me before may be lost,
 * so name your flows and watches again.
 */
export interface JoinedMessage {
  readonly kind: 'joined'
  /** Who says so, as the receiver numbers it (`places.ts`). */
  readonly worker: number
}

export type TopologyMessage = WhoseMessage | HomeIsMessage | WrongHomeMessage | JoinedMessage
