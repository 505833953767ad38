/**
 * How much of each resource of the profile the load took, at the low, middle and high conversion, and the conversion
 * itself. What a server cannot be looked into for is left out, never guessed.
 */
import { LatencyHistogram } from '../measure/latency-histogram.ts'
import type { RunRecord, ServerRecord } from '../measure/run-record.ts'
import { busiestThreadUse } from '../profiles/apply/thread-use.ts'
import type { Calibration } from '../profiles/calibrate/calibration.ts'
import { reference } from '../profiles/calibrate/reference.ts'
import {
  type ClassScores,
  type CostSplit,
  commitsPerSecond,
  cpuUse,
  diskUse,
  mixFactor,
  referenceScores,
} from '../profiles/convert.ts'
import { factorsOf } from '../profiles/factors.ts'
import { flushFigures } from '../profiles/flush-model.ts'
import type { Profile } from '../profiles/profile.ts'
import { type ByBound, byBound } from '../profiles/range-of-three.ts'
import { windowSeconds } from './judge-input.ts'
import type { ReportResource } from './report.ts'

export interface Conversion {
  readonly origin: string
  /** κ of this load's mix of work. */
  readonly mix: ByBound
  /** Seconds of CPU of this machine in a second. */
  readonly cost: CostSplit
  readonly scores: ClassScores
}

const nothing: CostSplit = { user: 0, system: 0, asymmetric: 0, symmetric: 0 }

/** Symmetric cryptography is not told apart: at chat's rates it is below a hundredth. */
export function conversionOf(run: RunRecord, profile: Profile, calibration: Calibration | null): Conversion {
  const scores = calibration?.scores ?? referenceScores
  const { factors, origin } = factorsOf(profile, scores)
  const cost = run.server ? costPerSecond(run, run.server, calibration) : nothing
  return { origin, mix: mixFactor(cost, factors, scores), cost, scores }
}

function costPerSecond(run: RunRecord, server: ServerRecord, calibration: Calibration | null): CostSplit {
  const seconds = windowSeconds(run)
  const handshakes = run.operations.find(({ id }) => id === 'handshake')?.count ?? 0
  const user = server.cpuUserUs / 1e6 / seconds
  const asymmetric = (handshakes * asymmetricUs(calibration)) / 1e6 / seconds
  return { user, system: server.cpuSystemUs / 1e6 / seconds, asymmetric: Math.min(user, asymmetric), symmetric: 0 }
}

/** Of a handshake, on the machine of the run; without a calibration it is taken for the reference core. */
function asymmetricUs(calibration: Calibration | null): number {
  return calibration?.kernels['asym-ops'].totalUs ?? reference.kernels['asym-ops'].totalUs * reference.scores.asym
}

/**
 * In words, where the processor time comes from: a server that is hardly busy takes more for each message than one that
 * gathers them, so a reading of the throttled server is worth more than a conversion of one that was not.
 */
export function readingOfCost(run: RunRecord): string {
  const { server, label, driver } = run
  if (!server) return 'the server was not looked into'
  if (driver === 'virtual') return 'by the cost model, in virtual time'
  const busy = percent((server.cpuUserUs + server.cpuSystemUs) / 1e6 / windowSeconds(run))
  if (label === 'emulated') return `read from the server held to the profile, which took ${busy} of a core here`
  const remark = 'lightly loaded it gathers less, and each operation costs more than it would on a busy machine'
  return `read from an unthrottled server, which took ${busy} of a core here; ${remark} (--apply reads the other)`
}

export function resourceUse(run: RunRecord, profile: Profile, conversion: Conversion): readonly ReportResource[] {
  const { server } = run
  const link = linkUse(run, profile)
  if (!server) return link
  return [
    ...processorUse(run, server, profile, conversion),
    memoryUse(server, profile),
    ...disk(run, server, profile),
    ...link,
  ]
}

function processorUse(
  run: RunRecord,
  server: ServerRecord,
  profile: Profile,
  { cost, mix, scores }: Conversion,
): readonly ReportResource[] {
  const { factors } = factorsOf(profile, scores)
  const isConverted = mix.mid !== 1 || profile.cpu.score !== 'calibrated'
  const label = isConverted && run.label === 'measured' ? 'projected' : run.label
  const cores = cost.user + cost.system
  const systemShare = cost.system / (cores || 1)
  const threads = server.threads.filter(({ busiestSecond }) => busiestSecond > 0)
  const busiest = threads.toSorted((a, b) => b.busiestSecond - a.busiestSecond)[0]
  return [
    {
      id: 'cpu',
      name: 'processors',
      use: cpuUse(cost, profile, factors, scores),
      target: profile.limits.cpu_target,
      label,
      detail: `${(cores * 1_000).toFixed(0)} ms of CPU a second here, ${percent(systemShare)} of it system`,
    },
    ...(busiest
      ? [
          {
            id: 'thread' as const,
            name: 'busiest thread',
            use: busiestThreadUse(threads, mix),
            target: 1,
            label,
            detail: `${busiest.name} in its busiest second, in parts of one CPU of the profile`,
          },
        ]
      : []),
  ]
}

/** What nobody signed in takes of each resource: a load takes only the rest. */
export type BaseUse = Readonly<Partial<Record<ReportResource['id'], ByBound>>>

export function baseUse(run: RunRecord, profile: Profile, { scores }: Conversion): BaseUse {
  const { server } = run
  if (!server) return {}
  const memory = server.residentBaseBytes / usableBytes(profile)
  const { idle } = server
  if (!idle || idle.seconds <= 0) return { memory: byBound(() => memory) }
  const [user, system] = [idle.cpuUserUs / 1e6 / idle.seconds, idle.cpuSystemUs / 1e6 / idle.seconds]
  const { factors } = factorsOf(profile, scores)
  return { memory: byBound(() => memory), cpu: cpuUse({ ...nothing, user, system }, profile, factors, scores) }
}

function usableBytes({ memory }: Profile): number {
  return (memory.total_mb - memory.reserved_mb) * 2 ** 20
}

function memoryUse(server: ServerRecord, profile: Profile): ReportResource {
  const usable = usableBytes(profile)
  const { storeMappedBytes = 0 } = server
  const mapped = storeMappedBytes > 0 ? `, of it ${megabytes(storeMappedBytes)} pages of the store` : ''
  const use = server.residentMaxBytes / usable
  return {
    id: 'memory',
    name: 'memory',
    use: byBound(() => use),
    target: profile.limits.memory_target,
    label: 'measured',
    detail: `${megabytes(server.residentMaxBytes)} of ${megabytes(usable)} at most${mapped}`,
  }
}

function disk(run: RunRecord, { commits, flushUs }: ServerRecord, profile: Profile): readonly ReportResource[] {
  const flush = profile.disk.flush_ms
  if (flush.dist === 'as-found') return []
  const { meanMs } = flushFigures(flush)
  const perSecond = commits / windowSeconds(run)
  // What commits here one by one shares flushes there.
  const flushes = Math.min(perSecond, commitsPerSecond(perSecond, meanMs))
  const { use, mostPerSecond } = diskUse(flushes, meanMs)
  return [
    {
      id: 'disk',
      name: 'disk',
      use: byBound(() => use),
      target: profile.limits.disk_target,
      label: 'projected',
      detail: `${flushes.toFixed(1)} flushes a second of at most ${mostPerSecond.toFixed(0)}${flushTimes(flushUs)}`,
    },
  ]
}

function flushTimes(flushUs: ServerRecord['flushUs']): string {
  if (!flushUs || flushUs.count === 0) return ''
  const histogram = LatencyHistogram.of(flushUs)
  const ms = (percentile: number) => Number((histogram.percentileUs(percentile) / 1_000).toPrecision(2))
  return `; in the run each took up to ${ms(50)} ms (50 %), ${ms(99)} ms (99 %)`
}

function linkUse(run: RunRecord, { net, limits }: Profile): readonly ReportResource[] {
  if (net.link_mbit === null) return []
  const perSecond = (of: 'bytesIn' | 'bytesOut') =>
    run.operations.reduce((sum, each) => sum + each[of], 0) / windowSeconds(run)
  const busier = Math.max(perSecond('bytesIn'), perSecond('bytesOut'))
  const use = (busier * 8) / (net.link_mbit * 1e6)
  return [
    {
      id: 'link',
      name: 'network link',
      use: byBound(() => use),
      target: limits.link_target,
      label: run.driver === 'virtual' ? 'projected' : 'measured',
      detail: `${(busier / 1_000).toFixed(0)} kB a second in the busier direction, TCP and IP not counted`,
    },
  ]
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
