/**
 * The service of a shard that gives users other homes: takes administrators' asks, the words of other homes and the
 * records, and hands each to the move that it is about. `departure.ts` and `succession.ts` are the old home's side,
 * `arrival.ts` is the new one's, `adoption.ts` is for homes that are dead.
 */
import type { BusMessage } from '../ports/bus.ts'
import type { MoveAnswerMessage, MoveAskMessage, MovedFlow, MoveRefusal, MoveStepMessage } from '../ports/move-bus.ts'
import { isOwnPlace } from '../ports/places.ts'
import { type ArrivalRecord, arrivalRecord, arrivingRecord } from '../ports/records/arrival.ts'
import { type HomeRecord, homeRecord } from '../ports/records/home.ts'
import type { Service, Unit } from '../shard/index.ts'
import type { Aor } from '../sip/uri/aor.ts'
import { Adoption } from './adoption.ts'
import { Arrival } from './arrival.ts'
import { Departure } from './departure.ts'
import { type MoveMetrics, moveMetrics } from './move-metrics.ts'
import {
  announceElsewhere,
  announceHere,
  type MovePorts,
  refusing,
  reply,
  run,
  tellAnswer,
  tellStep,
} from './move-ports.ts'
import { Rivals } from './rivals.ts'
import { Succession } from './succession.ts'

export class MovingService implements Service {
  readonly name = 'moving'
  readonly methods: readonly string[] = []
  readonly kinds = ['move-ask', 'move-step', 'move-answer', 'user-moved'] as const
  readonly records = [homeRecord.name, arrivalRecord.name, arrivingRecord.name]
  readonly rfcs: readonly string[] = []

  readonly #ports: MovePorts
  readonly #rivals: Rivals
  readonly #metrics: MoveMetrics
  readonly #departures = new Map<Aor, Departure>()
  readonly #successions = new Map<Aor, Succession>()
  readonly #arrivals = new Map<Aor, Arrival>()
  readonly #adoptions = new Map<Aor, Adoption>()
  /** Of users that are being read: how their devices were reached. */
  readonly #flows = new Map<Aor, readonly MovedFlow[]>()
  /** What is said when a user who is being read is there. */
  readonly #whenRead = new Map<Aor, () => void>()
  /** Moves that were committed, and of which there is no copy. */
  readonly #lost = new Set<string>()
  /** Users with a record in quarantine. */
  readonly #damaged = new Set<Aor>()

  constructor(ports: MovePorts) {
    this.#ports = ports
    this.#metrics = moveMetrics(ports.host.metrics)
    this.#rivals = new Rivals(ports, (aor) => this.#departures.has(aor) || this.#successions.has(aor))
  }

  onMessage(unit: Unit, message: BusMessage): void {
    // Each of them begins units of its own, which must see what this one has changed.
    if (message.kind === 'move-ask') unit.afterwards(() => this.#onAsk(message))
    else if (message.kind === 'move-answer') unit.afterwards(() => this.#onAnswer(message))
    else if (message.kind === 'move-step') this.#onStep(unit, message)
    else if (message.kind === 'user-moved') unit.afterwards(() => this.#rivals.onMoved(message))
  }

  load(_owner: Aor, kind: string, _key: string, value: Uint8Array): string | null {
    if (kind === homeRecord.name) {
      const record = homeRecord.decode(value)
      if (record.ok) this.#ports.book.put(record.value)
      return record.ok ? null : record.reason
    }
    if (kind !== arrivalRecord.name) return null
    const head = arrivalRecord.decode(value)
    if (head.ok && this.#isOwn(head.value.aor)) this.#arrivals.set(head.value.aor, this.#arrival(head.value, true))
    return head.ok ? null : head.reason
  }

  onQuarantined(aor: Aor): void {
    this.#damaged.add(aor)
  }

  /** What a start finds half done goes on. */
  onLoaded(): void {
    for (const arrival of this.#arrivals.values()) arrival.askLater()
    for (const record of this.#ports.book.all()) {
      if (record.state === 'moved' && !record.isOver && this.#isOwn(record.aor)) this.#succeed(record, null)
    }
  }

  onReloaded(aor: Aor): void {
    const flows = this.#flows.get(aor)
    this.#flows.delete(aor)
    const account = this.#ports.accounts.find(aor)?.account
    if (flows && account) run(this.#ports, aor, 'move-flows', (unit) => this.#ports.flows.restore(unit, account, flows))
    this.#whenRead.get(aor)?.()
    this.#whenRead.delete(aor)
  }

  onWorkerGone(worker: number): void {
    for (const departure of [...this.#departures.values()]) {
      if (departure.place !== worker) continue
      departure.drop('unavailable', `the link to ${departure.server} was lost, so ${departure.aor} stays`)
    }
  }

  /** Its links are there again: what was left open with it goes on, and it hears whom it has lost meanwhile. */
  onPeerRestarted(unit: Unit, place: number): void {
    if (isOwnPlace(place)) return
    for (const { aor, names, state, server, move } of this.#ports.book.all()) {
      const isHere = state === 'owned' && server === this.#ports.elsewhere.ownName && this.#isOwn(aor)
      // Whom a home has given away itself it knows; of an adoption it can have heard nothing.
      if (isHere && move === '') unit.send(place, { kind: 'look-again', aor, names })
    }
    unit.afterwards(() => {
      for (const open of [...this.#successions.values(), ...this.#arrivals.values()]) open.onTimer()
    })
  }

  #onAsk(message: MoveAskMessage): void {
    const { act, aor } = message
    const main = this.#ports.accounts.aliasOf(aor)
    if (main) {
      run(this.#ports, aor, 'move-ask', (unit) => unit.send(this.#ports.host.shardOf(main), { ...message, aor: main }))
    } else if (act.act === 'move') {
      const refusal = this.#depart(message, act.to)
      if (refusal) this.#refuse(message, refusal)
    } else if (this.#adoptions.has(aor)) this.#refuse(message, refusing('conflict', `${aor} is being adopted`))
    else {
      const adoption = new Adoption(this.#ports, this.#copyOf, message, act)
      this.#adoptions.set(aor, adoption)
      adoption.begin((refused) => {
        this.#adoptions.delete(aor)
        this.#refuse(message, refused)
      })
    }
  }

  #refuse({ from, aor }: MoveAskMessage, refusal: MoveRefusal): void {
    this.#metrics.refused.inc()
    reply(this.#ports, from, aor, refusal)
  }

  readonly #copyOf = (aor: Aor): Arrival | null => {
    const arrival = this.#arrivals.get(aor)
    return arrival?.hasCopy ? arrival : null
  }

  /** Null: it has begun. */
  #depart({ aor, from }: MoveAskMessage, to: string): MoveRefusal | null {
    const { accounts, elsewhere, host, book } = this.#ports
    const account = accounts.find(aor)?.account
    if (!account) return refusing('not-found', `${aor} is no user of any home that answers`)
    const known = this.#departures.get(aor)
    if (known) return refusing('conflict', `${aor} is being moved to ${known.server} already`)
    if (this.#damaged.has(aor)) return refusing('conflict', `a record of ${aor} is damaged: \`meridian store check\``)
    if (book.isContested(aor))
      return refusing('conflict', `${aor} has two homes: \`meridian user adopt\` at the right one`)
    if (to === elsewhere.ownName) return refusing('conflict', `${to} is the home of ${aor} already`)
    const place = elsewhere.homeAt(to, aor)
    if (place === 'unknown')
      return refusing('invalid', `${to} is no server of the topology: \`meridian topology show\``)
    if (place === 'front-end') return refusing('invalid', `${to} is a front end, which holds no users`)
    if (place === 'unreachable') return refusing('unavailable', `there is no link to ${to}; ${aor} stays`)
    const move = host.entropy.word(8)
    const epoch = book.epochOf(aor) + 1
    const departure = new Departure(this.#ports, this.#departureOwner, {
      account,
      move,
      server: to,
      place,
      epoch,
      from,
    })
    this.#departures.set(aor, departure)
    departure.begin()
    return null
  }

  readonly #departureOwner = {
    onDropped: ({ aor, flows }: Departure) => {
      this.#departures.delete(aor)
      this.#metrics.stayed.inc()
      // Where the commit was not kept he is read again.
      if (this.#ports.host.travellers.isReading(aor)) this.#flows.set(aor, flows)
    },
    onCommitted: (departure: Departure, record: HomeRecord) => {
      this.#departures.delete(departure.aor)
      this.#metrics.left.inc()
      this.#metrics.frozen.observe(departure.frozenMs / 1000)
      this.#ports.book.put(record)
      announceHere(this.#ports, record)
      this.#succeed(record, departure)
    },
  }

  #succeed(record: HomeRecord, departure: Departure | null): void {
    const { aor, server: to, epoch } = record
    const succession = new Succession(this.#ports, record, () => {
      this.#successions.delete(aor)
      if (!departure) return
      const { from, recordsCount, frozenMs } = departure
      const said = { ok: true, aor, from: this.#ports.elsewhere.ownName, to, epoch, recordsCount, frozenMs } as const
      reply(this.#ports, from, aor, said)
    })
    this.#successions.set(aor, succession)
    succession.begin()
  }

  #onAnswer({ worker, aor, move, answer }: MoveAnswerMessage): void {
    const server = this.#ports.elsewhere.nameAt(worker)
    const departure = this.#departures.get(aor)
    const succession = this.#successions.get(aor)
    if (departure?.move === move && departure.server === server) {
      if (answer.says !== 'asks') departure.onAnswer(answer)
    } else if (succession?.move === move && succession.record.server === server) {
      if (answer.says === 'owned') succession.onOwned()
      else succession.onTimer()
    } else if (answer.says === 'asks') this.#tellOutcome(worker, { aor, move })
  }

  /** Of a move that is not under way here: the record says whether it was committed. */
  #tellOutcome(place: number, of: { readonly aor: Aor; readonly move: string }): void {
    const record = this.#ports.book.find(of.aor)
    const isCommitted = record?.move === of.move
    tellStep(this.#ports, place, of, isCommitted ? { step: 'committed', epoch: record.epoch } : { step: 'dropped' })
  }

  #onStep(unit: Unit, message: MoveStepMessage): void {
    const { worker, aor, move, step } = message
    if (isOwnPlace(worker)) return unit.afterwards(() => this.#onFlushed(message))
    const server = this.#ports.elsewhere.nameAt(worker)
    if (step.step === 'offer') return unit.afterwards(() => this.#onOffer(message, server ?? '', step))
    const arrival = this.#arrivals.get(aor)
    if (arrival?.move !== move || arrival.head.server !== server) {
      if (step.step === 'committed') unit.afterwards(() => this.#onOldCommit(message, step.epoch, server))
      return
    }
    if (step.step === 'part') arrival.onPart(step.records)
    else if (step.step === 'flush') arrival.onFlush(unit, worker, step.round, step.flows)
    else if (step.step === 'dropped') unit.afterwards(() => void arrival.drop())
    else unit.afterwards(() => void arrival.own({ epoch: arrival.head.epoch, move }))
  }

  #onOffer(
    { worker, aor, move }: MoveStepMessage,
    server: string,
    offer: { names: readonly Aor[]; epoch: number },
  ): void {
    const { names, epoch } = offer
    const head = { aor, names, server, move, epoch, atMs: this.#ports.host.clock.systemMs() }
    const refuse = (reason: string) => tellAnswer(this.#ports, worker, head, { says: 'refused', reason })
    const earlier = this.#arrivals.get(aor)
    // With a higher epoch somebody else has become his home since, so that nothing can come of the earlier move.
    if (earlier && earlier.head.server !== server && earlier.head.epoch >= epoch)
      return refuse(`it is being moved there from ${earlier.head.server}`)
    if (this.#ports.book.epochOf(aor) >= epoch) return refuse('it knows of a newer home of this user')
    if (this.#departures.has(aor) || this.#successions.has(aor)) return refuse('he is on his way from there')
    // He is offered anew, so nothing came of the earlier move.
    void earlier?.drop()
    const arrival = this.#arrival(head, false)
    this.#arrivals.set(aor, arrival)
    void arrival.look(worker)
  }

  /**
   * The old home has not heard that its word was followed; or what was copied is lost, which somebody must see. What
   * this home knows of an earlier move says nothing: at its word the old home removes the last that there is.
   */
  #onOldCommit({ worker, aor, move }: MoveStepMessage, epoch: number, server: string | null): void {
    if (this.#whenRead.has(aor)) return
    const known = this.#ports.book.find(aor)
    if (known && known.epoch >= epoch) return tellAnswer(this.#ports, worker, { aor, move }, { says: 'owned' })
    // It says so again and again.
    if (this.#lost.has(move)) return
    this.#lost.add(move)
    this.#metrics.lost.inc()
    this.#ports.host.log.write('error', 'move.copy-lost', { aor, from: server, move })
  }

  #arrival(head: ArrivalRecord, isKept: boolean): Arrival {
    return new Arrival(this.#ports, this.#arrivalOwner, head, isKept)
  }

  readonly #arrivalOwner = {
    onDropped: (arrival: Arrival) => {
      if (this.#arrivals.get(arrival.aor) === arrival) this.#arrivals.delete(arrival.aor)
    },
    onOwned: (arrival: Arrival, record: HomeRecord) => {
      const { aor, head } = arrival
      this.#arrivals.delete(aor)
      if (record.move !== '') this.#metrics.arrived.inc()
      this.#takeIn(record, arrival.flows, () => {
        if (record.move === '') this.#adopted(record)
        else arrival.tell({ says: 'owned' })
      })
      this.#ports.host.log.write('info', 'move.arrived', { aor, from: head.server, epoch: record.epoch })
    },
  }

  /** He is a user of this server from now on: his shard reads him. */
  #takeIn(record: HomeRecord, flows: readonly MovedFlow[], then: () => void): void {
    const { book, host } = this.#ports
    const { aor, names } = record
    book.put(record)
    announceHere(this.#ports, record)
    this.#flows.set(aor, flows)
    this.#whenRead.set(aor, then)
    run(this.#ports, aor, 'move-names', (unit) => {
      for (const name of names) unit.send(host.shardOf(name), { kind: 'alias', aor: name, mainAor: aor })
    })
    host.travellers.arriving(aor)
    host.travellers.readAgain(aor)
    host.travellers.letGo(aor)
  }

  #adopted(record: HomeRecord): void {
    const { aor, epoch, server: to } = record
    announceElsewhere(this.#ports, record)
    const adoption = this.#adoptions.get(aor)
    this.#adoptions.delete(aor)
    this.#metrics.adopted.inc()
    this.#ports.host.log.write('warn', 'move.adopted', { aor, epoch })
    if (!adoption) return
    reply(this.#ports, adoption.message.from, aor, {
      ok: true,
      aor,
      from: '',
      to,
      epoch,
      recordsCount: 0,
      frozenMs: 0,
    })
  }

  /** A batch of this shard's own has ended. */
  #onFlushed({ aor, move, step }: MoveStepMessage): void {
    const isKept = step.step === 'committed'
    const departure = this.#departures.get(aor)
    const arrival = this.#arrivals.get(aor)
    const adoption = this.#adoptions.get(aor)
    if (departure?.move === move) departure.onFlushed(isKept)
    else if (arrival?.move === move) arrival.onFlushed(isKept)
    else if (adoption?.record && isKept) {
      const { record } = adoption
      this.#takeIn(record, [], () => this.#adopted(record))
    } else if (adoption?.record) {
      this.#adoptions.delete(aor)
      reply(this.#ports, adoption.message.from, aor, refusing('unavailable', 'the store did not take it'))
    }
  }

  #isOwn(aor: Aor): boolean {
    return this.#ports.host.shardOf(aor) === this.#ports.host.worker
  }
}
