/**
 * Where replies on the bus go.
 */

/** Who waits for replies, whatever they are about. */
export interface ReplyPlace {
  /** A worker of this server, or a place on another one (`places.ts`). */
  readonly worker: number
  readonly incarnation: number
  /**
   * Which part of the worker waits: the edge, messaging (`shard`), event notification, HTTP, main, or what asks other
   * servers in the name of one of these (`routes`).
   */
  readonly half: 'edge' | 'shard' | 'events' | 'http' | 'main' | 'routes'
}

/**
 * Names something that waits for a reply: a server transaction or forwarding of an edge, a delivery of a shard.
 * The incarnation keeps a reply to a dead worker from meeting its successor's number.
 */
export interface ReplyAddress extends ReplyPlace {
  readonly number: number
}
