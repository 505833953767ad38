/**
 * The limit at the low, middle and high conversion. A load without limits is run once and converted three times; held
 * in a profile, or in virtual time, each conversion has runs of its own.
 */
import { limitText, probeLine } from '../limit/limit-text.ts'
import { CannotProbe, type Probe, type ProbeResult } from '../limit/probe.ts'
import { type FoundLimit, searchLimit } from '../limit/search.ts'
import type { RunRecord } from '../measure/run-record.ts'
import { type Bound, type ByBound, bounds, byBound } from '../profiles/range-of-three.ts'
import { judge } from '../report/judge.ts'
import type { CapacityOptions } from './capacity-options.ts'
import { runLiveLoad } from './live-load.ts'
import { type Load, LoadRefused, searchWindows } from './load.ts'
import { probeResult } from './probe-result.ts'
import { runVirtualLoad } from './virtual-load.ts'

export interface LimitSearch {
  readonly found: Readonly<Record<Bound, FoundLimit>>
  /** Null where one of the searches proves nothing. */
  readonly limit: ByBound | null
  readonly notes: readonly string[]
}

const usersMin = 10
const usersMax = 1_000_000

export type SearchedOptions = Pick<
  CapacityOptions,
  'seed' | 'loadOf' | 'how' | 'profile' | 'calibration' | 'machine' | 'commit' | 'nowMs' | 'signal' | 'say'
> &
  Pick<CapacityOptions, 'disk' | 'onProgress' | 'onVirtual'> & { readonly startUsers?: number }

/** `mix` as the runs before have shown it; null: nothing is held. */
export async function searchBounds(options: SearchedOptions, mix: ByBound | null): Promise<LimitSearch> {
  const runs = new Map<string, Promise<RunRecord>>()
  const found: Partial<Record<Bound, FoundLimit>> = {}
  for (const bound of bounds) found[bound] = await searchAt(options, mix, bound, runs)
  const all = found as Record<Bound, FoundLimit>
  const isFound = bounds.every((bound) => all[bound].invalid === null)
  return {
    found: all,
    limit: isFound ? byBound((bound) => all[bound].limit ?? 0) : null,
    notes: bounds.map((bound) => limitText(all[bound], `at ${bound}`).replaceAll(/\n\s*/g, '; ')),
  }
}

export function searchAt(
  options: SearchedOptions,
  mix: ByBound | null,
  bound: Bound,
  runs: Map<string, Promise<RunRecord>> = new Map(),
): Promise<FoundLimit> {
  const { seed, say, startUsers = 1_000 } = options
  const isOwn = mix !== null || options.how === 'virtual'
  const probe: Probe = async (users, probeSeed, factor) => {
    const key = [users, probeSeed, factor, isOwn ? bound : 'all'].join(' ')
    const running = runs.get(key) ?? runOne(options, mix, bound, [users, probeSeed, factor])
    runs.set(key, running)
    return judged(options, await running, bound)
  }
  return searchLimit({
    probe,
    seeds: [seed, seed + 1, seed + 2],
    startUsers,
    usersMin: leastUsers(options, startUsers),
    usersMax,
    onProbe: (probed) => say(`${bound}: ${probeLine(probed)}`),
  })
}

async function runOne(
  options: SearchedOptions,
  mix: ByBound | null,
  bound: Bound,
  [users, seed, factor]: readonly [number, number, 1 | 2],
): Promise<RunRecord> {
  if (options.signal.aborted) throw new CannotProbe('it was interrupted')
  const load = loadAt(options, users, seed)
  const windows = searchWindows(load, factor)
  if (options.how === 'virtual') return runVirtualLoad(load, windows, options.profile, bound, options.onVirtual)
  const driven = await runLiveLoad(load, windows, mix ? { bound, mix: mix[bound] } : null, options)
  if (!driven.ok) throw new CannotProbe(driven.message)
  return driven.record
}

/** The model refuses so few users that nobody could have his contacts. */
function leastUsers({ loadOf, seed }: SearchedOptions, startUsers: number): number {
  for (let users = usersMin; users < startUsers; users *= 2) {
    try {
      loadOf(users, seed)
      return users
    } catch (error) {
      if (!(error instanceof LoadRefused)) throw error
    }
  }
  return startUsers
}

function judged(options: SearchedOptions, record: RunRecord, bound: Bound): ProbeResult {
  const { profile, calibration, machine, commit, nowMs } = options
  return probeResult(judge({ runs: { only: record }, profile, calibration, machine, commit, nowMs }), bound)
}

function loadAt({ loadOf }: SearchedOptions, users: number, seed: number): Load {
  try {
    return loadOf(users, seed)
  } catch (error) {
    throw error instanceof LoadRefused ? new CannotProbe(error.message) : error
  }
}
