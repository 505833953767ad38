/**
 * What of a worker's messages goes to a collector: all, or whole conversations by sampling (of one Call-ID all or
 * nothing), without credentials, and without bodies where nobody asked for them.
 */

import type { TapDirection, TappedFlow } from '../ports/wire-tap.ts'
import type { SipMessage } from '../sip/message/sip-message.ts'
import type { CapturedEnd } from './hep3.ts'
import { encodeHep3, payloadBytesMax } from './hep3.ts'
import { shownMessage } from './shown-message.ts'

export interface CaptureSettings {
  /** Of a hundred conversations so many. */
  readonly samplePercent: number
  readonly captureId: number
  readonly password: string | null
  readonly bodies: boolean
}

const correlationCharsMax = 255

export class Capture {
  readonly #settings: CaptureSettings
  readonly #systemMs: () => number
  readonly #send: (packet: Buffer) => void
  #lastUs = 0

  /** `systemMs`: milliseconds since 1970. */
  constructor(settings: CaptureSettings, systemMs: () => number, send: (packet: Buffer) => void) {
    this.#settings = settings
    this.#systemMs = systemMs
    this.#send = send
  }

  /** What cannot be read is not sent: nobody knows what is in it. */
  see(direction: TapDirection, { transport: flow }: TappedFlow, message: SipMessage | null): void {
    const { samplePercent, captureId, password, bodies } = this.#settings
    const callId = message?.callId ?? null
    if (message === null || callId === null || sampleOf(callId) >= samplePercent) return
    const whole = shownMessage(message, bodies)
    const payload = whole.length <= payloadBytesMax ? whole : shownMessage(message, false)
    if (payload.length > payloadBytesMax) return
    const peer: CapturedEnd = { address: flow.remoteAddress, port: flow.remotePort }
    const own: CapturedEnd = { address: flow.localAddress, port: flow.localPort }
    const isReceived = direction === 'received'
    const packet = encodeHep3({
      transport: flow.transport === 'udp' ? 'udp' : 'tcp',
      source: isReceived ? peer : own,
      destination: isReceived ? own : peer,
      atUs: this.#nowUs(),
      captureId,
      password,
      correlationId: callId.slice(0, correlationCharsMax),
      payload,
    })
    this.#send(packet)
  }

  /** The system's clock has milliseconds; what happens within one keeps its order. */
  #nowUs(): number {
    const nowUs = this.#systemMs() * 1_000
    const isSame = nowUs <= this.#lastUs && this.#lastUs < nowUs + 1_000
    this.#lastUs = isSame ? this.#lastUs + 1 : nowUs
    return this.#lastUs
  }
}

/** 0 to 99, the same for all messages of a Call-ID, at every worker and server (FNV-1a). */
function sampleOf(callId: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < callId.length; index++) hash = Math.imul(hash ^ callId.charCodeAt(index), 0x01000193)
  return (hash >>> 0) % 100
}
