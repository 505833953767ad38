/**
 * Why a stream cannot be cut into messages any further (RFC 3261 §18.3). After any of these the flow ends; `status` is
 * what a request whose head is at hand may still be answered with.
 */
import type { MessageFault } from '../message/faults.ts'

export type FramingEvent =
  | 'framing.not-sip'
  | 'framing.bad-line-end'
  | 'framing.head-too-long'
  | 'framing.no-content-length'
  | 'framing.bad-content-length'
  | 'framing.body-too-long'

function fault(status: number, reason: string, event: FramingEvent): MessageFault {
  return Object.freeze({ status, reason, event })
}

export const framingFaults: Readonly<Record<FramingEvent, MessageFault>> = Object.freeze({
  /** The first byte begins no method and no version: TLS on a TCP port, a scanner. */
  'framing.not-sip': fault(0, 'Not SIP', 'framing.not-sip'),
  /** A line feed without CR. Elements that take it for a line end see other headers than those that do not. */
  'framing.bad-line-end': fault(400, 'Bare CR Or LF In Header', 'framing.bad-line-end'),
  'framing.head-too-long': fault(513, 'Message Head Too Large', 'framing.head-too-long'),
  /** RFC 3261 §18.3: on streams it must be there. */
  'framing.no-content-length': fault(400, 'Missing Content-Length', 'framing.no-content-length'),
  /** No number, or two different ones: whoever guesses wrongly reads a body as the next request. */
  'framing.bad-content-length': fault(400, 'Malformed Content-Length', 'framing.bad-content-length'),
  'framing.body-too-long': fault(413, 'Request Entity Too Large', 'framing.body-too-long'),
})
