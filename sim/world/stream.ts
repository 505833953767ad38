/**
 * One connection: bytes arrive in order, in both directions, until it is cut. A cut is noticed by each side at its own
 * time, and what was on its way is lost. A direction may fall silent before that: nobody notices for a while.
 */
import type { TransportFlow } from '../../src/ports/flows.ts'
import { StreamFramer } from '../../src/sip/framing/stream-framer.ts'
import type { LineFault } from '../history.ts'
import { serverAddress } from './datagram-flow.ts'
import type { Link, LinkUser, NetworkWorker } from './link.ts'
import { noteAnswer, noteSending, type Wire } from './wire.ts'

/** How long a side may not notice that the other is gone. */
const unnoticedMaxMs = 400

export type Silence = 'none' | 'to-server' | 'to-device' | 'both'

export class Stream implements TransportFlow {
  readonly transport = 'tcp'
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress = serverAddress
  readonly localPort = 5060
  /** What the device has not read yet, while it reads nothing. */
  bufferedBytes = 0
  readonly worker: NetworkWorker
  readonly deviceEnd: Link
  silence: Silence = 'none'
  readonly #wire: Wire
  readonly #user: LinkUser
  readonly #onEnded: () => void
  readonly #framer: StreamFramer
  readonly #splitProbability: number
  /** All that have befallen it. */
  readonly #faults: LineFault[] = []
  #deviceOpen = true
  #serverOpen = true
  #lastToServerMs = 0
  #lastToDeviceMs = 0
  #readsAgainMs = 0

  constructor(
    wire: Wire,
    worker: NetworkWorker,
    of: { address: string; splitProbability: number },
    user: LinkUser,
    onEnded: () => void,
  ) {
    this.#wire = wire
    this.worker = worker
    this.remoteAddress = of.address
    this.remotePort = wire.random.between(20_000, 60_000)
    this.#splitProbability = of.splitProbability
    this.#user = user
    this.#onEnded = onEnded
    this.deviceEnd = {
      isStream: true,
      send: (bytes) => this.#fromDevice(bytes),
      close: (how) => this.#closedByDevice(how),
    }
    this.#framer = new StreamFramer({
      onMessage: (bytes) => this.#toCore(bytes),
      onKeepAlive: () => {},
      onFault: (event, head) => this.#unreadable(event, head),
    })
    this.#toServer(() => worker.sink.onFlowOpened(this))
  }

  /** The server's end (port TransportFlow). */
  send(bytes: Uint8Array): void {
    if (!this.#serverOpen) return
    noteSending(this.#wire, this, bytes)
    const workMs = this.#wire.machine?.sent(this.worker, bytes) ?? 0
    if (this.silence === 'to-device' || this.silence === 'both') return
    const heldBytes = this.#readsAgainMs > this.#wire.events.nowMs ? bytes.length : 0
    this.bufferedBytes += heldBytes
    this.#toDevice(workMs, () => {
      this.bufferedBytes -= heldBytes
      this.#wire.history.trace(this.#wire.events.nowMs, `${this.remoteAddress} ◄─ tcp`, bytes)
      this.#user.onBytes(Buffer.from(bytes))
    })
  }

  close(reason: string): void {
    if (!this.#serverOpen) return
    this.#serverOpen = false
    this.#wire.events.after(0, () => this.worker.isListening && this.worker.sink.onFlowClosed(this, reason))
    this.#toDevice(0, () => this.#deviceNotices())
  }

  /** Something between them breaks: each side notices in its own time. */
  cut(): void {
    const { events, random } = this.#wire
    this.fallSilent('both')
    events.after(random.below(unnoticedMaxMs), () => this.#deviceNotices())
    events.after(random.below(unnoticedMaxMs), () => this.#serverNotices('transport.reset'))
  }

  /** Bytes in these directions are lost from now on, and nobody is told. */
  fallSilent(silence: Silence): void {
    this.silence = silence
    this.#note(`is silent: ${silence}`)
    this.#isBroken()
  }

  /** The device does not read for so long; what it has sent goes on. */
  readNothing(forMs: number): void {
    if (!this.#serverOpen) return
    const { nowMs } = this.#wire.events
    this.#note(`reads nothing for ${forMs} ms`)
    this.#readsAgainMs = Math.max(this.#readsAgainMs, nowMs + forMs)
    this.#lastToDeviceMs = Math.max(this.#lastToDeviceMs, this.#readsAgainMs)
    this.#isBroken(this.#readsAgainMs)
  }

  /** Bytes that are no SIP come from the device's side, between two of its messages. */
  bringGarbage(bytes: Buffer): void {
    if (!this.#serverOpen) return
    this.#note('brings garbage')
    this.#isBroken()
    this.#toServer(() => this.#framer.push(bytes))
  }

  serverDied(): void {
    this.#serverOpen = false
    this.silence = 'both'
    this.#isBroken()
    this.#wire.events.after(this.#wire.random.below(unnoticedMaxMs), () => this.#deviceNotices())
    this.#onEnded()
  }

  /** As the transport does it: the flow is over, and the edge is told why. */
  #unreadable(event: string, head: Buffer | null): void {
    this.close(event)
    this.worker.sink.onFlowFault(this, event, head)
  }

  /** A message waits for what the worker has begun before it. */
  #toCore(bytes: Buffer): void {
    noteAnswer(this.#wire, this, bytes)
    const { machine } = this.#wire
    if (!machine) return this.worker.sink.onFlowMessage(this, bytes)
    machine.received(this.worker, bytes, () => {
      if (this.#serverOpen && this.worker.isListening) this.worker.sink.onFlowMessage(this, bytes)
    })
  }

  /** The end of a stream is read after everything that came before it. */
  #inTurn(take: () => void): void {
    const { machine } = this.#wire
    if (machine) machine.inTurn(this.worker, take)
    else take()
  }

  #fromDevice(bytes: Uint8Array): void {
    if (this.silence === 'to-server' || this.silence === 'both') return
    for (const piece of this.#pieces(bytes)) {
      this.#toServer(() => {
        this.#wire.history.trace(this.#wire.events.nowMs, `${this.remoteAddress} ─► tcp`, piece)
        this.#framer.push(Buffer.from(piece))
      })
    }
  }

  #pieces(bytes: Uint8Array): readonly Uint8Array[] {
    const { random } = this.#wire
    if (!random.chance(this.#splitProbability)) return [bytes]
    const at = random.below(bytes.length)
    return [bytes.subarray(0, at), bytes.subarray(at)]
  }

  /** `gone`: the server hears nothing of it until its own patience ends. */
  #closedByDevice(how: 'clean' | 'gone'): void {
    this.#deviceEnds()
    if (how === 'clean') this.#toServer(() => this.#inTurn(() => this.#serverNotices('transport.closed-by-peer')))
    else {
      this.silence = 'both'
      const { events, random } = this.#wire
      events.after(random.between(5_000, 60_000), () => this.#serverNotices('transport.idle'))
    }
  }

  #deviceNotices(): void {
    if (!this.#deviceOpen) return
    // Whoever closes it, what was on its way is lost.
    this.#isBroken()
    this.#deviceEnds()
    this.#note('is closed at the device')
    this.#user.onClosed()
  }

  /** Until then, or until the device's end is over. */
  #isBroken(untilMs = Number.POSITIVE_INFINITY): void {
    const { events, history } = this.#wire
    // Where the device has left already, only what was on its way is lost.
    const fault = { fromMs: events.nowMs, untilMs: this.#deviceOpen ? untilMs : events.nowMs }
    this.#faults.push(fault)
    history.lineFault(this.remoteAddress, fault)
  }

  /** It comes back on another line, which is none the worse for what befell this one. */
  #deviceEnds(): void {
    this.#deviceOpen = false
    const { nowMs } = this.#wire.events
    for (const fault of this.#faults) fault.untilMs = Math.min(fault.untilMs, nowMs)
  }

  #serverNotices(reason: string): void {
    if (!this.#serverOpen) return
    this.#serverOpen = false
    this.#note(`is closed at the server: ${reason}`)
    this.#onEnded()
    if (this.worker.isListening) this.worker.sink.onFlowClosed(this, reason)
  }

  #note(what: string): void {
    this.#wire.history.trace(this.#wire.events.nowMs, `${this.remoteAddress} ${what}`)
  }

  #toServer(arrive: () => void): void {
    const { events, random, weather } = this.#wire
    this.#lastToServerMs = Math.max(this.#lastToServerMs, events.nowMs + weather.delayMs(random))
    events.after(this.#lastToServerMs - events.nowMs, () => {
      if (this.#serverOpen && this.silence !== 'both' && this.worker.isListening) arrive()
    })
  }

  #toDevice(workMs: number, arrive: () => void): void {
    const { events, random, weather } = this.#wire
    const arrivalMs = events.nowMs + workMs + weather.delayMs(random)
    this.#lastToDeviceMs = Math.max(this.#lastToDeviceMs, arrivalMs)
    events.after(this.#lastToDeviceMs - events.nowMs, () => {
      if (this.#deviceOpen && this.silence !== 'both') arrive()
    })
  }
}
