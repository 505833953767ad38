/**
 * One step of a trace: what a message was, by which flow it came or went, and to which side of the server. Plain data,
 * which crosses from the workers to main.
 */
import type { TapDirection } from '../ports/wire-tap.ts'
import type { Aor } from '../sip/uri/aor.ts'

/** Whom to follow, as workers are told. */
export interface TraceOrder {
  readonly id: string
  /** The account's AOR, under which flows know it, and its aliases. */
  readonly account: Aor
  readonly names: readonly Aor[]
  /** Whole messages, without credentials. */
  readonly withText: boolean
}

export interface TracedMessage {
  /** Microseconds of the monotonic clock that all threads of the process share. */
  readonly atUs: number
  readonly worker: number
  readonly direction: TapDirection
  /** `device`: a device of the traced user; `other`: whoever is on the other side of the server. */
  readonly side: 'device' | 'other'
  /** Of a response that of its CSeq; empty for what could not be read. */
  readonly method: string
  /** 0 for requests. */
  readonly status: number
  readonly reason: string
  readonly cseq: number
  readonly callId: string
  /** AORs; empty where a header names none. */
  readonly from: string
  readonly to: string
  readonly flow: string
  readonly transport: string
  readonly remoteAddress: string
  readonly remotePort: number
  readonly bytes: number
  readonly bodyBytes: number
  /** Null where nobody asked for it, or for what could not be read. */
  readonly text: string | null
}

/** What one worker has for one trace since it was last asked or told. */
export interface TraceBatch {
  readonly trace: string
  readonly messages: readonly TracedMessage[]
  /** Beyond what a worker keeps between two batches. */
  readonly missed: number
}
