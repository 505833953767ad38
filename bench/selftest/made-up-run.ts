/**
 * A run of 10,000 users as the plan has it, made up: nothing is wrong with it until something is planted. It says
 * nothing of any server.
 */
import { LatencyHistogram } from '../../sim/measure/latency-histogram.ts'
import type { LevelId, OperationId, RunRecord, ServerRecord } from '../../sim/measure/run-record.ts'
import { fingerprint } from '../../sim/profiles/calibrate/fingerprint.ts'
import { loadProfile } from '../../sim/profiles/load-profile.ts'
import type { Profile } from '../../sim/profiles/profile.ts'
import type { JudgeInput } from '../../sim/report/judge-input.ts'
import { Findings } from '../../sim/verify/findings.ts'
import { modelVersion } from '../../sim/workload/parameters.ts'
import { plannedRates } from '../../sim/workload/planned-rates.ts'
import { findPreset } from '../../sim/workload/presets/all-presets.ts'
import { makeWorkload } from '../../sim/workload/workload.ts'

const users = 10_000
const seconds = 600
/** What it takes at most, and may take of the memory of its machine. */
const residentMaxBytes = 600 * 2 ** 20
const memoryTarget = 0.85

export function steadyRecord(): RunRecord {
  const parameters = { users, lists: true }
  const workload = makeWorkload({
    preset: findPreset('steady-hour')!,
    driver: 'live',
    quick: false,
    era: '2003',
    parameters,
  })
  const rates = plannedRates(workload, false)
  return {
    schema: 'meridian-run/1',
    driver: 'live',
    label: 'measured',
    preset: 'steady-hour',
    quick: false,
    users,
    seed: 1,
    modelVersion,
    parameters: { ...workload.parameters },
    transport: 'tcp',
    windows: { warmUpMs: 300_000, measureMs: seconds * 1_000 },
    speed: 1,
    levels: [level('D3', 34_980), level('D5', 106_000)],
    operations: rates.map(({ id, perSecond }) => {
      const count = Math.round(perSecond * seconds)
      return { id, count, bytesIn: count * 500, bytesOut: count * 500 }
    }),
    server,
    series: [],
    correctness: { ...new Findings().toRecord(), checked: 140_000 },
    validity: [],
    rates: rates.map(({ id, perSecond }) => ({ id, plannedPerSecond: perSecond, seenPerSecond: perSecond })),
  }
}

const server: ServerRecord = {
  name: 'made up',
  version: '0',
  cpuUserUs: 0.01 * seconds * 1e6,
  cpuSystemUs: 0.01 * seconds * 1e6,
  threads: [{ name: 'worker 0', cpuUs: 6e6, busiestSecond: 0.02 }],
  residentBaseBytes: 150 * 2 ** 20,
  residentBytes: residentMaxBytes,
  residentMaxBytes,
  writtenBytes: 60e6,
  storeBytes: 40e6,
  commits: 14.5 * seconds,
  writes: 14.7 * seconds,
  counters: {},
}

function level(id: LevelId, count: number): RunRecord['levels'][number] {
  const latency = new LatencyHistogram()
  for (let sample = 0; sample < count; sample++) latency.record(10_000 + (sample % 100) * 400)
  return { id, latency: latency.toSparse(), service: latency.toSparse(), failures: 0, causes: {} }
}

/** So many times the rate of the plan. */
export function withRate(record: RunRecord, operation: OperationId, factor: number): RunRecord {
  const rates = record.rates.map((rate) =>
    rate.id === operation ? { ...rate, seenPerSecond: rate.plannedPerSecond * factor } : rate,
  )
  return { ...record, rates }
}

export function steadyInput(run: RunRecord, profile: Profile = profileOf('this-machine')): JudgeInput {
  return { runs: { only: run }, profile, calibration: null, machine: fingerprint(), commit: 'none', nowMs: 0 }
}

/** This machine with the disk of 2003, so many times slower. */
export function slowDisk(factor: number): Profile {
  const { disk } = profileOf('lcs2003-home')
  const model = disk.flush_ms
  if (model.dist !== 'two-sync') throw new Error('the disk of lcs2003-home has another model')
  const [from, to] = model.seek
  const slower = { ...model, seek: [from * factor, to * factor] as [number, number], rotation: model.rotation * factor }
  return { ...profileOf('this-machine'), disk: { ...disk, flush_ms: slower } }
}

/** This machine with so many times the memory that the run may just have. */
export function smallMemory(factor: number): Profile {
  const profile = profileOf('this-machine')
  const total_mb = Math.round((residentMaxBytes / 2 ** 20 / memoryTarget) * factor)
  const limits = { ...profile.limits, memory_target: memoryTarget }
  return { ...profile, memory: { ...profile.memory, total_mb, reserved_mb: 0 }, limits }
}

function profileOf(name: string): Profile {
  const loaded = loadProfile(name, '/')
  if (!loaded.ok) throw new Error(`the profile ${name} cannot be read`)
  return loaded.profile
}
