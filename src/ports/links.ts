/**
 * Links: the ways to the other servers of the topology, as the core sees them. Bus messages cross them as they cross
 * threads; what may come in by one is decided by the peer's role (`TopologyServer`).
 */
import type { BusMessage } from './bus.ts'

/** A peer that has proved by its certificate which server of the topology it is. */
export interface LinkPeer {
  /** As in the topology. */
  readonly name: string
  /** 64 random bits of that server's start, hexadecimal: with a new one, all that it owned is gone. */
  readonly bootId: string
}

export interface Links {
  /**
   * Sends to a server by its name in the topology. False: an ask was refused because no link to it is up or its queue
   * is full; facts are always taken and wait, the newest per (kind, key).
   */
  send(server: string, message: BusMessage): boolean
}

/** What the core does with the events of links. Each call is a unit of work of its own. */
export interface LinkSink {
  /** The first link of this worker to that server is up. A new boot id: its earlier flows and watches are gone. */
  onPeerUp(peer: LinkPeer): void
  /** The last link of this worker to that server is gone: whoever waits for an answer hears so at once. */
  onPeerDown(peer: LinkPeer): void
  /** Decoded and of a shape that the kind has; nothing in it has been believed yet. */
  onPeerMessage(peer: LinkPeer, message: BusMessage): void
}
