/**
 * The cables between the servers of a run, in virtual time: connections that keep order, take their time, may be cut,
 * and may hang for as long as a cable is out of order. The links on them are the server's own (`LinkPool`), with their
 * hellos, batches, confirmations and deadlines.
 */
import type { LinkFlow, LinkFlowSink } from '../../src/ports/link-flow.ts'
import { batchMethod } from '../../src/topology/links/batch-message.ts'
import type { History } from '../history.ts'
import type { EventQueue } from '../world/event-queue.ts'
import type { Prng } from '../world/prng.ts'
import type { VirtualWorker } from '../world/worker.ts'
import { Contacts } from './contacts.ts'

/** One end of what a server says over a cable: who runs it, and who takes a connection there. */
export interface CableEnd {
  readonly server: string
  readonly worker: VirtualWorker
  isHello(bytes: Buffer): boolean
  accept(flow: LinkFlow, bytes: Buffer): LinkFlowSink | null
}

export interface CablesParts {
  readonly events: EventQueue
  readonly random: Prng
  readonly history: History
  /** The workers of that server that listen now. */
  readonly listening: (server: string) => readonly CableEnd[]
}

/** A connection attempt to a place from which nothing comes back. */
const dialPatienceMs = 3_000
/** A machine that lost its power says nothing; whoever writes to it hears so when it is back, or gives up. */
const unnoticedMaxMs = 20_000

export class Cables {
  readonly #parts: CablesParts
  readonly #flows = new Set<CableFlow>()
  /** Out of order: nothing arrives, and nobody is told. By pair. */
  readonly #hanging = new Set<string>()
  /** Workers whose cable to one server is out: none of their connections stands, and none is made. */
  readonly #barred = new Set<string>()
  readonly contacts = new Contacts()
  maxDelayMs = 5
  /** A promise has been kept: who awaits it must be let run before the next event. */
  settled = false

  constructor(parts: CablesParts) {
    this.#parts = parts
  }

  dial(from: CableEnd, to: string, sink: LinkFlowSink): Promise<LinkFlow> {
    const { events, random, listening } = this.#parts
    const isHanging = this.#hanging.has(pairOf(from.server, to))
    return new Promise((resolve, reject) => {
      events.after(isHanging ? dialPatienceMs : this.#delayMs(), () => {
        if (!from.worker.isAlive) return
        this.settled = true
        const isOut = isHanging || this.#hanging.has(pairOf(from.server, to)) || this.#isBarred(from, to)
        const ends = isOut ? [] : listening(to).filter((end) => !this.#isBarred(end, from.server))
        if (ends.length === 0) return reject(new Error(`nobody answers at ${to}`))
        const near = new CableFlow(this, from, to)
        const far = new CableFlow(this, random.pick(ends), from.server)
        near.meets(far)
        near.sink = sink
        this.#flows.add(near).add(far)
        resolve(near)
      })
    })
  }

  /** Every connection between the two ends, and what is on its way is lost. */
  cut(a: string, b: string): void {
    for (const flow of [...this.#flows]) if (pairOf(flow.end.server, flow.to) === pairOf(a, b)) flow.break(20)
  }

  /** The same for one worker, until `mendWorker`; its siblings keep theirs. */
  cutWorker(server: string, worker: number, other: string): void {
    this.#barred.add(`${server} ${worker} ${other}`)
    for (const flow of [...this.#flows]) if (this.#isBarred(flow.end, flow.to)) flow.break(20)
  }

  mendWorker(server: string, worker: number, other: string): void {
    this.#barred.delete(`${server} ${worker} ${other}`)
  }

  hang(a: string, b: string): void {
    this.#hanging.add(pairOf(a, b))
    for (const flow of this.#flows) if (this.isHanging(flow)) this.contacts.isOver(flow, this.#parts.events.nowMs)
  }

  /** `isWhole`: what was held up goes on; else its connections have not outlived it. */
  mend(a: string, b: string, isWhole: boolean): void {
    if (!this.#hanging.delete(pairOf(a, b))) return
    if (!isWhole) return this.cut(a, b)
    for (const flow of [...this.#flows]) if (pairOf(flow.end.server, flow.to) === pairOf(a, b)) flow.goOn()
  }

  mendAll(): void {
    for (const pair of [...this.#hanging]) {
      const [a, b] = pair.split(' ') as [string, string]
      this.mend(a, b, false)
    }
    this.#barred.clear()
    this.maxDelayMs = 5
  }

  workerEnded(worker: VirtualWorker): void {
    const { random } = this.#parts
    const isSilent = random.chance(0.3)
    for (const flow of [...this.#flows]) if (flow.end.worker === worker) flow.break(isSilent ? unnoticedMaxMs : 20)
  }

  isHanging(flow: CableFlow): boolean {
    return this.#hanging.has(pairOf(flow.end.server, flow.to))
  }

  after(run: () => void, lastMs = 0, delayMs = this.#delayMs()): number {
    const { events } = this.#parts
    const atMs = Math.max(lastMs, events.nowMs + delayMs)
    events.after(atMs - events.nowMs, run)
    return atMs
  }

  ended(flow: CableFlow): void {
    this.#flows.delete(flow)
    this.contacts.isOver(flow, this.#parts.events.nowMs)
  }

  /** What it carried was taken. */
  batchCame(flow: CableFlow, from: CableEnd): void {
    const { worker, workersCount } = from.worker.place
    const speaker = { server: from.server, worker, workersCount }
    this.contacts.batchCame(flow, speaker, flow.end.server, this.#parts.events.nowMs)
  }

  noticesWithin(maxMs: number): number {
    return this.#parts.random.below(maxMs)
  }

  /** By a server whose patience has ended, long after what ended it: what was asked over it is in doubt from now on. */
  givenUp({ end, to }: CableFlow): void {
    const { history, events } = this.#parts
    history.fault(`cable given up ${end.server} ${to}`, events.nowMs)
  }

  note(flow: CableFlow, what: string): void {
    const { history, events } = this.#parts
    const { worker, server } = flow.end
    history.trace(events.nowMs, `${server}/${worker.place.worker} ─ ${flow.to} ${what}`)
  }

  #isBarred({ server, worker }: CableEnd, other: string): boolean {
    return this.#barred.has(`${server} ${worker.place.worker} ${other}`)
  }

  #delayMs(): number {
    return this.#parts.random.between(1, this.maxDelayMs)
  }
}

/** One end of one connection. */
export class CableFlow implements LinkFlow {
  readonly remoteAddress = '192.0.2.1'
  readonly remotePort = 5061
  readonly evidence = { chain: [], isResumed: false, distrust: null }
  readonly bufferedBytes = 0
  readonly end: CableEnd
  readonly to: string
  /** Null until the end that was connected to has taken it for a link. */
  sink: LinkFlowSink | null = null
  readonly #cables: Cables
  #other!: CableFlow
  #isOpen = true
  #lastMs = 0
  /** Arrived while the cable hung, in its order. */
  #held: (() => void)[] = []

  constructor(cables: Cables, end: CableEnd, to: string) {
    this.#cables = cables
    this.end = end
    this.to = to
  }

  meets(other: CableFlow): void {
    this.#other = other
    other.#other = this
  }

  send(bytes: Uint8Array): void {
    const copy = Buffer.from(bytes)
    this.#toOther((other) => other.#receive(copy))
  }

  ping(): void {
    this.#toOther((other) => {
      other.sink?.onLinkKeepAlive()
      other.#toOther((own) => own.sink?.onLinkKeepAlive())
    })
  }

  close(): void {
    if (!this.#isOpen) return
    this.#toOther((other) => other.#ends('transport.peer-closed'))
    this.#gone('is closed')
  }

  cut(): void {
    if (!this.#isOpen) return
    this.#cables.givenUp(this)
    this.#gone('is cut')
    this.#other.#notices('transport.peer-reset', 20)
  }

  /** By what happened outside: both ends notice, each within this time. */
  break(withinMs: number): void {
    this.#notices('transport.peer-reset', withinMs)
    this.#other.#notices('transport.peer-reset', withinMs)
    this.#held = []
  }

  goOn(): void {
    for (const arrive of this.#held.splice(0)) arrive()
  }

  #toOther(arrive: (other: CableFlow) => void): void {
    if (!this.#isOpen) return
    const other = this.#other
    this.#lastMs = this.#cables.after(() => other.#arrives(() => arrive(other)), this.#lastMs)
  }

  #arrives(arrive: () => void): void {
    if (this.#cables.isHanging(this)) return void this.#held.push(() => this.#enter(arrive))
    this.#enter(arrive)
  }

  #enter(work: () => void): void {
    if (this.#isOpen) this.end.worker.enter(work)
  }

  #receive(bytes: Buffer): void {
    if (this.sink) {
      this.sink.onLinkMessage(bytes)
      // It may have ended the connection.
      if (this.#isOpen && isBatch(bytes)) this.#cables.batchCame(this, this.#other.end)
    } else if (this.end.isHello(bytes)) this.sink = this.end.accept(this, bytes)
  }

  /** From now on nothing arrives here; the sink hears of it a little later. */
  #notices(reason: string, withinMs: number): void {
    if (!this.#isOpen) return
    this.#gone('is broken')
    this.#cables.after(
      () => this.end.worker.enter(() => this.sink?.onLinkClosed(reason)),
      0,
      this.#cables.noticesWithin(withinMs),
    )
  }

  #ends(reason: string): void {
    this.#gone('was closed by the other end')
    this.sink?.onLinkClosed(reason)
  }

  #gone(how: string): void {
    this.#isOpen = false
    this.#cables.note(this, how)
    this.#cables.ended(this)
  }
}

/** No hello, and no answer: it carries what its server has to say. */
function isBatch(bytes: Buffer): boolean {
  return bytes.toString('latin1', 0, batchMethod.length + 1) === `${batchMethod} `
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`
}
