/**
 * A stream framer whose events are written down: messages with their bytes, keep-alives, faults.
 */
import { StreamFramer } from '../../src/sip/framing/stream-framer.ts'
import type { MessageLimits } from '../../src/sip/message/limits.ts'

export interface FramedStream {
  readonly framer: StreamFramer
  /** `message`, `crlf`, `ping`, or the fault's event, in order. */
  readonly events: string[]
  readonly messages: Buffer[]
  readonly heads: (Buffer | null)[]
}

export function framedStream(limits?: MessageLimits): FramedStream {
  const events: string[] = []
  const messages: Buffer[] = []
  const heads: (Buffer | null)[] = []
  const sink = {
    onMessage(bytes: Buffer): void {
      events.push('message')
      messages.push(bytes)
    },
    onKeepAlive: (kind: string): void => void events.push(kind),
    onFault(event: string, head: Buffer | null): void {
      events.push(event)
      heads.push(head)
    },
  }
  return {
    framer: limits === undefined ? new StreamFramer(sink) : new StreamFramer(sink, limits),
    events,
    messages,
    heads,
  }
}

/** Feeds `bytes` in chunks of `size`. */
export function feed(framer: StreamFramer, bytes: Buffer, size: number): void {
  for (let at = 0; at < bytes.length; at += size) framer.push(Buffer.from(bytes.subarray(at, at + size)))
}

/** Everything that a stream of these bytes yields, cut at every `size` bytes. */
export function frame(bytes: Buffer, size: number, limits?: MessageLimits): FramedStream {
  const stream = framedStream(limits)
  feed(stream.framer, bytes, size)
  return stream
}
