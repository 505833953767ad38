/**
 * What waits for one server: facts, of which the newest per worker and key counts and none is lost, and asks, which
 * wait in their order as bytes and go when the link goes. Makes batches of them, facts first.
 */
import type { BusMessage } from '../../ports/bus.ts'
import { WaitingFacts } from '../../ports/waiting-facts.ts'
import { type AddressedMessage, encodeMessage } from './batch-codec.ts'
import type { Batch } from './connection.ts'
import { asksBytesMax, asksWaitingMax, batchBytesMax } from './limits.ts'
import { messageRows } from './message-shapes.ts'

/** Facts are taken out of those that wait by so many, and newer words on these follow them. */
const factsAtATime = 64

export class Outbox {
  /** By the worker that they are for. */
  readonly #facts = new Map<number, WaitingFacts>()
  /** Next to leave, the last one first. */
  #staged: AddressedMessage[] = []
  #asks: Buffer[] = []
  /** Asks before this have left. */
  #asksTaken = 0
  #asksBytes = 0
  readonly #onTooLong: (message: BusMessage) => void

  /** `onTooLong`: a fact that no link can carry, and that is dropped. */
  constructor(onTooLong: (message: BusMessage) => void) {
    this.#onTooLong = onTooLong
  }

  get isEmpty(): boolean {
    return this.asksCount === 0 && this.#staged.length === 0 && [...this.#facts.values()].every((each) => each.isEmpty)
  }

  get asksCount(): number {
    return this.#asks.length - this.#asksTaken
  }

  get factsCount(): number {
    return [...this.#facts.values()].reduce((sum, each) => sum + each.count, this.#staged.length)
  }

  /** False: it is an ask. */
  addFact(worker: number, message: BusMessage): boolean {
    return this.#factsFor(worker).add(message)
  }

  /** False: too many wait already, or it is too long for any link. */
  addAsk(worker: number, message: BusMessage): boolean {
    if (this.asksCount >= asksWaitingMax || this.#asksBytes >= asksBytesMax) return false
    const frame = encodeMessage(worker, message)
    if (frame === null) return false
    this.#asks.push(frame)
    this.#asksBytes += frame.length
    return true
  }

  /** The next batch; null where nothing waits. */
  nextBatch(): Batch | null {
    const frames: Buffer[] = []
    const facts: AddressedMessage[] = []
    let bodyBytes = 0
    while (bodyBytes < batchBytesMax) {
      const fact = this.#nextFact()
      if (fact === null) break
      const frame = encodeMessage(fact.worker, fact.message)
      if (frame === null) this.#split(fact)
      else {
        frames.push(frame)
        facts.push(fact)
        bodyBytes += frame.length
      }
    }
    while (bodyBytes < batchBytesMax && this.asksCount > 0) {
      const frame = this.#asks[this.#asksTaken++]!
      this.#asksBytes -= frame.length
      frames.push(frame)
      bodyBytes += frame.length
    }
    if (this.#asksTaken === this.#asks.length) this.#resetAsks()
    return frames.length === 0 ? null : { frames, bodyBytes, messagesCount: frames.length, facts }
  }

  /** The facts of batches that may not have arrived wait again, before newer ones; so do messages to be delivered. */
  giveBack(batches: readonly Batch[]): void {
    this.#giveBackDeliveries(batches)
    const lost = new Map<number, BusMessage[]>()
    for (const { worker, message } of [...batches.flatMap(({ facts }) => facts), ...this.#staged.reverse()]) {
      const ofWorker = lost.get(worker)
      if (ofWorker) ofWorker.push(message)
      else lost.set(worker, [message])
    }
    this.#staged = []
    for (const [worker, messages] of lost) this.#factsFor(worker).giveBack(messages)
  }

  /** Their home knows those again that have arrived; behind newer ones they would be out of order. */
  #giveBackDeliveries(batches: readonly Batch[]): void {
    const frames = batches.flatMap((batch) => batch.frames).filter(([kind]) => kind === messageRows.deliver.number)
    if (frames.length === 0) return
    this.#asks = [...frames, ...this.#asks.slice(this.#asksTaken)]
    this.#asksTaken = 0
    this.#asksBytes += frames.reduce((sum, { length }) => sum + length, 0)
  }

  /** The server is gone: whoever waits for an answer is told so otherwise. */
  dropAsks(): void {
    this.#resetAsks()
    this.#asksBytes = 0
  }

  #factsFor(worker: number): WaitingFacts {
    const known = this.#facts.get(worker)
    if (known) return known
    const facts = new WaitingFacts()
    this.#facts.set(worker, facts)
    return facts
  }

  #nextFact(): AddressedMessage | null {
    if (this.#staged.length === 0) this.#stage()
    return this.#staged.pop() ?? null
  }

  #stage(): void {
    for (const [worker, facts] of this.#facts) {
      if (facts.isEmpty) continue
      this.#staged = facts.take(factsAtATime).map((message) => ({ worker, message }))
      this.#staged.reverse()
      return
    }
  }

  /** What names many pairs can be said in two messages. */
  #split({ worker, message }: AddressedMessage): void {
    const halves = halvesOf(message)
    if (halves === null) this.#onTooLong(message)
    else for (const half of halves) this.#staged.push({ worker, message: half })
  }

  #resetAsks(): void {
    this.#asks = []
    this.#asksTaken = 0
  }
}

/** The later half first; null where there are none. */
function halvesOf(message: BusMessage): readonly BusMessage[] | null {
  if (message.kind === 'watches' && message.entries.length > 1) {
    const { entries } = message
    const half = entries.length >> 1
    return [entries.slice(half), entries.slice(0, half)].map((some) => ({ ...message, entries: some }))
  }
  if (message.kind === 'verdicts' && message.verdicts.length > 1) {
    const { verdicts } = message
    const half = verdicts.length >> 1
    return [verdicts.slice(half), verdicts.slice(0, half)].map((some) => ({ ...message, verdicts: some }))
  }
  return null
}
