/**
 * One run of one seed: a world and its people, faults for a while (safety), then none (liveness), then the checkers.
 */
import { accountWrites } from '../src/directory/local/account-records.ts'
import { createSecretBox } from '../src/directory/local/secret-box.ts'
import { allCheckers } from './checkers/all-checkers.ts'
import type { Violation } from './checkers/checker.ts'
import { lost } from './checkers/lost.ts'
import { unleash } from './faults/fault.ts'
import { History } from './history.ts'
import { Administrator } from './model/administrator.ts'
import type { Manners } from './model/manners.ts'
import { People } from './model/people.ts'
import type { SimulatedUser } from './model/simulated-user.ts'
import { type Mutant, noMutant } from './mutants/mutant.ts'
import { drawSwarm, type Swarm } from './swarm.ts'
import { domain, realm } from './world/core-settings.ts'
import { SeededEntropy } from './world/seeded-entropy.ts'
import { secretKey } from './world/server.ts'
import { World } from './world/world.ts'

export interface RunOptions {
  readonly mutant?: Mutant
  /** Gets a line for whatever happens. */
  readonly print?: (line: string) => void
  /** Where what happens is noted, for those who count it; one of its own where nothing is said. */
  readonly history?: History
  /** Nothing goes wrong: for counting what the server does. */
  readonly isFaultless?: boolean
}

export interface RunResult {
  readonly seed: number
  readonly violations: readonly Violation[]
  readonly traceHash: string
  readonly messagesCount: number
  readonly acceptedCount: number
  readonly arrivalsCount: number
  readonly faultsCount: number
  readonly virtualMs: number
}

/** With the faults off, all that is pending must end in this time: the longest pause of a queue is five minutes. */
const livenessMaxMs = 15 * 60_000
const lookEveryMs = 5_000
/** After all is settled, what should not come any more may still come. */
const afterglowMs = 25_000

export async function runSeed(seed: number, options: RunOptions = {}): Promise<RunResult> {
  const history = options.history ?? new History(options.print ?? null)
  const world = new World(seed, history, options.mutant ?? noMutant)
  const random = world.random.fork('people')
  const drawn = drawSwarm(world.random.fork('swarm'))
  const swarm = options.isFaultless ? { ...drawn, faults: [] } : drawn
  history.trace(0, describe(swarm))
  const people = new People(world, random, { usersCount: swarm.usersCount, domain, manners: swarm.manners })
  prepareAccounts(world, people.users)
  world.server.boot(swarm.workersCount)
  const administrator = new Administrator(world, world.random.fork('administrator'), realm)
  await beSafe(world, people, administrator, swarm)
  await beLive(world, people, administrator, swarm)
  history.endedMs = world.events.nowMs
  return {
    seed,
    violations: allCheckers.flatMap((checker) => checker.check(history)).sort((a, b) => a.atMs - b.atMs),
    traceHash: history.digest(),
    messagesCount: history.messages.size,
    acceptedCount: [...history.messages.values()].filter(({ status }) => status === 200 || status === 202).length,
    arrivalsCount: history.arrivals.length,
    faultsCount: history.faults.length,
    virtualMs: history.endedMs,
  }
}

export function prepareAccounts(world: World, users: readonly SimulatedUser[]): void {
  const box = createSecretBox(secretKey, new SeededEntropy(world.random.fork('accounts')))
  for (const user of users) {
    const { aor, name } = user
    const createdMs = world.system.nowMs
    const account = { aor, aliases: [], displayName: name, groups: [], disabled: false, epoch: 1, createdMs }
    world.disk.prepare(accountWrites(account, user.secrets(realm), box))
  }
}

async function beSafe(world: World, people: People, administrator: Administrator, swarm: Swarm): Promise<void> {
  const { safetyMs, faults, actEveryMs, twinsProbability, adminEveryMs } = swarm
  people.live(safetyMs, { actEveryMs, twinsProbability })
  for (const fault of faults) unleash(fault, world, world.random.fork(fault.name), safetyMs)
  setGrace(world)
  if (adminEveryMs !== null) administrator.work(people.users, safetyMs, adminEveryMs)
  await world.runUntil(safetyMs)
}

/** What is just crossing: a few hops of the bus, two flushes, the slowest way to the device. */
export function setGrace({ weather, history }: Pick<World, 'weather' | 'history'>): void {
  const { flushMaxDelayMs, busMaxDelayMs, network } = weather
  history.graceMs = 1_500 + 2 * flushMaxDelayMs + 6 * busMaxDelayMs + 2 * network.maxDelayMs
}

/** The faults end: what they have left is mended, the server runs, perhaps after a last restart. */
export function calm(
  world: World,
  swarm: { readonly manners: Manners; readonly workersCount: number; readonly endsWithRestart: boolean },
): void {
  const { events, server, weather, history } = world
  history.trace(events.nowMs, 'faults end')
  world.disk.recover()
  weather.clear()
  swarm.manners.behaveWell()
  for (const worker of server.workers) worker.endAfterMessages = null
  for (const stream of world.network.streams) if (stream.silence !== 'none') stream.cut()
  if (server.isUp && swarm.endsWithRestart) {
    history.fault('server killed', events.nowMs)
    server.kill()
  }
  if (!server.isUp) server.boot(swarm.workersCount)
}

async function beLive(world: World, people: People, administrator: Administrator, swarm: Swarm): Promise<void> {
  const { events, history } = world
  calm(world, swarm)
  await world.runUntil(events.nowMs + 5_000)
  if (swarm.adminEveryMs !== null) administrator.restoreAll(people.users)
  for (const device of people.devices) events.after(world.random.below(3_000), () => device.goOnline())
  const untilMs = events.nowMs + livenessMaxMs
  do await world.runUntil(events.nowMs + lookEveryMs)
  while (events.nowMs < untilMs && (unsettled(people).length > 0 || lost.check(history).length > 0))
  await world.runUntil(events.nowMs + afterglowMs)
  history.unsettled = unsettled(people)
}

function unsettled(people: People): readonly string[] {
  return people.devices.flatMap((device) => {
    const { name } = device.identity
    const complaints: string[] = []
    if (!device.isOnline) complaints.push(`${name} did not get back on line`)
    if (!device.isIdle) complaints.push(`${name} still waits for an answer`)
    return complaints
  })
}

function describe(swarm: Swarm): string {
  const { workersCount, usersCount, safetyMs, faults } = swarm
  const kinds = faults.map(({ name }) => name).join(', ') || 'no faults'
  return `${workersCount} workers, ${usersCount} users, ${safetyMs} ms of ${kinds}`
}
