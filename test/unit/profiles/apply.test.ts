/**
 * A profile applied to a running process: quota and memory by control groups, of either version, taken back afterwards;
 * a clear message where they may not be written.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type AppliedProfile,
  applyProfile,
  ownPlaces,
  prepareProfile,
} from '../../../sim/profiles/apply/apply-profile.ts'
import { processTree } from '../../../sim/profiles/apply/control-group.ts'
import { findGroupPlaces } from '../../../sim/profiles/apply/find-groups.ts'
import { cpuQuota, planLimits, serverEnvironment } from '../../../sim/profiles/apply/plan-limits.ts'
import { busiestThreadUse } from '../../../sim/profiles/apply/thread-use.ts'
import { loadProfile } from '../../../sim/profiles/load-profile.ts'
import { parseFlushTimes } from '../../../src/store/flush-pace.ts'
import { dataFolders } from '../../support/data-folder.ts'

const newFolder = dataFolders()

function profileOf(name: string) {
  const loaded = loadProfile(name, '/')
  if (!loaded.ok) throw new Error(name)
  return loaded.profile
}

describe('the quota', () => {
  it.each([
    [0.5, { quotaUs: 5_000, periodUs: 10_000 }],
    [2, { quotaUs: 20_000, periodUs: 10_000 }],
    [0.105, { quotaUs: 1_050, periodUs: 10_000 }],
    // Two Pentium 4 at the high conversion, 35: a quota of 571 µs in 10 ms would be refused by the kernel.
    [2 / 35, { quotaUs: 1_000, periodUs: 17_500 }],
    [0.0005, { quotaUs: 1_000, periodUs: 1_000_000 }],
  ])('of %d cores is %j', (cores, quota) => expect(cpuQuota(cores)).toEqual(quota))

  it('of nothing is refused', () => expect(() => cpuQuota(0)).toThrow('lets nothing run'))

  it('follows from count and mix, memory from what is not reserved', () => {
    expect(planLimits(profileOf('lcs2003-home'), 19)).toEqual({ cores: 2 / 19, memoryBytes: 1_664 * 2 ** 20 })
  })
})

describe('the disk of a profile', () => {
  it('is handed to the server as the times of its flushes', () => {
    const environment = serverEnvironment(profileOf('lcs2003-home'), 7)
    const times = parseFlushTimes(environment.MERIDIAN_EMULATED_FLUSH_MS!)!
    expect(times.reduce((sum, each) => sum + each, 0) / times.length).toBeCloseTo(11.2, 0)
    expect(serverEnvironment(profileOf('lcs2003-home'), 7)).toEqual(environment)
    const worst = parseFlushTimes(serverEnvironment(profileOf('lcs2003-home'), 7, 'worst').MERIDIAN_EMULATED_FLUSH_MS!)!
    expect(worst.reduce((sum, each) => sum + each, 0) / worst.length).toBeCloseTo(19, 0)
    expect(serverEnvironment(profileOf('this-machine'), 7)).toEqual({})
  })
})

describe('the serial check', () => {
  it('shows the busiest thread in parts of one CPU of the profile', () => {
    const threads = [{ busiestSecond: 0.02 }, { busiestSecond: 0.06 }]
    expect(busiestThreadUse(threads, { low: 10, mid: 20, high: 35 })).toEqual({ low: 0.6, mid: 1.2, high: 2.1 })
  })
})

describe('places of control groups', () => {
  const one = [
    '32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct',
    '34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset',
    '35 31 0:32 /docker/x /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
    '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ].join('\n')

  it('are one for each controller in version 1', () => {
    const own = '4:memory:/docker/x/y\n2:cpu,cpuacct:/\n0::/'
    expect(findGroupPlaces(one, own, () => ['hugetlb'])).toEqual({
      version: 1,
      places: {
        cpu: ['/sys/fs/cgroup/cpu'],
        memory: ['/sys/fs/cgroup/memory/y', '/sys/fs/cgroup/memory'],
        cpuset: ['/sys/fs/cgroup/cpuset'],
      },
    })
  })

  it('are one folder in version 2, where it has the controllers', () => {
    const found = findGroupPlaces(one, '0::/user.slice', () => ['cpu', 'memory'])
    const places = ['/sys/fs/cgroup/unified/user.slice', '/sys/fs/cgroup/unified']
    expect(found).toEqual({ version: 2, places: { cpu: places, memory: places, cpuset: places } })
  })

  it('may be none', () => expect(findGroupPlaces('', '', () => [])).toBeNull())
})

describe('a profile that is applied', () => {
  let burning: { readonly outer: ChildProcess; readonly innerPid: number } | null = null
  let held: AppliedProfile | null = null
  afterEach(() => {
    // Also where the test has failed before it did so itself.
    held?.remove()
    held = null
    if (burning === null) return
    process.kill(burning.innerPid, 'SIGKILL')
    burning.outer.kill('SIGKILL')
    burning = null
  })

  /** Burns CPU for at most ten seconds in a child of its own, as a supervised server does. */
  async function burner(): Promise<ChildProcess> {
    const inner = 'console.log(process.pid);const end=Date.now()+10000;while(Date.now()<end);'
    const script = `require("child_process").spawn(process.execPath,["-e",${JSON.stringify(inner)}],{stdio:"inherit"})`
    const outer = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = await once(outer.stdout, 'data')
    burning = { outer, innerPid: Number(String(line)) }
    return outer
  }

  it('is refused with a message where groups may not be written, and leaves nothing behind', () => {
    const folder = join(newFolder(), 'absent')
    const places = { cpu: [folder], memory: [folder], cpuset: [folder] }
    const limits = { cores: 0.1, memoryBytes: 0 }
    const refused = applyProfile({ pid: process.pid, limits, cores: null, places: { version: 1, places } })
    expect(refused).toEqual({
      ok: false,
      message: expect.stringContaining('the result is projected only. Run as root'),
    })
    const none = applyProfile({ pid: process.pid, limits, cores: null, places: null })
    expect(none).toEqual({ ok: false, message: expect.stringContaining('no control groups') })
  })

  it('writes the files of version 2', async () => {
    const folder = newFolder()
    mkdirSync(folder)
    const places = { cpu: [folder], memory: [folder], cpuset: [folder] }
    const limits = { cores: 0.1, memoryBytes: 1_000_000 }
    const result = applyProfile({ pid: process.pid, limits, cores: [0], places: { version: 2, places } })
    expect(result.ok).toBe(true)
    const group = join(folder, `meridian-report-${process.pid}`)
    const text = (file: string) => readFileSync(join(group, file), 'utf8')
    expect([text('cpu.max'), text('memory.max'), text('memory.swap.max'), text('cpuset.cpus')]).toEqual([
      '1000 10000',
      '1000000',
      '0',
      '0',
    ])
    expect(text('cgroup.procs')).toBe(String(processTree(process.pid).at(-1)))
    writeFileSync(join(group, 'cpu.stat'), 'nr_periods 9\nnr_throttled 4\nthrottled_usec 2500\n')
    writeFileSync(join(group, 'memory.peak'), '77\n')
    writeFileSync(join(group, 'memory.events'), 'low 0\nmax 3\noom_kill 1\n')
    expect(result.ok && result.applied.readings()).toEqual({
      periods: 9,
      throttledPeriods: 4,
      throttledMs: 2.5,
      memoryPeakBytes: 77,
      memoryLimitHits: 3,
      killedForMemory: 1,
    })
  })

  const real = ownPlaces()
  const probe =
    real === null ? null : applyProfile({ pid: process.pid, limits: { cores: 8, memoryBytes: 0 }, cores: null })
  if (probe?.ok) probe.applied.remove()

  it.runIf(probe?.ok)('holds a process and its children to the quota, and lets them go again', async () => {
    const child = await burner()
    const tree = processTree(child.pid!)
    expect(tree).toHaveLength(2)
    const limits = { cores: 0.1, memoryBytes: 512 * 2 ** 20 }
    const result = applyProfile({ pid: child.pid!, limits, cores: [0] })
    if (!result.ok) throw new Error(result.message)
    held = result.applied
    const usedMs = () => tree.reduce((sum, pid) => sum + Number(cpuTicks(pid)) * 10, 0)
    const [before, from] = [usedMs(), performance.now()]
    await setTimeout(1_500)
    const cores = (usedMs() - before) / (performance.now() - from)
    expect(cores).toBeLessThan(0.2)
    const { throttledPeriods, periods, memoryPeakBytes } = result.applied.readings()
    expect(throttledPeriods).toBeGreaterThan(10)
    expect(periods).toBeGreaterThanOrEqual(throttledPeriods)
    expect(memoryPeakBytes).toBeLessThan(512 * 2 ** 20)
    result.applied.remove()
    const folder = join(real!.places.cpu[0]!, `meridian-report-${child.pid}`)
    expect([existsSync(folder), processTree(child.pid!)]).toEqual([false, tree])
  })

  it.runIf(probe?.ok)('counts the memory of a program that is started inside from its first byte', async () => {
    const limits = { cores: 1, memoryBytes: 512 * 2 ** 20 }
    const prepared = prepareProfile({ limits, cores: [0] })
    if (!prepared.ok) throw new Error(prepared.message)
    held = prepared.applied
    const script = 'const kept = Buffer.alloc(60e6, 1); console.log(kept.length)'
    const [program, ...rest] = prepared.applied.inside([process.execPath, '-e', script])
    const child = spawn(program!, rest, { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = await once(child.stdout, 'data')
    await once(child, 'close')
    expect(String(line)).toBe('60000000\n')
    expect(prepared.applied.readings().memoryPeakBytes).toBeGreaterThan(60e6)
    prepared.applied.remove()
    expect(existsSync(join(real!.places.cpu[0]!, `meridian-report-of-${process.pid}`))).toBe(false)
  })
})

function cpuTicks(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11]) + Number(fields[12])
}
