/**
 * Tracing one user's messages live, as administrators ask for it.
 */
import type { Aor } from '../../sip/uri/aor.ts'
import type { TracedMessage } from '../../tracing/index.ts'
import type { Caller } from '../api/caller.ts'
import type { AdminResult } from '../result.ts'

export interface NewTrace {
  /** `alice`, `alice@example.test` or `sip:alice@example.test`; an alias too. */
  readonly user: string
  /** It ends by itself after so long. */
  readonly seconds: number
  /** Or after so many messages. */
  readonly messages: number
  /** Whole messages, without credentials; for administrators alone. */
  readonly bodies: boolean
}

export interface TraceFacts {
  readonly id: string
  readonly aor: Aor
  readonly by: string
  /** Milliseconds since 1970 of the system's clock. */
  readonly beganMs: number
  readonly endsMs: number
  readonly bodies: boolean
  /** Seen so far, the missed ones too. */
  readonly messages: number
}

export interface TraceStep extends Omit<TracedMessage, 'atUs'> {
  /** Counts from 1. A number that is left out was missed. */
  readonly number: number
  /** Milliseconds since 1970 of the system's clock, with a fraction. */
  readonly atMs: number
}

/** Why a trace is over; null while it goes on. */
export type TraceEnd = 'time' | 'count' | 'asked' | 'nobody-reads' | 'server-stops' | null

export interface TracePart {
  readonly steps: readonly TraceStep[]
  /** To ask behind, next time. */
  readonly next: number
  /** Between what was asked behind and `next`: too many for the worker, or read too late. */
  readonly missed: number
  readonly end: TraceEnd
}

export interface TraceBackend {
  begin(trace: NewTrace, caller: Caller): Promise<AdminResult<TraceFacts>>
  /** Waits for something to tell, so long at most. */
  read(id: string, after: number, waitMs: number, caller: Caller): Promise<AdminResult<TracePart>>
  end(id: string): Promise<AdminResult<TraceFacts>>
  list(): Promise<AdminResult<readonly TraceFacts[]>>
}

export interface BeginTrace extends Omit<NewTrace, 'user'> {
  readonly aor: Aor
  /** The AOR and its aliases. */
  readonly names: readonly Aor[]
  readonly by: string
  /** Called once. */
  onEnded(facts: TraceFacts, end: TraceEnd): void
}

/** What the backend stands on; a text says why not. */
export interface TraceBook {
  /** Whose accounts are elsewhere, it cannot say whether there is such a user. */
  readonly hasAccounts: boolean
  begin(trace: BeginTrace): TraceFacts | string
  /** Null: there is no such trace, or it is over for long. */
  find(id: string): TraceFacts | null
  read(id: string, after: number, waitMs: number): Promise<TracePart | null>
  end(id: string): TraceFacts | null
  list(): readonly TraceFacts[]
}
