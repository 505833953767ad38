/**
 * What both kinds of flow need, and what the history notes of a MESSAGE and its answer in passing. The branch names the
 * sending: when it first left, by which flow, and whether its answer came back by the same.
 */
import type { Pressure } from '../../src/ports/pressure.ts'
import type { History } from '../history.ts'
import type { EventQueue } from './event-queue.ts'
import type { NetworkWorker } from './link.ts'
import type { Prng } from './prng.ts'
import type { NetworkWeather } from './weather.ts'

/** What the machine under the workers takes for its work; without one, nothing takes time. */
export interface Machine {
  /** Books the work of taking this message on; `take` is called when the worker comes to it. */
  received(worker: NetworkWorker, bytes: Uint8Array, take: () => void): void
  /** `take` is called in its turn, after what came before, and costs nothing. */
  inTurn(worker: NetworkWorker, take: () => void): void
  /** Books the work of sending this message. Milliseconds until it leaves. */
  sent(worker: NetworkWorker, bytes: Uint8Array): number
  /** How far behind this worker is with its work. */
  pressureOf(worker: NetworkWorker): Pressure
}

export interface Wire {
  readonly events: EventQueue
  readonly random: Prng
  readonly weather: NetworkWeather
  readonly history: History
  readonly machine?: Machine
}

const topBranch = /^Via:[^\r\n]*?branch=([^;,\s]+)/im

export function noteSending(wire: Wire, flow: object, bytes: Uint8Array): void {
  if (!wire.history.isJudged) return
  if (bytes[0] === 0x4e && bytes[1] === 0x4f) return noteNotify(wire, flow, bytes)
  if (bytes[0] !== 0x4d || bytes[1] !== 0x45) return
  const branch = topBranch.exec(latin1(bytes))?.[1]
  if (!branch || wire.history.branches.has(branch)) return
  wire.history.branches.set(branch, { atMs: wire.events.nowMs, flow })
}

function noteNotify({ history, events }: Wire, flow: object, bytes: Uint8Array): void {
  const branch = topBranch.exec(latin1(bytes))?.[1]
  if (branch && !history.presence.byBranch.has(branch)) history.presence.notified(bytes, branch, flow, events.nowMs)
}

/** A device's 2xx has come to the worker: the device is now known to have the message. */
export function noteAnswer(wire: Wire, flow: object, bytes: Uint8Array): void {
  if (!wire.history.isJudged) return
  if (bytes[0] !== 0x53) return
  const branch = topBranch.exec(latin1(bytes))?.[1]
  if (branch === undefined) return
  wire.history.presence.answered(branch, flow, wire.events.nowMs)
  if (bytes[8] !== 0x32) return
  const arrival = wire.history.byBranch.get(branch)
  if (!arrival || arrival.reachedMs !== null || wire.history.branches.get(arrival.branch)?.flow !== flow) return
  arrival.reachedMs = wire.events.nowMs
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
