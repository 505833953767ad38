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
  /** Of that start; said in the first exchange. From 1 to `placesPerServer` (`places.ts`). */
  readonly workersCount: number
}

export interface Links {
  /**
   * Sends to a worker of a server, which is called by its name in the topology. What one worker sends to one server
   * arrives in this order, or not at all. False: an ask or a reply was refused because no link to it is up or its queue
   * is full; facts are always taken and wait, the newest per (worker, kind, key).
   */
  send(server: string, worker: number, message: BusMessage): boolean
  /** All links of this worker to that server end now, and are made anew. Unconfirmed facts are said again. */
  cut(server: string): void
  /**
   * Asked once for each request before it is sent. Seconds after which its sender may try again: that server is
   * overloaded, and this one belongs to the share that it does not want (RFC 7339). Null: it may be sent.
   */
  sheds?(server: string, message: BusMessage): number | null
}

/** What the core does with the events of links. Each call is a unit of work of its own. */
export interface LinkSink {
  /** The first link of this worker to that server is up. A new boot id: its earlier flows and watches are gone. */
  onPeerUp(peer: LinkPeer): void
  /** The last link of this worker to that server is gone: whoever waits for an answer hears so at once. */
  onPeerDown(peer: LinkPeer): void
  /** One of several links of this worker to that server is gone: asks and replies that went by it may be lost. */
  onPeerLoss(peer: LinkPeer): void
  /**
   * Decoded and of a shape that the kind has; nothing in it has been believed yet. `worker`: which of this server's
   * workers the peer means it for; any whole number.
   */
  onPeerMessage(peer: LinkPeer, worker: number, message: BusMessage): void
}
