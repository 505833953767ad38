/**
 * What all devices of one thread share: who they are, where the server is, the ports to the outside, and who is told
 * what happens.
 */
import type { Board } from '../verify/board.ts'
import type { MessageVerifier } from '../verify/message-verifier.ts'
import type { PresenceVerifier } from '../verify/presence-verifier.ts'
import type { Outside, Recorder } from './outside.ts'
import type { Naming } from './population.ts'
import type { Requests } from './requests.ts'
import type { ServedRequests } from './served.ts'

/** What the target does not have. */
export interface Dialect {
  /**
   * How contacts are watched: one SUBSCRIBE each, one to the list that the server keeps (RFC 4662), or one that brings
   * its list (RFC 5367).
   */
  readonly watching: 'single' | 'list' | 'own-list' | 'off'
  readonly publishes: boolean
  /** The only algorithm to be used; null: the first that the server offers. */
  readonly algorithm: 'MD5' | 'SHA-256' | null
}

export interface Context {
  readonly naming: Naming
  /** `TCP`, `UDP`, `TLS`, `WSS` for Via. */
  readonly viaTransport: string
  /** `;transport=tcp` for Contact. */
  readonly uriTransport: string
  readonly dialect: Dialect
  /** Keeps dialogs of this run apart from those of runs before. */
  readonly runId: string
  readonly seed: number
  /** Model time runs so many times as fast as real time. */
  readonly speed: number
  /** Seconds from a grant to its refresh, usually so many: see `Population.settlingMs`. */
  refreshAfter(usualSeconds: number): number
  readonly outside: Outside
  readonly requests: Requests
  /** Over UDP only. */
  readonly served: ServedRequests | null
  readonly recorder: Recorder
  readonly board: Board
  readonly messages: MessageVerifier
  readonly presence: PresenceVerifier
  /** One alarm a device; a new one takes the place of the old. */
  wakeAt(device: number, atUs: number): void
  /** The device that answers calls to a user: the first that is signed in; -1: none. */
  answeringDevice(user: number): number
  /** Strings of the server that are the same for many are kept once. */
  shared(text: string): string
}
