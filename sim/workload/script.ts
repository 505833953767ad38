/**
 * The plan of a run for a range of its users: actions in order of their due time, made as they are asked for. It is
 * open: what is due does not depend on what was answered. A plan holds a few hundred bytes for each of its own users,
 * 24 for each of the others, and the conversations that are under way.
 */
import type { Action, DueAction, Script } from './action.ts'
import { logNormal } from './distributions.ts'
import type { Due } from './due-heap.ts'
import { DueHeap, UserHeap } from './due-heap.ts'
import type { Emitter } from './emitter.ts'
import { Partners } from './partners.ts'
import { PersonalPlan } from './personal-plan.ts'
import type { Population } from './population.ts'
import { Stream } from './random.ts'
import { Sessions } from './sessions.ts'
import { stormTalk, type Talk, Talks } from './talks.ts'
import type { Workload } from './workload.ts'

export interface ScriptOptions {
  readonly workload: Workload
  readonly population: Population
  readonly seed: number
  /** The first user, and the first one after them that is not of this plan. */
  readonly users: readonly [number, number]
}

interface Later extends Due {
  readonly run: (dueMs: number) => void
}

class Plan implements Script, Emitter {
  readonly #options: ScriptOptions
  readonly #sessions: Sessions
  readonly #personal: PersonalPlan
  readonly #talks: Talks
  readonly #talkDue: Float64Array
  readonly #userDue: Float64Array
  readonly #byUser: UserHeap
  readonly #underWay = new DueHeap<Talk | Later>()
  #ready: DueAction[] = []
  #taken = 0

  constructor(options: ScriptOptions) {
    const { workload, population, seed, users } = options
    const { parameters, plan } = workload
    this.#options = options
    const sessions = new Sessions(parameters, plan, population, seed)
    const partners = new Partners(parameters, population)
    this.#sessions = sessions
    this.#personal = new PersonalPlan({ workload, population, sessions, partners, seed, users })
    this.#talks = new Talks({ parameters, plan, sessions, partners, seed, isOwn: (user) => this.#isOwn(user) })
    this.#talkDue = Float64Array.from(population.devices, (_, user) => this.#talks.firstBeginningMs(user))
    this.#userDue = Float64Array.from(population.devices, (_, user) => this.#nextOf(user))
    this.#byUser = new UserHeap(this.#userDue)
    this.#planStorms()
    this.#fill()
  }

  get nextDueMs(): number {
    return this.#ready[this.#taken]?.dueMs ?? Infinity
  }

  take(): DueAction {
    const due = this.#ready[this.#taken]
    if (!due) throw new Error('the plan has ended: nextDueMs is Infinity')
    if (++this.#taken === this.#ready.length) this.#fill()
    return due
  }

  emit(dueMs: number, action: Action): void {
    this.#ready.push({ dueMs: Math.floor(dueMs), action })
  }

  later(dueMs: number, user: number, run: (dueMs: number) => void): void {
    // Before conversations of the same moment.
    this.#underWay.add({ dueMs, order: user - this.#options.population.users, run })
  }

  #fill(): void {
    this.#ready = []
    this.#taken = 0
    const { durationMs } = this.#options.workload.plan
    while (this.#ready.length === 0) {
      const userMs = this.#byUser.firstDueMs
      const underWayMs = this.#underWay.firstDueMs
      if (Math.min(userMs, underWayMs) >= durationMs) return
      if (underWayMs < userMs) this.#goOn()
      else this.#stepUser(this.#byUser.first)
    }
  }

  #goOn(): void {
    const item = this.#underWay.takeFirst()
    if ('run' in item) item.run(item.dueMs)
    else if (this.#talks.step(item, this)) this.#underWay.add(item)
  }

  #stepUser(user: number): void {
    const dueMs = this.#userDue[user]!
    if (this.#talkDue[user] === dueMs) {
      const { talk, nextMs } = this.#talks.begin(user, dueMs)
      this.#talkDue[user] = nextMs
      if (talk) this.#underWay.add(talk)
    } else this.#personal.step(user, this)
    this.#userDue[user] = this.#nextOf(user)
    this.#byUser.firstIsLater()
  }

  #nextOf(user: number): number {
    const talkMs = this.#talkDue[user]!
    return this.#isOwn(user) ? Math.min(talkMs, this.#personal.dueMs(user)) : talkMs
  }

  #isOwn(user: number): boolean {
    return user >= this.#options.users[0] && user < this.#options.users[1]
  }

  #planStorms(): void {
    const { workload, seed } = this.#options
    for (const [index, storm] of workload.plan.storms.entries()) {
      // Of the run: in the plan of whoever has the first user.
      if (storm.kind === 'kill-server' && this.#isOwn(0)) {
        this.later(storm.atMs, 0, (dueMs) => this.emit(dueMs, { kind: 'kill-server' }))
      }
      if (storm.kind !== 'messages') continue
      const writer = this.#writerOf(storm.atMs, index)
      const others = Math.min(storm.recipients, workload.parameters.users - 1)
      if (!this.#isOwn(writer)) continue
      const random = new Stream(seed, 'storm', writer, 1_000 + index)
      const { bodyBytes } = workload.parameters
      const size = Math.max(1, Math.round(logNormal(random, bodyBytes, 0.5)))
      for (let other = 0; other < others; other++) {
        const to = (writer + 1 + other) % workload.parameters.users
        const talk = stormTalk(writer, index * 1_024 + other)
        this.later(storm.atMs + (other / others) * storm.withinMs, writer, (dueMs) =>
          this.emit(dueMs, { kind: 'message', user: writer, to, talk, bodyBytes: size }),
        )
      }
    }
  }

  /** Who writes to all: the first by chance who is there. */
  #writerOf(atMs: number, index: number): number {
    const { users } = this.#options.workload.parameters
    const first = new Stream(this.#options.seed, 'storm', 0, 1_000_000 + index).below(users)
    for (let step = 0; step < users; step++) {
      const user = (first + step) % users
      if (this.#sessions.isSignedIn(user, atMs)) return user
    }
    return first
  }
}

export function createScript(options: ScriptOptions): Script {
  return new Plan(options)
}
