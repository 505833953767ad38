/**
 * Records of runs, made up: a steady hour of 10,000 users that fits, which tests then spoil in one place.
 */
import { LatencyHistogram } from '../../sim/measure/latency-histogram.ts'
import type { LevelId, LevelRecord, OperationId, RunRecord, Series } from '../../sim/measure/run-record.ts'
import { type Calibration, scoresOf } from '../../sim/profiles/calibrate/calibration.ts'
import type { Fingerprint } from '../../sim/profiles/calibrate/fingerprint.ts'
import { type KernelName, kernelNames } from '../../sim/profiles/calibrate/kernel.ts'
import { reference } from '../../sim/profiles/calibrate/reference.ts'
import { loadProfile } from '../../sim/profiles/load-profile.ts'
import type { JudgeInput } from '../../sim/report/judge-input.ts'
import { Findings } from '../../sim/verify/findings.ts'
import { Prng } from '../../sim/world/prng.ts'

export const nowMs = Date.UTC(2026, 10, 26, 12)
const seconds = 600
const warmUpSeconds = 300

export function profileNamed(name: string) {
  const loaded = loadProfile(name, '/')
  if (!loaded.ok) throw new Error(`no profile ${name}`)
  return loaded.profile
}

export const machine: Fingerprint = {
  cpu: 'AMD EPYC',
  cpuId: 'AuthenticAMD 25 17 1',
  microcode: '0x1',
  cores: 2,
  memoryMb: 24_000,
  kernel: '6.18',
  governor: 'none',
  runtime: 'node v24.21.0',
  virtual: true,
}

export function calibrationOf(change: Partial<Calibration> = {}): Calibration {
  const reading = (name: KernelName) => ({
    operation: name,
    ...reference.kernels[name],
    userUs: reference.kernels[name].totalUs,
    spread: 0.03,
    uncertainty: 0.02,
    slices: 10,
  })
  const kernels = Object.fromEntries(kernelNames.map((name) => [name, reading(name)])) as Calibration['kernels']
  const scores = scoresOf(kernels)
  const at = new Date(nowMs - 86_400_000).toISOString()
  return {
    schema: 'meridian-calibration/1',
    at,
    commit: 'abc1234',
    machine,
    core: 1,
    kernels,
    scores,
    steady: true,
    ...change,
  }
}

export function levelRecord(
  id: LevelId,
  medianMs: number,
  count: number,
  change: Partial<LevelRecord> = {},
): LevelRecord {
  const random = new Prng(1, id)
  const latency = new LatencyHistogram()
  // A long tail: the median times e^(0.6 z), z roughly normal.
  const normal = () => random.float() + random.float() + random.float() + random.float() - 2
  for (let sample = 0; sample < count; sample++) latency.record(medianMs * 1_000 * Math.exp(normal() * 0.9))
  return { id, latency: latency.toSparse(), service: latency.toSparse(), failures: 0, causes: {}, ...change }
}

const perSecond: Readonly<Partial<Record<OperationId, number>>> = {
  register: 4.3,
  subscribe: 11.6,
  publish: 11.5,
  notify: 189,
  message: 55.6,
  typing: 111,
  keepalive: 93,
}
const bytes: Readonly<Partial<Record<OperationId, readonly [number, number]>>> = {
  register: [750, 580],
  subscribe: [652, 400],
  publish: [1_081, 400],
  notify: [400, 1_800],
  message: [900, 1_000],
  typing: [515, 650],
  keepalive: [4, 2],
}

function seriesOf(): readonly Series[] {
  const random = new Prng(2, 'series')
  const length = warmUpSeconds + seconds
  const about = (mean: number, spread: number) =>
    Array.from({ length }, () => mean * (1 + spread * (random.float() + random.float() - 1)))
  const one = (id: string, unit: string, values: readonly (number | null)[]): Series => ({
    id,
    unit,
    t0Ms: 0,
    stepMs: 1_000,
    values,
  })
  const ramp = Array.from({ length }, (_, at) => Math.min(10_000, at * 40))
  const rates = Object.entries(perSecond).map(([id, rate]) => one(`rate.${id}`, '1/s', about(rate, 0.3)))
  const latency = (['D1', 'D3', 'D5'] as const).flatMap((id, at) => [
    one(`${id}.p50`, 'ms', about([4, 3, 260][at]!, 0.2)),
    one(`${id}.p95`, 'ms', about([12, 9, 300][at]!, 0.3)),
    one(`${id}.p99`, 'ms', about([25, 20, 330][at]!, 0.5)),
  ])
  return [
    one('registered', 'devices', ramp),
    ...rates,
    ...latency,
    one('server.cpu', 'cores', about(0.022, 0.2)),
    one(
      'server.resident',
      'bytes',
      ramp.map((users) => 180e6 + users * 50_000),
    ),
    one('lag.p99', 'ms', about(0.8, 0.4)),
  ]
}

/** Made once: they are the long part. */
const series = seriesOf()
const levels = [
  levelRecord('D1', 4, 2_574),
  levelRecord('D2', 60, 10_000),
  levelRecord('D3', 3, 34_980),
  levelRecord('D4', 2.5, 34_980),
  levelRecord('D5', 255, 106_000),
]

const server: NonNullable<RunRecord['server']> = {
  name: 'Meridian',
  version: '0.1.0',
  cpuUserUs: 0.0115 * seconds * 1e6,
  cpuSystemUs: 0.0105 * seconds * 1e6,
  threads: [
    { name: 'worker 0', cpuUs: 6e6, busiestSecond: 0.02 },
    { name: 'store', cpuUs: 1e6, busiestSecond: 0.005 },
  ],
  residentBaseBytes: 180e6,
  residentBytes: 680e6,
  residentMaxBytes: 700e6,
  writtenBytes: 60e6,
  storeBytes: 40e6,
  commits: 14.5 * seconds,
  writes: 14.7 * seconds,
  counters: {},
}

export function runRecord(change: Partial<RunRecord> = {}): RunRecord {
  const lag = new LatencyHistogram()
  for (let at = 0; at < 10_000; at++) lag.record(100 + at / 20)
  const operations = Object.entries(perSecond).map(([id, rate]) => {
    const count = Math.round(rate * seconds)
    const [bytesIn, bytesOut] = bytes[id as OperationId]!
    return { id: id as OperationId, count, bytesIn: count * bytesIn, bytesOut: count * bytesOut }
  })
  return {
    schema: 'meridian-run/1',
    driver: 'live',
    label: 'measured',
    preset: 'steady-hour',
    quick: false,
    users: 10_000,
    seed: 7,
    modelVersion: 1,
    parameters: {
      users: 10_000,
      contacts: 16,
      lists: true,
      devices: 1,
      concurrency: 1,
      note: '<script>alert(1)</script>',
    },
    transport: 'tls',
    windows: { warmUpMs: warmUpSeconds * 1_000, measureMs: seconds * 1_000 },
    levels,
    operations,
    server,
    generator: { threads: 1, cpuShare: 0.31, lagUs: lag.toSparse(), residentBytes: 400e6 },
    series,
    correctness: { ...new Findings().toRecord(), checked: 141_000 },
    validity: [{ check: 'generator: busiest second of a core', reading: '31 %', limit: '70 %', ok: true }],
    rates: Object.entries(perSecond).map(([id, rate]) => ({
      id: id as OperationId,
      plannedPerSecond: rate,
      seenPerSecond: rate,
    })),
    ...change,
  }
}

export function judgeInput(change: Partial<JudgeInput> = {}): JudgeInput {
  return {
    runs: { only: runRecord() },
    profile: profileNamed('lcs2003-home'),
    calibration: calibrationOf(),
    machine,
    commit: 'abc1234',
    nowMs,
    ...change,
  }
}
