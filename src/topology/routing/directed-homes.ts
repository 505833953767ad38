/**
 * Homing by a directory: main asks it whose home is which server, one search for each address, kept for a while. The
 * homes are asked themselves (`asked-homes.ts`) only where the directory names no home, does not answer, or was wrong:
 * accounts of a server's own are in no directory, and whoever was just moved is there already while the directory lags.
 */
import { RecentMap } from '../../guard/index.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HomeAnswerMessage } from '../../ports/directory-bus.ts'
import type { Counter, Metrics } from '../../ports/metrics.ts'
import type { Timers, TimerTarget } from '../../ports/timers.ts'
import type { Home, Homing } from '../../ports/topology.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import type { RoutesPorts } from './routes-ports.ts'

/** Changes are followed by main, which tells; a wrong-home answer ends it before, too. */
const namedKeptMs = 300_000
/** So long the homes' own word stands before the directory is asked about the same address again. */
const unnamedKeptMs = 30_000
/** Longer than a catalog needs, shorter than a client waits; then the homes are asked. */
const answerDeadlineMs = 5_000
/** Questions of one worker at once: more are a flood of names. */
const questionsMax = 1_024
const addressesMax = 200_000

interface Known {
  /** Null: the directory does not settle it, so the homes do. */
  readonly server: string | null
  readonly untilMs: number
}

class Question implements TimerTarget {
  readonly number: number
  readonly aor: Aor
  readonly waiting: ((home: Home) => void)[] = []
  readonly #onDeadline: (question: Question) => void

  constructor(number: number, aor: Aor, onDeadline: (question: Question) => void) {
    this.number = number
    this.aor = aor
    this.#onDeadline = onDeadline
  }

  onTimer(): void {
    this.#onDeadline(this)
  }
}

export interface DirectedHomesPorts {
  readonly clock: Clock
  readonly timers: Timers
  readonly metrics: Metrics
  /** To main; `isAnew`: what main has kept will not do. False: it cannot be asked now. */
  readonly askMain: (aor: Aor, number: number, isAnew: boolean) => boolean
}

export class DirectedHomes implements Homing {
  readonly #homes: Homing
  readonly #said: Readonly<Record<HomeAnswerMessage['outcome'], Counter>>
  readonly #ports: DirectedHomesPorts
  readonly #known = new RecentMap<Aor, Known>(addressesMax)
  /** What the directory named, and whoever knows better has denied. */
  readonly #disproved = new RecentMap<Aor, string>(addressesMax)
  readonly #questions = new Map<Aor, Question>()
  #count = 0

  constructor(homes: Homing, ports: DirectedHomesPorts) {
    this.#homes = homes
    this.#ports = ports
    const text = 'Homes of users that were asked of the directory, by what it said.'
    const said = (outcome: string) =>
      ports.metrics.counter('meridian_topology_directory_homes_total', text, { outcome })
    this.#said = { named: said('named'), unnamed: said('unnamed'), unsure: said('unsure') }
  }

  find(aor: Aor, onHome: (home: Home) => void): void {
    const known = this.#known.get(aor)
    if (known && known.untilMs > this.#ports.clock.monotonicMs()) return this.#tell(aor, known.server, onHome)
    const asked = this.#questions.get(aor)
    if (asked) asked.waiting.push(onHome)
    else this.#ask(aor, onHome)
  }

  peek(aor: Aor): Home | null {
    const server = this.#known.get(aor)?.server ?? null
    return server === null ? this.#homes.peek(aor) : { server }
  }

  forget(aor: Aor): void {
    const known = this.#known.get(aor)
    if (known && known.server !== null) this.#disproved.set(aor, known.server)
    if (known) this.#known.set(aor, { server: null, untilMs: Number.NEGATIVE_INFINITY })
    this.#homes.forget(aor)
  }

  /** The directory says something new of these: they are looked up again when they are asked for. */
  changed(names: readonly Aor[]): void {
    for (const aor of names) {
      const known = this.#known.get(aor)
      if (known) this.#known.set(aor, { ...known, untilMs: Number.NEGATIVE_INFINITY })
    }
  }

  onAnswer({ aor, to, outcome, server }: HomeAnswerMessage): void {
    const question = this.#questions.get(aor)
    if (question?.number !== to.number) return
    // However old: nothing is granted by it, and a home that was lost would have said so.
    const before = this.#known.get(aor)?.server ?? null
    const named = outcome === 'unsure' ? before : server
    const isDisproved = named !== null && this.#disproved.get(aor) === named
    this.#settle(question, outcome, isDisproved ? null : named)
  }

  #ask(aor: Aor, onHome: (home: Home) => void): void {
    const question = new Question(++this.#count, aor, (late) => this.#settle(late, 'unsure', null))
    const isAnew = this.#disproved.has(aor)
    const isAsked = this.#questions.size < questionsMax && this.#ports.askMain(aor, question.number, isAnew)
    if (!isAsked) return this.#homes.find(aor, onHome)
    question.waiting.push(onHome)
    this.#questions.set(aor, question)
    this.#ports.timers.set(answerDeadlineMs, question, 0)
  }

  #settle(question: Question, outcome: HomeAnswerMessage['outcome'], server: string | null): void {
    const { aor, waiting } = question
    if (this.#questions.get(aor) !== question) return
    this.#questions.delete(aor)
    const keptMs = server === null || outcome === 'unsure' ? unnamedKeptMs : namedKeptMs
    this.#known.set(aor, { server, untilMs: this.#ports.clock.monotonicMs() + keptMs })
    this.#said[outcome].inc()
    for (const onHome of waiting) this.#tell(aor, server, onHome)
  }

  #tell(aor: Aor, server: string | null, onHome: (home: Home) => void): void {
    if (server === null) this.#homes.find(aor, onHome)
    else onHome({ server })
  }
}

/** Main is the peer behind the last worker. */
export function directedHomes(homes: Homing, ports: RoutesPorts): DirectedHomes {
  const { bus } = ports
  const { worker, incarnation, workersCount } = bus
  return new DirectedHomes(homes, {
    ...ports,
    askMain: (aor, number, isAnew) => {
      const from = { worker, incarnation, half: 'routes', number } as const
      return bus.send(workersCount, { kind: 'home-ask', from, aor, isAnew })
    },
  })
}
