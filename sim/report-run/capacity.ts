/**
 * The runs from which a capacity report is judged: one unthrottled that is converted to the profile; or three, held
 * inside it at the low, middle and high conversion; or three in virtual time. What went wrong on the way is told with
 * the report, which is made of whatever there is.
 */
import type { RunRecord } from '../measure/run-record.ts'
import { type Bound, type ByBound, byBound } from '../profiles/range-of-three.ts'
import { judge } from '../report/judge.ts'
import type { JudgeInput, Runs } from '../report/judge-input.ts'
import type { Report } from '../report/report.ts'
import { conversionOf } from '../report/resource-use.ts'
import type { CapacityOptions } from './capacity-options.ts'
import { whyNotHeld } from './held-server.ts'
import { HostWatch } from './host-watch.ts'
import { keepRecord } from './keep-records.ts'
import { type Driven, type Held, runLiveLoad } from './live-load.ts'
import { type Load, probeWindows } from './load.ts'
import { type LimitSearch, searchBounds } from './search-bounds.ts'
import { runSensitivity } from './sensitivity-runs.ts'
import { steadied } from './steady-window.ts'
import { runVirtualLoad } from './virtual-load.ts'

export type Capacity =
  | { readonly ok: true; readonly report: Report; readonly search: LimitSearch | null }
  | { readonly ok: false; readonly message: string }

/** The middle first: an interrupted report has the run that says most. */
const order: readonly Bound[] = ['mid', 'high', 'low']

interface Made {
  readonly runs: Runs
  readonly warnings: readonly string[]
  /** Null: nothing was held. */
  readonly mix: ByBound | null
}

export async function measureCapacity(options: CapacityOptions): Promise<Capacity> {
  const watch = new HostWatch()
  watch.start()
  const made = await makeRuns(options)
  if (typeof made === 'string') {
    watch.stop()
    return { ok: false, message: made }
  }
  const search = options.isSearched && !options.signal.aborted ? await searchBounds(options, made.mix) : null
  // The watch looks at the runs of the report alone.
  const seen = options.how === 'virtual' ? [] : watch.stop()
  const sensitivity = options.isSensitivityAsked && !options.signal.aborted ? await runSensitivity(options) : null
  const { profile, calibration, machine, commit, nowMs } = options
  const input: JudgeInput = {
    runs: made.runs,
    profile,
    calibration,
    machine,
    commit,
    nowMs,
    ...(search?.limit && { limit: search.limit }),
    ...(sensitivity && { sensitivity }),
    validity: seen,
    warnings: [...options.warnings, ...made.warnings, ...(search?.notes ?? [])],
  }
  watch.stop()
  return { ok: true, report: judge(input), search }
}

/** A text: nothing could be run, and why. */
async function makeRuns(options: CapacityOptions): Promise<Made | string> {
  const load = options.loadOf(options.users, options.seed)
  if (options.how === 'virtual') return virtualRuns(options, load)
  if (options.how === 'unthrottled') return unthrottled(options, load, [])
  const refused = await whyNotHeld({ cores: 1, memoryBytes: 0 })
  if (refused === null) return heldRuns(options, load)
  options.say(refused)
  return unthrottled(options, load, [refused])
}

async function unthrottled(options: CapacityOptions, load: Load, warnings: readonly string[]): Promise<Made | string> {
  const driven = await runSteadily(load, null, 'unthrottled', options)
  if (!driven.ok) return driven.message
  keep(options, 'unthrottled', driven.record)
  return { runs: { only: driven.record }, warnings, mix: null }
}

async function virtualRuns(options: CapacityOptions, load: Load): Promise<Made> {
  const records: Partial<Record<Bound, RunRecord>> = {}
  for (const bound of order) {
    options.say(`${bound}: in virtual time`)
    const record = await steadied({
      ...options,
      windows: load.windows,
      run: (windows) => runVirtualLoad(load, windows, options.profile, bound, options.onVirtual),
      recordOf: (made) => made,
      keepUnsteady: (unsteady) => keep(options, `virtual-${bound}-unsteady`, unsteady),
    })
    keep(options, `virtual-${bound}`, record)
    records[bound] = record
  }
  return { runs: { ...records, mid: records.mid! }, warnings: [], mix: null }
}

/** κ of the mix by a short run without limits, then the three. */
async function heldRuns(options: CapacityOptions, load: Load): Promise<Made | string> {
  options.say('probe: half a minute without limits, for the mix of work')
  const probe = await runLiveLoad(load, probeWindows(load), null, options)
  if (!probe.ok) return probe.message
  keep(options, 'probe', probe.record)
  if (!probe.record.server)
    return `the probe says nothing of the mix of work: it ended before its window (${probe.record.endedEarly})`
  const { mix } = conversionOf(probe.record, options.profile, options.calibration)
  const records: Partial<Record<Bound, RunRecord>> = {}
  const { endedEarly } = probe.record
  const warnings =
    endedEarly === undefined ? [] : [`the probe ended early, and its mix of work was used: ${endedEarly}`]
  for (const bound of order) {
    if (options.signal.aborted) break
    const cores = options.profile.cpu.count / mix[bound]
    options.say(`${bound}: held to ${(cores * 100).toFixed(1)} % of a core of this machine`)
    const driven: Driven = await runSteadily(load, { bound, mix: mix[bound] }, `held-${bound}`, options)
    if (!driven.ok) {
      warnings.push(`the run at ${bound} could not be made: ${driven.message}`)
      continue
    }
    keep(options, `held-${bound}`, driven.record)
    records[bound] = driven.record
    warnings.push(...driven.notes)
  }
  if (records.mid) return { runs: { ...records, mid: records.mid }, warnings, mix: byBound((bound) => mix[bound]) }
  const alone = 'only the probe without limits is judged: it is converted to the profile, and too short'
  return { runs: { only: { ...probe.record, endedEarly: 'it is a probe' } }, warnings: [...warnings, alone], mix: null }
}

function runSteadily(load: Load, held: Held | null, name: string, options: CapacityOptions): Promise<Driven> {
  return steadied<Driven>({
    ...options,
    windows: load.windows,
    run: (windows) => runLiveLoad(load, windows, held, options),
    recordOf: (driven) => (driven.ok ? driven.record : null),
    keepUnsteady: (record) => keep(options, `${name}-unsteady`, record),
  })
}

function keep({ folder, say }: CapacityOptions, name: string, record: RunRecord): void {
  try {
    say(`${name}: kept in ${keepRecord(folder, name, record)}`)
  } catch (error) {
    say(`${name}: its record could not be kept: ${(error as NodeJS.ErrnoException).code ?? error}`)
  }
}
