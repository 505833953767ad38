/**
 * Where replies on the bus go.
 */

/** Who waits for replies, whatever they are about. */
export interface ReplyPlace {
  readonly worker: number
  readonly incarnation: number
  /** Which part of the worker waits: the edge, messaging (`shard`), event notification, HTTP, or main. */
  readonly half: 'edge' | 'shard' | 'events' | 'http' | 'main'
}

/**
 * Names something that waits for a reply: a server transaction or forwarding of an edge, a delivery of a shard.
 * The incarnation keeps a reply to a dead worker from meeting its successor's number.
 */
export interface ReplyAddress extends ReplyPlace {
  readonly number: number
}
