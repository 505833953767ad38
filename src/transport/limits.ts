/**
 * What a peer may cost a listener, each with its reason (promise P4: one bad peer harms nobody else).
 * Sizes of SIP messages are the framer's (`src/sip/framing/`); rates per account are the edge's.
 */

/** Open flows of one listener in one worker. 100,000 TLS flows are 5 GB, so memory ends the growth before this does. */
export const flowsMax = 200_000

/** Keep-alives of one flow between two sweeps (a second): a client sends one or two a minute. */
export const pingsPerSweepMax = 20

/** Open flows of one source address. A site behind one NAT address shows up as one source: thousands are lawful. */
export const flowsPerSourceMax = 10_000

/**
 * Peers that a UDP listener remembers. A peer costs about 600 bytes; beyond this the one longest unheard is forgotten.
 */
export const udpFlowsMax = 100_000

/**
 * Share of the UDP peers that may be strangers: never heard again after we answered. A flood of forged source addresses
 * then pushes out other strangers, and never the peers that hold a conversation.
 */
export const udpStrangersShare = 0.25

/** Bytes that the kernel has not taken from a UDP socket; what comes on top is dropped, as UDP may. */
export const udpQueueBytesMax = 1024 * 1024

/** New flows of one sweep (a second). A core completes about 2,900 P-256 handshakes a second and must do other work. */
export const acceptsPerSweepMax = 2_000

/** Time for a TLS handshake. Slow mobile networks need two or three seconds; ten are an attack. */
export const handshakeDeadlineMs = 10_000

/** Time from the opening of a flow to its first complete message. Nobody connects in order to say nothing. */
export const firstMessageDeadlineMs = 30_000

/** Time from the first byte of a message to its last: 64 KB in this time is 17 kbit/s. */
export const messageDeadlineMs = 30_000

/** Time in which a peer must take at least one byte of what waits for it. */
export const writeDeadlineMs = 30_000

/**
 * Time without any byte from a peer: a little above an hour, since a client without keep-alives may be silent between
 * two REGISTERs that are an hour apart. Peers that vanished are found sooner, by TCP's own probes.
 */
export const idleDeadlineMs = 65 * 60_000

/**
 * A UDP flow without traffic. Longer than the longest registration (two hours): a client on the same network need not
 * send anything between two refreshes, and its binding names this flow. Those behind a NAT ping (RFC 5626 §4.4.2).
 */
export const udpIdleDeadlineMs = 125 * 60_000

/** Time in which a flow that we end may still deliver what was sent before. */
export const lingerMs = 2_000

/** First TCP probe after this silence: finds peers that vanished, without a word of SIP. */
export const tcpProbeMs = 60_000

/** Bytes that wait for one peer. The largest message is 256 KB; a reader four of them behind does not read. */
export const bufferedBytesMax = 1024 * 1024

/** Silence after which we ping a WebSocket: proxies on the way forget connections after a minute or two. */
export const pingAfterMs = 50_000

/** Time for the pong. */
export const pongDeadlineMs = 20_000

/** How often deadlines are looked at: one timer a listener, not one a flow. */
export const sweepMs = 1_000

/** Body of an HTTP request on the web listener: the admin API and XCAP documents stay far below. */
export const httpBodyBytesMax = 1024 * 1024

/**
 * Connections of the web listener beside its flows, on Node's HTTP server: scrapers, administrators, upgrades to come.
 */
export const httpConnectionsMax = 1_000

/** One SIP message in one WebSocket frame: the head of 64 KB and the body of 256 KB that the parser admits at most. */
export const webSocketFrameBytesMax = 320 * 1024

export interface TransportLimits {
  readonly flowsMax: number
  readonly flowsPerSourceMax: number
  readonly acceptsPerSweepMax: number
  readonly handshakeDeadlineMs: number
  readonly firstMessageDeadlineMs: number
  readonly messageDeadlineMs: number
  readonly writeDeadlineMs: number
  /** 0: never. */
  readonly idleDeadlineMs: number
  /** 0: the transport has no pings of its own. */
  readonly pingAfterMs: number
  readonly pongDeadlineMs: number
  readonly lingerMs: number
  readonly bufferedBytesMax: number
  readonly sweepMs: number
}

export const streamLimits: TransportLimits = {
  flowsMax,
  flowsPerSourceMax,
  acceptsPerSweepMax,
  handshakeDeadlineMs,
  firstMessageDeadlineMs,
  messageDeadlineMs,
  writeDeadlineMs,
  idleDeadlineMs,
  pingAfterMs: 0,
  pongDeadlineMs,
  lingerMs,
  bufferedBytesMax,
  sweepMs,
}

/** A datagram is a message, and there is no accept: what bounds UDP is the number of peers and their silence. */
export const udpLimits: TransportLimits = {
  ...streamLimits,
  flowsMax: udpFlowsMax,
  acceptsPerSweepMax: Number.POSITIVE_INFINITY,
  firstMessageDeadlineMs: 0,
  idleDeadlineMs: udpIdleDeadlineMs,
}

/** Who answers our pings is not idle. */
export const webSocketLimits: TransportLimits = { ...streamLimits, pingAfterMs, idleDeadlineMs: 0 }

/** We opened these flows ourselves, so only a peer that does not read is cut. */
export const clientLimits: TransportLimits = {
  ...streamLimits,
  acceptsPerSweepMax: Number.POSITIVE_INFINITY,
  flowsPerSourceMax: Number.POSITIVE_INFINITY,
  firstMessageDeadlineMs: 0,
  idleDeadlineMs: 0,
}
