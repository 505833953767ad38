/**
 * What happened in a run, as the checkers read it: written by world and model, never read by them. Times are virtual
 * milliseconds. Also the trace and its hash: the same seed must give the same hash.
 */
import { createHash } from 'node:crypto'
import { PresenceHistory } from './presence/history.ts'

/** One message of a user, named by its body. */
export interface SentMessage {
  readonly id: number
  readonly fromUser: string
  readonly fromDevice: string
  readonly toUser: string
  /** When it first left the device, and when it last did with credentials or on a proved flow. */
  readonly sentMs: number
  submittedMs: number
  /** Requests with a CSeq of their own: more than one after a challenge. */
  submissions: number
  /** The stream that it last left by; null over UDP. */
  stream: object | null
  /** Final answer; 0 while there is none. */
  status: number
  answeredMs: number
}

/** What leaves by a line meanwhile may be lost. It ends at the latest with the device's end of the line. */
export interface LineFault {
  readonly fromMs: number
  /** Infinity: not known yet. */
  untilMs: number
}

/** A MESSAGE came to a device: a new transaction, not a copy of a datagram. */
export interface Arrival {
  readonly id: number
  readonly toUser: string
  readonly device: string
  readonly deviceUser: string
  /** What the Request-URI named; the device's own Contact if all is well. */
  readonly isOwnContact: boolean
  readonly branch: string
  readonly atMs: number
  readonly firstSentMs: number
  /** What the device answers; 0 for silence. */
  status: number
  /** When that answer reached the worker, by the flow that the request left by; null: never. */
  reachedMs: number | null
}

/** A REGISTER with credentials, or on a proved flow. */
export interface Registration {
  readonly user: string
  readonly device: string
  readonly callId: string
  readonly contact: string
  readonly act: 'register' | 'remove'
  /** Recognised by instance, or by its contact only. */
  readonly lasting: boolean
  readonly isStream: boolean
  readonly sentMs: number
  readonly expiresMs: number
  status: number
  answeredMs: number
  /** Contact values of the 200. */
  listed: readonly string[]
}

/** A stream flow of a device ended, by whichever side. */
export interface StreamEnd {
  readonly device: string
  readonly atMs: number
}

export interface AdminAct {
  readonly user: string
  readonly act: 'remove' | 'add' | 'disable' | 'enable' | 'set-password'
  readonly sentMs: number
  ok: boolean | null
  repliedMs: number
}

export interface FaultEvent {
  readonly kind: string
  readonly atMs: number
}

export interface LogLine {
  readonly event: string
  readonly atMs: number
  readonly fields: Readonly<Record<string, unknown>>
}

export class History {
  readonly messages = new Map<number, SentMessage>()
  readonly arrivals: Arrival[] = []
  /** Arrivals by the branch of their request. */
  readonly byBranch = new Map<string, Arrival>()
  readonly registrations: Registration[] = []
  readonly streamEnds: StreamEnd[] = []
  readonly adminActs: AdminAct[] = []
  readonly faults: FaultEvent[] = []
  readonly logLines: LogLine[] = []
  /** Steps of the machine's clock, in their order. */
  readonly clockStepsMs: number[] = []
  /** Branch of a MESSAGE that a worker sent → when it first did, and by which flow. */
  readonly branches = new Map<string, { readonly atMs: number; readonly flow: object }>()
  /** What happened in the scenario of presence; empty in others. */
  readonly presence = new PresenceHistory()
  /** Checkers read it afterwards, so what passes by is noted. */
  readonly isJudged: boolean = true
  /** Longest time that a message inside the server may take: what is just crossing is not yet wrong. */
  graceMs = 3_000
  endedMs = 0
  /** What was still open when the liveness phase ended, in words. */
  unsettled: readonly string[] = []
  readonly #hash = createHash('sha256')
  readonly #print: ((line: string) => void) | null

  constructor(print: ((line: string) => void) | null) {
    this.#print = print
  }

  arrived(arrival: Arrival): void {
    this.arrivals.push(arrival)
    this.byBranch.set(arrival.branch, arrival)
  }

  fault(kind: string, atMs: number): void {
    this.faults.push({ kind, atMs })
    this.trace(atMs, `fault ${kind}`)
  }

  /** A line of this address is broken in some way. */
  lineFault(_address: string, _fault: LineFault): void {}

  /** A worker or the server ended after the one moment and not after the other. */
  lossBetween(fromMs: number, toMs: number): boolean {
    return this.faults.some(({ kind, atMs }) => isLoss(kind) && atMs > fromMs && atMs <= toMs)
  }

  trace(atMs: number, text: string, bytes: Uint8Array | null = null): void {
    this.#hash.update(`${atMs} ${text}\n`)
    if (bytes) this.#hash.update(bytes)
    this.#print?.(`${(atMs / 1000).toFixed(3).padStart(9)}  ${text}${bytes ? ladder(bytes) : ''}`)
  }

  /** Only where somebody reads the trace; no part of its hash. */
  detail(atMs: number, text: () => string): void {
    this.#print?.(`${(atMs / 1000).toFixed(3).padStart(9)}  ${text()}`)
  }

  /** To be asked once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16)
  }
}

/** Start line, CSeq and body of a message, in one line. */
function ladder(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const cseq = /^CSeq: *(.*)$/im.exec(head)?.[1]?.trim() ?? ''
  return `  ${head.slice(0, head.indexOf('\r\n'))} [${cseq}] ${body}`
}

const isLoss = (kind: string): boolean => kind === 'server killed' || kind.startsWith('worker ')
