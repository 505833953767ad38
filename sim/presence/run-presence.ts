/**
 * One run of one seed in the scenario of presence: people who publish, watch, keep lists and forbid while faults go on
 * (safety), then none (liveness): all must settle, see the newest state, and leave nothing behind when they have signed
 * out.
 */
import { shardOf } from '../../src/ports/sharding.ts'
import { unleash } from '../faults/fault.ts'
import { History } from '../history.ts'
import type { SimulatedUser } from '../model/simulated-user.ts'
import { noMutant } from '../mutants/mutant.ts'
import { calm, prepareAccounts, type RunOptions, type RunResult, setGrace } from '../run.ts'
import { domain } from '../world/core-settings.ts'
import type { WorkerPlace } from '../world/worker.ts'
import { World } from '../world/world.ts'
import { takeCensus } from './census.ts'
import { presenceCheckers } from './checkers/all-presence-checkers.ts'
import { notYetTold } from './checkers/newest.ts'
import { busyDevices, missingSubscriptions } from './complaints.ts'
import { Crowd } from './crowd.ts'
import type { Census } from './history.ts'
import { ListLife } from './lists/list-life.ts'
import { ListMaker } from './lists/list-maker.ts'
import { comparedByMs, lostWatches } from './lost-watches.ts'
import { drawMail, type MailLife } from './mail/mail-life.ts'
import { waitUntilNone } from './patience.ts'
import { PolicyMaker } from './policy-maker.ts'
import { drawPresenceSwarm, type PresenceSwarm } from './swarm.ts'
import { oneUser } from './watch-target.ts'

const missedMs = 60_000
/** So often all that the shards hold is looked at while faults go on. */
const countEveryMs = 500
/** Devices are back, and each subscription was refreshed or made anew: a period of it, and a lost answer. */
const settlingMaxMs = 240_000
/** What is published is seen: a NOTIFY that nobody answered, and the next. */
const tellingMaxMs = 90_000
/** Messages that waited are taken: the longest pause of a queue is five minutes. */
const takingMaxMs = 900_000
/** Messages come while nobody takes any. */
const holdingMs = 5_000
/** Subscriptions that were read from the store live for up to 24 periods more. */
const periodsMax = 26

export async function runPresenceSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const history = options.history ?? new History(options.print ?? null)
  const world = new World(seed, history, options.mutant ?? noMutant)
  const drawn = drawPresenceSwarm(world.random.fork('presence swarm'))
  const swarm = options.isFaultless ? { ...drawn, faults: [], losesWorkerLast: false } : drawn
  const { usersCount, manners, watcherManners } = swarm
  history.trace(0, describe(swarm))
  const crowd = new Crowd(world, world.random.fork('crowd'), { usersCount, domain, manners, watcherManners })
  prepareAccounts(world, crowd.users)
  world.server.boot(swarm.workersCount)
  const policy = new PolicyMaker(world, world.random.fork('policy'), crowd.users)
  const lists = new ListMaker(world, world.random.fork('lists'), crowd.users)
  const mail = drawMail(world, seed, crowd, manners)
  await new PresenceRun(world, { crowd, policy, lists, mail }, swarm).run()
  history.endedMs = world.events.nowMs
  const { presence } = history
  return {
    seed,
    violations: presenceCheckers.flatMap((checker) => checker.check(history)).sort((a, b) => a.atMs - b.atMs),
    traceHash: history.digest(),
    messagesCount: presence.notifies.length,
    acceptedCount: presence.publishActs.filter(({ status }) => status === 200).length,
    arrivalsCount: presence.notifies.filter(({ arrivedMs }) => arrivedMs !== null).length,
    faultsCount: history.faults.length,
    virtualMs: history.endedMs,
  }
}

interface Actors {
  readonly crowd: Crowd
  readonly policy: PolicyMaker
  readonly lists: ListMaker
  /** Null: nobody writes to anybody. */
  readonly mail: MailLife | null
}

class PresenceRun {
  readonly #world: World
  readonly #crowd: Crowd
  readonly #policy: PolicyMaker
  readonly #lists: ListMaker
  readonly #listLife: ListLife
  readonly #mail: MailLife | null
  readonly #swarm: PresenceSwarm

  constructor(world: World, { crowd, policy, lists, mail }: Actors, swarm: PresenceSwarm) {
    this.#world = world
    this.#crowd = crowd
    this.#policy = policy
    this.#lists = lists
    this.#listLife = new ListLife(world, world.random.fork('list life'), lists)
    this.#mail = mail
    this.#swarm = swarm
  }

  async run(): Promise<void> {
    const { safetyMs, faults, policyEveryMs, listsEveryMs } = this.#swarm
    this.#crowd.live(this.#swarm)
    for (const fault of faults) unleash(fault, this.#world, this.#world.random.fork(fault.name), safetyMs)
    setGrace(this.#world)
    if (policyEveryMs !== null) this.#policy.work(safetyMs, policyEveryMs)
    if (listsEveryMs !== null) this.#listLife.live(this.#crowd.devices, safetyMs, listsEveryMs)
    this.#mail?.live(safetyMs)
    while (this.#world.events.nowMs < safetyMs) {
      await this.#world.runUntil(Math.min(safetyMs, this.#world.events.nowMs + countEveryMs))
      this.#count('moving')
    }
    await this.#settle()
    if (this.#mail) await this.#fillMailboxes(this.#mail)
    if (this.#swarm.missesWorker) await this.#missWorker()
    if (this.#swarm.losesWorkerLast) this.#loseWorker()
    await this.#tellAll()
    if (this.#mail) await this.#emptyMailboxes(this.#mail)
    await this.#leave()
  }

  /** Everybody comes back, finds out what has become of his subscriptions, and sees what was published. */
  async #settle(): Promise<void> {
    const { events, random } = this.#world
    calm(this.#world, this.#swarm)
    this.#swarm.watcherManners.behaveWell()
    const sinceMs = events.nowMs
    await this.#world.runUntil(sinceMs + 5_000)
    for (const { device } of this.#crowd.devices) events.after(random.below(3_000), () => device.goOnline())
    for (const { watching } of this.#crowd.devices) watching.want(oneUser(random.pick(this.#crowd.users)))
    if (this.#swarm.listsEveryMs !== null) this.#listLife.settle(this.#crowd.devices)
    // What the bus has lost is found at the next comparison.
    if (this.#swarm.faults.includes(lostWatches)) await this.#world.runUntil(events.nowMs + comparedByMs)
    await this.#wait('settled', settlingMaxMs, () => this.#unsettled(sinceMs))
    await this.#wait('newest', tellingMaxMs, () => this.#untold())
    this.#count('quiet')
  }

  /** For a while nobody takes messages: they wait, and devices are told of them. */
  async #fillMailboxes(mail: MailLife): Promise<void> {
    await this.#wait('mail', takingMaxMs, () => mail.untaken())
    mail.hold()
    await this.#world.runUntil(this.#world.events.nowMs + holdingMs)
    await this.#wait('settled', settlingMaxMs, () => mail.unsent())
    await this.#wait('newest', tellingMaxMs, () => this.#untold())
  }

  /** Each message that waited is taken, and devices are told that none waits any more. */
  async #emptyMailboxes(mail: MailLife): Promise<void> {
    mail.letGo()
    await this.#wait('mail', takingMaxMs, () => mail.untaken())
    await this.#wait('newest', tellingMaxMs, () => this.#untold())
  }

  /** Nobody can speak for its users meanwhile. */
  async #missWorker(): Promise<void> {
    const { events, history } = this.#world
    const fromMs = events.nowMs
    const untilMs = fromMs + missedMs
    const { worker, workersCount } = this.#loseWorker(missedMs)
    const isThere = ({ aor }: SimulatedUser) => shardOf(aor, workersCount) === worker
    history.presence.absences.push({
      users: this.#crowd.users.filter(isThere).map(({ name }) => name),
      fromMs,
      untilMs,
    })
    await this.#world.runUntil(untilMs + 5_000)
  }

  #loseWorker(awayMs: number | null = null): WorkerPlace {
    const { server, random, history, events } = this.#world
    const worker = random.pick(server.workers)
    history.fault(`worker ${worker.place.worker} ends`, events.nowMs)
    server.endWorker(worker, awayMs)
    return worker.place
  }

  /** Everybody publishes once more, and whoever may sees it. */
  async #tellAll(): Promise<void> {
    const { events, random } = this.#world
    const sinceMs = events.nowMs
    for (const { publishing } of this.#crowd.devices) events.after(random.below(3_000), () => publishing.want('state'))
    await this.#world.runUntil(events.nowMs + 3_000)
    await this.#wait('settled', settlingMaxMs, () => this.#unsettled(sinceMs))
    await this.#wait('newest', tellingMaxMs, () => this.#untold())
    this.#count('quiet')
  }

  async #leave(): Promise<void> {
    const { events, random } = this.#world
    for (const { device, publishing, watching } of this.#crowd.devices) {
      events.after(random.below(3_000), () => {
        if (random.chance(0.5)) publishing.want('remove')
        if (random.chance(0.8)) watching.unwantAll()
        device.signOut()
      })
    }
    const { subscriptionSeconds, publicationSeconds } = this.#swarm.watcherManners
    const restMs = periodsMax * 1000 * Math.max(subscriptionSeconds, publicationSeconds)
    await this.#world.runUntil(events.nowMs + restMs)
    this.#count('end')
  }

  #wait(checker: string, patienceMs: number, complaints: () => readonly string[]): Promise<void> {
    return waitUntilNone(this.#world, { checker, patienceMs, complaints }, () => {
      this.#policy.settle()
      this.#lists.settle()
    })
  }

  #count(when: Census['when']): void {
    const { history, server, events } = this.#world
    history.presence.censuses.push({ atMs: events.nowMs, when, shards: takeCensus(server) })
  }

  #unsettled(sinceMs: number): readonly string[] {
    const { history, events } = this.#world
    const busy = this.#busy()
    if (busy.length > 0) return busy
    return missingSubscriptions(this.#crowd.devices, history.presence, { sinceMs, nowMs: events.nowMs })
  }

  #busy(): readonly string[] {
    const complaints = [...busyDevices(this.#crowd.devices)]
    if (!this.#policy.isSettled) complaints.push('an act on policy was not answered')
    if (!this.#lists.isSettled) complaints.push('a change of contacts was not answered')
    return complaints
  }

  #untold(): readonly string[] {
    return notYetTold(this.#world.history, this.#world.events.nowMs)
  }
}

function describe(swarm: PresenceSwarm): string {
  const { workersCount, usersCount, safetyMs, faults } = swarm
  const kinds = faults.map(({ name }) => name).join(', ') || 'no faults'
  return `presence: ${workersCount} workers, ${usersCount} users, ${safetyMs} ms of ${kinds}`
}
