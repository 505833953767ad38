/**
 * A FlowSink that records what it is told and lets a test wait for it: no sleeps. Used by every test of transports.
 */
import type { FlowSink, TransportFlow } from '../../../src/ports/flows.ts'
import type { Log, LogFields, LogLevel } from '../../../src/ports/log.ts'

export interface FlowEvent {
  readonly kind: 'opened' | 'message' | 'fault' | 'closed'
  readonly flow: TransportFlow
  /** The message, or the reason. */
  readonly text: string
}

export class RecordingSink implements FlowSink {
  readonly events: FlowEvent[] = []
  onMessage: (flow: TransportFlow, bytes: Buffer) => void = () => {}
  onFault: (flow: TransportFlow, event: string) => void = () => {}
  readonly #waiting: { kind: FlowEvent['kind']; resolve: (event: FlowEvent) => void }[] = []
  /** Events before this index were already waited for. */
  readonly #taken = { opened: 0, message: 0, fault: 0, closed: 0 }

  onFlowOpened(flow: TransportFlow): void {
    this.#record({ kind: 'opened', flow, text: '' })
  }

  onFlowMessage(flow: TransportFlow, bytes: Buffer): void {
    this.#record({ kind: 'message', flow, text: bytes.toString() })
    this.onMessage(flow, bytes)
  }

  onFlowFault(flow: TransportFlow, event: string, _head: Buffer | null): void {
    this.#record({ kind: 'fault', flow, text: event })
    this.onFault(flow, event)
  }

  onFlowClosed(flow: TransportFlow, reason: string): void {
    this.#record({ kind: 'closed', flow, text: reason })
  }

  /** The next event of this kind that no one waited for yet. */
  next(kind: FlowEvent['kind']): Promise<FlowEvent> {
    const index = this.#taken[kind]++
    const known = this.of(kind)[index]
    if (known) return Promise.resolve(known)
    return new Promise((resolve) => this.#waiting.push({ kind, resolve }))
  }

  of(kind: FlowEvent['kind']): FlowEvent[] {
    return this.events.filter((event) => event.kind === kind)
  }

  texts(kind: FlowEvent['kind']): string[] {
    return this.of(kind).map((event) => event.text)
  }

  #record(event: FlowEvent): void {
    this.events.push(event)
    const index = this.#waiting.findIndex(({ kind }) => kind === event.kind)
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(event)
  }
}

/** A log that lets a test wait for an event name. */
export class RecordingLog implements Log {
  readonly lines: { level: LogLevel; event: string; fields: LogFields }[] = []
  readonly #waiting: { event: string; level: LogLevel; resolve: (fields: LogFields) => void }[] = []

  write(level: LogLevel, event: string, fields: LogFields = {}): void {
    this.lines.push({ level, event, fields })
    const index = this.#waiting.findIndex((waiting) => waiting.event === event && waiting.level === level)
    if (index >= 0) this.#waiting.splice(index, 1)[0]?.resolve(fields)
  }

  next(level: LogLevel, event: string): Promise<LogFields> {
    return new Promise((resolve) => this.#waiting.push({ event, level, resolve }))
  }
}

/** A small MESSAGE with this body. */
export function messageWith(body: string): string {
  return [
    'MESSAGE sip:bob@example.test SIP/2.0',
    'Via: SIP/2.0/TCP client.example.test;branch=z9hG4bK1',
    'From: <sip:alice@example.test>;tag=1',
    'To: <sip:bob@example.test>',
    'Call-ID: 1@client.example.test',
    'CSeq: 1 MESSAGE',
    'Max-Forwards: 70',
    'Content-Type: text/plain',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
