/**
 * One run of one seed over several servers: people who write to each other, publish, watch, keep lists and forbid while
 * servers and what joins them fail (safety), then nothing fails (liveness): all settle, what was promised arrives, all
 * see the newest state. In some runs one home is then gone for a while, which must harm nobody but its own users.
 */
import { lost } from '../checkers/lost.ts'
import { unleash } from '../faults/fault.ts'
import { History } from '../history.ts'
import { noMutant } from '../mutants/mutant.ts'
import { takeCensus } from '../presence/census.ts'
import { notYetTold } from '../presence/checkers/newest.ts'
import { busyDevices, missingSubscriptions } from '../presence/complaints.ts'
import { Crowd } from '../presence/crowd.ts'
import { ListLife } from '../presence/lists/list-life.ts'
import { ListMaker } from '../presence/lists/list-maker.ts'
import { Writers } from '../presence/mail/writers.ts'
import { waitUntilNone } from '../presence/patience.ts'
import { PolicyMaker } from '../presence/policy-maker.ts'
import { oneUser } from '../presence/watch-target.ts'
import { calm, prepareAccounts, type RunOptions, type RunResult, setGrace } from '../run.ts'
import { domain } from '../world/core-settings.ts'
import { serverCheckers } from './checkers/all-server-checkers.ts'
import { Farm } from './farm.ts'
import { drawServersSwarm, type ServersSwarm } from './swarm.ts'

/** Devices are back, and each subscription was refreshed or made anew: a period of it, and a lost answer. */
const settlingMaxMs = 240_000
/** What is published is seen: a NOTIFY that nobody answered, and the next. */
const tellingMaxMs = 90_000
/** The longest pause of a queue is five minutes. */
const arrivalMaxMs = 15 * 60_000

export async function runServersSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const history = options.history ?? new History(options.print ?? null)
  const farm = new Farm(seed, history, options.mutant ?? noMutant)
  const drawn = drawServersSwarm(farm.random.fork('swarm'))
  const swarm = options.isFaultless ? { ...drawn, faults: [], homeAwayMs: null } : drawn
  await new ServersRun(farm, swarm).run()
  history.endedMs = farm.events.nowMs
  const { messages, arrivals, faults, endedMs } = history
  return {
    seed,
    violations: serverCheckers.flatMap((checker) => checker.check(history)).sort((a, b) => a.atMs - b.atMs),
    traceHash: history.digest(),
    messagesCount: messages.size + history.presence.notifies.length,
    acceptedCount: [...messages.values()].filter(({ status }) => status === 200 || status === 202).length,
    arrivalsCount: arrivals.length,
    faultsCount: faults.length,
    virtualMs: endedMs,
  }
}

class ServersRun {
  readonly #farm: Farm
  readonly #swarm: ServersSwarm
  readonly #crowd: Crowd
  readonly #policy: PolicyMaker
  readonly #writers: Writers
  readonly #lists: ListMaker
  readonly #listLife: ListLife

  constructor(farm: Farm, swarm: ServersSwarm) {
    this.#farm = farm
    this.#swarm = swarm
    const { usersCount, manners, watcherManners } = swarm
    this.#crowd = new Crowd(farm, farm.random.fork('crowd'), { usersCount, domain, manners, watcherManners })
    const { users, devices } = this.#crowd
    this.#policy = new PolicyMaker(farm, farm.random.fork('policy'), users)
    this.#policy.isOfUsersOnly = true
    this.#writers = new Writers(farm, farm.random.fork('writers'), users, devices)
    this.#lists = new ListMaker(farm, farm.random.fork('lists'), users)
    this.#listLife = new ListLife(farm, farm.random.fork('list life'), this.#lists)
  }

  async run(): Promise<void> {
    const { servers, history, random } = this.#farm
    const { workersCounts, safetyMs, faults, actEveryMs, messagesEveryMs, homeAwayMs } = this.#swarm
    const { policyEveryMs, listsEveryMs } = this.#swarm
    history.trace(0, describe(this.#swarm))
    for (const home of this.#farm.homes) {
      prepareAccounts(
        home.world,
        this.#crowd.users.filter(({ aor }) => this.#farm.homeOf(aor) === home),
      )
    }
    for (const [index, { world }] of servers.entries()) world.server.boot(workersCounts[index]!)
    this.#crowd.live({ safetyMs, actEveryMs, looksAtWatchers: false })
    this.#writers.live(safetyMs, messagesEveryMs)
    for (const fault of faults) unleash(fault, this.#farm, random.fork(fault.name), safetyMs)
    this.#setGrace()
    if (policyEveryMs !== null) this.#policy.work(safetyMs, policyEveryMs)
    if (listsEveryMs !== null) this.#listLife.live(this.#crowd.devices, safetyMs, listsEveryMs)
    await this.#farm.runUntil(safetyMs)
    await this.#settle()
    if (homeAwayMs !== null) await this.#missHome(homeAwayMs)
    await this.#tellAll()
  }

  /** As with one server, and what crosses from server to server: three hops there, and back. */
  #setGrace(): void {
    const { weather, history, cables } = this.#farm
    setGrace({ weather, history })
    history.graceMs += 6 * cables.maxDelayMs
  }

  async #settle(): Promise<void> {
    const { events, random, cables, servers } = this.#farm
    for (const [index, { world }] of servers.entries()) {
      calm(world, { ...this.#swarm, workersCount: this.#swarm.workersCounts[index]! })
    }
    cables.mendAll()
    this.#swarm.watcherManners.behaveWell()
    const sinceMs = events.nowMs
    await this.#farm.runUntil(sinceMs + 5_000)
    for (const { device } of this.#crowd.devices) events.after(random.below(3_000), () => device.goOnline())
    for (const { watching } of this.#crowd.devices) watching.want(oneUser(random.pick(this.#crowd.users)))
    if (this.#swarm.listsEveryMs !== null) this.#listLife.settle(this.#crowd.devices)
    await this.#waitForAll(sinceMs)
  }

  async #waitForAll(sinceMs: number): Promise<void> {
    const { history } = this.#farm
    await this.#wait('settled', settlingMaxMs, () => this.#unsettled(sinceMs))
    await this.#wait('newest', tellingMaxMs, () => notYetTold(history, this.#farm.events.nowMs))
    await this.#wait('settled', arrivalMaxMs, () => lost.check(history).map(({ text }) => text))
    this.#count()
  }

  /** Its users are out of reach meanwhile; all others go on as if nothing were. */
  async #missHome(awayMs: number): Promise<void> {
    const { events, random, history, homes } = this.#farm
    const home = random.pick(homes)
    const sinceMs = events.nowMs
    history.fault('server killed', events.nowMs)
    const { workers } = home.world.server
    home.world.server.kill()
    const users = this.#crowd.users.filter(({ aor }) => this.#farm.homeOf(aor) === home).map(({ name }) => name)
    history.presence.absences.push({ users, fromMs: sinceMs, untilMs: sinceMs + awayMs })
    this.#writers.live(sinceMs + awayMs, 3_000)
    await this.#farm.runUntil(sinceMs + awayMs)
    home.world.server.boot(Math.max(1, workers.length - random.below(2)))
    await this.#farm.runUntil(events.nowMs + 5_000)
    await this.#waitForAll(events.nowMs - 5_000)
  }

  /** Everybody publishes once more, and whoever may sees it. */
  async #tellAll(): Promise<void> {
    const { events, random } = this.#farm
    const sinceMs = events.nowMs
    for (const { publishing } of this.#crowd.devices) events.after(random.below(3_000), () => publishing.want('state'))
    await this.#farm.runUntil(events.nowMs + 3_000)
    await this.#waitForAll(sinceMs)
  }

  #wait(checker: string, patienceMs: number, complaints: () => readonly string[]): Promise<void> {
    return waitUntilNone(this.#farm, { checker, patienceMs, complaints }, () => {
      this.#policy.settle()
      this.#lists.settle()
    })
  }

  #unsettled(sinceMs: number): readonly string[] {
    const { history, events } = this.#farm
    const { devices } = this.#crowd
    const busy = [
      ...busyDevices(devices),
      ...devices.filter(({ device }) => !device.isIdle).map(({ device }) => `${device.identity.name} still writes`),
    ]
    if (!this.#policy.isSettled) busy.push('an act on policy was not answered')
    if (!this.#lists.isSettled) busy.push('a change of contacts was not answered')
    return busy.length > 0 ? busy : missingSubscriptions(devices, history.presence, { sinceMs, nowMs: events.nowMs })
  }

  #count(): void {
    const { history, homes, events } = this.#farm
    const shards = homes.flatMap(({ world }, index) =>
      takeCensus(world.server).map((shard) => ({ ...shard, worker: index * 100 + shard.worker })),
    )
    history.presence.censuses.push({ atMs: events.nowMs, when: 'quiet', shards })
  }
}

function describe({ workersCounts, usersCount, safetyMs, faults }: ServersSwarm): string {
  const kinds = faults.map(({ name }) => name).join(', ') || 'no faults'
  return `servers of ${workersCounts.join(', ')} workers, ${usersCount} users, ${safetyMs} ms of ${kinds}`
}
