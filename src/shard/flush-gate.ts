/**
 * Holds back what must not leave before its batch is flushed (promise P1). Batches are numbered from 1 without gaps
 * and end in order; of each user the last batch that touched it is remembered until it ends.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { Aor } from '../sip/uri/aor.ts'
import type { FlushedSend, Unit } from './unit.ts'

export class FlushGate {
  readonly #send: (worker: number, message: BusMessage) => void
  /** Of users who are in a batch that has not ended. */
  readonly #lastBatchOf = new Map<Aor, number>()
  readonly #waiting = new Map<number, FlushedSend[]>()
  #waitingCount = 0
  /** The number that the batch now being filled will get. */
  #filling = 1
  /** All batches up to this one have ended, well or badly. */
  #ended = 0

  constructor(send: (worker: number, message: BusMessage) => void) {
    this.#send = send
  }

  /** Lets the unit's flushed sends go, or keeps them until the batch that they rest on has ended. */
  pass(unit: Unit): void {
    if (unit.writes.length > 0) for (const aor of unit.touched) this.#lastBatchOf.set(aor, this.#filling)
    if (unit.flushedSends.length === 0) return
    const batch = this.#batchOf(unit)
    if (batch <= this.#ended) for (const send of unit.flushedSends) this.#send(send.worker, send.message)
    else this.#wait(batch, unit.flushedSends)
  }

  /** What is said of this user must wait for the store. */
  isWaiting(aor: Aor): boolean {
    return (this.#lastBatchOf.get(aor) ?? 0) > this.#ended
  }

  handedOver(batch: number): void {
    if (batch !== this.#filling) throw new Error(`store numbered batch ${batch}, expected ${this.#filling}`)
    this.#filling = batch + 1
  }

  /** How many messages wait for the store. */
  get waitingCount(): number {
    return this.#waitingCount
  }

  /** How many users it remembers. */
  get usersCount(): number {
    return this.#lastBatchOf.size
  }

  /** `users`: whom the batch has touched. */
  flushed(batch: number, users: Iterable<Aor>): void {
    for (const send of this.#end(batch, users)) this.#send(send.worker, send.message)
  }

  failed(batch: number, users: Iterable<Aor>): void {
    for (const send of this.#end(batch, users)) if (send.otherwise) this.#send(send.worker, send.otherwise)
  }

  #batchOf(unit: Unit): number {
    let batch = 0
    for (const aor of unit.touched) batch = Math.max(batch, this.#lastBatchOf.get(aor) ?? 0)
    return batch
  }

  #wait(batch: number, sends: readonly FlushedSend[]): void {
    this.#waitingCount += sends.length
    const waiting = this.#waiting.get(batch)
    if (waiting) waiting.push(...sends)
    else this.#waiting.set(batch, [...sends])
  }

  #end(batch: number, users: Iterable<Aor>): readonly FlushedSend[] {
    this.#ended = batch
    for (const aor of users) if (this.#lastBatchOf.get(aor) === batch) this.#lastBatchOf.delete(aor)
    const sends = this.#waiting.get(batch) ?? []
    this.#waiting.delete(batch)
    this.#waitingCount -= sends.length
    return sends
  }
}
