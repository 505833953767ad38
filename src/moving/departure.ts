/**
 * The old home's side of a move: offers the user, copies him while he goes on, holds what comes for him (*frozen*),
 * copies what has changed since, and commits by one record when the new home has flushed the copy.
 *
 *     offered ─► copying ─► quieting ─► flushing ─► committing ─► switching ─► over
 *        └──────────┴──────────┴────────────┴───────────┴─► dropped: he stays
 *
 * The record of the commit is the only thing that gives him away: before it is flushed every end, a crash too, is
 * *dropped*; after it none is. What is left here goes when the new home has taken over.
 */
import type { Account } from '../ports/directory.ts'
import type { MoveAnswer, MovedFlow } from '../ports/move-bus.ts'
import { type HomeRecord, homeKey, homeRecord } from '../ports/records/home.ts'
import type { ReplyAddress } from '../ports/reply-address.ts'
import type { TimerHandle, TimerTarget } from '../ports/timers.ts'
import { type Copy, partsBetween, readCopy } from './copied-user.ts'
import { frozenMaxMs, offerDeadlineMs, quietPollMs } from './limits.ts'
import { hearOfFlush, type MoveId, type MovePorts, refusing, reply, run, tellStep } from './move-ports.ts'

export interface DepartureOwner {
  /** It did not come about. */
  onDropped(departure: Departure): void
  /** The user is the new home's: what remains is to be seen to. */
  onCommitted(departure: Departure, record: HomeRecord): void
}

export interface DepartureParts {
  readonly account: Account
  readonly move: string
  /** The new home, and its shard of this user. */
  readonly server: string
  readonly place: number
  /** That it will have. */
  readonly epoch: number
  readonly from: ReplyAddress
}

type State = 'offered' | 'copying' | 'quieting' | 'flushing' | 'committing' | 'dropped' | 'committed'

export class Departure implements MoveId, TimerTarget {
  readonly account: Account
  readonly move: string
  readonly server: string
  readonly place: number
  readonly from: ReplyAddress
  readonly #ports: MovePorts
  readonly #owner: DepartureOwner
  readonly #epoch: number
  #state: State = 'offered'
  #sent: Copy = new Map()
  #round = 0
  #flows: readonly MovedFlow[] = []
  #frozenAtMs: number | null = null
  #timer: TimerHandle | null = null

  constructor(ports: MovePorts, owner: DepartureOwner, parts: DepartureParts) {
    this.#ports = ports
    this.#owner = owner
    this.account = parts.account
    this.move = parts.move
    this.server = parts.server
    this.place = parts.place
    this.from = parts.from
    this.#epoch = parts.epoch
  }

  get aor() {
    return this.account.aor
  }

  get recordsCount(): number {
    return this.#sent.size
  }

  /** How long he has been held. */
  get frozenMs(): number {
    return this.#frozenAtMs === null ? 0 : this.#ports.host.clock.monotonicMs() - this.#frozenAtMs
  }

  begin(): void {
    this.#wait(offerDeadlineMs)
    tellStep(this.#ports, this.place, this, { step: 'offer', names: this.account.aliases, epoch: this.#epoch })
  }

  onAnswer(answer: MoveAnswer): void {
    if (answer.says === 'refused') this.drop('conflict', `${this.server} does not take ${this.aor}: ${answer.reason}`)
    else if (answer.says === 'ready' && this.#state === 'offered') this.#copy()
    else if (answer.says === 'flushed' && this.#state === 'flushing' && answer.round === this.#round) this.#commit()
  }

  /** The batch that holds the commit has ended. */
  onFlushed(isKept: boolean): void {
    if (this.#state !== 'committing') return
    if (isKept) {
      this.#state = 'committed'
      this.#owner.onCommitted(this, this.#record())
      return
    }
    // The shard reads him again; what memory alone knew comes back with it.
    this.#state = 'flushing'
    this.drop('unavailable', 'the store did not take the move')
  }

  onTimer(): void {
    this.#timer = null
    if (this.#state === 'offered' || this.#state === 'copying') {
      this.drop('unavailable', `${this.server} did not answer within ${offerDeadlineMs / 1000} s`)
    } else if (this.frozenMs >= frozenMaxMs) this.#tooLong()
    else if (this.#state === 'quieting') this.#tail()
    else this.#waitFrozen(frozenMaxMs)
  }

  /** Flows as they were when he was copied last. */
  get flows(): readonly MovedFlow[] {
    return this.#flows
  }

  /** Everything goes on as if nothing had been; not after the commit has been handed to the store. */
  drop(error: 'conflict' | 'unavailable', message: string): void {
    const { host } = this.#ports
    if (this.#state === 'committing' || this.#state === 'dropped' || this.#state === 'committed') return
    this.#state = 'dropped'
    this.#stopTimer()
    tellStep(this.#ports, this.place, this, { step: 'dropped' })
    host.log.write('warn', 'move.dropped', { aor: this.aor, to: this.server, reason: message })
    reply(this.#ports, this.from, this.aor, refusing(error, message))
    this.#owner.onDropped(this)
    host.travellers.letGo(this.aor)
  }

  /** While he goes on: most of it, so that he is frozen for the rest only. */
  #copy(): void {
    this.#state = 'copying'
    this.#read((copy) => {
      this.#send(copy)
      this.#freeze()
    })
  }

  #freeze(): void {
    const { host } = this.#ports
    this.#state = 'quieting'
    this.#frozenAtMs = host.clock.monotonicMs()
    host.travellers.hold(this.aor)
    this.#tail()
  }

  /** What has changed since, once nothing is on its way that no record holds. */
  #tail(): void {
    const { travellers } = this.#ports.host
    if (this.#isBusy()) return this.#waitFrozen(quietPollMs)
    this.#state = 'flushing'
    this.#waitFrozen(frozenMaxMs)
    this.#flows = this.#ports.flows.of(this.aor)
    this.#read((copy) => {
      this.#send(copy)
      tellStep(this.#ports, this.place, this, { step: 'flush', round: ++this.#round, flows: this.#flows })
      this.#ports.host.travellers.handOver()
    })
    travellers.takeWritten(this.aor)
  }

  #commit(): void {
    const { host, accounts } = this.#ports
    const { travellers } = host
    const account = accounts.find(this.aor)?.account
    if (!account) return this.drop('conflict', `${this.aor} was removed meanwhile`)
    if (travellers.takeWritten(this.aor) || this.#isBusy()) {
      this.#state = 'quieting'
      return this.#tail()
    }
    this.#state = 'committing'
    this.#stopTimer()
    const { aor } = this
    const isDone = run(this.#ports, aor, 'move-commit', (unit) => {
      unit.write(aor, homeKey(aor), homeRecord.encode(this.#record()))
      hearOfFlush(this.#ports, unit, this, this.#epoch)
      // From here on only the copy counts: nothing more happens to what it was made of.
      unit.afterwards(() => travellers.drop(aor))
    })
    if (!isDone) this.onFlushed(false)
  }

  /** Something of him is nowhere but in memory. */
  #isBusy(): boolean {
    const { travellers } = this.#ports.host
    return travellers.isBusy(this.aor) || travellers.isReading(this.aor)
  }

  #record(): HomeRecord {
    const { aor, move, server } = this
    const atMs = this.#ports.host.clock.systemMs()
    const epoch = this.#epoch
    return { aor, names: this.account.aliases, state: 'moved', server, epoch, move, isOver: false, atMs }
  }

  #read(then: (copy: Copy) => void): void {
    const { host, box } = this.#ports
    const state = this.#state
    readCopy(host.travellers, box, this.account).then(
      (copy) => this.#state === state && then(copy),
      (error: Error) =>
        this.#state === state && this.drop('conflict', `${this.aor} cannot be copied: ${error.message}`),
    )
  }

  #send(copy: Copy): void {
    for (const records of partsBetween(this.#sent, copy)) {
      tellStep(this.#ports, this.place, this, { step: 'part', records })
    }
    this.#sent = copy
  }

  #tooLong(): void {
    const why =
      this.#state === 'quieting'
        ? 'a message to one of the devices was on its way all the time; when it has ended, the move can be tried again'
        : `${this.server} did not flush the copy in time`
    this.drop('unavailable', `${this.aor} could not be moved within ${frozenMaxMs / 1000} s, so he stays: ${why}`)
  }

  #waitFrozen(ms: number): void {
    this.#wait(Math.max(1, Math.min(ms, frozenMaxMs - this.frozenMs)))
  }

  #wait(ms: number): void {
    this.#stopTimer()
    this.#timer = this.#ports.host.timers.set(ms, this, 0)
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#ports.host.timers.cancel(this.#timer)
    this.#timer = null
  }
}
