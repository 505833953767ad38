/**
 * What a link may cost, each bound with its reason and what happens when it is reached. A peer has proved which server
 * it is, and is still not trusted to be well.
 */

/** A batch is closed when it has reached this: long enough that its head costs nothing, short enough to be a turn. */
export const batchBytesMax = 64 * 1024

/**
 * One message with its largest body (an XCAP document of 1 MB) and all around it. An ask beyond this is refused, a
 * fact dropped and logged; from a peer it ends the link.
 */
export const messageBytesMax = 1280 * 1024

/** The body of one batch, from a peer: the message that it closes with, and its frame, come on top of what it had. */
export const batchBodyBytesMax = batchBytesMax + messageBytesMax + 64

/** As on the bus between threads: what is sent beyond this waits. */
export const unconfirmedMax = 8

/** Asks waiting for one server: it does not keep up, and the asker is told so at once. */
export const asksWaitingMax = 20_000
/** And their bytes: a few seconds of a fast network. */
export const asksBytesMax = 32 * 1024 * 1024

/** Names, URIs, tags, header values, head text of a NOTIFY: none is longer than a head may be. */
export const textBytesMax = 64 * 1024

/** Lists inside a message: header lines, devices, requests of one send. Far above what is ever made. */
export const itemsMax = 20_000

/** Accepted links of one server in one worker: its workers may all end here, and twice while they reconnect. */
export const acceptedPerPeerMax = 64

/** The link has said hello within this time. */
export const helloDeadlineMs = 10_000

/** Silence after which the end that has connected pings (RFC 5626 §4.4.1); far below what firewalls forget after. */
export const pingEveryMs = 10_000
/** Time for the pong, and for the confirmation of a batch. */
export const pongDeadlineMs = 10_000
export const confirmDeadlineMs = 15_000
/** The end that was connected to hears a ping or a batch within this time, two lost pings allowed. */
export const silenceMs = 35_000

/** How often deadlines are looked at. */
export const sweepMs = 500

/** Wait before connecting again: from the first to the second, twice as long each time, with half of it random. */
export const retryMinMs = 500
export const retryMaxMs = 15_000
/** A link that stood for this long counts as good: after it the wait begins anew. */
export const goodAfterMs = 20_000

/** Clocks further apart than this are logged: tokens and expiries of the two servers begin to disagree. */
export const skewMs = 2_000

/** Bytes that wait for one peer in our memory: eight batches and one message. */
export const bufferedBytesMax = unconfirmedMax * batchBodyBytesMax
