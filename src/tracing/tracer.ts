/**
 * Finds the messages of traced users among all of a worker, and keeps them until they are taken: no more than so many
 * and so large, the rest is counted. Whose a message is, its From, To and Request-URI say, and where they do not, the
 * flow of one user alone.
 */
import type { TapDirection, TappedFlow } from '../ports/wire-tap.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import { type Aor, parseAor } from '../sip/uri/aor.ts'
import { shownMessage } from './shown-message.ts'
import type { TraceBatch, TracedMessage, TraceOrder } from './traced-message.ts'

/** Between two takings, for each trace. */
export const keptMessagesMax = 500
const keptTextBytesMax = 1024 * 1024
const callIdCharsMax = 128

interface Kept {
  readonly order: TraceOrder
  readonly names: ReadonlySet<string>
  messages: TracedMessage[]
  textBytes: number
  missed: number
}

interface Parties {
  readonly from: Aor | null
  readonly to: Aor | null
  readonly target: Aor | null
}

const nobody: Parties = { from: null, to: null, target: null }

export class Tracer {
  readonly #worker: number
  readonly #nowUs: () => number
  #kept: Kept[] = []

  /** `nowUs`: microseconds that all workers count alike. */
  constructor(worker: number, nowUs: () => number) {
    this.#worker = worker
    this.#nowUs = nowUs
  }

  get isIdle(): boolean {
    return this.#kept.length === 0
  }

  /** From now on these, and what is kept of those that go on. */
  follow(orders: readonly TraceOrder[]): void {
    this.#kept = orders.map((order) => this.#kept.find((kept) => kept.order.id === order.id) ?? begun(order))
  }

  /** `message` is null where the bytes could not be read. */
  see(direction: TapDirection, flow: TappedFlow, message: SipMessage | null, bytesCount: number): void {
    const parties = message === null ? nobody : partiesOf(message)
    for (const kept of this.#kept) {
      if (!concerns(kept, flow, parties)) continue
      if (kept.messages.length >= keptMessagesMax || kept.textBytes >= keptTextBytesMax) kept.missed++
      else this.#keep(kept, { direction, flow, message, parties, bytesCount })
    }
  }

  /** What was kept since the last time. */
  take(): readonly TraceBatch[] {
    const full = this.#kept.filter(({ messages, missed }) => messages.length + missed > 0)
    return full.map((kept) => {
      const { order, messages, missed } = kept
      kept.messages = []
      kept.textBytes = 0
      kept.missed = 0
      return { trace: order.id, messages, missed }
    })
  }

  #keep(kept: Kept, seen: Seen): void {
    const { direction, flow, message, parties, bytesCount } = seen
    const text = kept.order.withText && message !== null ? shownMessage(message, true).toString('utf8') : null
    kept.textBytes += text?.length ?? 0
    kept.messages.push({
      atUs: this.#nowUs(),
      worker: this.#worker,
      direction,
      side: sideOf(kept, seen),
      method: printable(message?.isRequest ? message.method : (message?.cseq?.method ?? '')),
      status: message?.statusCode ?? 0,
      reason: message === null ? 'cannot be read' : printable(message.reasonPhrase),
      cseq: message?.cseq?.number ?? 0,
      callId: printable(message?.callId ?? '').slice(0, callIdCharsMax),
      from: parties.from ?? '',
      to: parties.to ?? '',
      flow: shortFlow(flow),
      transport: flow.transport.transport,
      remoteAddress: flow.transport.remoteAddress,
      remotePort: flow.transport.remotePort,
      bytes: bytesCount,
      bodyBytes: message?.body.length ?? 0,
      text,
    })
  }
}

interface Seen {
  readonly direction: TapDirection
  readonly flow: TappedFlow
  readonly message: SipMessage | null
  readonly parties: Parties
  readonly bytesCount: number
}

function begun(order: TraceOrder): Kept {
  return { order, names: new Set(order.names), messages: [], textBytes: 0, missed: 0 }
}

function partiesOf(message: SipMessage): Parties {
  const uriAor = (uri: string | undefined) => (uri === undefined ? null : parseAor(uri))
  const target = message.isRequest ? parseAor(message.requestUri) : null
  return { from: uriAor(message.from?.uri), to: uriAor(message.to?.uri), target }
}

function isOf({ names }: Kept, aor: Aor | null): boolean {
  return aor !== null && names.has(aor)
}

function concerns(kept: Kept, flow: TappedFlow, { from, to, target }: Parties): boolean {
  if (isOf(kept, from) || isOf(kept, to) || isOf(kept, target)) return true
  return flow.bound.size === 1 && flow.bound.has(kept.order.account)
}

/**
 * The flow says it where it is the one's or the other's alone; else the way that a message goes: what somebody
 * asks comes from his side and leaves to the other, and answers go back.
 */
function sideOf(kept: Kept, { direction, flow, message, parties }: Seen): TracedMessage['side'] {
  const isFrom = isOf(kept, parties.from)
  const isTo = isOf(kept, parties.to) || isOf(kept, parties.target)
  if (isFrom && isTo) return 'device'
  const other = isFrom ? (parties.to ?? parties.target) : parties.from
  const isOurs = flow.bound.has(kept.order.account)
  const isTheirs = other !== null && flow.bound.has(other)
  if (isOurs !== isTheirs) return isOurs ? 'device' : 'other'
  const comesFromAsker = (direction === 'received') === (message?.isRequest ?? true)
  return isFrom === comesFromAsker ? 'device' : 'other'
}

/** Without the part that all flows of one start share. */
function shortFlow({ id }: TappedFlow): string {
  return id.split('.').slice(0, 3).join('.')
}

/** Of strangers, and for a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '·')
}
