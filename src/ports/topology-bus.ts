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

/** Fact, worker → each other worker of its server: whether it has a link to that server. */
export interface LinkStateMessage {
  readonly kind: 'link-state'
  readonly worker: number
  readonly server: string
  readonly isUp: boolean
  /** Of the peer's start, as its link has said. */
  readonly bootId: string
  readonly workersCount: number
  /** Rises each time that the link comes up: whoever missed a loss between two of them sees that there was one. */
  readonly upCount: number
}

/** Ask, worker → another one of its server, which has a link to that server: hand this on. */
export interface CarryMessage {
  readonly kind: 'carry'
  readonly server: string
  /** Who it is for and the message, as links write them (`topology/links/batch-codec.ts`). */
  readonly frame: Uint8Array
}

export type TopologyMessage =
  | WhoseMessage
  | HomeIsMessage
  | WrongHomeMessage
  | JoinedMessage
  | LinkStateMessage
  | CarryMessage
