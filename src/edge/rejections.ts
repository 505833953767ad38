/**
 * What the edge refuses by itself, before any shard is asked. Status and reason go to the peer, the event to log and
 * metric.
 */
import type { Shortage } from '../guard/index.ts'
import type { HeaderLines } from '../ports/bus.ts'

export interface EdgeRejection {
  readonly status: number
  readonly reason: string
  readonly event: string
  readonly headers: HeaderLines
  /** What is short, where that is why. */
  readonly by?: Shortage
}

function refuse(status: number, reason: string, event: string, headers: HeaderLines = []): EdgeRejection {
  return Object.freeze({ status, reason, event, headers })
}

/** Missing or malformed From, To, Call-ID, CSeq or Via (RFC 3261 §8.1.1): nothing can be matched or answered right. */
export const missingHeader = refuse(400, 'Missing Or Malformed Mandatory Header', 'edge.mandatory-header')
export const cseqMismatch = refuse(400, 'CSeq Method Does Not Match', 'edge.cseq-mismatch')
export const badFrom = refuse(403, 'From Is No Address Of Ours', 'edge.foreign-from')
/** RFC 3261 §10.3 step 5: nobody of ours can be registered so. */
export const badTo = refuse(404, 'To Is No Address Of Ours', 'edge.foreign-to')
export const tooManyHops = refuse(483, 'Too Many Hops', 'edge.too-many-hops')
export const loopDetected = refuse(482, 'Loop Detected', 'edge.loop')
export const maxBreadthExceeded = refuse(440, 'Max-Breadth Exceeded', 'edge.max-breadth')
export const foreignDomain = refuse(404, 'Domain Not Served Here', 'edge.foreign-domain')
export const unsupportedScheme = refuse(416, 'Unsupported URI Scheme', 'edge.uri-scheme')
export const badRequestUri = refuse(400, 'Malformed Request-URI', 'edge.request-uri')
export const noMatchingTransaction = refuse(481, 'Call/Transaction Does Not Exist', 'edge.no-transaction')
export const requestTerminated = refuse(487, 'Request Terminated', 'edge.cancelled')
export const notReachable = refuse(480, 'Temporarily Unavailable', 'edge.no-target')
export const flowFailed = refuse(430, 'Flow Failed', 'edge.flow-failed')
/** The shard is down, its queue is full, or it did not answer in time; nothing was kept for certain. */
export const shardSilent = refuse(503, 'Service Unavailable', 'edge.shard-silent', [['Retry-After', '5']])
export const tooManyFailures = refuse(403, 'Too Many Failed Authentications', 'edge.too-many-failures')
export const tooManyRequests = refuse(503, 'Too Many Requests', 'edge.rate-limited', [['Retry-After', '2']])
export const tooManyPending = refuse(503, 'Too Many Requests Under Way', 'edge.pending-limit', [['Retry-After', '5']])

/** The client's certificate is none that signs anybody in here; without one, or with a better one, it is welcome. */
export function certificateRefused(why: string): EdgeRejection {
  return refuse(403, `Client Certificate Refused (${why})`, 'edge.certificate-refused')
}

/** Too many failed authentications from this address; flows that have signed in are not touched. */
export const sourceBanned = refuse(503, 'Address Refused For A While', 'edge.source-banned', [['Retry-After', '60']])
/** Our code threw on this message; nothing was changed. */
export const ownFault = refuse(500, 'Server Internal Error', 'edge.unit-failed')
/** It threw before on this message, or three times on messages of this address. */
export const poisoned = refuse(503, 'Refused After Failures', 'edge.poison', [['Retry-After', '60']])

/** The server is being stopped or restarted: another flow, or this address a little later, will do. */
export const draining = refuse(503, 'Server Is Stopping', 'edge.draining', [['Retry-After', '3']])

/** This worker is behind with its work: see `steps/overload.ts`. */
export function overloaded(by: Shortage, retryAfterSeconds: number): EdgeRejection {
  return { ...refuse(503, 'Server Is Busy', 'edge.overloaded', [['Retry-After', String(retryAfterSeconds)]]), by }
}

export function badExtension(tags: string): EdgeRejection {
  return refuse(420, 'Bad Extension', 'edge.bad-extension', [['Unsupported', tags]])
}
