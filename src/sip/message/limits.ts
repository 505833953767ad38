/**
 * What a peer may send, each bound with its reason and the answer at the bound. They bind what clients send; what we
 * make ourselves is split before it reaches them. `faults.ts` holds the answers; lengths of queues and rates are the
 * edge's.
 */

/**
 * Start line and headers. Others take 8 to 64 KB; ours fit 2 KB, and a path of many hops with tokens 8 KB. Answer:
 * 513.
 */
export const headBytesMax = 16 * 1024
/** A REGISTER over TLS may carry a Kerberos ticket with the groups of a large domain. Answer: 513. */
export const registerHeadBytesMax = 64 * 1024
/** Real messages have under 40 lines; each costs us a row of the header table. Answer: 513. */
export const headerLinesMax = 128
/**
 * A typed message is under 2 KB; pasted text and small pictures fit. RFC 3428 §8 asks for less over UDP. Answer: 413.
 */
export const messageBodyBytesMax = 64 * 1024
/** Presence documents, contact lists and SDP. Above, HTTP is the tool. Answer: 413. */
export const bodyBytesMax = 256 * 1024
/** Our own Contact and Record-Route tokens stay under 300 bytes. Answer: 414. */
export const uriBytesMax = 2 * 1024
/** 64 for the user and 255 for the domain, as mail has it (RFC 5321 §4.5.3.1). Refused at creation and in contacts. */
export const aorBytesMax = 320
/**
 * Hops that a message has made. Not the 32 that our own topology would need: RFC 4475 §3.1.1.7 has a valid request with
 * 34 of them, and Max-Forwards starts at 70 (RFC 3261 §8.1.1.6), so no honest path is longer. Answer: 483.
 */
export const viaValuesMax = 70
/** Hops that a message is told to make; ours need four. Each may cost a look-up. Answer: 513. */
export const routeValuesMax = 32
/** RFC 3261 §8.1.1.5: CSeq numbers stay below 2³¹. Answer: 400. */
export const cseqNumberMax = 2 ** 31 - 1
/** RFC 3261 §20.22. Answer: 400. */
export const maxForwardsMax = 255

export interface MessageLimits {
  readonly headBytesMax: number
  readonly registerHeadBytesMax: number
  readonly headerLinesMax: number
  readonly messageBodyBytesMax: number
  readonly bodyBytesMax: number
  readonly uriBytesMax: number
  readonly viaValuesMax: number
  readonly routeValuesMax: number
}

/** For peers over UDP and TCP. */
export const clientLimits: MessageLimits = Object.freeze({
  headBytesMax,
  registerHeadBytesMax: headBytesMax,
  headerLinesMax,
  messageBodyBytesMax,
  bodyBytesMax,
  uriBytesMax,
  viaValuesMax,
  routeValuesMax,
})

/** For peers over TLS and WSS, who may bring a ticket. */
export const tlsClientLimits: MessageLimits = Object.freeze({ ...clientLimits, registerHeadBytesMax })
