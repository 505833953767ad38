/**
 * Control groups of one process and all it starts, in either version of the kernel's interface. Files of a folder that
 * is handed in; what is refused is told with the file and what would help.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Controller, GroupPlaces } from './find-groups.ts'
import type { CpuQuota } from './plan-limits.ts'

export interface GroupLimits {
  readonly quota: CpuQuota
  /** 0: none. */
  readonly memoryBytes: number
  /** Cores that it may run on; null: all. */
  readonly cores: readonly number[] | null
}

export interface GroupReadings {
  readonly periods: number
  /** Periods in which the quota was used up. */
  readonly throttledPeriods: number
  readonly throttledMs: number
  readonly memoryPeakBytes: number
  /** Times that the limit of memory was met, and processes that it cost. */
  readonly memoryLimitHits: number
  readonly killedForMemory: number
}

/** One folder of a group and what is written there, in order. */
interface Part {
  readonly folder: string
  readonly settings: readonly Setting[]
}

interface Setting {
  readonly file: string
  readonly value: string
  /** Not there in every kernel. */
  readonly optional?: boolean
}

export class ControlGroup {
  readonly #parts: readonly Part[]
  readonly #version: 1 | 2

  private constructor(version: 1 | 2, parts: readonly Part[]) {
    this.#version = version
    this.#parts = parts
  }

  /** Makes the group and sets its limits; takes everything back and throws where a file refuses. */
  static make(found: GroupPlaces, name: string, limits: GroupLimits): ControlGroup {
    const wanted: Controller[] = limits.cores === null ? ['cpu', 'memory'] : ['cpu', 'memory', 'cpuset']
    const parts = found.version === 2 ? [partOf(found, 'cpu', name, unified(limits))] : wanted.map(v1Part)
    function v1Part(controller: Controller): Part {
      return partOf(found, controller, name, separate[controller](limits, found))
    }
    const group = new ControlGroup(found.version, parts)
    try {
      for (const { folder, settings } of parts) {
        if (found.version === 2) handDown(dirname(folder), wanted)
        makeFolder(folder)
        for (const setting of settings) write(folder, setting)
      }
    } catch (error) {
      group.remove()
      throw error
    }
    return group
  }

  /** The process with all its threads. */
  add(pid: number): void {
    for (const { folder } of this.#parts) write(folder, { file: 'cgroup.procs', value: String(pid) })
  }

  /** A shell puts itself inside and becomes the program. */
  inside(line: readonly string[]): readonly string[] {
    const enter = this.#parts.map((_, index) => `echo $$ > "$${index + 1}"`).join(' && ')
    const files = this.#parts.map(({ folder }) => join(folder, 'cgroup.procs'))
    const script = `${enter} && shift ${files.length} && exec "$@"`
    return ['/bin/sh', '-c', script, 'inside', ...files, ...line]
  }

  /** Processes that are in it now, those that were started since included. */
  get pids(): readonly number[] {
    const text = read(join(this.#parts[0]!.folder, 'cgroup.procs'))
    return text.split('\n').filter(Boolean).map(Number)
  }

  readings(): GroupReadings {
    const of = (controller: number, file: string) =>
      read(join(this.#parts[controller % this.#parts.length]!.folder, file))
    const cpu = of(0, 'cpu.stat')
    const [one, memory] = [this.#version === 1, this.#version === 1 ? 1 : 0]
    return {
      periods: field(cpu, 'nr_periods'),
      throttledPeriods: field(cpu, 'nr_throttled'),
      throttledMs: one ? field(cpu, 'throttled_time') / 1e6 : field(cpu, 'throttled_usec') / 1e3,
      memoryPeakBytes: Number(of(memory, one ? 'memory.max_usage_in_bytes' : 'memory.peak')),
      memoryLimitHits: one ? Number(of(memory, 'memory.failcnt')) : field(of(memory, 'memory.events'), 'max'),
      killedForMemory: field(of(memory, one ? 'memory.oom_control' : 'memory.events'), 'oom_kill'),
    }
  }

  /** What still runs goes back to where the group was made. */
  remove(): void {
    for (const { folder } of this.#parts) {
      if (!existsSync(folder)) continue
      for (const pid of read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean))
        write(dirname(folder), { file: 'cgroup.procs', value: pid, optional: true })
      removeFolder(folder)
    }
  }
}

const separate: Record<Controller, (limits: GroupLimits, found: GroupPlaces) => readonly Setting[]> = {
  cpu: ({ quota }) => [
    { file: 'cpu.cfs_period_us', value: String(quota.periodUs) },
    { file: 'cpu.cfs_quota_us', value: String(quota.quotaUs) },
  ],
  memory: ({ memoryBytes }) =>
    memoryBytes === 0
      ? []
      : [
          { file: 'memory.limit_in_bytes', value: String(memoryBytes) },
          { file: 'memory.memsw.limit_in_bytes', value: String(memoryBytes), optional: true },
          { file: 'memory.swappiness', value: '0', optional: true },
        ],
  cpuset: ({ cores }, { places }) => [
    { file: 'cpuset.mems', value: read(join(places.cpuset[0] ?? '', 'cpuset.mems')).trim() || '0' },
    { file: 'cpuset.cpus', value: cores!.join(',') },
  ],
}

function unified({ quota, memoryBytes, cores }: GroupLimits): readonly Setting[] {
  return [
    { file: 'cpu.max', value: `${quota.quotaUs} ${quota.periodUs}` },
    ...(memoryBytes === 0 ? [] : [{ file: 'memory.max', value: String(memoryBytes) }]),
    ...(memoryBytes === 0 ? [] : [{ file: 'memory.swap.max', value: '0', optional: true }]),
    ...(cores === null ? [] : [{ file: 'cpuset.cpus', value: cores.join(','), optional: true }]),
  ]
}

/** In the first of its places that can be written. */
function partOf({ places }: GroupPlaces, controller: Controller, name: string, settings: readonly Setting[]): Part {
  const found = places[controller]
  const place = found.find(isWritable) ?? found[0]
  if (place === undefined) throw new Error(`there is no control group hierarchy with ${controller}`)
  return { folder: join(place, name), settings }
}

/** A process that is just ending still counts for a moment; a group that stays empty harms nobody. */
function removeFolder(folder: string): void {
  for (let tries = 0; tries < removeTries; tries++) {
    try {
      return rmdirSync(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10)
    }
  }
}

const removeTries = 20

/** Its parent must be there: elsewhere than in a hierarchy a folder would be made, and hold nobody. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new Error(`${folder}: ${code ?? error}`)
  }
}

function isWritable(folder: string): boolean {
  const probe = join(folder, `meridian-probe-${process.pid}`)
  try {
    mkdirSync(probe)
    // In a folder that is no control group it would be empty as well.
    rmdirSync(probe)
    return true
  } catch {
    return false
  }
}

/** In version 2 a group has the controllers that its parent hands down. */
function handDown(parent: string, wanted: readonly Controller[]): void {
  const has = read(join(parent, 'cgroup.subtree_control')).split(/\s+/)
  for (const controller of wanted.filter((each) => !has.includes(each)))
    write(parent, { file: 'cgroup.subtree_control', value: `+${controller}`, optional: controller === 'cpuset' })
}

function write(folder: string, { file, value, optional }: Setting): void {
  const path = join(folder, file)
  try {
    writeFileSync(path, value)
  } catch (error) {
    if (!optional) throw new Error(`${path}: ${(error as NodeJS.ErrnoException).code ?? error} for ${value}`)
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

function field(text: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1] ?? 0)
}

/** The process and all that it has started, by the kernel's list of children. */
export function processTree(pid: number): readonly number[] {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return []
  const children = readdirSync(tasks).flatMap((task) =>
    read(join(tasks, task, 'children'))
      .split(' ')
      .filter(Boolean),
  )
  return [pid, ...children.map(Number).flatMap(processTree)]
}
