/**
 * The new home's side of a move: takes the copy in beside its users, flushes it, and makes a user of it when the old
 * home has given him away. What was flushed outlives a restart; then the old home is asked what became of the move.
 *
 *     looking ─► taking ─► kept ─► owning ─► owned
 *        └─────────┴─────────┴─► dropped: nothing of it stays
 */
import { Buffer } from 'node:buffer'
import type { MoveAnswer, MovedFlow, MovedRecord } from '../ports/move-bus.ts'
import { accountRecord } from '../ports/records/account.ts'
import { aliasRecord } from '../ports/records/alias.ts'
import {
  type ArrivalRecord,
  arrivalKey,
  arrivalRecord,
  arrivingKey,
  arrivingRange,
  arrivingRecord,
} from '../ports/records/arrival.ts'
import { type HomeRecord, homeKey, homeRecord } from '../ports/records/home.ts'
import { keyParts, userRange } from '../ports/records/keys.ts'
import type { RecordWrite, StoreKey } from '../ports/store.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import type { Unit } from '../shard/index.ts'
import { isOf, sealing } from './copied-user.ts'
import { arrivalHeldMs, askAgainMs } from './limits.ts'
import { hearOfFlush, type MoveId, type MovePorts, run, tellAnswer } from './move-ports.ts'

type State = 'looking' | 'taking' | 'kept' | 'owning' | 'over'

export interface ArrivalOwner {
  /** Nothing of it is here any more. */
  onDropped(arrival: Arrival): void
  /** The user is this server's, flushed; he is to be taken into memory. */
  onOwned(arrival: Arrival, record: HomeRecord): void
}

export class Arrival implements MoveId, TimerTarget {
  readonly head: ArrivalRecord
  flows: readonly MovedFlow[] = []
  readonly #ports: MovePorts
  readonly #owner: ArrivalOwner
  #state: State
  /** What has come since the last flush; null: it is gone. */
  #news = new Map<StoreKey, Uint8Array | null>()
  #owned: HomeRecord | null = null
  #heldAtMs: number | null = null
  #timer: TimerHandle | null = null

  /** `isKept`: read at a start. */
  constructor(ports: MovePorts, owner: ArrivalOwner, head: ArrivalRecord, isKept: boolean) {
    this.#ports = ports
    this.#owner = owner
    this.head = head
    this.#state = isKept ? 'kept' : 'looking'
  }

  get aor() {
    return this.head.aor
  }

  get move() {
    return this.head.move
  }

  /** All that he was at some time of the move is flushed here. */
  get hasCopy(): boolean {
    return this.#state === 'kept' || this.#state === 'owning'
  }

  /** The old home may go on with it. */
  get #isOpen(): boolean {
    return this.#state === 'taking' || this.#state === 'kept'
  }

  /** There is nobody here by any of his names; then the old home may begin. */
  async look(place: number): Promise<void> {
    const { aor, names } = this.head
    let taken: string | null = null
    for (const name of [aor, ...names]) {
      await this.#ports.host.travellers.read(userRange(name), (key, value) => {
        taken ??= takenBy(keyParts(key).kind, value, aor)
      })
    }
    // What he left here when he was moved away is no user, and goes when he is back.
    if (this.#ports.book.movedTo(aor) !== null) taken = null
    if (this.#state !== 'looking') return
    if (taken !== null) {
      tellAnswer(this.#ports, place, this, { says: 'refused', reason: taken })
      return this.drop()
    }
    this.#state = 'taking'
    tellAnswer(this.#ports, place, this, { says: 'ready' })
    this.askLater()
  }

  onPart(records: readonly MovedRecord[]): void {
    const { aor, names } = this.head
    if (!this.#isOpen) return
    for (const record of records) if (isOf(record, aor, names)) this.#news.set(record.key, record.value)
  }

  /** All that has come is kept before the old home hears so. */
  onFlush(unit: Unit, place: number, round: number, flows: readonly MovedFlow[]): void {
    if (!this.#isOpen) return
    const { host } = this.#ports
    const { aor, move, head } = this
    unit.write(aor, arrivalKey(aor), arrivalRecord.encode(head))
    for (const [key, value] of this.#news) {
      const bytes = value && sealing(key, value, this.#ports.box)
      unit.write(aor, arrivingKey(aor, key), bytes && arrivingRecord.encode({ key, bytes }))
    }
    const answer = { kind: 'move-answer', worker: host.worker, aor, move } as const
    const failed = { says: 'refused', reason: 'its store did not take the copy' } as const
    unit.sendFlushed(place, { ...answer, answer: { says: 'flushed', round } }, { ...answer, answer: failed })
    unit.change(() => {
      this.#state = 'kept'
      this.#news = new Map()
      this.flows = flows
      this.#heldAtMs ??= host.clock.monotonicMs()
      // Who asks for him is answered when it is known whose he is.
      host.travellers.hold(aor)
      this.askLater()
    })
  }

  /** Until the old home says what became of it. */
  onTimer(): void {
    const { host } = this.#ports
    this.#stopTimer()
    if (!this.#isOpen) return
    if (host.clock.monotonicMs() - (this.#heldAtMs ?? Number.NEGATIVE_INFINITY) >= arrivalHeldMs)
      host.travellers.letGo(this.aor)
    this.tell({ says: 'asks' })
    this.askLater()
  }

  /** The old home hears this, where it can be reached. */
  tell(answer: MoveAnswer): void {
    const place = this.#ports.elsewhere.homeAt(this.head.server, this.aor)
    if (typeof place === 'number') tellAnswer(this.#ports, place, this, answer)
  }

  /** He is given away: he becomes a user of this server, in one batch. `by`: the epoch and its reason. */
  async own(by: Pick<HomeRecord, 'epoch' | 'move'>): Promise<void> {
    if (this.#state !== 'kept') return
    this.#state = 'owning'
    const { host, elsewhere } = this.#ports
    const { aor, names } = this.head
    host.travellers.hold(aor)
    const writes: RecordWrite[] = []
    const kept = new Set<StoreKey>()
    await host.travellers.read(arrivingRange(aor), (key, value) => {
      const record = arrivingRecord.decode(value)
      writes.push({ key, value: null })
      if (!record.ok) return
      kept.add(record.value.key)
      writes.push({ key: record.value.key, value: Buffer.from(record.value.bytes) })
    })
    await host.travellers.read(userRange(aor), (key) => {
      // Of an earlier time here.
      if (!kept.has(key)) writes.unshift({ key, value: null })
    })
    const atMs = host.clock.systemMs()
    const record: HomeRecord = { aor, names, state: 'owned', server: elsewhere.ownName, isOver: true, atMs, ...by }
    this.#owned = record
    run(this.#ports, aor, 'move-own', (unit) => {
      for (const { key, value } of writes) unit.write(aor, key, value)
      unit.write(aor, arrivalKey(aor), null)
      unit.write(aor, homeKey(aor), homeRecord.encode(record))
      hearOfFlush(this.#ports, unit, this, record.epoch)
    })
    host.travellers.handOver()
  }

  /** The batch that makes him a user has ended. */
  onFlushed(isKept: boolean): void {
    if (this.#state !== 'owning' || !this.#owned) return
    if (isKept) {
      this.#end()
      this.#owner.onOwned(this, this.#owned)
      return
    }
    // The copy is still there, and he is nobody else's: tried again.
    this.#state = 'kept'
    this.askLater()
  }

  /** Nothing came of it. */
  async drop(): Promise<void> {
    if (this.#state === 'owning' || this.#state === 'over') return
    const { host } = this.#ports
    const { aor } = this
    const wasKept = this.#state === 'kept'
    this.#end()
    if (wasKept) {
      const left: StoreKey[] = [arrivalKey(aor)]
      const range = arrivingRange(aor)
      await host.travellers.read(range, (key) => void left.push(key))
      run(this.#ports, aor, 'move-dropped', (unit) => {
        for (const key of left) unit.write(aor, key, null)
      })
    }
    host.log.write('info', 'move.arrival-dropped', { aor, from: this.head.server })
    this.#owner.onDropped(this)
    host.travellers.letGo(aor)
    host.travellers.handOver()
  }

  askLater(): void {
    this.#timer ??= this.#ports.host.timers.set(askAgainMs, this, 0)
  }

  #end(): void {
    this.#state = 'over'
    this.#stopTimer()
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#ports.host.timers.cancel(this.#timer)
    this.#timer = null
  }
}

function takenBy(kind: string, value: Uint8Array, aor: string): string | null {
  if (kind === accountRecord.name) {
    const account = accountRecord.decode(value)
    return account.ok ? `it has a user ${account.value.aor}` : 'it has a user by this name whose record is damaged'
  }
  if (kind !== aliasRecord.name) return null
  const alias = aliasRecord.decode(value)
  return alias.ok && alias.value.mainAor === aor ? null : 'one of his names is another name of a user there'
}
