/**
 * The machine under the virtual server: each worker does its work one after the other, and each piece of it takes the
 * time of the cost model times the machine's factor. Where more workers than processors are at work, they share them.
 * What waits for a worker is its pressure, by which it refuses new work; a request that it refuses costs it little.
 */
import { noPressure, type Pressure } from '../../src/ports/pressure.ts'
import { type CostModel, kindOfMessage, type MessageCost, type MessageKind } from '../cost/cost-model.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { NetworkWorker } from '../world/link.ts'
import type { Machine } from '../world/wire.ts'
import { type Piece, type Work, WorkerLoad } from './worker-load.ts'

export interface MachineSpeed {
  readonly processors: number
  /** Seconds of this machine for one of the reference core: user and system time. */
  readonly userFactor: number
  readonly systemFactor: number
}

/** Less than a step of virtual time: it could not be waited for. */
const nothingMs = 0.002
const nothing: Work = { userUs: 0, systemUs: 0 }
const refusal = Buffer.from('SIP/2.0 503 Server Is Busy')

export class VirtualMachine implements Machine {
  readonly #events: EventQueue
  readonly #costs: CostModel
  readonly #speed: MachineSpeed
  readonly #loads = new Map<NetworkWorker, WorkerLoad>()
  readonly #byKindMs = new Map<MessageKind, number>()
  /** Of the reference core, microseconds. */
  userUs = 0
  systemUs = 0

  constructor(events: EventQueue, costs: CostModel, speed: MachineSpeed) {
    this.#events = events
    this.#costs = costs
    this.#speed = speed
  }

  received(worker: NetworkWorker, bytes: Uint8Array, take: () => void): void {
    const kind = kindOfMessage(bytes)
    this.#add(worker, { kind, work: workOf(this.#costs.received[kind], bytes.length), take })
  }

  inTurn(worker: NetworkWorker, take: () => void): void {
    this.#add(worker, { kind: 'other', work: nothing, take })
  }

  sent(worker: NetworkWorker, bytes: Uint8Array): number {
    const load = this.#loadOf(worker)
    if (load.current && isRefusal(bytes)) this.#refused(load, load.current)
    const kind = kindOfMessage(bytes)
    this.#book(load, load.current?.kind ?? kind, workOf(this.#costs.sent[kind], bytes.length))
    return load.freeAtMs - this.#events.nowMs
  }

  pressureOf(worker: NetworkWorker): Pressure {
    return {
      ...noPressure,
      delayMs: () => this.#delayMs(this.#loadOf(worker)),
      busyShare: () => this.#loadOf(worker).busyShare,
    }
  }

  /** What was before, signing in above all, does not count for the busiest second. */
  beginWindow(): void {
    for (const load of this.#loads.values()) load.beginWindow()
  }

  /** Largest part of a processor that a worker used in any second of the window. */
  get busiestSecond(): number {
    return Math.max(0, ...[...this.#loads.values()].map((load) => load.busiestSecond))
  }

  /** Milliseconds of all workers. */
  get busyMs(): number {
    return [...this.#loads.values()].reduce((sum, { busyMs }) => sum + busyMs, 0)
  }

  /** The same by the kind of message that it was for. */
  get byKindMs(): ReadonlyMap<MessageKind, number> {
    return this.#byKindMs
  }

  /** Milliseconds until what was given to the worker that has most is done. */
  get backlogMs(): number {
    return Math.max(0, ...[...this.#loads.values()].map((load) => this.#delayMs(load)))
  }

  /** How long something that came now would wait. */
  #delayMs(load: WorkerLoad): number {
    const { nowMs } = this.#events
    return Math.max(0, load.freeAtMs - nowMs) + load.waitingMs * this.#sharing(nowMs)
  }

  #add(worker: NetworkWorker, piece: Piece): void {
    const load = this.#loadOf(worker)
    load.add(piece, this.#ms(piece.work))
    if (!load.isPlanned && load.current === null) this.#next(load)
  }

  /** Begins what waits, one piece after the other, as far as the worker is free. */
  #next(load: WorkerLoad): void {
    load.isPlanned = false
    while (load.hasWaiting) {
      const leftMs = load.freeAtMs - this.#events.nowMs
      if (leftMs > nothingMs) {
        load.isPlanned = true
        this.#events.after(leftMs, () => this.#next(load))
        return
      }
      this.#begin(load, load.shift())
    }
  }

  #begin(load: WorkerLoad, piece: Piece): void {
    load.waitingMs = Math.max(0, load.waitingMs - this.#ms(piece.work))
    this.#book(load, piece.kind, piece.work)
    load.current = piece
    try {
      piece.take()
    } finally {
      load.current = null
    }
  }

  /** It went no further than the edge, and is taken on like what only passes. */
  #refused(load: WorkerLoad, { kind, work }: Piece): void {
    const { userUs, systemUs } = this.#costs.received.other
    const least = { userUs: userUs - work.userUs, systemUs: systemUs - work.systemUs }
    this.#book(load, kind, { userUs: Math.min(0, least.userUs), systemUs: Math.min(0, least.systemUs) })
  }

  #book(load: WorkerLoad, kind: MessageKind, work: Work): void {
    this.userUs += work.userUs
    this.systemUs += work.systemUs
    const workMs = this.#ms(work)
    this.#byKindMs.set(kind, (this.#byKindMs.get(kind) ?? 0) + workMs)
    const { nowMs } = this.#events
    load.book(nowMs, workMs, workMs * this.#sharing(nowMs))
  }

  #ms({ userUs, systemUs }: Work): number {
    return (userUs * this.#speed.userFactor + systemUs * this.#speed.systemFactor) / 1000
  }

  /** How many times longer work takes because workers share the processors. */
  #sharing(nowMs: number): number {
    let working = 0
    for (const { freeAtMs } of this.#loads.values()) if (freeAtMs > nowMs) working++
    return Math.max(1, working / this.#speed.processors)
  }

  #loadOf(worker: NetworkWorker): WorkerLoad {
    let load = this.#loads.get(worker)
    if (!load) {
      load = new WorkerLoad(() => this.#events.nowMs)
      this.#loads.set(worker, load)
    }
    return load
  }
}

function workOf({ userUs, systemUs, byteNs }: MessageCost, bytes: number): Work {
  return { userUs: userUs + (byteNs * bytes) / 1000, systemUs }
}

function isRefusal(bytes: Uint8Array): boolean {
  return bytes.length > refusal.length && refusal.equals(bytes.subarray(0, refusal.length))
}
