/**
 * Homing without a directory: all homes are asked whose an address is, and what they say is kept for a while. The one
 * that says yes has it; nobody has what all have denied. Two that say yes are a fault that an administrator must see:
 * the user is refused until they agree.
 */
import { RecentMap } from '../../guard/index.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Log } from '../../ports/log.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import type { Home, Homing } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'

/** Users seldom move, and a wrong-home answer ends it before. */
const homeKeptMs = 300_000
/** An account may be added at any time. */
const nobodyKeptMs = 10_000
const conflictKeptMs = 30_000
const answerDeadlineMs = 3_000
/** Of one worker; those that were not asked for longest are forgotten, and asked again. */
const addressesMax = 200_000
/** As if it had never been known. */
const forgotten: Known = { home: 'unsure', epoch: 0, untilMs: Number.NEGATIVE_INFINITY }

interface Known {
  readonly home: Home
  /** Of the home; 0 where there is none. */
  readonly epoch: number
  readonly untilMs: number
}

class Question implements TimerTarget {
  readonly aor: Aor
  readonly waiting: ((home: Home) => void)[] = []
  /** Homes that have not answered. */
  readonly open = new Set<string>()
  /** Some home cannot be asked, or does not answer. */
  isDoubtful = false
  readonly #owner: AskedHomes

  constructor(owner: AskedHomes, aor: Aor) {
    this.#owner = owner
    this.aor = aor
  }

  onTimer(): void {
    this.#owner.onDeadline(this)
  }
}

/** A home that says that a user is its own. */
export interface Claim {
  readonly server: string
  readonly epoch: number
}

export interface HomesAsker {
  /** Names of all homes, this server first where it is one. */
  homes(): readonly string[]
  /** A record of this server's says that somebody had the user by a higher epoch. */
  isOutdated(aor: Aor, claim: Claim): boolean
  /** Two homes have said that the user is theirs. */
  onRivals(aor: Aor, first: Claim, second: Claim): void
  /** False: it cannot be asked now. Its answer is told to `onAnswer`, its loss to `onSilent`. */
  ask(server: string, aor: Aor): boolean
}

export class AskedHomes implements Homing {
  readonly #asker: HomesAsker
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #log: Log
  readonly #known = new RecentMap<Aor, Known>(addressesMax)
  readonly #questions = new Map<Aor, Question>()

  constructor(asker: HomesAsker, ports: { readonly clock: Clock; readonly timers: Timers; readonly log: Log }) {
    this.#asker = asker
    this.#clock = ports.clock
    this.#timers = ports.timers
    this.#log = ports.log
  }

  find(aor: Aor, onHome: (home: Home) => void): void {
    const known = this.#known.get(aor)
    if (known && known.untilMs > this.#clock.monotonicMs()) return onHome(known.home)
    const asked = this.#questions.get(aor)
    if (asked) asked.waiting.push(onHome)
    else this.#ask(aor, onHome)
  }

  peek(aor: Aor): Home | null {
    const known = this.#known.get(aor)
    if (!known) return null
    // That nobody has it is worth little once it is old; a home is worth a try for as long as it is remembered.
    return typeof known.home === 'object' || known.untilMs > this.#clock.monotonicMs() ? known.home : null
  }

  forget(aor: Aor): void {
    if (this.#known.has(aor)) this.#known.set(aor, forgotten)
  }

  /** `epoch`: by which it has the user, where it does. */
  onAnswer(server: string, aor: Aor, isTheirs: boolean, epoch: number): void {
    const question = this.#questions.get(aor)
    if (question) {
      if (!question.open.delete(server)) return
      if (isTheirs && !this.#asker.isOutdated(aor, { server, epoch })) this.#settle(question, { server }, epoch)
      else {
        // A home that has not heard that it lost the user; the right one may be silent.
        if (isTheirs) question.isDoubtful = true
        this.#endIfAnswered(question)
      }
      return
    }
    const known = this.#known.get(aor)
    if (!isTheirs || !known || typeof known.home !== 'object' || known.home.server === server) return
    this.#onSecond(aor, { server: known.home.server, epoch: known.epoch }, { server, epoch })
  }

  /** Of two homes the one with the higher epoch is right; with equal ones neither is. */
  #onSecond(aor: Aor, first: Claim, second: Claim): void {
    if (first.epoch === second.epoch) {
      this.#log.write('error', 'topology.two-homes', { aor, first: first.server, second: second.server })
      this.#keep(aor, 'unsure', conflictKeptMs)
    } else if (second.epoch > first.epoch) this.#keep(aor, { server: second.server }, homeKeptMs, second.epoch)
    this.#asker.onRivals(aor, first, second)
  }

  /** That home will not answer what it was asked. */
  onSilent(server: string, aor: Aor): void {
    const question = this.#questions.get(aor)
    if (!question?.open.delete(server)) return
    question.isDoubtful = true
    this.#endIfAnswered(question)
  }

  onDeadline(question: Question): void {
    if (this.#questions.get(question.aor) !== question) return
    this.#settle(question, 'unsure')
  }

  #ask(aor: Aor, onHome: (home: Home) => void): void {
    const question = new Question(this, aor)
    question.waiting.push(onHome)
    this.#questions.set(aor, question)
    const homes = this.#asker.homes()
    for (const server of homes) question.open.add(server)
    for (const server of homes) {
      if (this.#asker.ask(server, aor)) continue
      question.open.delete(server)
      question.isDoubtful = true
    }
    this.#timers.set(answerDeadlineMs, question, 0)
    this.#endIfAnswered(question)
  }

  #endIfAnswered(question: Question): void {
    if (question.open.size === 0) this.#settle(question, question.isDoubtful ? 'unsure' : 'nobody')
  }

  #settle(question: Question, home: Home, epoch = 0): void {
    this.#questions.delete(question.aor)
    if (home !== 'unsure') this.#keep(question.aor, home, home === 'nobody' ? nobodyKeptMs : homeKeptMs, epoch)
    for (const onHome of question.waiting) onHome(home)
  }

  #keep(aor: Aor, home: Home, keptMs: number, epoch = 0): void {
    this.#known.set(aor, { home, epoch, untilMs: this.#clock.monotonicMs() + keptMs })
  }
}
