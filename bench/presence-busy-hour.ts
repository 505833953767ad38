/**
 * Is a busy hour as quiet as it was planned to be? 10,000 users with 50 contacts each have signed in; then each says
 * something new four times an hour, refreshes, and now and then comes and goes (`busy-hour/plan.ts`), at moments that
 * do not wait for the server (open loop): what is late counts from when it was due.
 *
 * Expected on paper, a second: 11.1 changes that 50 watch, 530 list NOTIFYs of 85 µs, 13 requests with a write of 300,
 * 4 KB × (4 pages of the tree, 1 of free pages) for each of 14.7 commits: 6 % of a core, 0.3 MB.
 *
 * BENCH_SECONDS (120), BENCH_SPEED (1: real time), BENCH_USERS (10,000) in the environment change its full size.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { type Act, type BusyHour, busyHour, expiresSeconds, isRefreshWritten, lengthMsMax } from './busy-hour/plan.ts'
import { Regular } from './busy-hour/regular.ts'
import { Sightings } from './busy-hour/sightings.ts'
import { commitCount } from './harness/commit-count.ts'
import type { Bench, Figure, Size } from './harness/figures.ts'
import { cpuMicros, deviceBytes, writtenBytes } from './harness/process-cost.ts'
import { MeasuredServer } from './harness/server.ts'

interface Sizes {
  readonly users: number
  readonly contacts: number
  readonly signInsPerSecond: number
  readonly seconds: number
  /** Times real time. */
  readonly speed: number
}

const sizes: Readonly<Record<Size, Sizes>> = {
  smoke: { users: 200, contacts: 10, signInsPerSecond: 250, seconds: 4, speed: 40 },
  full: {
    users: Number(process.env.BENCH_USERS ?? 10_000),
    contacts: 50,
    signInsPerSecond: 60,
    seconds: Number(process.env.BENCH_SECONDS ?? 120),
    speed: Number(process.env.BENCH_SPEED ?? 1),
  },
}

/** For a binding that the next refresh is to write anew: a quarter of the period, and longer than this bench. */
const shortSeconds = expiresSeconds / 4
const answeredWithinMs = 40_000

export const busyHourBench: Bench = {
  name: 'presence-busy-hour',
  question: 'What do the changes of a busy hour cost, and how soon does everybody know?',
  run: (size, say) => run(sizes[size], say),
}

async function run(size: Sizes, say: (line: string) => void): Promise<Figure[]> {
  const { users, seconds, speed } = size
  if (seconds * speed * 1_000 > lengthMsMax) throw new Error(`no longer than ${lengthMsMax / 1_000} s of the model`)
  const hour = busyHour(users, seconds * speed * 1_000)
  const server = new MeasuredServer({ workers: 1, users, transports: ['tcp'] })
  const sightings = new Sightings(users)
  const faults: string[] = []
  let refused = 0
  let people: readonly Regular[] = []
  try {
    server.addUsers()
    await server.start()
    people = Array.from({ length: users }, (_, user) => {
      return new Regular({
        user,
        port: server.port('tcp'),
        contacts: contactsOf(user, size),
        onNotify: (notify) => sightings.read(user, notify, performance.now()),
        onFault: (fault) => faults.push(fault),
        onRefused: () => void refused++,
      })
    })
    await signIn(people, size.signInsPerSecond)
    await quiet(sightings)
    if (faults[0]) throw new Error(`not all could sign in: ${faults.length} faults, the first: ${faults[0]}`)
    say(
      `${users} users signed in (${refused} refusals), ${sightings.notifies} NOTIFYs; ` +
        `${seconds} s of ${hour.acts.length} acts follow`,
    )
    const before = costs(server)
    refused = 0
    const latenessMs = await live(people, hour, size, sightings)
    const spent = difference(costs(server), before)
    await quiet(sightings)
    if (faults[0]) say(`${faults.length} faults, the first: ${faults[0]}`)
    const untold = sightings.untold((user) => watchersOf(user, size))
    return [
      ...figuresOfNews(size, hour, sightings, untold, latenessMs),
      { what: 'requests refused with 503 and Retry-After', value: refused, unit: '' },
      { what: 'requests not answered with 200', value: faults.length, unit: '', atMost: 0 },
      ...figuresOfCost(size, hour, spent),
    ]
  } finally {
    for (const person of people) person.close()
    await server.remove()
  }
}

/** Distances that grow, the same for all: who is watched by whom is then as easily said, and nobody twice. */
function distances({ users, contacts }: Sizes): readonly number[] {
  const found = new Set<number>()
  for (let index = 0; found.size < contacts; index++) found.add(1 + (((index * (index + 3) * 7) / 2) % (users - 1)))
  return [...found]
}

function contactsOf(user: number, size: Sizes): readonly number[] {
  return distances(size).map((distance) => (user + distance) % size.users)
}

function watchersOf(user: number, size: Sizes): readonly number[] {
  return distances(size).map((distance) => (user - distance + size.users) % size.users)
}

async function signIn(people: readonly Regular[], perSecond: number): Promise<void> {
  const fromMs = performance.now()
  await Promise.all(
    people.map(async (person, user) => {
      await setTimeout(Math.max(0, fromMs + (user * 1_000) / perSecond - performance.now()))
      await person.signIn(isRefreshWritten(user) ? shortSeconds : expiresSeconds)
    }),
  )
}

/** Begins each when it is due, whatever became of those before, and waits for the last. Returns how late each was. */
async function live(people: readonly Regular[], hour: BusyHour, { speed, seconds }: Sizes, sightings: Sightings) {
  const latenessMs: number[] = []
  const begun: Promise<void>[] = []
  const fromMs = performance.now()
  const until = async (dueMs: number) => {
    const waitMs = dueMs - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
  }
  for (const act of hour.acts) {
    const dueMs = fromMs + act.atMs / speed
    await until(dueMs)
    latenessMs.push(performance.now() - dueMs)
    begun.push(begin(people[act.user]!, act, dueMs, sightings))
  }
  await until(fromMs + seconds * 1_000)
  const late = setTimeout(answeredWithinMs, false, { ref: false })
  if ((await Promise.race([Promise.all(begun), late])) === false) throw new Error('requests were never answered')
  return latenessMs
}

function begin(person: Regular, { kind, user }: Act, dueMs: number, sightings: Sightings): Promise<void> {
  return kind === 'change' ? person.change(sightings.expect(user, dueMs)) : person[kind]()
}

async function quiet(sightings: Sightings): Promise<void> {
  for (let before = -1; before !== sightings.notifies; ) {
    before = sightings.notifies
    await setTimeout(5_000)
  }
}

interface Costs {
  readonly commits: number
  readonly bytes: number
  /** Of all who use the device. */
  readonly deviceBytes: number
  readonly cpuMicros: number
}

function costs({ pid, folder }: MeasuredServer): Costs {
  return {
    commits: commitCount(`${folder}/data/store`),
    bytes: writtenBytes(pid) ?? Number.NaN,
    deviceBytes: deviceBytes(folder) ?? Number.NaN,
    cpuMicros: cpuMicros(pid),
  }
}

function difference(after: Costs, before: Costs): Costs {
  return {
    commits: after.commits - before.commits,
    bytes: after.bytes - before.bytes,
    deviceBytes: after.deviceBytes - before.deviceBytes,
    cpuMicros: after.cpuMicros - before.cpuMicros,
  }
}

function figuresOfNews(
  { seconds, contacts }: Sizes,
  { acts }: BusyHour,
  sightings: Sightings,
  untold: number,
  latenessMs: readonly number[],
): Figure[] {
  const changes = acts.filter(({ kind }) => kind === 'change').length
  const { telling, repeating, other, full, own, latenciesMs } = sightings
  return [
    { what: 'changes', value: changes / seconds, unit: '/s' },
    { what: 'begun late by, 99 %', value: percentile(latenessMs, 0.99), unit: 'ms' },
    { what: 'from when PUBLISH was due to NOTIFY, median', value: percentile(latenciesMs, 0.5), unit: 'ms' },
    { what: 'the same, 99 %', value: percentile(latenciesMs, 0.99), unit: 'ms', atMost: 1_000 },
    {
      what: 'NOTIFYs a change and watcher',
      value: (telling + repeating) / (changes * contacts),
      unit: '',
      atMost: 1,
    },
    { what: 'of them with nothing new', value: repeating, unit: '', atMost: 0 },
    { what: 'watchers without the newest state', value: untold, unit: '', atMost: 0 },
    { what: 'NOTIFYs of who came or went', value: other, unit: '' },
    { what: 'whole lists and own packages, sign-ins included', value: full + own, unit: '' },
  ]
}

function figuresOfCost({ users, speed, seconds }: Sizes, { writes }: BusyHour, spent: Costs): Figure[] {
  const perHourAndUser = (users * speed) / 10_000
  return [
    { what: 'durable writes planned', value: writes / seconds, unit: '/s' },
    { what: 'commits', value: spent.commits / seconds, unit: '/s' },
    { what: 'commits for each planned write', value: spent.commits / writes, unit: '', atMost: 1.05, atLeast: 0.95 },
    { what: 'written', value: spent.bytes / seconds / 1e6, unit: 'MB/s', atMost: 0.5 * perHourAndUser },
    { what: 'written for each commit', value: spent.bytes / spent.commits / 1024, unit: 'KB' },
    { what: 'written by the device, for whomever', value: spent.deviceBytes / seconds / 1e6, unit: 'MB/s' },
    { what: 'processor', value: (spent.cpuMicros / 1e6 / seconds) * 100, unit: '% of a core' },
  ]
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
