/**
 * Why flows are refused and cut: one event name per reason, stable for administrators' filters. Faults of framing have
 * names of their own, from `src/sip/framing/`.
 */
export const TransportEvent = {
  /** Ended as SIP flows end: the peer closed. */
  peerClosed: 'transport.peer-closed',
  peerReset: 'transport.peer-reset',
  /** The socket broke in another way; the log has the code. */
  socketError: 'transport.socket-error',
  listenerClosed: 'transport.listener-closed',
  /** Refused, before a flow exists. */
  tooManyFlows: 'transport.too-many-flows',
  tooManyFlowsOfSource: 'transport.too-many-flows-of-source',
  acceptBurst: 'transport.accept-burst',
  memoryShedding: 'transport.memory-shedding',
  handshakeDeadline: 'transport.handshake-deadline',
  handshakeFailed: 'transport.handshake-failed',
  originRefused: 'transport.origin-refused',
  subprotocolMissing: 'transport.subprotocol-missing',
  /** Cut, while a flow was open. */
  silent: 'transport.no-first-message',
  idle: 'transport.idle',
  slowSender: 'transport.slow-sender',
  neverReading: 'transport.never-reading',
  writeStalled: 'transport.write-stalled',
  memoryCut: 'transport.memory-cut',
  /** Nothing but keep-alives, far more than a client needs. */
  pingFlood: 'transport.ping-flood',
  /** Our own keep-alive (RFC 5626 §4.4.1) got no answer. */
  noPong: 'transport.no-pong',
  frameTooLong: 'transport.frame-too-long',
  /** UDP peers forgotten. */
  peerEvicted: 'transport.peer-evicted',
  /** Dropped datagrams: no flow ends. */
  udpQueueFull: 'transport.udp-queue-full',
} as const

export type TransportEvent = (typeof TransportEvent)[keyof typeof TransportEvent]
