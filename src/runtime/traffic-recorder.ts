/**
 * Notes what users do, for a replay, while an administrator asks for it: who as a keyed hash, when, and how many bytes;
 * never a name, an address or a text. Stands between the transports and the worker and reads along; it changes nothing
 * and costs nothing while it does not record.
 */
import { createHmac } from 'node:crypto'
import type { FlowSink, TransportFlow } from '../ports/flows.ts'
import { HeaderId } from '../sip/message/header-id.ts'
import { clientLimits } from '../sip/message/limits.ts'
import { parseMessage } from '../sip/message/parse.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { parseAor } from '../sip/uri/aor.ts'

/** What a row says; `docs/traffic-recording.md` has each. */
export const recordedKinds = [
  'sign-in',
  'sign-out',
  'flow-lost',
  'publish',
  'poll',
  'message',
  'typing',
  'open-session',
  'close-session',
] as const
export type RecordedKind = (typeof recordedKinds)[number]

/** Milliseconds from the start of the recording, kind, who, number of the flow, the other user or '', body's bytes. */
export type RecordedRow = readonly [number, RecordedKind, string, number, string, number]

/** So many rows go to main at once. */
const rowsPerPost = 500
const hashCharacters = 16
/** Hashes that are remembered; beyond it they are made again. */
const hashesMax = 50_000

interface Seen {
  readonly number: number
  user: string
  isSignedIn: boolean
  /** The last request without credentials: the same with them is no second one. */
  unproved: string
}

export class TrafficRecorder implements FlowSink {
  readonly #inner: FlowSink
  readonly #nowMs: () => number
  readonly #post: (rows: readonly RecordedRow[]) => void
  readonly #hashes = new Map<string, string>()
  #seen = new WeakMap<TransportFlow, Seen>()
  #flowsCount = 0
  #key: Uint8Array | null = null
  #startedMs = 0
  #rows: RecordedRow[] = []

  /** `firstFlow`: numbers of flows of different workers must differ. */
  constructor(inner: FlowSink, nowMs: () => number, post: (rows: readonly RecordedRow[]) => void, firstFlow: number) {
    this.#inner = inner
    this.#nowMs = nowMs
    this.#post = post
    this.#flowsCount = firstFlow
  }

  /** With a key it records; with null it stops, and what it has goes to main. */
  record(key: Uint8Array | null): void {
    this.flush()
    this.#key = key
    this.#startedMs = this.#nowMs()
    this.#hashes.clear()
    this.#seen = new WeakMap()
  }

  /** Hands over what it has. */
  flush(): void {
    if (this.#rows.length === 0) return
    this.#post(this.#rows)
    this.#rows = []
  }

  onFlowOpened(flow: TransportFlow): void {
    this.#inner.onFlowOpened(flow)
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    if (this.#key !== null) this.#note(flow, bytes)
    this.#inner.onFlowMessage(flow, bytes)
  }

  onFlowFault(flow: TransportFlow, event: string, head: Buffer | null): void {
    this.#inner.onFlowFault(flow, event, head)
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    const seen = this.#key === null ? undefined : this.#seen.get(flow)
    if (seen?.isSignedIn) this.#row('flow-lost', seen, '', 0)
    this.#inner.onFlowClosed(flow, reason)
  }

  /** A message that cannot be read is the edge's affair. */
  #note(flow: TransportFlow, bytes: Buffer): void {
    const { message } = parseMessage(Buffer.from(bytes), clientLimits)
    if (!message?.isRequest) return
    const from = parseAor(message.from?.uri ?? '')
    const kind = from === null ? null : kindOf(message)
    if (from === null || kind === null) return
    const seen = this.#seenOf(flow)
    if (this.#isProofOfLast(seen, message)) return
    seen.user = this.#hash(from)
    const isSignIn = kind === 'sign-in'
    if (isSignIn && seen.isSignedIn) return
    if (isSignIn || kind === 'sign-out') seen.isSignedIn = isSignIn
    const other = isAboutOther(kind) ? parseAor(message.to?.uri ?? '') : null
    this.#row(kind, seen, other === null ? '' : this.#hash(other), message.body.length)
  }

  /** The first of a challenged request is the one that counts: that is when the user did it. */
  #isProofOfLast(seen: Seen, message: SipMessage): boolean {
    const name = `${message.callId} ${message.method}`
    const isProved = message.has(HeaderId.authorization) || message.has(HeaderId.proxyAuthorization)
    const isProof = isProved && seen.unproved === name
    seen.unproved = isProved ? '' : name
    return isProof
  }

  #seenOf(flow: TransportFlow): Seen {
    let seen = this.#seen.get(flow)
    if (!seen) {
      seen = { number: this.#flowsCount++, user: '', isSignedIn: false, unproved: '' }
      this.#seen.set(flow, seen)
    }
    return seen
  }

  #row(kind: RecordedKind, { user, number }: Seen, other: string, bytes: number): void {
    this.#rows.push([Math.round(this.#nowMs() - this.#startedMs), kind, user, number, other, bytes])
    if (this.#rows.length >= rowsPerPost) this.flush()
  }

  #hash(aor: string): string {
    const known = this.#hashes.get(aor)
    if (known !== undefined) return known
    if (this.#hashes.size >= hashesMax) this.#hashes.clear()
    const made = createHmac('sha256', this.#key!).update(aor).digest('hex').slice(0, hashCharacters)
    this.#hashes.set(aor, made)
    return made
  }
}

/** Null: nothing that a replay would do by itself. In-dialog SUBSCRIBE, refreshes, ACK and answers are the device's. */
function kindOf(message: SipMessage): RecordedKind | null {
  const isFirst = !message.to?.tag
  switch (message.method) {
    case 'REGISTER':
      return expiresNow(message) ? 'sign-out' : 'sign-in'
    case 'PUBLISH':
      return message.body.length > 0 ? 'publish' : null
    case 'SUBSCRIBE':
      return isFirst && expiresNow(message) ? 'poll' : null
    case 'MESSAGE':
      return /im-iscomposing/i.test(message.first(HeaderId.contentType) ?? '') ? 'typing' : 'message'
    case 'INFO':
      return 'typing'
    case 'INVITE':
      return isFirst ? 'open-session' : null
    case 'BYE':
      return 'close-session'
    default:
      return null
  }
}

function isAboutOther(kind: RecordedKind): boolean {
  return kind !== 'sign-in' && kind !== 'sign-out' && kind !== 'publish'
}

/** `Expires: 0`, or a Contact that says so itself (RFC 3261 §10.2.2). */
function expiresNow(message: SipMessage): boolean {
  const contact = message.first(HeaderId.contact) ?? ''
  return message.first(HeaderId.expires)?.trim() === '0' || /;\s*expires\s*=\s*0\s*(;|$)/i.test(contact)
}
