/**
 * What a hardware profile says of a machine: the validator of `hardware-profiles/NAME.yaml`, with the checks of what
 * cannot be. Keys are written as in the file. `profile.schema.json` is generated from here.
 */
import * as v from 'valibot'
import type { RangeOfThree } from './range-of-three.ts'

const text = (why: string) => v.pipe(v.string(), v.minLength(1, 'expected some words'), v.description(why))
const positive = (why: string) => v.pipe(v.number(), v.gtValue(0, 'expected more than 0'), v.description(why))
const whole = (min: number, max: number, why: string) =>
  v.pipe(
    v.number(),
    v.integer('expected a whole number'),
    v.minValue(min, `expected at least ${min}`),
    v.maxValue(max, `expected at most ${max}`),
    v.description(why),
  )
const part = (why: string) =>
  v.pipe(
    v.number(),
    v.gtValue(0, 'expected a part from 0 to 1, such as 0.7'),
    v.maxValue(1, 'expected a part from 0 to 1, such as 0.7'),
    v.description(why),
  )
const factor = (why: string) => v.pipe(v.strictTuple([v.number(), v.number(), v.number()]), v.description(why))

const factors = v.pipe(
  v.strictObject({
    general: factor('user-mode code'),
    kernel: factor('system time'),
    asym: factor('asymmetric cryptography: handshakes'),
    sym: factor('symmetric cryptography and hashes'),
  }),
  v.description('CPU seconds on this machine for one second on the reference core, each as [low, middle, high]'),
)

const cpu = v.strictObject({
  count: whole(1, 4_096, 'CPUs that can run something at the same time'),
  model: v.optional(text('what the vendor calls it')),
  year: v.optional(whole(1990, 2100, 'when machines of this kind were sold')),
  megacycles: v.optional(positive('count times MHz, the unit of planning tables of 2010')),
  score: v.pipe(
    v.union([v.pipe(v.number(), v.gtValue(0, 'expected more than 0')), v.literal('calibrated')]),
    v.description('one CPU on the SPECDB scale; "calibrated": as fast as one core of the machine that was calibrated'),
  ),
  score_source: text('where the score was read'),
  factors: v.optional(factors),
})

const flush = v.variant('dist', [
  v.strictObject({
    dist: v.literal('two-sync'),
    seek: v.pipe(v.strictTuple([v.number(), v.number()]), v.description('ms, from … to …')),
    rotation: positive('ms for one turn'),
    mirror: v.pipe(v.boolean(), v.description('two disks, and the slower one counts')),
  }),
  v.strictObject({
    dist: v.literal('log-normal'),
    mean: positive('ms'),
    p99: positive('ms that 99 of 100 flushes do not exceed'),
  }),
  v.strictObject({ dist: v.literal('as-found') }),
])

export const profileSchema = v.strictObject({
  name: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9-]{3,40}$/, 'expected 3 to 40 small letters, digits and dashes'),
    v.description('the same as the name of the file'),
  ),
  title: text('for people'),
  role: v.pipe(v.picklist(['home', 'front-end', 'both']), v.description('what the machine does')),
  claim: v.pipe(
    v.nullable(v.strictObject({ users: whole(1, 10_000_000, 'users'), source: text('who said so') })),
    v.description('what the vendor of that time said; null where nobody did'),
  ),
  cpu,
  memory: v.strictObject({
    total_mb: positive('all there is'),
    reserved_mb: v.optional(
      v.pipe(v.number(), v.minValue(0, 'expected at least 0'), v.description('for the system')),
      0,
    ),
    bandwidth_gb_s: v.optional(positive('sustained; for a warning only')),
    latency_ns: v.optional(positive('for a warning only')),
  }),
  disk: v.strictObject({
    kind: text('raid1, ssd, nvme …'),
    size_gb: v.optional(positive('size')),
    flush_ms: v.pipe(flush, v.description('how long it takes until a commit is on the disk')),
    worst_flush_ms: v.optional(v.pipe(flush, v.description('the same at its worst: `--disk worst`'))),
    cache: v.optional(v.picklist(['none', 'battery', 'drive', 'network']), 'none'),
  }),
  net: v.strictObject({
    link_mbit: v.pipe(v.nullable(positive('')), v.description('rate in each direction; null: no limit')),
    rtt_ms: v.optional(v.pipe(v.number(), v.minValue(0, 'expected at least 0'), v.description('to the clients')), 0.5),
    loss: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0, 'expected a part from 0 to 1'),
        v.ltValue(1, 'expected a part below 1: with 1 nothing arrives'),
        v.description('part of the packets'),
      ),
      0,
    ),
  }),
  limits: v.strictObject({
    cpu_target: part('part of the CPUs that may be in use'),
    memory_target: part('part of the memory that is not reserved'),
    disk_target: part('part of the flushes that the disk can do'),
    link_target: part('part of the rate of the link'),
  }),
  software: v.optional(
    v.strictObject({
      heap_mb: v.optional(positive('limit of the heap of each thread')),
      workers: v.optional(whole(1, 256, 'worker threads')),
      note: v.optional(text('what else must be known')),
    }),
  ),
})

export type Profile = v.InferOutput<typeof profileSchema>
export type FlushModel = Profile['disk']['flush_ms']
export type FactorClass = 'general' | 'kernel' | 'asym' | 'sym'
export type Factors = Readonly<Record<FactorClass, RangeOfThree>>

export interface ProfileProblem {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** What is right key by key and yet cannot be. Each message says what to do. */
export function checkProfile(profile: Profile, fileName: string): readonly ProfileProblem[] {
  return [...checkName(profile, fileName), ...checkCpu(profile), ...checkMemory(profile), ...checkDisk(profile)]
}

function checkName({ name }: Profile, fileName: string): readonly ProfileProblem[] {
  if (fileName === `${name}.yaml`) return []
  return [{ path: ['name'], message: `the file is ${fileName}; name both the same` }]
}

function checkCpu({ cpu: { score, year, factors: given } }: Profile): readonly ProfileProblem[] {
  const problems: ProfileProblem[] = []
  for (const [kind, [low, mid, high]] of Object.entries(given ?? {})) {
    const path = ['cpu', 'factors', kind]
    if (low <= 0) problems.push({ path, message: `a factor is more than 0, found ${low}` })
    else if (low > mid || mid > high)
      problems.push({ path, message: `[${low}, ${mid}, ${high}] does not rise; write [low, middle, high]` })
  }
  if (given === undefined && score !== 'calibrated' && (year ?? 0) < 2005)
    problems.push({
      path: ['cpu'],
      message: 'factors are missing; they are derived from the score only where `year` says 2005 or later',
    })
  return problems
}

function checkMemory({ memory, software }: Profile): readonly ProfileProblem[] {
  const { total_mb: total, reserved_mb: reserved } = memory
  const heap = software?.heap_mb ?? 0
  if (reserved >= total) {
    const message = `${reserved} MB leave nothing of the ${total} MB in total_mb; reserve less`
    return [{ path: ['memory', 'reserved_mb'], message }]
  }
  if (heap <= total - reserved) return []
  const message = `${heap} MB is more than the ${total - reserved} MB that are not reserved; allow less`
  return [{ path: ['software', 'heap_mb'], message }]
}

function checkDisk({ disk }: Profile): readonly ProfileProblem[] {
  return (['flush_ms', 'worst_flush_ms'] as const).flatMap((key) => {
    const model = disk[key]
    if (model?.dist === 'two-sync') {
      const [from, to] = model.seek
      const fine = from >= 0 && from <= to
      const message = `[${from}, ${to}] is no range of milliseconds; write [shortest, longest]`
      return fine ? [] : [{ path: ['disk', key, 'seek'], message }]
    }
    if (model?.dist === 'log-normal') {
      const ratio = model.p99 / model.mean
      const fine = ratio > 1 && ratio <= p99OverMeanMax
      const message = `a p99 of ${model.p99} ms does not fit a mean of ${model.mean} ms; expected 1 to 14 times it`
      return fine ? [] : [{ path: ['disk', key, 'p99'], message }]
    }
    return []
  })
}

/** The largest p99 ÷ mean of any log-normal distribution is e^(2.326²/2) = 14.96. */
const p99OverMeanMax = 14
