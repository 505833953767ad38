/**
 * The machine under the virtual server: each worker does its work one after the other, and each piece of it takes the
 * time of the cost model times the machine's factor. Where more workers than processors are at work, they share them.
 */
import { type CostModel, kindOfMessage, type MessageCost } from '../cost/cost-model.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { NetworkWorker } from '../world/link.ts'
import type { Machine } from '../world/wire.ts'

export interface MachineSpeed {
  readonly processors: number
  /** Seconds of this machine for one of the reference core: user and system time. */
  readonly userFactor: number
  readonly systemFactor: number
}

interface Load {
  /** Virtual milliseconds at which it will have done what it has. */
  freeAtMs: number
  busyMs: number
  /** In the second that goes on, and the most in any. */
  second: number
  inSecondMs: number
  busiestSecond: number
}

export class VirtualMachine implements Machine {
  readonly #events: EventQueue
  readonly #costs: CostModel
  readonly #speed: MachineSpeed
  readonly #loads = new Map<NetworkWorker, Load>()
  /** Of the reference core, microseconds. */
  userUs = 0
  systemUs = 0

  constructor(events: EventQueue, costs: CostModel, speed: MachineSpeed) {
    this.#events = events
    this.#costs = costs
    this.#speed = speed
  }

  received(worker: NetworkWorker, bytes: Uint8Array): number {
    return this.#book(worker, this.#costs.received[kindOfMessage(bytes)], bytes.length)
  }

  sent(worker: NetworkWorker, bytes: Uint8Array): number {
    return this.#book(worker, this.#costs.sent[kindOfMessage(bytes)], bytes.length)
  }

  /** What was before, signing in above all, does not count for the busiest second. */
  beginWindow(): void {
    for (const load of this.#loads.values()) Object.assign(load, { second: -1, inSecondMs: 0, busiestSecond: 0 })
  }

  /** Largest part of a processor that a worker used in any second of the window. */
  get busiestSecond(): number {
    return Math.max(0, ...[...this.#loads.values()].map((load) => load.busiestSecond))
  }

  /** Milliseconds of all workers. */
  get busyMs(): number {
    return [...this.#loads.values()].reduce((sum, { busyMs }) => sum + busyMs, 0)
  }

  /** Milliseconds until what was given to the worker that has most is done. */
  get backlogMs(): number {
    const { nowMs } = this.#events
    return Math.max(0, ...[...this.#loads.values()].map(({ freeAtMs }) => freeAtMs - nowMs))
  }

  #book(worker: NetworkWorker, { userUs, systemUs, byteNs }: MessageCost, bytes: number): number {
    const user = userUs + (byteNs * bytes) / 1000
    this.userUs += user
    this.systemUs += systemUs
    const { nowMs } = this.#events
    const load = this.#loadOf(worker)
    const workMs = (user * this.#speed.userFactor + systemUs * this.#speed.systemFactor) / 1000
    const tookMs = workMs * this.#sharing(nowMs)
    load.freeAtMs = Math.max(load.freeAtMs, nowMs) + tookMs
    load.busyMs += workMs
    this.#noteSecond(load, nowMs, workMs)
    return load.freeAtMs - nowMs
  }

  /** How many times longer work takes because workers share the processors. */
  #sharing(nowMs: number): number {
    let working = 0
    for (const { freeAtMs } of this.#loads.values()) if (freeAtMs > nowMs) working++
    return Math.max(1, working / this.#speed.processors)
  }

  #noteSecond(load: Load, nowMs: number, workMs: number): void {
    const second = Math.floor(nowMs / 1000)
    if (second !== load.second) {
      load.second = second
      load.inSecondMs = 0
    }
    load.inSecondMs += workMs
    load.busiestSecond = Math.max(load.busiestSecond, load.inSecondMs / 1000)
  }

  #loadOf(worker: NetworkWorker): Load {
    let load = this.#loads.get(worker)
    if (!load) {
      load = { freeAtMs: 0, busyMs: 0, second: 0, inSecondMs: 0, busiestSecond: 0 }
      this.#loads.set(worker, load)
    }
    return load
  }
}
