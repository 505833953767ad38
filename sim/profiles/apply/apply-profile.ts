/**
 * Holds a running server inside a profile: CPU quota, memory and cores of control groups, on all its threads and
 * children. Where control groups may not be written it says so, and a result can be projected only.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ControlGroup, type GroupReadings, processTree } from './control-group.ts'
import { findGroupPlaces, type GroupPlaces } from './find-groups.ts'
import { type CpuQuota, cpuQuota, type PlannedLimits } from './plan-limits.ts'

export interface PrepareOptions {
  readonly limits: PlannedLimits
  /** Cores of this machine for the server alone; the generator has the others. Null: all. */
  readonly cores: readonly number[] | null
  /** Instead of those of the kernel: tests. */
  readonly places?: GroupPlaces | null
}

export interface ApplyOptions extends PrepareOptions {
  readonly pid: number
}

export interface AppliedProfile {
  readonly quota: CpuQuota
  readonly version: 1 | 2
  /** A command line that starts the same program inside: its memory is counted from the first byte on. */
  inside(line: readonly string[]): readonly string[]
  /** Of the whole time since it was applied. */
  readings(): GroupReadings
  /** Everything is as it was; the server runs on. */
  remove(): void
}

export type ApplyResult =
  | { readonly ok: true; readonly applied: AppliedProfile }
  /** `message`: why not, and what would help. */
  | { readonly ok: false; readonly message: string }

const projectedOnly = 'the result is projected only. Run as root, or in a control group that is delegated to you'

/** For a server that is to be started: see `inside`. */
export function prepareProfile(options: PrepareOptions): ApplyResult {
  return limited(options, `meridian-report-of-${process.pid}`, () => undefined)
}

/** On a server that runs. Memory that it has already stays counted where it was: what is new counts here. */
export function applyProfile({ pid, ...options }: ApplyOptions): ApplyResult {
  return limited(options, `meridian-report-${pid}`, (group) => {
    const tree = processTree(pid)
    if (tree.length === 0) throw new Error(`there is no process ${pid}`)
    for (const each of tree) group.add(each)
  })
}

function limited(
  { limits, cores, places = ownPlaces() }: PrepareOptions,
  name: string,
  fill: (group: ControlGroup) => void,
): ApplyResult {
  if (places === null)
    return { ok: false, message: `no control groups with CPU and memory are mounted here; ${projectedOnly}` }
  const quota = cpuQuota(limits.cores)
  let group: ControlGroup | null = null
  try {
    group = ControlGroup.make(places, name, { quota, memoryBytes: limits.memoryBytes, cores })
    fill(group)
  } catch (error) {
    group?.remove()
    const why = error instanceof Error ? error.message : String(error)
    return { ok: false, message: `the limits of the profile cannot be set (${why}); ${projectedOnly}` }
  }
  const made = group
  const applied: AppliedProfile = {
    quota,
    version: places.version,
    inside: (line) => made.inside(line),
    readings: () => made.readings(),
    remove: () => made.remove(),
  }
  return { ok: true, applied }
}

/** Of this process, from the kernel; null where there are none. */
export function ownPlaces(): GroupPlaces | null {
  const text = (path: string) => {
    try {
      return readFileSync(path, 'latin1')
    } catch {
      return ''
    }
  }
  const controllersOf = (point: string) => text(join(point, 'cgroup.controllers')).trim().split(' ')
  return findGroupPlaces(text('/proc/self/mountinfo'), text('/proc/self/cgroup'), controllersOf)
}
